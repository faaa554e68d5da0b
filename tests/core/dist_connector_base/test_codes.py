"""Codes mean what they mean on the day; a file of codes is good or told by line."""

import datetime as dt

import pytest

from addons.dist_connector_base.core.code_file import read_code_file
from addons.dist_connector_base.core.codes import CodeRow, CodeTable, Translator
from addons.dist_connector_base.core.errors import MappingError
from addons.dist_connector_base.core.profile import Context, load_profile, map_in
from addons.dist_connector_base.core.wire import Item


def day(text):
    return dt.date.fromisoformat(text)


def translator(*rows, on="2026-03-01"):
    return Translator(CodeTable([CodeRow("carrier", *row) for row in rows]), day(on))


def test_both_directions():
    translate = translator(("U", "UPS"), ("D", "DHL"))
    assert translate("carrier", "U", "in") == "UPS"
    assert translate("carrier", "DHL", "out") == "D"
    assert not translate.dated
    assert translate.on(day("2020-01-01")) is translate


def test_the_preferred_code_is_sent():
    translate = translator(("U1", "UPS", True), ("U2", "UPS", False))
    assert translate("carrier", "UPS", "out") == "U1"
    assert translate("carrier", "U2", "in") == "UPS"


def test_a_code_holds_from_its_first_day_to_its_last():
    row = ("U", "UPS", True, day("2026-02-01"), day("2026-02-28"))
    for text in ("2026-02-01", "2026-02-28"):
        assert translator(row, on=text)("carrier", "U", "in") == "UPS"
    for text in ("2026-01-31", "2026-03-01"):
        with pytest.raises(MappingError, match=f"not mapped on {text}"):
            translator(row, on=text)("carrier", "U", "in")


def test_the_row_that_began_last_counts_and_the_old_one_comes_back():
    rows = (
        ("U", "DHL", True, day("2026-12-01"), day("2026-12-24")),
        ("U", "UPS"),
    )
    translate = translator(*rows)
    for text, ours in (
        ("2026-11-30", "UPS"),
        ("2026-12-24", "DHL"),
        ("2026-12-25", "UPS"),
    ):
        assert translate.on(day(text))("carrier", "U", "in") == ours


def test_a_code_that_means_something_else_now_is_not_sent_for_its_old_meaning():
    rows = (("U", "UPS"), ("U", "DHL", True, day("2026-02-01"), None))
    with pytest.raises(MappingError):
        translator(*rows)("carrier", "UPS", "out")


def test_many_days_keep_the_memory_small():
    table = CodeTable([CodeRow("carrier", "U", "UPS", True, day("2026-01-01"))])
    for number in range(200):
        table.on(day("2026-01-01") + dt.timedelta(number))
    assert len(table._days) <= 64


PROFILE = """
profile: house
version: "1"
title: House
transport: folder
flows:
  shipment_confirmation:
    direction: in
    {dated}
    file: {{folder: out, pattern: "*", archive: done}}
    map:
      confirmation_key: number
      request_key: order
      shipped_at: at
      carrier: code('carrier', carrier)
      lines: {{each: lines, map: {{sku: sku, quantity: quantity}}}}
"""
SHIPMENT = {
    "number": "S1",
    "order": "R1",
    "at": "2026-01-31T23:30:00Z",
    "carrier": "U",
    "lines": [{"sku": "A", "quantity": 1}],
}


def carrier(dated="", **context):
    table = CodeTable(
        [
            CodeRow("carrier", "U", "UPS"),
            CodeRow("carrier", "U", "DHL", True, day("2026-02-01"), None),
        ]
    )
    flow = load_profile(PROFILE.format(dated=dated)).flows["shipment_confirmation"]
    ctx = Context(translate=Translator(table, day("2026-06-01")), **context)
    return map_in(flow, Item("", SHIPMENT), ctx).carrier


def test_the_codes_of_the_day_it_arrived_count():
    arrived = dt.datetime(2026, 1, 31, 23, 30, tzinfo=dt.timezone.utc)
    assert carrier(received_at=arrived) == "UPS"
    assert carrier(received_at=arrived, timezone="Europe/Berlin") == "DHL"
    assert carrier(now=lambda: arrived) == "UPS"


def test_a_flow_may_date_its_documents_itself():
    arrived = dt.datetime(2026, 3, 1, tzinfo=dt.timezone.utc)
    assert carrier(received_at=arrived) == "DHL"
    assert carrier(dated="dated: at", received_at=arrived) == "UPS"
    assert carrier(dated="dated: date(left(at, `10`))", received_at=arrived) == "UPS"
    assert carrier(dated="dated: nothing", received_at=arrived) == "DHL"


# ----------------------------------------------------------------------- files

GOOD = """Code list;Partner's code;Our Code;Preferred;Valid from;Valid to
carrier;UPS Ground;UPS;yes;;
carrier;DHL;DHL;no;2026-01-01;2026-12-31

;PCE;EA;;;
"""


def test_a_good_file():
    found = read_code_file(GOOD.encode("utf-8-sig"), "unit")
    assert not found.faults
    assert [line.line for line in found.lines] == [2, 3, 5]
    assert found.lines[1].row == CodeRow(
        "carrier", "DHL", "DHL", False, day("2026-01-01"), day("2026-12-31")
    )
    assert found.lines[2].row.vocabulary == "unit"


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_other_delimiters(delimiter):
    found = read_code_file(GOOD.replace(";", delimiter).encode(), "unit")
    assert (len(found.lines), found.faults) == (3, [])


def test_every_fault_has_its_line():
    text = """partner_code,our_code,preferred,valid_from,valid_to
,UPS,,,
U,,,,
U,UPS,maybe,,
U,UPS,,31.1.2026,
U,UPS,,2026-02-01,2026-01-01
U,UPS,,,
D,DHL,,,
U,DHL,,,
"""
    found = read_code_file(text.encode(), "carrier")
    assert [(fault.line, fault.message.split(",")[0]) for fault in found.faults] == [
        (2, "has no partner code"),
        (3, "has no code of ours"),
        (4, "'maybe' is neither yes nor no"),
        (5, "'31.1.2026' is no day such as 2026-01-31"),
        (6, "ends on 2026-01-01"),
        (9, "maps carrier 'U' again"),
    ]


def test_files_that_are_no_code_files():
    assert "columns" in read_code_file(b"a,b\n1,2\n").faults[0].message
    assert read_code_file(b"").faults[0].line == 1
    assert read_code_file(b"partner_code,our_code\nA,\xff\n").faults == [
        (2, "is not UTF-8 text")
    ]
    broken = read_code_file(b'partner_code,our_code\nA,"B\n', "carrier")
    assert "is not CSV" in broken.faults[0].message
    assert "code list" in read_code_file(b"theirs,ours\nA,B\n").faults[0].message
