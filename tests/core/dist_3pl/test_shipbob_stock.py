"""ShipBob's stock, by lot, and what it counted otherwise."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from addons.dist_connector_base.core.errors import ConfigurationError, MappingError
from addons.dist_connector_base.core.profile import (
    advance_cursor,
    judge,
    next_page,
    page_items,
)

from .shipbob import answer, expanded, expansion, faults, first_page, read


def level(number, sku, on_hand, committed=0):
    return {
        "inventory_id": number,
        "sku": sku,
        "name": sku,
        "total_on_hand_quantity": on_hand,
        "total_committed_quantity": committed,
        "total_fulfillable_quantity": on_hand - committed,
    }


def lot(number, on_hand, committed=0, expiry=None):
    return {
        "lot_number": number,
        "lot_date": expiry and f"{expiry}T00:00:00Z",
        "on_hand_quantity": on_hand,
        "committed_quantity": committed,
        "fulfillable_quantity": on_hand - committed,
        "awaiting_quantity": 50,
        "internal_transfer_quantity": 0,
    }


def of_item(number, sku, *lots):
    return {"inventory_id": number, "sku": sku, "name": sku, "lots": list(lots)}


def page(*items, **links):
    return {"items": list(items), "next": None, "first": None, **links}


LEVELS = page(level(31, "SKU-001", 4, 1), level(35, "SKU-005", 9, 2))


def snapshot(bob, *pages, levels=LEVELS):
    [(item, _request)] = expansion(bob, "inventory_snapshot", levels)
    (document,) = expanded(
        bob, "inventory_snapshot", item, *(answer(200, one) for one in pages)
    )
    return [
        (row.sku, row.lot, int(row.quantity), int(row.allocated))
        for row in document.rows
    ]


def test_the_lots_of_a_page_of_stock_are_asked_for_at_once(contract, bob):
    [(_item, request)] = expansion(bob, "inventory_snapshot", LEVELS)
    assert urlsplit(request.url).path == "/2026-01/inventory-level/lots"
    assert request.params == {"InventoryIds": "31,35", "PageSize": "250"}
    assert faults(contract, request) == []


def test_the_sample_stock_is_that_of_the_contract(contract):
    name = "Inventory.InventoryQuantityLotResponsePagedResponse"
    lots = page(of_item(35, "SKU-005", lot("L1", 6, expiry="2027-01-31")))
    assert contract.schema_faults(name, lots) == []
    name = "Inventory.InventoryQuantityResponsePagedResponse"
    assert contract.schema_faults(name, LEVELS) == []


def test_stock_is_told_by_lot_and_adds_up_to_what_is_on_hand(bob):
    lots = page(
        of_item(31, "SKU-001"),
        of_item(35, "SKU-005", lot("L1", 6, 2, "2027-01-31"), lot("L2", 2)),
    )
    assert snapshot(bob, lots) == [
        ("SKU-005", "L1", 6, 2),
        ("SKU-005", "L2", 2, 0),
        ("SKU-001", None, 4, 1),
        ("SKU-005", None, 1, 0),
    ]


def test_stock_that_is_all_in_lots_has_no_other_row(bob):
    lots = page(of_item(35, "SKU-005", lot("L1", 9, 2)))
    assert snapshot(bob, lots) == [("SKU-005", "L1", 9, 2), ("SKU-001", None, 4, 1)]


def test_lots_that_came_in_between_two_answers_take_nothing_off(bob):
    lots = page(of_item(35, "SKU-005", lot("L1", 12, 2)))
    assert snapshot(bob, lots) == [("SKU-005", "L1", 12, 2), ("SKU-001", None, 4, 1)]


def test_lots_may_come_in_several_pages(bob, contract):
    [(_item, request)] = expansion(bob, "inventory_snapshot", LEVELS)
    link = "/2026-01/inventory-level/lots?cursor=abc&InventoryIds=31,35"
    first = page(of_item(35, "SKU-005", lot("L1", 6, 2)), next=link)
    last = page(of_item(35, "SKU-005", lot("L2", 3)), of_item(31, "SKU-001"))
    operation = bob.profile.operations["list_page_lots"]
    second = next_page(operation, request, answer(200, first))
    assert second.params == {"cursor": "abc", "InventoryIds": "31,35"}
    assert faults(contract, second) == []
    assert [row[:3] for row in snapshot(bob, first, last)] == [
        ("SKU-005", "L1", 6),
        ("SKU-005", "L2", 3),
        ("SKU-001", None, 4),
    ]


def test_a_product_without_stock_is_told_as_such(bob):
    levels = page(level(31, "SKU-001", 0))
    assert snapshot(bob, page(of_item(31, "SKU-001")), levels=levels) == [
        ("SKU-001", None, 0, 0)
    ]


def test_item_numbers_are_read_from_the_stock_levels(bob):
    page = {
        "items": [
            {"sku": "SKU-001", "inventory_id": 31, "total_on_hand_quantity": 4},
            {"sku": None, "inventory_id": 32, "total_on_hand_quantity": 0},
        ]
    }
    (document,) = read(bob, "item_list", page, "poll")
    assert [(row.sku, row.remote_item) for row in document.rows] == [("SKU-001", "31")]
    page["items"][0]["total_on_hand_quantity"] = 9
    (again,) = read(bob, "item_list", page, "poll")
    assert (again.key, again.content_hash()) == (
        document.key,
        document.content_hash(),
    )


# ------------------------------------------------------------------ adjustments


def event(number=91, **values):
    content = {
        "inventory_audit_event_id": number,
        "event_category": "InventoryAdjusted",
        "event_datetime": "2026-03-09T10:00:00Z",
        "inventory_id": 35,
        "additional_reference": [{"key": "Count", "value": "17"}],
        "decrement": side(-2),
    }
    return {**content, **values}


def side(quantity, **values):
    content = {
        "sku": "SKU-005",
        "facility_id": 8,
        "location_id": 3,
        "inventory_status": "Available",
        "lot_number": "L1",
        "expiration_date": "2027-01-31T00:00:00Z",
        "quantity_change": quantity,
        "committed_quantity_change": 0,
    }
    return {**content, **values}


def adjusted(bob, *events):
    return [
        [(line.sku, int(line.quantity), line.lot, line.status) for line in doc.lines]
        for doc in read(bob, "inventory_adjustment", {"data": list(events)}, "poll")
    ]


def test_adjustments_are_asked_for_from_a_moment_on(contract, bob):
    request = first_page(bob, "list_adjustments")
    assert (request.method, request.params) == ("POST", {})
    assert json.loads(request.body) == {
        "facility_id": 8,
        "event_category": "InventoryAdjusted",
        "start_date": "2026-03-03T12:00:00Z",
    }
    assert faults(contract, request) == []
    operation = bob.profile.operations["list_adjustments"]
    link = "/2026-01/inventory/history:query?cursor=91"
    whole = answer(200, {"data": [event()], "next": link})
    second = next_page(operation, request, whole)
    assert parse_qs(urlsplit(second.url).query) == {}
    assert (second.params, second.body) == ({"cursor": "91"}, request.body)
    assert faults(contract, second) == []
    cursor = advance_cursor(operation, [whole], "", bob.ctx)
    assert cursor == "2026-03-09T12:00:00Z", "a day back from when we asked"


def test_the_sample_event_is_one_of_the_contract(contract):
    name = "FulfillmentCenterInventoryService.InventoryHistoryResponse"
    assert contract.schema_faults(name, {"data": [event()]}) == []


def test_what_was_lost_and_found_becomes_an_adjustment(bob):
    (document,) = read(bob, "inventory_adjustment", {"data": [event()]}, "poll")
    assert (document.key, document.reference) == ("91", "Count 17")
    assert document.lines[0].reason_code == "cycle_count"
    assert str(document.lines[0].expiry) == "2027-01-31"
    found = event(92, decrement=None, increment=side(3))
    assert adjusted(bob, event(), found) == [
        [("SKU-005", -2, "L1", "sellable")],
        [("SKU-005", 3, "L1", "sellable")],
    ]


def test_stock_of_another_lot_is_less_of_one_and_more_of_the_other(bob):
    relabelled = event(increment=side(2, lot_number="L2"))
    assert adjusted(bob, relabelled) == [
        [("SKU-005", -2, "L1", "sellable"), ("SKU-005", 2, "L2", "sellable")]
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"increment": side(2, location_id=4)},
        {"decrement": side(0)},
        {"decrement": None},
        {"event_category": "OrderPicked"},
    ],
    ids=["to another shelf", "of nothing", "of neither side", "by an order"],
)
def test_what_changes_no_stock_or_tells_of_itself_is_no_adjustment(bob, values):
    assert adjusted(bob, event(**values)) == []


def test_a_stock_status_in_words_that_nobody_knows_goes_to_a_person(bob):
    with pytest.raises(MappingError) as caught:
        adjusted(bob, event(decrement=side(-2, inventory_status="Moldy")))
    assert caught.value.value == "Moldy"


def test_without_the_fulfilment_centre_it_is_a_matter_of_settings(bob):
    bob.ctx.settings["location_id"] = ""
    request = first_page(bob, "list_adjustments")
    assert "facility_id" not in json.loads(request.body)
    operation = bob.profile.operations["list_adjustments"]
    refused = answer(400, {"facility_id": ["is required"]})
    assert judge(operation, refused).message
    with pytest.raises(ConfigurationError):
        page_items(operation, refused)
