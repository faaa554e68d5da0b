"""What a confirmation says is put onto the lines that were asked for."""

from decimal import Decimal

import pytest

from addons.dist_3pl.core.allocation import allocate, surplus
from addons.dist_3pl.core.asked_lines import AskedLine
from addons.dist_connector_base.core.canonical import ShipmentConfirmation
from addons.dist_connector_base.core.errors import (
    BusinessError,
    DataError,
    MappingError,
)


def confirmation(*lines):
    return ShipmentConfirmation.parse(
        {
            "confirmation_key": "SHP-1",
            "request_key": "BOB-OUT-00001",
            "shipped_at": "2026-03-02T10:00:00+00:00",
            "lines": list(lines),
        }
    )


def asked(ref=1, line_key="11", sku="TEA", quantity=10, **values):
    return AskedLine(
        ref=ref, line_key=line_key, sku=sku, asked=Decimal(quantity), **values
    )


def test_a_line_is_found_by_its_key():
    shipped = allocate(
        confirmation({"line_key": "12", "quantity": 3}),
        [asked(), asked(ref=2, line_key="12", sku="MUG", quantity=3)],
    )
    assert [(line.ref, line.quantity) for line in shipped] == [(2, Decimal(3))]


def test_a_sku_without_line_key_fills_its_lines_in_order():
    shipped = allocate(
        confirmation({"sku": "TEA", "quantity": 12}),
        [asked(), asked(ref=2, line_key="12", quantity=5)],
    )
    assert [(line.ref, line.quantity) for line in shipped] == [
        (1, Decimal(10)),
        (2, Decimal(2)),
    ]


def test_several_lines_of_one_key_are_summed():
    shipped = allocate(
        confirmation(
            {"line_key": "11", "quantity": 4}, {"line_key": "11", "quantity": "1.5"}
        ),
        [asked()],
    )
    assert shipped[0].quantity == Decimal("5.5")


def test_a_line_with_nothing_shipped_is_left_out():
    assert allocate(confirmation({"line_key": "11", "quantity": 0}), [asked()]) == []


def test_more_than_asked_is_refused_with_the_place():
    with pytest.raises(BusinessError) as caught:
        allocate(confirmation({"line_key": "11", "quantity": 11}), [asked()])
    assert caught.value.path == "lines[0].quantity"
    assert "10" in caught.value.message


def test_what_was_shipped_before_counts():
    with pytest.raises(BusinessError):
        allocate(
            confirmation({"line_key": "11", "quantity": 4}),
            [asked(done=Decimal(7))],
        )


def test_two_lines_of_one_confirmation_may_not_exceed_together():
    with pytest.raises(BusinessError) as caught:
        allocate(
            confirmation(
                {"line_key": "11", "quantity": 6}, {"line_key": "11", "quantity": 6}
            ),
            [asked()],
        )
    assert caught.value.path == "lines[1].quantity"


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ({"line_key": "99", "quantity": 1}, "lines[0].line_key"),
        ({"sku": "COFFEE", "quantity": 1}, "lines[0].sku"),
    ],
)
def test_an_unknown_line_is_a_faulty_document(line, path):
    with pytest.raises(DataError) as caught:
        allocate(confirmation(line), [asked()])
    assert caught.value.path == path


def test_another_sku_on_a_known_line_is_a_substitution():
    with pytest.raises(BusinessError) as caught:
        allocate(
            confirmation({"line_key": "11", "sku": "COFFEE", "quantity": 1}), [asked()]
        )
    assert caught.value.path == "lines[0].sku"


def test_a_case_is_never_read_as_an_each():
    with pytest.raises(MappingError) as caught:
        allocate(
            confirmation({"line_key": "11", "quantity": 1, "unit": "CS"}), [asked()]
        )
    assert (caught.value.vocabulary, caught.value.value) == ("unit", "CS")


def test_lots_come_along():
    shipped = allocate(
        confirmation(
            {
                "line_key": "11",
                "quantity": 10,
                "lots": [{"lot": "A", "quantity": 4}, {"lot": "B", "quantity": 6}],
            }
        ),
        [asked(tracking="lot")],
    )
    assert [(lot.name, lot.quantity) for lot in shipped[0].lots] == [
        ("A", Decimal(4)),
        ("B", Decimal(6)),
    ]


def test_a_lot_may_reach_over_two_lines_of_one_sku():
    shipped = allocate(
        confirmation(
            {"sku": "TEA", "quantity": 12, "lots": [{"lot": "A", "quantity": 12}]}
        ),
        [asked(tracking="lot"), asked(ref=2, line_key="12", tracking="lot")],
    )
    assert [[lot.quantity for lot in line.lots] for line in shipped] == [[10], [2]]


@pytest.mark.parametrize(
    ("lots", "tracking", "error", "path"),
    [
        ([], "lot", BusinessError, "lines[0].lots"),
        ([{"lot": "A", "quantity": 1}], "lot", DataError, "lines[0].lots"),
        ([{"quantity": 2}], "lot", DataError, "lines[0].lots[0]"),
        (
            [{"serial": "S1", "quantity": 2}],
            "serial",
            DataError,
            "lines[0].lots[0].quantity",
        ),
        ([{"serial": "S1", "quantity": 1}] * 2, "serial", DataError, "lines[0].lots"),
    ],
)
def test_lots_that_cannot_be_true_are_refused(lots, tracking, error, path):
    with pytest.raises(error) as caught:
        allocate(
            confirmation({"line_key": "11", "quantity": 2, "lots": lots}),
            [asked(tracking=tracking)],
        )
    assert caught.value.path == path


def test_lots_of_an_untracked_product_are_not_kept():
    shipped = allocate(
        confirmation(
            {"line_key": "11", "quantity": 2, "lots": [{"lot": "A", "quantity": 1}]}
        ),
        [asked()],
    )
    assert shipped[0].lots == ()


def test_a_surplus_is_told_line_by_line_over_all_lines_of_the_confirmation():
    over = surplus(
        confirmation(
            {"line_key": "11", "quantity": 8},
            {"line_key": "11", "quantity": 5},
            {"line_key": "12", "quantity": 3},
        ),
        [asked(done=Decimal(1)), asked(ref=2, line_key="12", sku="MUG", quantity=3)],
    )
    assert over == {1: Decimal(4)}


def test_a_surplus_that_was_accepted_is_shipped_and_no_more():
    line = asked(quantity=2, surplus=Decimal(3))
    (shipped,) = allocate(confirmation({"line_key": "11", "quantity": 5}), [line])
    assert shipped.quantity == 5
    with pytest.raises(BusinessError):
        allocate(confirmation({"line_key": "11", "quantity": 6}), [line])
