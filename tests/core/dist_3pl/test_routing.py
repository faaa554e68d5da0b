"""Which warehouse ships an order, and why."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.dist_3pl.core.routing import MOST_PARTS, Option, Wish, decide

MONDAY, TUESDAY = datetime(2026, 3, 2, 18), datetime(2026, 3, 3, 18)
TEA, MUG = 1, 2
ORDER = [Wish(1, TEA, "TEA", Decimal(5)), Wish(2, MUG, "MUG", Decimal(2))]


def warehouse(ref, tea=0, mug=0, **values):
    values.setdefault("leaves_at", MONDAY)
    values.setdefault("sequence", ref)
    stock = {TEA: Decimal(tea), MUG: Decimal(mug)}
    return Option(ref, f"WH{ref}", stock=stock, **values)


def shipped(plan):
    return {part.option.ref: part.lines for part in plan.parts}


def why(plan, ref):
    verdict = next(v for v in plan.verdicts if v.option.ref == ref)
    return [code for code, _detail in verdict.why]


def test_the_warehouse_that_has_everything_ships_it():
    plan = decide(ORDER, [warehouse(1, tea=4, mug=9), warehouse(2, tea=5, mug=2)])
    assert shipped(plan) == {2: (1, 2)}
    assert why(plan, 2) == ["chosen"]
    assert why(plan, 1) == ["short"]
    assert dict(plan.verdicts[0].why)["short"] == "TEA: 4/5"


def test_of_two_that_have_everything_the_one_that_ships_first_is_chosen():
    dear_today = warehouse(2, 9, 9, cost_order=Decimal(9))
    cheap_tomorrow = warehouse(1, 9, 9, leaves_at=TUESDAY)
    plan = decide(ORDER, [cheap_tomorrow, dear_today])
    assert shipped(plan) == {2: (1, 2)}
    assert why(plan, 1) == ["later"]


def test_on_the_same_day_the_cheaper_one_is_chosen():
    plan = decide(
        ORDER,
        [
            warehouse(1, 9, 9, cost_order=Decimal("4.50")),
            warehouse(2, 9, 9, cost_order=Decimal(3), cost_line=Decimal("0.50")),
        ],
    )
    assert shipped(plan) == {2: (1, 2)}
    assert why(plan, 1) == ["dearer"]


def test_all_else_equal_the_first_in_the_list_is_chosen():
    plan = decide(ORDER, [warehouse(2, 9, 9), warehouse(1, 9, 9)])
    assert shipped(plan) == {1: (1, 2)}
    assert why(plan, 2) == ["behind"]


def test_a_region_that_a_warehouse_does_not_serve_keeps_it_out():
    plan = decide(ORDER, [warehouse(1, 9, 9, refused="not for France")])
    assert plan.parts == ()
    assert plan.verdicts[0].why == (("refused", "not for France"),)


def test_an_order_is_split_where_no_warehouse_has_everything():
    plan = decide(
        ORDER,
        [warehouse(1, tea=9, may_split=True), warehouse(2, mug=9, may_split=True)],
    )
    assert shipped(plan) == {1: (1,), 2: (2,)}
    assert why(plan, 1)[0] == "chosen_part"


def test_an_order_is_not_split_where_the_rules_forbid_it():
    plan = decide(ORDER, [warehouse(1, tea=9), warehouse(2, mug=9)])
    assert len(plan.parts) == 1
    assert plan.short


def test_what_nobody_has_waits_where_most_of_it_is():
    plan = decide(ORDER, [warehouse(1, tea=1), warehouse(2, tea=5, mug=1)])
    assert shipped(plan) == {2: (1, 2)}
    assert plan.short == (2,)
    assert why(plan, 2)[0] == "chosen_short"


def test_an_item_that_a_warehouse_may_not_ship_goes_elsewhere():
    no_tea = warehouse(1, 9, 9, barred={TEA: "food"}, may_split=True)
    plan = decide(ORDER, [no_tea, warehouse(2, tea=9, may_split=True)])
    assert shipped(plan) == {1: (2,), 2: (1,)}


def test_two_lines_of_one_item_are_not_promised_the_same_stock():
    twice = [Wish(1, TEA, "TEA", Decimal(3)), Wish(2, TEA, "TEA", Decimal(3))]
    plan = decide(twice, [warehouse(1, tea=5), warehouse(2, tea=6)])
    assert shipped(plan) == {2: (1, 2)}


@pytest.mark.parametrize("number", [2, 3])
def test_as_few_parcels_as_can_be(number):
    wishes = [Wish(n, n, f"P{n}", Decimal(1)) for n in range(1, number + 1)]
    singles = [
        Option(n, f"WH{n}", stock={n: Decimal(1)}, may_split=True)
        for n in range(1, number + 1)
    ]
    assert len(decide(wishes, singles).parts) == number


quantities = st.integers(0, 4).map(Decimal)


@given(
    wants=st.lists(st.integers(1, 4).map(Decimal), min_size=1, max_size=4),
    stocks=st.lists(st.lists(quantities, min_size=4, max_size=4), max_size=4),
    may_split=st.booleans(),
)
def test_every_line_is_shipped_once_or_the_plan_says_what_is_short(
    wants, stocks, may_split
):
    wishes = [Wish(n, n, f"P{n}", want) for n, want in enumerate(wants)]
    options = [
        Option(ref, f"WH{ref}", stock=dict(enumerate(stock)), may_split=may_split)
        for ref, stock in enumerate(stocks)
    ]
    plan = decide(wishes, options)
    refs = sorted(ref for part in plan.parts for ref in part.lines)
    assert refs == ([w.ref for w in wishes] if options else [])
    assert len(plan.parts) <= (MOST_PARTS if may_split else 1)
    for part in plan.parts:
        for wish in wishes:
            if wish.ref in part.lines and wish.ref not in plan.short:
                assert part.option.stock[wish.item] >= wish.quantity
