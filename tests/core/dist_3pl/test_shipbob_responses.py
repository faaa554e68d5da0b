"""What ShipBob says of an order before it ships, and that nothing it says is missed."""

import json
from urllib.parse import urlsplit

import pytest

from addons.dist_connector_base.core.profile import fetch_request, keys, run_samples

from .shipbob import faults, shipment


def order(*shipments, **values):
    content = {
        "id": 500,
        "reference_id": "BOB-OUT-00012",
        "status": "Processing",
        "shipments": list(shipments),
    }
    return {**content, **values}


def held(**values):
    details = [{"name": "OutOfStock", "description": "Not enough on hand."}]
    content = {"status_details": details, "last_update_at": "2026-03-10T09:30:00Z"}
    return shipment(**{**content, **values})


def asked_back(bob, content):
    """Give what a word about a shipment becomes after its order was asked for."""
    return bob.read("fulfilment_response", json.dumps(content).encode(), "fetch")


@pytest.mark.parametrize(
    ("topic", "status", "of_order", "ours"),
    [
        ("order.shipment.exception", "Exception", "Processing", "on_hold"),
        ("order.shipment.on_hold", "OnHold", "PartiallyFulfilled", "on_hold"),
        ("order.shipment.cancelled", "Cancelled", "Cancelled", "cancelled"),
    ],
)
def test_what_happens_before_shipping_is_a_response(
    contract, bob, topic, status, of_order, ours
):
    assert bob.profile.webhook.flow_for(topic) == "fulfilment_response"
    flow = bob.profile.flows["fulfilment_response"]
    body = json.dumps(held(status=status)).encode()
    [event] = bob.items("fulfilment_response", body, "webhook")
    question = fetch_request(flow, bob.profile.operations["get_order"], event, bob.ctx)
    assert urlsplit(question.url).path == "/2026-01/order/500"
    assert faults(contract, question) == []
    content = order(held(status=status), shipment(), status=of_order)
    (document,) = asked_back(bob, content)
    assert (document.request_key, document.remote_id) == ("BOB-OUT-00012", "500")
    assert (document.status, document.raw_status) == (ours, of_order)
    assert (document.reason, document.raw_substatus) == (
        "Not enough on hand.",
        "OutOfStock",
    )
    polled = bob.read("fulfilment_response", json.dumps([content]).encode(), "poll")
    assert [keys(flow, one) for one in polled] == [keys(flow, document)]
    assert polled[0].content_hash() == document.content_hash()


def test_an_order_is_not_cancelled_because_one_of_its_shipments_is(bob):
    content = order(held(status="Cancelled"), shipment(status="Processing"))
    assert asked_back(bob, content) == []
    left = order(held(status="Cancelled"), shipment(), status="Fulfilled")
    assert asked_back(bob, left) == []


def test_the_rest_of_an_order_is_cancelled_when_nothing_follows_what_left(bob):
    part = shipment(status_details=[{"name": "PartialShipment"}])
    rest = held(status="Cancelled")
    (document,) = asked_back(bob, order(part, rest, status="Fulfilled"))
    assert (document.status, document.reason) == ("cancelled", "Not enough on hand.")
    follows = order(part, rest, shipment(status="Processing"))
    assert asked_back(bob, follows) == []


def test_a_second_hold_is_told_apart_from_the_first(bob):
    flow = bob.profile.flows["fulfilment_response"]
    first, second = (
        asked_back(bob, order(held(status="OnHold", last_update_at=moment)))[0]
        for moment in ("2026-03-10T09:30:00Z", "2026-03-11T09:30:00Z")
    )
    assert keys(flow, first).key != keys(flow, second).key


def test_every_flow_of_the_profile_has_a_sample(bob):
    assert {sample.flow for sample in bob.profile.samples} == set(bob.profile.flows)
    assert [(r.name, r.faults) for r in run_samples(bob.profile) if r.faults] == []


def test_what_a_webhook_tells_a_poll_tells_too(bob):
    told = [name for name, flow in bob.profile.flows.items() if flow.webhook]
    assert told
    assert [name for name in told if not bob.profile.flows[name].poll] == []


def test_lists_whose_entries_change_late_are_swept(bob):
    flows = bob.profile.flows.values()
    by_moment = [
        flow.message_type
        for flow in flows
        if flow.poll and bob.profile.operations[flow.poll.operation].cursor
    ]
    swept = [flow.message_type for flow in flows if flow.poll and flow.poll.sweep]
    # counts are asked for again over a whole day each time
    assert set(by_moment) - set(swept) == {"inventory_adjustment"}
