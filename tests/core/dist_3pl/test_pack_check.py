"""A case read as an each is asked about; an ordinary short shipment is not."""

from decimal import Decimal
from fractions import Fraction

import pytest

from addons.dist_3pl.core.asked_lines import AskedLine
from addons.dist_3pl.core.pack_check import AS_PACKS, AS_SAID, checked
from addons.dist_3pl.core.units import Pack
from addons.dist_connector_base.core.canonical.common import ParcelContent
from addons.dist_connector_base.core.canonical.shipment_confirmation import (
    ShipmentConfirmationLine,
)
from addons.dist_connector_base.core.errors import BusinessError, DataError

CASE = Pack("CS", Fraction(12), gtin="0614141000043")


def asked(sku="TEA", quantity=24, *packs, **values):
    ref = {"TEA": 1, "MUG": 2, "PEN": 3}[sku]
    return AskedLine(
        ref, str(ref), sku, Decimal(quantity), packs=lambda: packs, **values
    )


def said(quantity, sku="TEA", **values):
    return ShipmentConfirmationLine(sku=sku, quantity=quantity, **values)


def quantities(lines):
    return [line.quantity for line in lines]


TEA = asked("TEA", 24, CASE)
MUG = asked("MUG", 48, CASE)
PEN = asked("PEN", 10)


def test_exactly_a_case_factor_over_is_always_asked_about():
    with pytest.raises(BusinessError) as caught:
        checked([said(288), said(10, "PEN")], [TEA, PEN])
    error = caught.value
    assert error.path == "lines[0].unit"
    assert "288 EA of TEA confirmed, 24 are open; 24 CS of 12 are 288" in error.message
    assert "book it as ordered (24 TEA), or as said" in error.next_step


def test_over_by_another_figure_is_not_a_matter_of_packs():
    assert quantities(checked([said(287)], [TEA])) == [287]


def test_what_is_over_of_the_open_rest_is_asked_about_too():
    rest = asked("TEA", 24, CASE, done=Decimal(12))
    with pytest.raises(BusinessError, match="144 EA of TEA confirmed, 12 are open"):
        checked([said(144)], [rest], closes=False)


def test_two_pieces_of_24_without_more_are_an_ordinary_short_shipment():
    assert quantities(checked([said(2)], [TEA])) == [2]


def test_two_products_short_by_their_case_are_asked_about():
    with pytest.raises(BusinessError, match=r"2 EA of TEA .* 4 EA of MUG"):
        checked([said(2), said(4, "MUG")], [TEA, MUG])


def test_what_has_no_packs_says_nothing_of_them():
    with pytest.raises(BusinessError, match="pieces or packs"):
        checked([said(2), said(4, "MUG"), said(10, "PEN")], [TEA, MUG, PEN])


def test_a_product_with_packs_that_came_in_full_shows_that_pieces_are_counted():
    lines = [said(2, ordered_quantity=2), said(48, "MUG")]
    assert quantities(checked(lines, [TEA, MUG])) == [2, 48]


def test_a_partner_that_tells_cases_elsewhere_knows_its_units():
    lines = [said(2, ordered_quantity=2), said(4, "MUG", unit="CS")]
    assert checked(lines, [TEA, MUG]) == lines


@pytest.mark.parametrize(
    "values",
    [
        {"gtin": "0614141000043"},
        {"ordered_quantity": 2},
        {"lots": [{"lot": "A", "quantity": 24}]},
    ],
)
def test_one_product_is_asked_about_when_something_else_speaks_for_cases(values):
    with pytest.raises(BusinessError, match="2 CS of 12 are 24"):
        checked([said(2, **values)], [TEA])


@pytest.mark.parametrize(("quantity", "unit"), [(24, "EA"), (2, "CS")])
def test_parcels_that_hold_all_of_it_speak_for_cases(quantity, unit):
    content = ParcelContent(sku="TEA", quantity=quantity, unit=unit)
    with pytest.raises(BusinessError):
        checked([said(2)], [TEA], contents=[content])


def test_parcels_that_hold_two_pieces_do_not():
    content = ParcelContent(sku="TEA", quantity=2)
    assert quantities(checked([said(2)], [TEA], contents=[content])) == [2]


def test_an_order_made_in_cases_speaks_for_cases():
    ordered = asked("TEA", 24, Pack("CS", Fraction(12), ordered=True))
    with pytest.raises(BusinessError):
        checked([said(2)], [ordered])


def test_a_partner_that_gives_a_reason_is_believed():
    line = said(2, reason_code="out_of_stock", ordered_quantity=2)
    assert quantities(checked([line], [TEA])) == [2]


def test_a_part_shipment_that_more_follows_is_believed():
    line = said(2, ordered_quantity=2)
    assert quantities(checked([line], [TEA], closes=False)) == [2]


def test_corrected_to_cases_the_order_is_full():
    lines = [said(2, lots=[{"lot": "A", "quantity": 24}]), said(4, "MUG")]
    result = checked(lines, [TEA, MUG], answer=AS_PACKS)
    assert quantities(result) == [24, 48]
    assert result[0].lots[0].quantity == 24


def test_corrected_from_cases_the_order_is_not_over():
    lines = [said(144, lots=[{"lot": "A", "quantity": 144}]), said(144)]
    result = checked(lines, [TEA], answer=AS_PACKS)
    assert quantities(result) == [12, 12]
    assert result[0].lots[0].quantity == 12


def test_what_does_not_divide_is_corrected_by_hand():
    with pytest.raises(DataError):
        checked([said(100), said(188)], [TEA], answer=AS_PACKS)


def test_accepted_as_said_nothing_is_asked_again():
    assert quantities(checked([said(288)], [TEA], answer=AS_SAID)) == [288]


def test_figures_that_changed_since_are_decided_once_more():
    with pytest.raises(BusinessError, match="somebody decided"):
        checked([said(24)], [TEA], answer=AS_PACKS)


def test_packs_are_not_looked_up_for_what_came_as_asked():
    def never():
        raise AssertionError("looked up")

    line = AskedLine(1, "1", "TEA", Decimal(24), packs=never)
    assert quantities(checked([said(24)], [line])) == [24]


def test_a_dozen_is_no_pack_of_what_is_not_sold_by_the_dozen():
    dozen = Pack("DZN", Fraction(12), kept=False)
    assert quantities(checked([said(288)], [asked("TEA", 24, dozen)])) == [288]


def test_a_line_told_twice_is_twice_as_much():
    pair = asked("TEA", 24, Pack("PK", Fraction(2)))
    lines = [said(24, line_key="1"), said(24, line_key="1")]
    with pytest.raises(BusinessError, match="48 EA of TEA confirmed"):
        checked(lines, [pair])
