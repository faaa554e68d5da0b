"""Maps read and write what the trade means, and say what they cannot."""

import datetime as dt
from decimal import Decimal

import pytest

from addons.dist_connector_base.core.canonical import Order, ShipmentNotice
from addons.dist_connector_base.core.errors import (
    ConfigurationError,
    DataError,
    MappingError,
)
from addons.dist_edi.core.guide.library import load_guide
from addons.dist_edi.core.guide.tree import Loop
from addons.dist_edi.core.map import find, find_for, load, load_file, names
from addons.dist_edi.core.syntax.segment import Segment

ORDER = {
    "order_number": "PO-1",
    "order_date": "2026-01-31",
    "currency": "USD",
    "requested_delivery_date": "2026-02-10",
    "buyer": {"name": "Corner Shop", "code": "0007", "scheme": "buyer"},
    "notes": "ring the bell\nafter nine",
    "lines": [
        {
            "line_number": "1",
            "supplier_item": "TEA-01",
            "gtin": "012345678905",
            "description": "Tea, black",
            "quantity": "12",
            "unit": "CS",
            "price": "9.25",
        }
    ],
}


def segment(text):
    tag, *elements = text.split("*")
    return Segment.of(tag, *(each.split(":") for each in elements))


def loop(tag, *items):
    return Loop(tag, items=[segment(i) if isinstance(i, str) else i for i in items])


def written(mapping, document, **options):
    return [str(held) for held in mapping.write(document, **options).require()]


def order_tree(*header, line="PO1*1*12*CA*9.25**VN*TEA-01"):
    beg = [] if header and header[0].startswith("BEG") else ["BEG*00*SA*PO-1**20260131"]
    return loop("850", *beg, *header, loop("PO1", line))


def read(tree, **options):
    return load("x12/order.850").read(tree, **options)


def test_the_same_order_leaves_as_850_and_as_orders():
    order = Order.parse(ORDER)
    assert written(find_for("x12", "order"), order) == [
        "BEG*00*SA*PO-1**20260131",
        "CUR*BY*USD",
        "DTM*002*20260210",
        "N9*L1*NOTES",
        "MSG*ring the bell",
        "MSG*after nine",
        "N1*BY*Corner Shop*92*0007",
        "PO1*1*12*CA*9.25**VN*TEA-01*UP*012345678905",
        "PID*F****Tea, black",
        "CTT*1",
    ]
    assert written(find_for("edifact", "order"), order) == [
        "BGM*220*PO-1*9",
        "DTM*137:20260131:102",
        "DTM*2:20260210:102",
        "FTX*AAI***ring the bell",
        "FTX*AAI***after nine",
        "NAD*BY*0007::92**Corner Shop",
        "CUX*2:USD:9",
        "LIN*1**012345678905:EN",
        "PIA*5*TEA-01:SA",
        "IMD*F**:::Tea, black",
        "QTY*21:12:CS",
        "PRI*AAA:9.25",
        "UNS*S",
        "CNT*2:1",
    ]


def test_product_numbers_are_found_wherever_they_stand():
    line = "PO1*1*12*CA*9.25**UP*012345678905*ZZ*x*IN*B7*VP*TEA-01"
    order = read(order_tree(line=line)).require()
    assert order.lines[0].supplier_item == "TEA-01"
    assert order.lines[0].buyer_item == "B7"
    assert order.lines[0].gtin == "012345678905"


def test_parties_are_told_apart_by_their_qualifier():
    tree = order_tree()
    tree.items[1:1] = [loop("N1", "N1*ST*Dock 4"), loop("N1", "N1*BT*Accounts")]
    order = read(tree).require()
    assert (order.ship_to.name, order.bill_to.name) == ("Dock 4", "Accounts")
    assert order.buyer is None


def test_dates_are_told_apart_by_their_qualifier_and_may_have_two_digit_years():
    order = read(order_tree("DTM*001*260301", "DTM*002*20260210")).require()
    assert order.requested_delivery_date == dt.date(2026, 2, 10)
    assert order.cancel_after == dt.date(2026, 3, 1)


