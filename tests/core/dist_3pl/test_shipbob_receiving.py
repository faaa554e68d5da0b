"""Receiving at ShipBob, against ShipBob's own description."""

import json
from urllib.parse import urlsplit

import pytest

from addons.dist_connector_base.core.canonical import ReceiptCancel, ReceiptNotice
from addons.dist_connector_base.core.errors import ConfigurationError, MappingError
from addons.dist_connector_base.core.profile import (
    judge,
    judge_look_up,
    keys,
    next_page,
)
from addons.dist_connector_base.core.wire import Found, Outcome

from .shipbob import answer, expanded, expansion, faults, first_page, read


def notice(**values):
    content = {
        "receipt_key": "BOB-IN-00007",
        "order_reference": "P00007",
        "warehouse": "BOB",
        "expected_on": "2026-03-20",
        "lines": [
            {"line_key": "51", "sku": "SKU-001", "remote_item": "31", "quantity": 6},
            {
                "line_key": "52",
                "sku": "SKU-005",
                "remote_item": "35",
                "quantity": 5,
                "lots": [
                    {"lot": "L1", "quantity": 3, "expiry": "2027-01-31"},
                    {"lot": "L2", "quantity": 2},
                ],
            },
        ],
    }
    return ReceiptNotice.parse({**content, **values})


def receiving(**values):
    content = {
        "id": 700,
        "purchase_order_number": "BOB-IN-00007",
        "status": "Completed",
        "status_history": [
            {"id": 1, "status": "Arrived", "timestamp": "2026-03-19T08:00:00Z"},
            {"id": 2, "status": "Completed", "timestamp": "2026-03-20T10:00:00Z"},
        ],
        "insert_date": "2026-03-10T10:00:00Z",
        "last_updated_date": "2026-03-21T09:00:00Z",
        "inventory_quantities": [
            {
                "inventory_id": 31,
                "sku": "SKU-001",
                "expected_quantity": 6,
                "received_quantity": 5,
                "stowed_quantity": 5,
            }
        ],
    }
    return {**content, **values}


def box(*items, **values):
    content = {
        "box_id": 70001,
        "box_number": 1,
        "box_status": "Completed",
        "box_items": list(items),
    }
    return {**content, **values}


def boxed(number, received, lot=None, **values):
    content = {
        "inventory_id": number,
        "quantity": received,
        "received_quantity": received,
        "stowed_quantity": received,
        "lot_number": lot,
        "lot_date": "2027-01-31T00:00:00Z" if lot else None,
    }
    return {**content, **values}


def test_a_receiving_order_keeps_to_the_contract(contract, bob):
    assert faults(contract, bob.build("create_receiving", notice())) == []


def test_the_contract_would_see_a_product_without_its_number(contract, bob):
    lines = [{"line_key": "51", "sku": "SKU-001", "quantity": 6}]
    request = bob.build("create_receiving", notice(lines=lines))
    assert any("inventory_id" in fault for fault in faults(contract, request))


def test_a_receiving_order_says_what_comes_lot_by_lot(bob):
    body = json.loads(bob.build("create_receiving", notice()).body)
    assert body["purchase_order_number"] == "BOB-IN-00007"
    assert body["expected_arrival_date"] == "2026-03-20T00:00:00Z"
    assert body["fulfillment_center"] == {"id": 8}
    assert body["boxes"] == [
        {
            "tracking_number": "BOB-IN-00007-51",
            "box_items": [{"inventory_id": 31, "quantity": 6}],
        },
        {
            "tracking_number": "BOB-IN-00007-52",
            "box_items": [
                {
                    "inventory_id": 35,
                    "quantity": 3,
                    "lot_number": "L1",
                    "lot_date": "2027-01-31T00:00:00Z",
                },
                {"inventory_id": 35, "quantity": 2, "lot_number": "L2"},
            ],
        },
    ]


@pytest.mark.parametrize(
    ("status", "content", "outcome"),
    [
        (201, {"id": 700, "status": "Awaiting"}, Outcome.ACCEPTED),
        (400, {"fulfillment_center": ["is not yours"]}, Outcome.REJECTED),
        (500, {}, Outcome.UNKNOWN),
    ],
)
def test_answers_to_a_receiving_order(bob, status, content, outcome):
    operation = bob.profile.operations["create_receiving"]
    verdict = judge(operation, answer(status, content))
    assert verdict.outcome is outcome
    if outcome is Outcome.ACCEPTED:
        assert verdict.remote_id == "700"
    if outcome is Outcome.REJECTED:
        assert verdict.message == "fulfillment_center: is not yours"


@pytest.mark.parametrize(
    ("operation", "status", "expected"),
    [
        ("find_receiving", "Awaiting", Found.FOUND),
        ("find_receiving", "Cancelled", Found.ABSENT),
        ("find_cancelled_receiving", "Awaiting", Found.ABSENT),
        ("find_cancelled_receiving", "Cancelled", Found.FOUND),
    ],
)
def test_a_receiving_order_is_looked_up_by_our_key(
    contract, bob, operation, status, expected
):
    request = bob.build(operation, notice())
    assert faults(contract, request) == []
    assert request.params == {"PurchaseOrderNumbers": "BOB-IN-00007"}
    found = judge_look_up(
        bob.profile.operations[operation],
        answer(200, [receiving(status=status)]),
        notice(),
        bob.ctx,
    )
    assert found.answer is expected


