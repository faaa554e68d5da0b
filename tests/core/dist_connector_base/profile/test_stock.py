"""What stock levels mean: said in the profile, faults named with line and path."""

import pytest

from addons.dist_connector_base.core.profile import (
    STOCK_FLOW,
    ProfileError,
    load_profile,
)

PROFILE = """\
profile: shelf
version: "1"
title: House of shelves
transport: folder
{stock}
flows:
  {flow}:
    direction: in
    file: {{folder: out, pattern: "*.json", archive: old}}
    map:
      {key}: key
      {fields}
"""
ROWS = """taken_at: moment(at)
      warehouse: =HAM
      rows: {{each: rows, map: {{sku: sku, quantity: count{more}}}}}"""


def load(stock="", more=""):
    return load_profile(
        PROFILE.format(
            stock=stock,
            flow=STOCK_FLOW,
            key="snapshot_key",
            fields=ROWS.format(more=more),
        )
    )


def faults(stock, more=""):
    with pytest.raises(ProfileError) as caught:
        load(stock, more)
    return [(fault.line, fault.path, fault.message) for fault in caught.value.problems]


def test_without_a_word_stock_is_gross_and_what_is_absent_unknown():
    stock = load().stock
    assert (stock.quantity, stock.absent, stock.pages) == ("gross", "unknown", "many")
    assert stock.quiet.total_seconds() == 600
    assert stock.proof


def test_a_profile_says_what_its_stock_means():
    stock = load(
        "stock: {quantity: net, absent: zero, quiet: 3 minutes, proof: false}"
    ).stock
    assert (stock.quantity, stock.absent) == ("net", "zero")
    assert stock.quiet.total_seconds() == 180
    assert not stock.proof


@pytest.mark.parametrize(
    ("grain", "field"), [("lots", "lot"), ("statuses", "status"), ("owners", "owner")]
)
def test_the_grain_is_what_the_map_fills_unless_it_is_said(grain, field):
    def tells(profile):
        return profile.stock.tells(grain, profile.flows[STOCK_FLOW])

    value = "=sellable" if field == "status" else field
    assert not tells(load())
    assert tells(load(more=f", {field}: {value}"))
    assert not tells(load(f"stock: {{{grain}: false}}", more=f", {field}: {value}"))


def test_rows_of_several_kinds_tell_what_any_of_them_tells():
    text = PROFILE.format(
        stock="",
        flow=STOCK_FLOW,
        key="snapshot_key",
        fields="""taken_at: moment(at)
      warehouse: =HAM
      rows:
        - {each: there, map: {sku: sku, quantity: count, lot: batch}}
        - {each: gone, map: {sku: sku, quantity: 0}}""",
    )
    profile = load_profile(text)
    assert profile.stock.tells("lots", profile.flows[STOCK_FLOW])


@pytest.mark.parametrize(
    ("stock", "path", "words"),
    [
        ("stock: {lots: true}", "stock.lots", "fills no 'lot'"),
        ("stock: {quantity: net_told}", "stock.quantity", "fills no 'allocated'"),
        ("stock: {quantity: free}", "stock.quantity", "is not one of"),
        ("stock: {pages: one, quiet: 5 minutes}", "stock.quiet", "pages is one"),
        (
            "stock: {absent: stands, quiet: 5 minutes}",
            "stock.quiet",
            "only changes are told",
        ),
        ("stock: {grain: lot}", "stock.grain", "is not a key of the language"),
    ],
)
def test_what_the_flow_does_not_bear_out_is_refused(stock, path, words):
    ((line, place, message),) = faults(stock)
    assert (line, place) == (5, path)
    assert words in message


def test_stock_is_not_said_where_none_is_told():
    text = PROFILE.format(
        stock="stock: {absent: zero}",
        flow="item_list",
        key="list_key",
        fields="rows: {each: rows, map: {sku: sku, remote_item: id}}",
    )
    with pytest.raises(ProfileError, match="there is no flow inventory_snapshot"):
        load_profile(text)
