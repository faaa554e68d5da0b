"""ShipBob keeps orders back on its own only, and knows urgency as a faster way."""

import json

import pytest

from .conftest import Backend


@pytest.fixture
def house():
    return Backend("shipbob", {"channel_id": "77", "urgent_shipping_method": "Express"})


@pytest.mark.parametrize(
    ("values", "method"),
    [
        ({"service": None, "priority": "urgent"}, "Express"),
        ({"service": None}, "Standard"),
        ({"service": "GROUND", "priority": "urgent"}, "Ground"),
    ],
)
def test_an_urgent_order_takes_the_faster_way(house, request_document, values, method):
    request = house.build("create_order", request_document(**values))
    assert json.loads(request.body)["shipping_method"] == method


def test_it_is_asked_for_no_hold_because_it_has_no_call_for_one(house):
    assert "fulfilment_hold" not in house.profile.flows
    assert "fulfilment_release" not in house.profile.flows
