"""What came in is put onto what was announced."""

from decimal import Decimal

import pytest

from addons.dist_3pl.core.asked_lines import AskedLine
from addons.dist_3pl.core.receiving import count
from addons.dist_connector_base.core.canonical import ReceiptConfirmation
from addons.dist_connector_base.core.errors import (
    BusinessError,
    DataError,
    MappingError,
)


def said(*lines):
    return ReceiptConfirmation.parse(
        {
            "confirmation_key": "R1",
            "received_at": "2026-03-02T10:00:00+00:00",
            "lines": list(lines),
        }
    )


def advised(ref=1, sku="TEA", quantity=10, **values):
    return AskedLine(ref, str(ref), sku, Decimal(quantity), **values)


def parts(line):
    return [(part.name, part.status, part.quantity) for part in line.parts]


def test_a_line_without_its_key_is_found_by_its_sku():
    (line,) = count(said({"sku": "TEA", "quantity": 4}), [advised()])
    assert (line.ref, line.quantity) == (1, 4)


def test_one_sku_on_two_lines_fills_the_first_one_first():
    lines = count(
        said({"sku": "TEA", "quantity": 12}),
        [advised(1, quantity=10), advised(2, quantity=5)],
    )
    assert [(line.ref, line.quantity) for line in lines] == [(1, 10), (2, 2)]


def test_what_is_over_goes_to_the_last_line_within_the_tolerance():
    lines = count(
        said({"sku": "TEA", "quantity": 16}),
        [advised(1, quantity=10), advised(2, quantity=5)],
        tolerance=Decimal(20),
    )
    assert [(line.ref, line.quantity) for line in lines] == [(1, 10), (2, 6)]


@pytest.mark.parametrize(
    ("came", "tolerance", "fits"),
    [(10, 0, True), (11, 0, False), (11, 10, True), ("11.1", 10, False)],
)
def test_the_tolerance_is_a_part_of_what_was_announced(came, tolerance, fits):
    document = said({"sku": "TEA", "quantity": came})
    if fits:
        (line,) = count(document, [advised()], tolerance=Decimal(tolerance))
        assert line.quantity == came
        return
    with pytest.raises(BusinessError) as caught:
        count(document, [advised()], tolerance=Decimal(tolerance))
    assert caught.value.path == "lines[0].quantity"


def test_what_came_before_counts_against_the_tolerance():
    lines = [advised(done=Decimal(8))]
    with pytest.raises(BusinessError, match="11 of TEA came in, 10 were announced"):
        count(said({"sku": "TEA", "quantity": 3}), lines)


def test_a_person_may_allow_whatever_came():
    (line,) = count(said({"sku": "TEA", "quantity": 99}), [advised()], tolerance=None)
    assert line.quantity == 99


def test_conditions_become_stock_statuses():
    document = said(
        {"sku": "TEA", "quantity": 7},
        {"sku": "TEA", "quantity": 2, "condition": "damaged", "reason_code": "wet"},
        {"sku": "TEA", "quantity": 1, "condition": "quarantine"},
    )
    (line,) = count(document, [advised()])
    assert parts(line) == [
        ("", "sellable", 7),
        ("", "damaged", 2),
        ("", "quarantine", 1),
    ]
    assert line.reason_code == "wet"


def test_what_was_refused_at_the_door_never_came_in():
    document = said(
        {"sku": "TEA", "quantity": 7},
        {"sku": "TEA", "quantity": 3, "condition": "rejected"},
    )
    (line,) = count(document, [advised()])
    assert (line.quantity, line.refused) == (7, 3)


def test_one_lot_in_two_conditions():
    document = said(
        {"sku": "TEA", "quantity": 7, "lots": [{"lot": "L1", "quantity": 7}]},
        {
            "sku": "TEA",
            "quantity": 2,
            "condition": "damaged",
            "lots": [{"lot": "L1", "quantity": 2, "expiry": "2027-01-31"}],
        },
    )
    (line,) = count(document, [advised(tracking="lot")])
    assert parts(line) == [("L1", "sellable", 7), ("L1", "damaged", 2)]
    assert [(lot.name, str(lot.expiry)) for lot in line.lots] == [("L1", "2027-01-31")]


@pytest.mark.parametrize(
    ("line", "error", "path"),
    [
        ({"sku": "MUG", "quantity": 1}, BusinessError, "lines[0].sku"),
        (
            {"line_key": "1", "sku": "MUG", "quantity": 1},
            BusinessError,
            "lines[0].sku",
        ),
        (
            {"line_key": "9", "sku": "TEA", "quantity": 1},
            DataError,
            "lines[0].line_key",
        ),
        ({"sku": "TEA", "quantity": 1, "unit": "CS"}, MappingError, "lines[0].unit"),
    ],
)
def test_what_was_not_announced_is_refused(line, error, path):
    with pytest.raises(error) as caught:
        count(said(line), [advised()])
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("tracking", "lots", "error", "path"),
    [
        ("lot", [], BusinessError, "lines[0].lots"),
        ("lot", [{"lot": "L", "quantity": 1}], DataError, "lines[0].lots"),
        ("lot", [{"quantity": 2}], DataError, "lines[0].lots[0]"),
        (
            "serial",
            [{"serial": "S", "quantity": 2}],
            DataError,
            "lines[0].lots[0].quantity",
        ),
        (
            "serial",
            [{"serial": "S", "quantity": 1}, {"serial": "S", "quantity": 1}],
            DataError,
            "lines[0].lots",
        ),
    ],
)
def test_lots_must_say_what_came(tracking, lots, error, path):
    document = said({"sku": "TEA", "quantity": 2, "lots": lots})
    with pytest.raises(error) as caught:
        count(document, [advised(tracking=tracking)])
    assert caught.value.path == path
