"""The ShipBob profile against ShipBob's own description of its interface."""

import json
from decimal import Decimal
from urllib.parse import urlsplit

import pytest

from addons.dist_connector_base.core.canonical import FulfilmentCancel
from addons.dist_connector_base.core.errors import (
    ConfigurationError,
    DataError,
    LimitError,
    MappingError,
)
from addons.dist_connector_base.core.profile import (
    IGNORE,
    advance_cursor,
    first_page,
    judge,
    judge_look_up,
    keys,
    next_page,
)
from addons.dist_connector_base.core.wire import Found, Outcome

from .shipbob import answer, faults, shipment


def read(bob, content):
    (document,) = bob.read(
        "shipment_confirmation", json.dumps(content).encode(), "webhook"
    )
    return document


# ------------------------------------------------------------------------ out


def test_an_order_keeps_to_the_contract(contract, bob, request_document):
    assert faults(contract, bob.build("create_order", request_document())) == []


def test_the_barest_order_keeps_to_the_contract(contract, bob, request_document):
    bare = request_document(
        carrier=None,
        service=None,
        requested_delivery_date=None,
        ship_to={"name": "A", "address": {"street": "s", "city": "c", "country": "US"}},
    )
    request = bob.build("create_order", bare)
    # an empty e-mail address is no e-mail address
    assert faults(contract, request) == []
    assert json.loads(request.body)["shipping_method"] == "Standard"


def test_the_contract_would_see_a_wrong_order(contract, bob, request_document):
    request = bob.build("create_order", request_document())
    body = json.loads(request.body)
    body["products"][0]["quantity"] = "three"
    wrong = contract.request_faults("POST", "/2026-01/order", {}, request.headers, body)
    assert wrong


def test_an_order_says_what_was_asked(bob, request_document):
    request = bob.build("create_order", request_document())
    body = json.loads(request.body)
    assert request.headers["shipbob_channel_id"] == "77"
    assert body["reference_id"] == "BOB-OUT-00012"
    assert body["shipping_method"] == "Ground"
    assert body["requested_delivery_date"] == "2026-03-14T00:00:00Z"
    assert [
        (p["reference_id"], p["name"], p["quantity"], p["external_line_id"])
        for p in body["products"]
    ] == [("SKU-001", "SKU-001", 3, 41), ("SKU-005", "Tea; green", 2, 42)]


def test_a_part_of_a_piece_cannot_be_ordered(bob, request_document):
    lines = [{"line_key": "1", "sku": "A", "quantity": "1.5"}]
    with pytest.raises(DataError) as caught:
        bob.build("create_order", request_document(lines=lines))
    assert caught.value.path == "lines[0].quantity"


@pytest.mark.parametrize(
    ("status", "content", "outcome"),
    [
        (201, {"id": 500, "status": "Processing"}, Outcome.ACCEPTED),
        (422, {"recipient.address.zip_code": ["is no postal code"]}, Outcome.REJECTED),
        (422, {"errors": ["CONFLICT: reference_id exists"]}, Outcome.DUPLICATE),
        (409, {"reference_id": ["CONFLICT"]}, Outcome.DUPLICATE),
        (400, {"shipbob_channel_id": ["is required"]}, Outcome.REJECTED),
        (500, {"message": "oops"}, Outcome.UNKNOWN),
        (503, None, Outcome.UNKNOWN),
    ],
)
def test_answers_to_an_order(bob, status, content, outcome):
    verdict = judge(bob.profile.operations["create_order"], answer(status, content))
    assert verdict.outcome is outcome
    if outcome is Outcome.REJECTED:
        ((field, (reason,)),) = content.items()
        assert verdict.message == f"{field}: {reason}"
    if outcome is Outcome.ACCEPTED:
        assert (verdict.remote_id, verdict.remote_status) == ("500", "Processing")


def test_a_wrong_token_and_a_limit_are_no_rejections(bob):
    operation = bob.profile.operations["create_order"]
    with pytest.raises(ConfigurationError):
        judge(operation, answer(401))
    with pytest.raises(LimitError) as caught:
        judge(operation, answer(429, None, {"Retry-After": "30"}))
    assert caught.value.retry_after == 30


