"""What of a request a partner has to be told anew."""

import pytest

from addons.dist_3pl.core.changes import differences

AGREED = {
    "ship_to": {"name": "Shop", "address": {"street": "1 High Street", "street2": ""}},
    "carrier": "UPS",
    "service": None,
    "requested_ship_date": "2026-03-01",
    "requested_delivery_date": None,
    "lines": {"1": "5", "2": "2.50"},
}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({}, []),
        ({"lines": {"1": 5.0, "2": "2.5"}}, []),
        ({"service": ""}, []),
        ({"ship_to": {"name": "Shop", "address": {"street": "1 High Street"}}}, []),
        ({"ship_to": {"name": "Shop", "address": {"street": "2"}}}, ["ship_to"]),
        ({"service": "EXPRESS"}, ["carrier"]),
        ({"requested_ship_date": "2026-03-02"}, ["ship_date"]),
        ({"requested_delivery_date": "2026-03-09"}, ["delivery_date"]),
        ({"lines": {"1": "4", "2": "2.5"}}, ["lines"]),
        ({"lines": {"1": "5", "2": "0"}}, ["lines"]),
        ({"lines": {"1": "5", "2": "2.5", "3": "1"}}, ["lines"]),
        ({"lines": {"1": "5", "2": "2.5", "3": "0"}}, []),
        ({"carrier": None, "lines": {}}, ["carrier", "lines"]),
    ],
)
def test_only_what_means_something_else_is_a_change(change, what):
    assert differences(AGREED, {**AGREED, **change}) == what
