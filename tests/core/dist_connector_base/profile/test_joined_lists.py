"""Two lists about the same things, and lists inside lists."""

import pytest

from addons.dist_connector_base.core.errors import DataError
from addons.dist_connector_base.core.profile import load_profile, map_in, preview_in
from addons.dist_connector_base.core.wire import Item

from .conftest import NORDLAGER

STOCK = """
  inventory_snapshot:
    direction: in
    poll: {operation: list}
    map:
      snapshot_key: id
      taken_at: at
      warehouse: =W
      rows:
        - each: levels
          map:
            each: having(root().lots, &article, article)[].places[]
            where: lot
            map: {sku: parent().article, lot: lot, quantity: amount}
        - each: levels
          where: "!having(root().lots, &article, article)"
          map: {sku: article, quantity: total}
"""
DATA = {
    "id": 1,
    "at": "2026-03-10T10:00:00Z",
    "levels": [
        {"article": 7, "total": 9},
        {"article": 8, "total": 4},
        {"article": 9, "total": 5},
    ],
    "lots": [
        {"article": "7", "places": [{"lot": "A", "amount": 4}, {"amount": 1}]},
        {"article": "9", "places": [{"lot": "B", "amount": 2}]},
        {"article": "9", "places": [{"lot": "C", "amount": 3}]},
    ],
}


@pytest.fixture
def profile():
    return load_profile(NORDLAGER.rstrip() + STOCK, "stock.yaml")


def rows(profile, data, ctx):
    document = map_in(profile.flows["inventory_snapshot"], Item("", data), ctx)
    return [(row.sku, row.lot, int(row.quantity)) for row in document.rows]


def test_entries_of_one_list_find_those_of_another_and_lists_in_lists_are_one(
    profile, ctx
):
    assert rows(profile, DATA, ctx) == [
        ("7", "A", 4),
        ("9", "B", 2),
        ("9", "C", 3),
        ("8", None, 4),
    ]


def test_a_missing_list_holds_nothing(profile, ctx):
    bare = {**DATA, "lots": None}
    assert [row[0] for row in rows(profile, bare, ctx)] == ["7", "8", "9"]


def test_a_fault_in_a_list_in_a_list_is_found_in_the_partners_document(profile, ctx):
    data = {
        **DATA,
        "lots": [
            DATA["lots"][0],
            {"article": 9, "places": [{"lot": "B", "amount": "many"}]},
        ],
    }
    with pytest.raises(DataError) as caught:
        rows(profile, data, ctx)
    assert caught.value.path == "lots[1].places[0].amount"
    raw = str(data).replace("'", '"').encode()
    preview = preview_in(profile, "inventory_snapshot", raw, ctx)
    [fault] = preview.all_faults
    assert (fault.path, fault.field) == ("lots[1].places[0].amount", "rows[1].quantity")
