"""Kits are booked on their components, and have to be complete."""

from decimal import Decimal
from fractions import Fraction

import pytest

from addons.dist_3pl.core.allocation import allocate, surplus
from addons.dist_3pl.core.asked_lines import AskedLine, KitShare
from addons.dist_3pl.core.kits import complete_kits
from addons.dist_connector_base.core.canonical import ShipmentConfirmation
from addons.dist_connector_base.core.errors import (
    BusinessError,
    DataError,
    MappingError,
)


def part(ref, sku, quantity, per_kit, key="K1", kit="TEASET", **values):
    return AskedLine(
        ref,
        str(ref),
        sku,
        Decimal(quantity),
        kit=KitShare(key, kit, Fraction(per_kit)),
        **values,
    )


def shipment(*lines, **values):
    return ShipmentConfirmation.parse(
        {
            "confirmation_key": "SHP-1",
            "request_key": "BOB-OUT-1",
            "shipped_at": "2026-03-02T10:00:00+00:00",
            "lines": list(lines),
            **values,
        }
    )


def booked(document, asked, **values):
    return {line.ref: line.quantity for line in allocate(document, asked, **values)}


# three tea sets: a pot and two cups each, and a spoon that is sold by itself, too
SET = [part(1, "POT", 3, 1), part(2, "CUP", 6, 2)]
SPOON = AskedLine(9, "9", "SPOON", Decimal(5))


@pytest.mark.parametrize("name", [{"line_key": "K1"}, {"sku": "TEASET"}])
def test_a_confirmed_kit_is_booked_on_its_components(name):
    document = shipment({**name, "quantity": 3}, {"sku": "SPOON", "quantity": 5})
    assert booked(document, [*SET, SPOON]) == {1: 3, 2: 6, 9: 5}


def test_two_of_three_kits_take_two_thirds_of_each_component():
    assert booked(shipment({"sku": "TEASET", "quantity": 2}), SET) == {1: 2, 2: 4}


def test_a_kit_that_was_asked_for_twice_fills_the_first_one_first():
    other = [part(3, "POT", 2, 1, "K2"), part(4, "CUP", 4, 2, "K2")]
    document = shipment({"sku": "TEASET", "quantity": 4})
    assert booked(document, [*SET, *other]) == {1: 3, 2: 6, 3: 1, 4: 2}


def test_more_kits_than_were_asked_for_are_over():
    document = shipment({"sku": "TEASET", "quantity": 4})
    with pytest.raises(BusinessError, match="only 3 may") as caught:
        allocate(document, SET)
    assert caught.value.path == "lines[0].quantity"
    assert surplus(document, SET) == {1: 1, 2: 2}


def test_half_a_kit_is_refused():
    with pytest.raises(BusinessError, match="no complete kits") as caught:
        allocate(shipment({"sku": "TEASET", "quantity": "1.5"}), SET)
    assert caught.value.path == "lines[0].kit"


def test_kits_in_cases_are_refused():
    with pytest.raises(MappingError, match="TEASET is kept in EA"):
        allocate(shipment({"sku": "TEASET", "quantity": 1, "unit": "CS"}), SET)


def test_a_third_of_a_ribbon_per_kit_is_exact():
    ribbon = [part(1, "POT", 3, 1), part(2, "RIBBON", 1, "1/3")]
    assert booked(shipment({"sku": "TEASET", "quantity": 3}), ribbon) == {1: 3, 2: 1}
    with pytest.raises(BusinessError, match="1 TEASET take 1/3 RIBBON"):
        allocate(shipment({"sku": "TEASET", "quantity": 1}), ribbon)


def test_components_that_make_complete_kits_are_booked():
    document = shipment({"sku": "POT", "quantity": 2}, {"sku": "CUP", "quantity": 4})
    assert booked(document, SET) == {1: 2, 2: 4}


def test_uneven_components_name_what_is_missing():
    document = shipment({"sku": "POT", "quantity": 3}, {"sku": "CUP", "quantity": 4})
    with pytest.raises(BusinessError) as caught:
        allocate(document, SET)
    assert caught.value.path == "lines.kit"
    assert "3 TEASET lack 2 CUP" in str(caught.value)


def test_a_component_that_nobody_spoke_of_is_missing():
    with pytest.raises(BusinessError, match="3 TEASET lack 6 CUP"):
        allocate(shipment({"sku": "POT", "quantity": 3}), SET)


def test_accepted_as_said_they_are_booked_uneven():
    document = shipment({"sku": "POT", "quantity": 3}, {"sku": "CUP", "quantity": 4})
    assert booked(document, SET, as_said=True) == {1: 3, 2: 4}


def test_what_follows_later_need_not_be_even_yet():
    document = shipment({"sku": "POT", "quantity": 3}, completes_request=False)
    assert booked(document, SET) == {1: 3}


def test_what_was_shipped_before_completes_the_kits():
    before = [part(1, "POT", 3, 1, done=Decimal(3)), part(2, "CUP", 6, 2)]
    assert booked(shipment({"sku": "CUP", "quantity": 6}), before) == {2: 6}
    with pytest.raises(BusinessError, match="3 TEASET lack 1 CUP"):
        allocate(shipment({"sku": "CUP", "quantity": 5}), before)


def test_what_was_not_asked_for_is_not_missing():
    # only four cups were there when the request was made
    asked = [part(1, "POT", 3, 1), part(2, "CUP", 4, 2)]
    document = shipment({"sku": "POT", "quantity": 3}, {"sku": "CUP", "quantity": 4})
    assert booked(document, asked) == {1: 3, 2: 4}


def test_a_kit_that_is_not_shipped_at_all_is_no_question():
    document = shipment({"sku": "SPOON", "quantity": 5})
    assert booked(document, [*SET, SPOON]) == {9: 5}


def test_lots_of_a_kit_are_those_of_its_one_tracked_component():
    asked = [part(1, "POT", 3, 1), part(2, "CUP", 6, 2, tracking="lot")]
    lots = [{"lot": "A", "quantity": 4}, {"lot": "B", "quantity": 2}]
    shipped = allocate(shipment({"sku": "TEASET", "quantity": 3, "lots": lots}), asked)
    assert [(lot.name, lot.quantity) for lot in shipped[1].lots] == [("A", 4), ("B", 2)]


def test_lots_of_two_tracked_components_have_to_come_by_component():
    asked = [
        part(1, "POT", 3, 1, tracking="serial"),
        part(2, "CUP", 6, 2, tracking="lot"),
    ]
    with pytest.raises(BusinessError, match="serial numbers of POT are missing"):
        allocate(shipment({"sku": "TEASET", "quantity": 3}), asked)


def test_a_product_of_the_same_name_is_not_taken_for_the_kit():
    same = AskedLine(9, "9", "TEASET", Decimal(5))
    document = shipment({"sku": "TEASET", "quantity": 5})
    assert booked(document, [*SET, same]) == {9: 5}


def test_an_unknown_line_is_still_unknown():
    with pytest.raises(DataError, match="line K7"):
        allocate(shipment({"line_key": "K7", "quantity": 1}), SET)


@pytest.mark.parametrize(
    ("parts", "kits"),
    [
        ([(3, 1), (6, 2)], 3),
        ([(3, 1), (5, 2)], 2),
        ([(3, 1), (0, 2)], 0),
        ([(3, 1), (1, "1/3")], 3),
        ([], 0),
    ],
)
def test_kits_are_complete_as_far_as_all_components_are_there(parts, kits):
    assert complete_kits((Decimal(h), Fraction(p)) for h, p in parts) == kits