def test_a_look_up_keeps_to_the_contract_and_finds(contract, bob, request_document):
    document = request_document()
    request = bob.build("find_order", document)
    assert faults(contract, request) == []
    assert request.params == {"ReferenceIds": "BOB-OUT-00012"}
    orders = [{"id": 500, "reference_id": "BOB-OUT-00012", "status": "Processing"}]
    operation = bob.profile.operations["find_order"]
    for content, expected in ((orders, Found.FOUND), ([], Found.ABSENT)):
        look_up = judge_look_up(operation, answer(200, content), document, bob.ctx)
        assert look_up.answer is expected
    look_up = judge_look_up(operation, answer(400, {"a": ["b"]}), document, bob.ctx)
    assert look_up.answer is Found.CANNOT_TELL


def test_a_cancel_keeps_to_the_contract(contract, bob):
    cancel = FulfilmentCancel(request_key="BOB-OUT-00012", remote_id="500")
    request = bob.build("cancel_order", cancel)
    assert urlsplit(request.url).path == "/2026-01/order/500:cancel"
    assert faults(contract, request) == []


def test_a_cancel_needs_the_partners_number(bob):
    with pytest.raises(DataError) as caught:
        bob.build("cancel_order", FulfilmentCancel(request_key="K"))
    assert caught.value.path == "remote_id"


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ("Success", Outcome.ACCEPTED),
        ("Failure", Outcome.REJECTED),
        ("PartialSuccess", Outcome.REJECTED),
    ],
)
def test_answers_to_a_cancel(bob, word, outcome):
    results = [
        {"is_success": True, "reason": None},
        {"is_success": False, "reason": "Already shipped."},
    ]
    content = {"status": word, "canceled_shipment_results": results}
    verdict = judge(bob.profile.operations["cancel_order"], answer(200, content))
    assert verdict.outcome is outcome
    if outcome is Outcome.REJECTED:
        assert (verdict.code, verdict.message) == (word, "Already shipped.")


@pytest.mark.parametrize(
    ("status", "expected"), [("Cancelled", Found.FOUND), ("Processing", Found.ABSENT)]
)
def test_a_cancel_is_done_when_the_order_says_so(bob, status, expected):
    cancel = FulfilmentCancel(request_key="K", remote_id="500")
    orders = [{"id": 500, "reference_id": "K", "status": status}]
    operation = bob.profile.operations["find_cancelled_order"]
    look_up = judge_look_up(operation, answer(200, orders), cancel, bob.ctx)
    assert look_up.answer is expected


# ------------------------------------------------------------------------- in


def test_the_sample_shipment_is_one_of_the_contract(contract):
    assert contract.schema_faults("Orders.ShipmentViewModel", shipment()) == []


def test_a_shipment_is_confirmed(bob):
    document = read(bob, shipment())
    assert document.confirmation_key == "900"
    assert document.request_key == "BOB-OUT-00012"
    assert document.remote_order_id == "500"
    assert document.shipped_at.isoformat() == "2026-03-10T09:15:00.500000+00:00"
    assert document.completes_request is True
    assert [(line.sku, line.quantity) for line in document.lines] == [("SKU-001", 3)]
    (parcel,) = document.parcels
    assert (parcel.tracking_number, parcel.carrier, parcel.service) == (
        "1Z-A",
        "UPS",
        "GROUND",
    )
    assert parcel.weight_kg == Decimal("0.453592")


def test_a_shipment_that_is_followed_by_another_completes_nothing(bob):
    details = [{"id": 1, "name": "PartialShipment", "description": "more to come"}]
    assert read(bob, shipment(status_details=details)).completes_request is False


def test_lots_and_serials_are_told_apart(bob):
    items = [
        {"lot": "L1", "expiration_date": "2027-01-31T00:00:00Z", "quantity": 2},
        {"lot": "L2", "expiration_date": None, "serial_numbers": [], "quantity": 1},
        {"lot": None, "serial_numbers": ["S1", "S2"], "quantity": 2},
    ]
    products = [{"reference_id": "SKU-005", "inventory_items": items}]
    (line,) = read(bob, shipment(products=products)).lines
    assert line.quantity == 5
    assert [(e.lot, e.serial, e.quantity, str(e.expiry)) for e in line.lots] == [
        ("L1", None, 2, "2027-01-31"),
        ("L2", None, 1, "None"),
        (None, "S1", 1, "None"),
        (None, "S2", 1, "None"),
    ]


