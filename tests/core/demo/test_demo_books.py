"""The demo day fails when books, docks or stocks differ without a reason."""

from decimal import Decimal

import pytest

from tests.demo import dock_books, stock_books
from tests.demo.dock_books import Side, compare_docks
from tests.demo.report import ALWAYS, NEVER, problems
from tests.support.seed import House


class Odoo:
    """Odoo's answers, by query."""

    def __init__(self, answers=None, excused=()):
        self.answers = {
            dock_books.RECEIVED: [],
            dock_books.RETURNED: [],
            dock_books.ADJUSTED: [],
            stock_books.STOCK: [],
            stock_books.LINES: [],
            **(answers or {}),
        }
        self._excused = set(excused)

    def rows(self, query):
        return self.answers[query]

    def excused(self):
        return self._excused

    def shipped(self):
        return {}


def side(dock=None, levels=(), aside=()):
    house = House("CSV", 1, 1, 7, tells_lots=True, tells_statuses=True)
    house.tells_conditions = True
    book = {"receipts": {}, "returns": {}, "changes": [], **(dock or {})}
    return Side(house, {}, book, list(levels), list(aside))


def receipt(**received):
    return {"receipts": {"IN-1": {"creates": 1, "received": received}}}


def test_a_receipt_that_both_sides_book_alike_is_no_finding():
    odoo = Odoo({dock_books.RECEIVED: [("IN-1", "A", "sellable", 10)]})
    found = compare_docks(odoo, [side(receipt(A={"GOOD": "10", "REFUSED": "1"}))])
    assert found == ([], [], [], {})


def test_damaged_goods_booked_as_sellable_are_a_finding():
    odoo = Odoo({dock_books.RECEIVED: [("IN-1", "A", "sellable", 10)]})
    found = compare_docks(odoo, [side(receipt(A={"GOOD": "8", "DAMAGED": "2"}))])
    assert len(found.doubled) == 1


def test_a_receipt_that_waits_with_an_owner_is_a_gap_and_not_lost():
    counted = side(receipt(A={"GOOD": "12"}))
    assert len(compare_docks(Odoo(), [counted]).lost) == 1
    found = compare_docks(Odoo(excused={"IN-1"}), [counted])
    assert (found.lost, found.gaps) == (
        [],
        {("CSV", "A", "", "sellable"): Decimal(12)},
    )


def test_an_advice_sent_twice_is_told():
    dock = receipt()
    dock["receipts"]["IN-1"]["creates"] = 2
    assert "announced 2 times" in compare_docks(Odoo(), [side(dock)]).doubled[0]


def back(**taken_back):
    return {"returns": {"801": {"return_key": "", "taken_back": taken_back}}}


def test_an_unannounced_return_is_found_by_the_partners_number():
    odoo = Odoo(
        {
            dock_books.RETURNED: [
                (8, "RET-9", "801", "received", "B", "sellable", 1),
                (7, "RET-1", "T801", "received", "A", "sellable", 1),
            ]
        }
    )
    assert compare_docks(odoo, [side(back(A={"RESTOCK": "1"}))]).lost == []


def test_a_return_that_nobody_assigned_is_a_gap_and_one_unknown_is_lost():
    told = side(back(A={"RESTOCK": "1", "SCRAP": "1"}))
    odoo = Odoo(
        {dock_books.RETURNED: [(7, "RET-1", "T801", "unassigned", None, "", 0)]}
    )
    found = compare_docks(odoo, [told])
    assert (found.lost, found.gaps) == ([], {("CSV", "A", "", "sellable"): 1})
    assert len(compare_docks(Odoo(), [told]).lost) == 1


@pytest.mark.parametrize(
    ("booked", "kind"),
    [
        ([("CSV", "A901", "applied", 2)], ""),
        ([("CSV", "A901", "applied", 1)], "different"),
        ([("CSV", "A901", "to_approve", 0)], "gap"),
        ([], "lost"),
    ],
)
def test_a_change_of_stock_is_booked_waits_or_is_told(booked, kind):
    change = {
        "id": 901,
        "sku": "A",
        "lot": "",
        "quantity": "-2",
        "status": "SELLABLE",
        "from_status": "",
    }
    found = compare_docks(
        Odoo({dock_books.ADJUSTED: booked}), [side({"changes": [change]})]
    )
    told = {"lost": found.lost, "different": found.different, "gap": found.gaps}
    assert [name for name, what in told.items() if what] == ([kind] if kind else [])


PLACE = ("CSV", "A", "L1", "sellable")
STOCK = {stock_books.STOCK: [(*PLACE, 10)]}
SHELF = [{"sku": "A", "lot": "L1", "on_hand": "7"}]


def line(quantity=-3, kind="different", owned=True):
    return {stock_books.LINES: [(*PLACE, quantity, kind, owned)]}


@pytest.mark.parametrize(
    ("told", "gaps", "real", "wrong"),
    [
        (line(), {}, {PLACE: -3}, 0),
        (line(kind="late"), {PLACE: -3}, {}, 0),
        (line(), {}, {}, 2),  # nobody planted it; and then it should have been late
        (line(kind="late"), {}, {PLACE: -3}, 1),
        (line(owned=False), {}, {PLACE: -3}, 1),
        (line(quantity=-2), {}, {PLACE: -3}, 1),
        ({}, {}, {PLACE: -3}, 1),
        (line(), {}, {PLACE: -4}, 1),
    ],
)
def test_stock_may_differ_by_what_was_planted_or_is_on_its_way(told, gaps, real, wrong):
    odoo = Odoo({**STOCK, **told})
    found = stock_books.unexplained(odoo, [side(levels=SHELF)], gaps, real)
    assert len(found) == wrong, found


def test_what_lies_aside_is_compared_by_its_status():
    odoo = Odoo({stock_books.STOCK: [("CSV", "A", "", "damaged", 1)]})
    aside = [{"sku": "A", "lot": "", "status": "DAMAGED", "quantity": "1"}]
    assert stock_books.unexplained(odoo, [side(aside=aside)], {}, {}) == []
    assert stock_books.unexplained(odoo, [side()], {}, {}) != []


def test_a_day_fails_when_it_did_not_exercise_something_or_something_was_lost():
    good = dict.fromkeys(NEVER, 0) | dict.fromkeys(ALWAYS, 1)
    assert problems(good) == []
    for name in NEVER:
        assert problems(good | {name: 1}) == [f"{name} is 1, expected 0"]
    for name in ALWAYS:
        assert problems(good | {name: 0}) == [
            f"{name} is 0: the day did not exercise it"
        ]
