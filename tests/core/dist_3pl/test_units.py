"""Packs are converted exactly, and only into whole pieces."""

from decimal import Decimal
from fractions import Fraction

import pytest

from addons.dist_3pl.core.allocation import allocate, surplus
from addons.dist_3pl.core.asked_lines import AskedLine
from addons.dist_3pl.core.receiving import count
from addons.dist_3pl.core.units import Pack, in_base, whole_packs
from addons.dist_connector_base.core.canonical import (
    ReceiptConfirmation,
    ShipmentConfirmation,
)
from addons.dist_connector_base.core.canonical.shipment_confirmation import (
    ShipmentConfirmationLine,
)
from addons.dist_connector_base.core.errors import DataError, MappingError

CASE = Pack("CS", Fraction(12))
CARTON = Pack("CT", Fraction(100, 12))


def line(quantity=2, unit="CS", **values):
    return ShipmentConfirmationLine(sku="TEA", quantity=quantity, unit=unit, **values)


def asked(quantity=24, *packs, **values):
    return AskedLine(
        1, "11", "TEA", Decimal(quantity), packs=lambda: packs or (CASE,), **values
    )


def shipment(*lines):
    return ShipmentConfirmation.parse(
        {
            "confirmation_key": "SHP-1",
            "request_key": "BOB-OUT-1",
            "shipped_at": "2026-03-02T10:00:00+00:00",
            "lines": list(lines),
        }
    )


def test_two_cases_of_twelve_are_24_pieces():
    said = in_base(line(ordered_quantity=3), "EA", "TEA", [CASE], "lines[0]")
    assert (said.quantity, said.unit, said.ordered_quantity) == (24, "EA", 36)


def test_a_shipment_in_cases_is_booked_in_pieces():
    (shipped,) = allocate(
        shipment({"sku": "TEA", "quantity": 2, "unit": "CS"}), [asked()]
    )
    assert shipped.quantity == 24


def test_what_is_over_is_said_in_pieces():
    over = surplus(shipment({"sku": "TEA", "quantity": 3, "unit": "CS"}), [asked()])
    assert over == {1: 12}


def test_a_receipt_in_cases_is_counted_in_pieces():
    document = ReceiptConfirmation.parse(
        {
            "confirmation_key": "R1",
            "received_at": "2026-03-02T10:00:00+00:00",
            "lines": [{"sku": "TEA", "quantity": 2, "unit": "CS"}],
        }
    )
    (counted,) = count(document, [asked()])
    assert counted.quantity == 24


def test_lots_come_in_cases_as_their_line_does():
    said = in_base(
        line(lots=[{"lot": "A", "quantity": 1}, {"lot": "B", "quantity": 1}]),
        "EA",
        "TEA",
        [CASE],
        "lines[0]",
    )
    assert [lot.quantity for lot in said.lots] == [12, 12]


def test_lots_that_add_up_in_pieces_are_left_as_they_are():
    said = in_base(
        line(
            quantity=1, lots=[{"lot": "A", "quantity": 5}, {"lot": "B", "quantity": 7}]
        ),
        "EA",
        "TEA",
        [CASE],
        "lines[0]",
    )
    assert [lot.quantity for lot in said.lots] == [5, 7]


def test_thirds_are_exact():
    said = in_base(line(3, "CT"), "EA", "TEA", [CARTON], "lines[0]")
    assert said.quantity == 25


def test_a_broken_piece_is_refused():
    with pytest.raises(DataError) as caught:
        in_base(line(1, "CT"), "EA", "TEA", [CARTON], "lines[0]")
    assert caught.value.path == "lines[0].quantity"
    assert "25/3 EA" in str(caught.value)


def test_what_is_weighed_may_be_a_fraction():
    said = in_base(line("0.5"), "KGM", "TEA", [Pack("CS", Fraction("2.5"))], "lines[0]")
    assert said.quantity == Decimal("1.25")


def test_an_unknown_pack_names_the_product_and_what_to_do():
    with pytest.raises(MappingError) as caught:
        in_base(line(1, "PK"), "EA", "TEA", [CASE], "lines[3]")
    error = caught.value
    assert (error.path, error.vocabulary, error.value) == (
        "lines[3].unit",
        "unit",
        "PK",
    )
    assert "TEA is kept in EA and has no pack PK; packs: CS of 12" in str(error)
    assert "Add a packaging with the unit code PK" in error.next_step


def test_two_case_sizes_are_not_guessed_between():
    other = Pack("CS", Fraction(6), gtin="0614141000043")
    with pytest.raises(MappingError, match="may hold 12 or 6 EA"):
        in_base(line(), "EA", "TEA", [CASE, other], "lines[0]")
    by_barcode = line(gtin="0614141000043")
    assert in_base(by_barcode, "EA", "TEA", [CASE, other], "").quantity == 12
    ordered = Pack("CS", Fraction(6), ordered=True)
    assert in_base(line(), "EA", "TEA", [CASE, ordered], "").quantity == 12


@pytest.mark.parametrize(
    ("quantity", "packs", "told"),
    [
        (24, [CASE], (2, "CS")),
        (25, [CASE], None),
        (24, [CASE, Pack("PF", Fraction(24))], (1, "PF")),
        (
            24,
            [Pack("CS", Fraction(12), ordered=True), Pack("PF", Fraction(24))],
            (2, "CS"),
        ),
        (24, [], None),
    ],
)
def test_a_request_tells_whole_packs_only(quantity, packs, told):
    found = whole_packs(Decimal(quantity), packs)
    assert (found and (found[0], found[1].unit)) == told