def test_an_unknown_unit_is_a_question_for_a_person_never_an_each():
    mapped = read(order_tree(line="PO1*1*12*JR*9.25**VN*TEA-01"))
    assert mapped.document is None
    with pytest.raises(MappingError) as caught:
        mapped.require()
    assert caught.value.path == "lines[0].unit"
    assert (caught.value.vocabulary, caught.value.value) == ("unit", "JR")


def test_the_agreement_may_know_codes_that_the_map_does_not():
    codes = {"unit": {"JR": "EA"}}
    order = read(order_tree(line="PO1*1*12*JR**VN*TEA-01"), codes=codes).require()
    assert order.lines[0].unit == "EA"
    assert "PO1*1*12*JR" in " ".join(written(load("x12/order.850"), order, codes=codes))


def test_a_reference_nobody_knows_keeps_its_code():
    order = read(order_tree("REF*DP*0042", "REF*QK*77")).require()
    assert [(held.kind, held.value) for held in order.references] == [
        ("department", "0042"),
        ("QK", "77"),
    ]


@pytest.mark.parametrize("bad", ["20260230", "2026013", "ABCDEFGH", "261301"])
def test_an_impossible_date_is_named_with_its_segment(bad):
    mapped = read(order_tree("BEG*00*SA*PO-1**" + bad))
    assert mapped.problems[0].path == "order_date"
    assert mapped.problems[0].place.tag == "BEG"
    assert mapped.problems[0].place.element == 5
    with pytest.raises(DataError):
        mapped.require()


def test_a_number_that_is_none_is_named_with_its_segment():
    mapped = read(order_tree(line="PO1*1*1O*CA*$9**VN*TEA-01"))
    places = {problem.path: problem.place.element for problem in mapped.problems}
    assert places == {"lines[0].quantity": 2, "lines[0].price": 4}


def test_implied_decimals_are_read_and_written():
    tree = order_tree("SAC*A*C310***1050")
    order = read(tree).require()
    assert order.charges[0].amount == Decimal("10.5")
    assert "SAC*A*C310***1050" in written(load("x12/order.850"), order)


def test_an_amount_that_would_be_cut_is_refused():
    order = Order.parse({**ORDER, "charges": [{"kind": "charge", "amount": "1.005"}]})
    problems = load("x12/order.850").write(order).problems
    assert problems[0].path == "charges[0].amount"
    assert "more than 2 decimals" in problems[0].message


def test_what_the_map_has_no_place_for_is_told_when_reading():
    mapped = read(order_tree("TD3*TL", "REF*DP*1"))
    assert [held.tag for held in mapped.unread] == ["TD3"]
    assert mapped.require()


def test_what_the_message_has_no_place_for_is_told_when_writing():
    order = Order.parse({**ORDER, "payment_terms": {"net_due": "2026-03-01"}})
    edifact = find_for("edifact", "order").write(order)
    assert edifact.unmapped == ["payment_terms.net_due"]
    assert find_for("x12", "order").write(order).unmapped == []


def test_a_partner_writes_times_in_its_own_zone():
    notice = ShipmentNotice.parse(
        {"shipment_number": "S1", "created_at": "2026-01-31T23:30:00Z"}
    )
    mapping = load("x12/shipment_notice.856")
    assert written(mapping, notice, zone="Europe/Berlin")[0] == (
        "BSN*00*S1*20260201*0030*0001"
    )
    tree = loop("856", "BSN*00*S1*20260201*0030*0001")
    assert mapping.read(tree, zone="Europe/Berlin").require() == notice