def test_a_cancel_of_a_receiving_order_keeps_to_the_contract(contract, bob):
    cancel = ReceiptCancel(receipt_key="BOB-IN-00007", remote_id="700")
    request = bob.build("cancel_receiving", cancel)
    assert urlsplit(request.url).path == "/2026-01/receiving/700:cancel"
    assert faults(contract, request) == []
    operation = bob.profile.operations["cancel_receiving"]
    refused = judge(operation, answer(422, {"status": ["is Arrived"]}))
    assert (refused.outcome, refused.message) == (
        Outcome.REJECTED,
        "status: is Arrived",
    )


def test_the_sample_receiving_order_is_one_of_the_contract(contract):
    name = "Receiving.V2.WarehouseReceivingOrderViewModel"
    assert contract.schema_faults(name, receiving()) == []


def test_what_was_counted_is_confirmed_once(bob):
    (document,) = read(bob, "receipt_confirmation", receiving())
    assert document.confirmation_key == "700"
    assert document.receipt_key == "BOB-IN-00007"
    assert document.received_at.isoformat() == "2026-03-20T10:00:00+00:00"
    assert document.completes_receipt is True
    assert [
        (line.sku, line.quantity, line.expected_quantity) for line in document.lines
    ] == [("SKU-001", 5, 6)]
    later = receiving(last_updated_date="2026-03-30T09:00:00Z")
    (polled,) = read(bob, "receipt_confirmation", [later], "poll")
    assert polled.content_hash() == document.content_hash()
    flow = bob.profile.flows["receipt_confirmation"]
    assert keys(flow, document)[:2] == ("700", "BOB-IN-00007")


@pytest.mark.parametrize("status", ["Awaiting", "Arrived", "Processing", "Cancelled"])
def test_what_is_still_counted_is_not_confirmed(bob, status):
    assert read(bob, "receipt_confirmation", receiving(status=status)) == []


@pytest.mark.parametrize(
    ("status", "ours"),
    [
        ("Awaiting", "accepted"),
        ("PartiallyArrived", "arrived"),
        ("Processing", "arrived"),
        ("Cancelled", "cancelled"),
    ],
)
def test_how_far_it_is_shows_on_the_receipt(bob, status, ours):
    (document,) = read(bob, "receipt_response", receiving(status=status))
    assert (document.status, document.raw_status) == (ours, status)


def test_every_status_of_the_contract_is_known(contract, bob):
    known = set(bob.profile.code_maps["receiving_status"]) | {"Completed", "Incomplete"}
    for word in known:
        assert contract.schema_faults("Receiving.ReceivingStatus", word) == []
    with pytest.raises(MappingError):
        read(bob, "receipt_response", receiving(status="Lost"))


def test_receiving_orders_are_polled_page_by_page(contract, bob):
    for name in ("list_arriving", "list_received"):
        operation = bob.profile.operations[name]
        request = first_page(bob, name)
        assert faults(contract, request) == []
        assert next_page(operation, request, answer(200, [{}] * 100)).params[
            "Page"
        ] == ("2")


# ----------------------------------------------------------------- lots in boxes


def counted(number, sku, quantity):
    return {
        "inventory_id": number,
        "sku": sku,
        "expected_quantity": quantity,
        "received_quantity": quantity,
        "stowed_quantity": quantity,
    }


def confirmed(bob, content, boxes, source="webhook"):
    [(item, _request)] = expansion(bob, "receipt_confirmation", content, source)
    (document,) = expanded(bob, "receipt_confirmation", item, answer(200, boxes))
    return document


def lots(document):
    return [
        (line.sku, [(x.lot, int(x.quantity), str(x.expiry)) for x in line.lots])
        for line in document.lines
    ]


def test_the_boxes_of_what_was_counted_are_asked_for(contract, bob):
    [(_item, request)] = expansion(bob, "receipt_confirmation", [receiving()])
    assert urlsplit(request.url).path == "/2026-01/receiving/700/boxes"
    assert (request.method, request.safe, request.params) == ("GET", True, {})
    assert faults(contract, request) == []


def test_the_sample_boxes_are_those_of_the_contract(contract):
    boxes = [box(boxed(31, 5), boxed(35, 3, "L1"))]
    assert contract.schema_faults("Receiving.BoxViewModelArray", boxes) == []


def test_lots_are_read_out_of_the_boxes(bob):
    content = receiving(
        inventory_quantities=[counted(31, "SKU-001", 5), counted(35, "SKU-005", 7)]
    )
    boxes = [
        box(boxed(31, 5), boxed(35, 3, "L1")),
        box(boxed(35, 2, "L1"), boxed(35, 2, "L2", lot_date=None), box_id=70002),
        box(boxed(35, 0, "L3"), box_id=70003),
    ]
    document = confirmed(bob, content, boxes)
    assert lots(document) == [
        ("SKU-001", []),
        (
            "SKU-005",
            [
                ("L1", 3, "2027-01-31"),
                ("L1", 2, "2027-01-31"),
                ("L2", 2, "None"),
            ],
        ),
    ]
    polled = confirmed(bob, [content], boxes, "poll")
    assert polled.content_hash() == document.content_hash()


def test_boxes_that_cannot_be_had_are_no_empty_boxes(bob):
    [(item, _request)] = expansion(bob, "receipt_confirmation", receiving(), "webhook")
    with pytest.raises(ConfigurationError):
        expanded(bob, "receipt_confirmation", item, answer(404, {"title": "?"}))


def test_nothing_is_asked_about_what_is_still_counted(bob):
    for status in ("Awaiting", "Processing", "Cancelled"):
        content = [receiving(status=status)]
        assert expansion(bob, "receipt_confirmation", content) == []
