"""Returns at ShipBob, against ShipBob's own description."""

import json

import pytest

from addons.dist_connector_base.core.canonical import ReturnAuthorisation
from addons.dist_connector_base.core.errors import MappingError
from addons.dist_connector_base.core.profile import IGNORE, judge_look_up
from addons.dist_connector_base.core.wire import Found

from .shipbob import answer, faults, first_page, read


def authorisation(**values):
    content = {
        "return_key": "RMA00001",
        "order_reference": "S00012",
        "shipment_key": "900",
        "tracking_number": "BACK-9",
        "lines": [
            {
                "line_key": "1",
                "sku": "SKU-001",
                "remote_item": "31",
                "quantity": 2,
                "disposition": "quarantine",
            }
        ],
    }
    return ReturnAuthorisation.parse({**content, **values})


def returned(*inventory, **values):
    content = {
        "id": 800,
        "reference_id": "RMA00001",
        "status": "Completed",
        "store_order_id": "S00012",
        "tracking_number": "BACK-9",
        "shipment_tracking_number": "1Z-A",
        "arrived_date": "2026-03-25T10:00:00Z",
        "completed_date": "2026-03-26T10:00:00Z",
        "inventory": list(inventory)
        or [item({"action": "Restock", "quantity_processed": 2})],
    }
    return {**content, **values}


def item(*actions, **values):
    content = {"id": 31, "sku": "SKU-001", "quantity": 2, "action_taken": list(actions)}
    return {**content, **values}


def test_a_return_keeps_to_the_contract(contract, bob):
    request = bob.build("create_return", authorisation())
    assert faults(contract, request) == []
    body = json.loads(request.body)
    assert (body["reference_id"], body["original_shipment_id"]) == ("RMA00001", 900)
    assert body["inventory"] == [
        {"id": 31, "quantity": 2, "requested_action": "Quarantine"}
    ]
    bare = authorisation(shipment_key=None, tracking_number="")
    assert faults(contract, bob.build("create_return", bare)) == []


def test_a_return_is_looked_up_by_our_key(contract, bob):
    document = authorisation()
    request = bob.build("find_return", document)
    assert faults(contract, request) == []
    operation = bob.profile.operations["find_return"]
    for content, expected in (
        ({"items": [returned()]}, Found.FOUND),
        ({"items": [returned(status="Cancelled")]}, Found.ABSENT),
        ({"items": []}, Found.ABSENT),
    ):
        found = judge_look_up(operation, answer(200, content), document, bob.ctx)
        assert found.answer is expected


def test_the_sample_return_is_one_of_the_contract(contract):
    assert contract.schema_faults("Returns.PublicReturnDto", returned()) == []


def test_a_return_is_split_by_what_was_done_with_it(bob):
    lot = {"number": "L1", "expiration": "2027-01-31T00:00:00Z"}
    content = returned(
        item(
            {"action": "Restock", "quantity_processed": 2, "action_reason": None},
            {
                "action": "Dispose",
                "quantity_processed": 1,
                "action_reason": "Broken",
            },
            lot_information=lot,
        ),
        item({"action": "Quarantine", "quantity_processed": 4}, sku="SKU-002"),
        item(sku="SKU-003", quantity=7),
    )
    (document,) = read(bob, "return_notice", content)
    assert (document.return_key, document.authorisation) == ("800", "RMA00001")
    assert (document.order_reference, document.original_tracking_number) == (
        "S00012",
        "1Z-A",
    )
    assert document.returned_at.isoformat() == "2026-03-25T10:00:00+00:00"
    assert [(x.sku, x.quantity, x.disposition) for x in document.lines] == [
        ("SKU-001", 2, "restock"),
        ("SKU-002", 4, "quarantine"),
        ("SKU-001", 1, "scrap"),
        ("SKU-003", 7, "undecided"),
    ]
    assert document.lines[2].reason == "Broken"
    assert [(x.lot, x.quantity) for x in document.lines[2].lots] == [("L1", 1)]


def test_an_action_nobody_knows_goes_to_a_person(bob):
    content = returned(item({"action": "Donate", "quantity_processed": 2}))
    with pytest.raises(MappingError) as caught:
        read(bob, "return_notice", content)
    assert caught.value.value == "Donate"


def test_a_return_on_its_way_changes_nothing(bob):
    assert read(bob, "return_notice", returned(status="Processing")) == []


def test_returns_are_polled(contract, bob):
    request = first_page(bob, "list_returns")
    assert faults(contract, request) == []
    (polled,) = read(bob, "return_notice", {"items": [returned()]}, "poll")
    (pushed,) = read(bob, "return_notice", returned())
    assert polled.content_hash() == pushed.content_hash()


def test_topics_of_receiving_and_returns(bob):
    webhook = bob.profile.webhook
    assert webhook.flow_for("wro.completed") == "receipt_confirmation"
    assert webhook.flow_for("wro.updated") == "receipt_response"
    assert webhook.flow_for("return.completed") == "return_notice"
    assert webhook.flow_for("return.created") is IGNORE
