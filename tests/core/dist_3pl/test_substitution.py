"""What left instead of what was asked for, found and rewritten."""

from decimal import Decimal

import pytest

from addons.dist_3pl.core.allocation import allocate
from addons.dist_3pl.core.asked_lines import AskedLine
from addons.dist_3pl.core.substitution import replaced, rewritten, swaps
from addons.dist_connector_base.core.canonical import ShipmentConfirmation
from addons.dist_connector_base.core.errors import BusinessError

TEA = AskedLine(1, "41", "TEA", Decimal(5))
MUG = AskedLine(2, "42", "MUG", Decimal(2))


def confirmation(*lines, **values):
    return ShipmentConfirmation.parse(
        {
            "confirmation_key": "SHP-1",
            "request_key": "R",
            "shipped_at": "2026-03-02T10:00:00Z",
            "lines": list(lines),
            **values,
        }
    )


def test_what_was_asked_for_is_no_substitution():
    document = confirmation(
        {"line_key": "41", "sku": "TEA", "quantity": 5},
        {"line_key": "42", "quantity": 1},
        {"sku": "MUG", "quantity": 1},
    )
    assert swaps(document, [TEA, MUG]) == []


def test_another_sku_under_our_line_is_one():
    (swap,) = swaps(
        confirmation({"line_key": "41", "sku": "TEA-BIO", "quantity": 3}), [TEA, MUG]
    )
    assert (swap.asked, swap.sku, swap.quantity) == (TEA, "TEA-BIO", 3)
    assert swap.refusal().path == "lines[0].sku"


def test_a_line_may_name_the_sku_that_it_takes_the_place_of():
    shipped = AskedLine(3, "43", "TEA", Decimal(2), done=Decimal(2))
    (swap,) = swaps(
        confirmation({"sku": "TEA-BIO", "substitutes": "TEA", "quantity": 3}),
        [shipped, TEA],
    )
    assert swap.asked is TEA


def test_nothing_shipped_is_no_substitution():
    line = {"line_key": "41", "sku": "TEA-BIO", "quantity": 0}
    assert swaps(confirmation(line), [TEA]) == []


def test_the_ratio_says_how_many_take_the_place_of_one():
    (swap,) = swaps(
        confirmation({"line_key": "41", "sku": "TEA-S", "quantity": 6}), [TEA]
    )
    assert replaced(swap, Decimal(6), Decimal(2)) == 3


def test_more_than_was_asked_is_for_a_person():
    (swap,) = swaps(
        confirmation({"line_key": "41", "sku": "TEA-S", "quantity": 6}), [TEA]
    )
    with pytest.raises(BusinessError) as caught:
        replaced(swap, Decimal(6), Decimal(1))
    assert caught.value.path == "lines[0].quantity"


def test_what_is_booked_names_the_line_of_the_substitute_in_parcels_too():
    document = confirmation(
        {"line_key": "41", "sku": "TEA-BIO", "quantity": 3},
        {"line_key": "42", "quantity": 2},
        parcels=[
            {
                "tracking_number": "T",
                "contents": [
                    {"line_key": "41", "sku": "TEA-BIO", "quantity": 3},
                    {"line_key": "42", "sku": "MUG", "quantity": 2},
                ],
            }
        ],
    )
    booked = rewritten(document, {0: ("41/TEA-BIO", "TEA-BIO")}, set())
    own = AskedLine(9, "41/TEA-BIO", "TEA-BIO", Decimal(3))
    assert [(part.ref, part.quantity) for part in allocate(booked, [MUG, own])] == [
        (2, 2),
        (9, 3),
    ]
    assert [c.line_key for c in booked.parcels[0].contents] == ["41/TEA-BIO", "42"]


@pytest.mark.parametrize(
    "line",
    [
        {"line_key": "41", "sku": "TEA-BIO", "quantity": 3},
        {"sku": "TEA-BIO", "substitutes": "TEA", "quantity": 3},
    ],
)
def test_what_was_rejected_counts_as_not_shipped(line):
    document = confirmation(line, {"line_key": "42", "quantity": 2})
    booked = rewritten(document, {}, {0})
    assert [(part.ref, part.quantity) for part in allocate(booked, [TEA, MUG])] == [
        (2, 2)
    ]
