"""Holds and releases: the file profiles and the house agree on them."""

from addons.dist_connector_base.core.canonical import (
    FulfilmentCancel,
    FulfilmentHold,
    FulfilmentRelease,
)

from .test_file_sets import house, started  # noqa: F401  fixtures
from .test_profiles_agree import fill_shelves, request_for


def hold_for(key, number=1, **values):
    return FulfilmentHold.parse(
        {"hold_key": f"{key}-H{number}", "request_key": key, **values}
    )


def release_for(key, number=2):
    return FulfilmentRelease(hold_key=f"{key}-H{number}", request_key=key)


def said(house, key):  # noqa: F811
    return [(d.status, d.hold_key) for d in house.told("ACK", key)]


def test_an_order_is_held_and_ships_when_it_is_released(house):  # noqa: F811
    fill_shelves(house.partner)
    house.partner.plan("H-1", hold=True)
    house.put("write_order", request_for("H-1"))
    house.partner.settle()
    house.put("write_hold", hold_for("H-1", reason_code="payment", reason="unpaid"))
    house.partner.settle()
    house.partner.plan("H-1", hold=False)
    house.partner.settle()
    assert house.partner.books()["H-1"]["shipments"] == []
    house.put("write_release", release_for("H-1"))
    house.partner.settle()
    assert said(house, "H-1") == [
        ("accepted", None),
        ("on_hold", "H-1-H1"),
        ("released", "H-1-H2"),
    ]
    assert house.partner.books()["H-1"]["status"] == "shipped"


def test_what_has_left_cannot_be_held(house):  # noqa: F811
    fill_shelves(house.partner)
    house.put("write_order", request_for("H-2"))
    house.partner.settle()
    house.put("write_hold", hold_for("H-2"))
    house.partner.settle()
    refusal = house.told("ACK", "H-2")[-1]
    assert (refusal.status, refusal.hold_key) == ("hold_refused", "H-2-H1")
    assert "shipped already" in refusal.reason


def test_what_is_held_can_be_cancelled(house):  # noqa: F811
    fill_shelves(house.partner)
    house.partner.plan("H-3", hold=True)
    house.put("write_order", request_for("H-3"))
    house.partner.settle()
    house.put("write_hold", hold_for("H-3"))
    house.partner.settle()
    house.put("write_cancel", FulfilmentCancel(request_key="H-3"))
    house.partner.settle()
    assert [status for status, _key in said(house, "H-3")] == [
        "accepted",
        "on_hold",
        "cancelled",
    ]


def test_the_house_holds_on_its_own_says_why_and_lets_go(house):  # noqa: F811
    fill_shelves(house.partner)
    house.partner.plan("H-4", hold=True)
    house.put("write_order", request_for("H-4"))
    house.partner.settle()
    house.partner.hold_back("H-4", "address check", substatus="ADDRESS")
    house.partner.plan("H-4", hold=False)
    house.partner.settle()
    house.put("write_release", release_for("H-4", 1))
    house.partner.settle()
    held, refused = house.told("ACK", "H-4")[1:]
    assert (held.status, held.hold_key, held.reason) == (
        "on_hold",
        None,
        "address check",
    )
    assert (held.raw_status, held.raw_substatus) == ("HOLD", "ADDRESS")
    assert held.responded_at
    assert refused.status == "release_refused"
    assert house.partner.books()["H-4"]["shipments"] == []
    house.partner.hold_back("H-4", "found it", held=False)
    house.partner.settle()
    assert said(house, "H-4")[-1] == ("released", None)
    assert house.partner.books()["H-4"]["status"] == "shipped"


def test_a_house_that_ships_what_it_said_to_hold(house):  # noqa: F811
    fill_shelves(house.partner)
    house.partner.plan("H-5", hold=True, holds="ignore")
    house.put("write_order", request_for("H-5"))
    house.partner.settle()
    house.put("write_hold", hold_for("H-5"))
    house.partner.settle()
    house.partner.plan("H-5", hold=False, holds="ignore")
    house.partner.settle()
    assert said(house, "H-5")[-1][0] == "on_hold"
    assert [d.request_key for d in house.told("SHP", "H-5")] == ["H-5"]


def test_a_hold_is_looked_up_where_the_partner_puts_what_it_took(house):  # noqa: F811
    hold = house.side.build("find_hold_file", hold_for("H-6"))
    release = house.side.build("find_release_file", release_for("H-6"))
    assert hold == (("in", "in/processed"), f"HLD_H-6-H1.{house.ending}")
    assert release == (("in", "in/processed"), f"RLS_H-6-H2.{house.ending}")


def test_shipments_tell_status_sub_status_and_cost(house):  # noqa: F811
    fill_shelves(house.partner)
    house.partner.plan("H-7", shipping_cost="7.90", currency="EUR")
    urgent = request_for("H-7").model_copy(update={"priority": "urgent"})
    house.put("write_order", urgent)
    house.partner.settle()
    (document,) = house.told("SHP", "H-7")
    assert (document.raw_status, str(document.shipping_cost.amount)) == (
        "Despatched",
        "7.90",
    )
    assert document.shipping_cost.currency == "EUR"
