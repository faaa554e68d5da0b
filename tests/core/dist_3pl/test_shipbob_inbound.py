"""Receiving and returns of the ShipBob profile against ShipBob's own description."""

import json
from urllib.parse import urlsplit

import pytest

from addons.dist_connector_base.core.canonical import (
    ReceiptCancel,
    ReceiptNotice,
    ReturnAuthorisation,
)
from addons.dist_connector_base.core.errors import MappingError
from addons.dist_connector_base.core.profile import (
    IGNORE,
    first_page,
    judge,
    judge_look_up,
    keys,
    next_page,
)
from addons.dist_connector_base.core.wire import Found, HttpResponse, Outcome
from tests.partners.contract import Contract, find_contract

from .conftest import Backend


@pytest.fixture(scope="module")
def contract():
    path = find_contract()
    if path is None:
        pytest.skip("the vendor's contract file is not here (DIST_CONTRACTS names it)")
    contract = Contract(path)
    if contract.state != "checked":
        pytest.skip(contract.state)
    return contract


@pytest.fixture
def bob():
    return Backend("shipbob", {"channel_id": "77", "location_id": "8"})


def faults(contract, request):
    body = json.loads(request.body) if request.body else None
    path = urlsplit(request.url).path
    return contract.request_faults(
        request.method, path, request.params, request.headers, body
    )


def answer(status, content=None):
    body = b"" if content is None else json.dumps(content).encode()
    return HttpResponse(status, {}, body)


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


def read(bob, message_type, content, source="webhook"):
    return bob.read(message_type, json.dumps(content).encode(), source)


# ------------------------------------------------------------------ receiving


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
        request = first_page(operation, "", bob.ctx)
        assert faults(contract, request) == []
        assert next_page(operation, request, answer(200, [{}] * 100)).params[
            "Page"
        ] == ("2")


# -------------------------------------------------------------------- returns


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
    operation = bob.profile.operations["list_returns"]
    request = first_page(operation, "", bob.ctx)
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