def test_a_package_of_two_orders_stands_below_both_and_is_one_when_read():
    lines = [
        {"order_number": number, "supplier_item": "A", "quantity": 1}
        for number in ("PO-1", "PO-2")
    ]
    notice = ShipmentNotice.parse(
        {
            "shipment_number": "S1",
            "created_at": "2026-01-31T10:00:00Z",
            "packages": [{"sscc": "340123450000000018", "lines": lines}],
        }
    )
    mapping = load("x12/shipment_notice.856")
    segments = mapping.write(notice).require()
    levels = [held for held in segments if held.tag == "HL"]
    assert [
        (held.get(1), held.get(2), held.get(3), held.get(4)) for held in levels
    ] == [
        ("1", "", "S", "1"),
        ("2", "1", "O", "1"),
        ("3", "2", "P", "1"),
        ("4", "3", "I", "0"),
        ("5", "1", "O", "1"),
        ("6", "5", "P", "1"),
        ("7", "6", "I", "0"),
    ]
    assert [str(held) for held in segments].count("MAN*GM*00340123450000000018") == 2
    tree = load_guide("x12", "004010", "856").check(segments).tree
    assert mapping.read(tree).require() == notice


def test_every_document_of_the_trade_has_its_messages():
    expected = {
        "850": "order",
        "855": "order_response",
        "860": "order_change",
        "865": "order_response",
        "856": "shipment_notice",
        "810": "invoice",
        "820": "remittance",
        "832": "price_list",
        "846": "inventory_snapshot",
        "852": "sales_report",
        "824": "application_advice",
        "940": "fulfilment_request",
        "943": "receipt_notice",
        "944": "receipt_confirmation",
        "945": "shipment_confirmation",
        "947": "inventory_adjustment",
        "ORDERS": "order",
        "ORDRSP": "order_response",
        "ORDCHG": "order_change",
        "DESADV": "shipment_notice",
        "RECADV": "receipt_confirmation",
        "INVOIC": "invoice",
        "REMADV": "remittance",
        "INVRPT": "inventory_snapshot",
        "PRICAT": "price_list",
        "SLSRPT": "sales_report",
        "INSDES": "fulfilment_request",
        "APERAK": "application_advice",
    }
    for message, document in expected.items():
        standard = "x12" if message.isdigit() else "edifact"
        assert find(standard, message).document == document
    assert len(list(names())) == len(expected)


def test_a_message_without_a_map_is_a_matter_of_configuration():
    with pytest.raises(ConfigurationError, match="no map for x12 999"):
        find("x12", "999")


OVERLAY = """\
map: acme/order.850
extends: x12/order.850
zone: America/New_York
codes:
  unit: {JR: EA}
changes:
  - at: PO1/PO1
    set: {9: description}
  - at: N1.BT
    remove: true
  - at: CUR
    after:
      - REF: {1: is ACC, 2: bill_to.code}
"""


def test_a_partner_map_is_a_list_of_differences(tmp_path):
    path = tmp_path / "acme.yaml"
    path.write_text(OVERLAY, encoding="utf-8")
    acme = load_file(path)
    assert (acme.name, acme.zone, acme.default) == (
        "acme/order.850",
        "America/New_York",
        False,
    )
    tree = order_tree("REF*ACC*99", line="PO1*1*12*JR*9.25*****Tea")
    order = acme.read(tree).require()
    assert order.bill_to.code == "99"
    assert order.lines[0].description == "Tea"
    assert "REF*ACC*99" in written(acme, order)


@pytest.mark.parametrize(
    ("line", "wrong", "fault"),
    [
        (8, "    set: {9: colour}", "no field 'colour'"),
        (8, "    set: {9: notes | shout}", "there is no filter 'shout'"),
        (8, "    set: {9: notes | code colours}", "there is no code table 'colours'"),
        (7, "  - at: PO1/XYZ", "there is no entry XYZ"),
        (13, "      - REF: {1: is ACC, 2: lines}", "a list or a group"),
        (13, "      - REF: {1: is ACC, two: notes}", "'two' is not an element"),
        (13, "      - REF: {1: is ACC, 2: order_date}", "say '| date'"),
    ],
)
def test_a_fault_of_a_map_names_file_line_and_path(tmp_path, line, wrong, fault):
    lines = OVERLAY.splitlines()
    lines[line - 1] = wrong
    path = tmp_path / "acme.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_file(path)
    assert fault in caught.value.message
    assert caught.value.path.startswith("acme.yaml:")
    assert "changes[" in caught.value.path