def test_every_carton_is_a_parcel_of_its_own(bob):
    def carton(barcode, quantity):
        product = {
            "reference_id": "SKU-001",
            "inventory_items": [{"quantity": quantity}],
        }
        return {
            "barcode": barcode,
            "measurements": {"total_weight_oz": 8.5},
            "carton_details": [{"products": [product]}],
        }

    parents = [{"cartons": [carton("1Z-A", 2)]}, {"cartons": [carton("1Z-B", 1)]}]
    parcels = read(bob, shipment(parent_cartons=parents)).parcels
    assert [(p.tracking_number, p.contents[0].quantity) for p in parcels] == [
        ("1Z-A", 2),
        ("1Z-B", 1),
    ]


def test_a_polled_shipment_is_the_pushed_one(bob):
    orders = [
        {"id": 500, "shipments": [shipment(), shipment(id=901, status="Processing")]},
        {"id": 501, "shipments": []},
    ]
    (polled,) = bob.read("shipment_confirmation", json.dumps(orders).encode(), "poll")
    assert polled.content_hash() == read(bob, shipment()).content_hash()
    flow = bob.profile.flows["shipment_confirmation"]
    assert keys(flow, polled) == ("900", "BOB-OUT-00012", "BOB-OUT-00012")


def test_an_unknown_carrier_goes_to_a_person(bob):
    tracking = {"carrier": "PigeonPost", "tracking_number": "P1"}
    with pytest.raises(MappingError) as caught:
        read(bob, shipment(tracking=tracking))
    assert caught.value.path == "tracking.carrier"
    assert (caught.value.vocabulary, caught.value.value) == ("carrier", "PigeonPost")


def test_a_negative_quantity_is_found_in_the_partners_document(bob):
    products = [
        {"reference_id": "A", "inventory_items": [{"lot": "L", "quantity": -2}]}
    ]
    orders = [{"shipments": [shipment(products=products)]}]
    with pytest.raises(DataError) as caught:
        bob.read("shipment_confirmation", json.dumps(orders).encode(), "poll")
    place = "[0].shipments[0].products[0].inventory_items"
    assert caught.value.path.startswith(place)
    assert f"{place}[0].quantity (lines[0].lots[0].quantity)" in caught.value.message


def test_topics(bob):
    webhook = bob.profile.webhook
    assert webhook.topic({"X-Webhook-Topic": "order.shipped"}, b"") == "order.shipped"
    assert webhook.flow_for("order.shipped") == "shipment_confirmation"
    assert webhook.flow_for("order.shipment.delivered") is IGNORE
    assert webhook.flow_for("billing.charge.created") is None


def test_polling_keeps_to_the_contract(contract, bob):
    operation = bob.profile.operations["list_orders"]
    request = first_page(operation, "", bob.ctx)
    assert request.params["LastUpdateStartDate"] == "2026-03-03T12:00:00Z"
    assert faults(contract, request) == []
    page = answer(200, [{}] * 250, {"Date": "Tue, 10 Mar 2026 12:00:01 GMT"})
    assert next_page(operation, request, page).params["Page"] == "2"
    assert next_page(operation, request, answer(200, [{}])) is None
    assert advance_cursor(operation, [page], "", bob.ctx) == "2026-03-10T11:50:00Z"


def test_stock_levels_page_by_page(contract, bob):
    operation = bob.profile.operations["list_stock"]
    request = first_page(operation, "", bob.ctx)
    assert faults(contract, request) == []
    row = {
        "inventory_id": 3,
        "sku": "SKU-001",
        "total_on_hand_quantity": 12,
        "total_committed_quantity": 4,
    }
    page = {"items": [row], "next": "/2026-01/inventory-level?cursor=abc&PageSize=250"}
    following = next_page(operation, request, answer(200, page))
    assert following.url == request.url
    assert following.params == {"cursor": "abc", "PageSize": "250"}
    assert next_page(operation, request, answer(200, {**page, "next": None})) is None
    (snapshot,) = bob.read("inventory_snapshot", json.dumps(page).encode(), "poll")
    assert snapshot.snapshot_key == "stock-2026-03-10T12:00:00Z-3"
    assert snapshot.complete is False
    (level,) = snapshot.rows
    assert (level.sku, level.quantity, level.allocated) == ("SKU-001", 12, 4)
