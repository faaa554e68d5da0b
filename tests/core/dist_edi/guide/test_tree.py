"""The loop tree follows the guide."""

from addons.dist_edi.core.guide import load_guide

from .documents import ORDER, ORDERS, SHIPMENT, check_edifact, check_x12, segments


def test_an_order_becomes_loops_of_parties_and_lines():
    tree = check_x12("850", ORDER).tree
    assert [loop.id for loop in tree.loops] == ["N1", "PO1", "PO1", "CTT"]
    first, second = tree.find("PO1")
    assert first.first("PO1").get(7) == "012345678905"
    assert [s.get(5) for s in tree.find_segments("PO1/PID/PID")] == ["BLUE WIDGET"]
    assert second.loops == []


def test_a_tree_gives_its_segments_back_in_order():
    source = segments(ORDER)
    checked = load_guide("x12", "004010", "850").check(source)
    assert list(checked.tree.flat()) == source
    assert checked.findings == []


def test_levels_of_a_shipment_stand_below_their_parents():
    tree = check_x12("856", SHIPMENT).tree
    assert [loop.id for loop in tree.loops] == ["HL:S", "CTT"] or tree.first("CTT")
    packs = tree.find("HL:S/HL:O/HL:P")
    assert [p.first("MAN").get(2)[-2:] for p in packs] == ["67", "68"]
    assert [p.find_first("HL:I").first("SN1").get(2) for p in packs] == ["12", "6"]
    assert len(tree.find("**/HL:I")) == 2
    assert check_x12("856", SHIPMENT).findings == []


def test_orders_lines_hold_their_prices():
    checked = check_edifact("ORDERS", ORDERS)
    assert checked.findings == []
    lines = checked.tree.find("LIN")
    assert [line.name for line in lines] == ["SG25", "SG25"]
    assert lines[0].find_first("PRI").first("PRI").get(1, 2) == "4.25"


def test_header_and_summary_groups_with_one_trigger_are_told_apart_by_place():
    checked = check_edifact(
        "INVOIC",
        """
        BGM+380+INV1+9
        DTM+137:20260110:102
        TAX+7+VAT+++:::19
        LIN+1++5410000000017:EN
        QTY+47:1
        MOA+203:10
        TAX+7+VAT+++:::19
        UNS+S
        MOA+79:10
        TAX+7+VAT+++:::19
        MOA+124:1.9
        """,
    )
    assert checked.findings == []
    assert [loop.name for loop in checked.tree.find("TAX")] == ["SG6", "SG50"]
    assert checked.tree.find_first("LIN/TAX").name == "SG33"
    assert checked.tree.find("TAX:summary")[0].first("MOA").get(1, 2) == "1.9"


ADJACENT = """
overlay: two parties
standard: x12
message: "850"
changes:
  N1: {max: 1}
  .:
    add_after: N1
    add: [{use: "N1 5", id: "N1:others", of: ["PER 3"]}]
"""


def test_adjacent_groups_with_one_trigger_are_filled_one_after_the_other():
    checked = check_x12(
        "850",
        """
        BEG*00*SA*4500012345**20260110
        N1*ST*STORE 12*92*0012
        N3*1 MAIN STREET
        N1*BT*BILLING*92*0001
        PER*IC*JOE
        N1*SU*SUPPLIER*92*0002
        PO1*1*12*EA*4.25
        """,
        overlays=[ADJACENT],
    )
    assert checked.findings == []
    ids = [loop.id for loop in checked.tree.loops]
    assert ids == ["N1", "N1:others", "N1:others", "PO1"]


def test_segments_may_come_in_portions():
    guide = load_guide("x12", "004010", "850")
    whole, checker = segments(ORDER), guide.checker()
    for start in range(0, len(whole), 3):
        checker.feed(whole[start : start + 3])
    assert checker.close().tree == guide.check(whole).tree


def test_a_made_document_is_checked_as_a_read_one():
    from addons.dist_edi.core.syntax.segment import Segment

    made = [
        Segment.of("BEG", "00", "SA", "45*00", "", "20260110"),
        Segment.of("PO1", "1", "12", "EA", "4.25"),
    ]
    checked = load_guide("x12", "004010", "850").check(made)
    assert checked.findings == []


def test_the_place_of_sale_right_after_a_party_opens_the_report_of_the_place():
    checked = check_edifact(
        "SLSRPT",
        """
        UNH+1+SLSRPT:D:96A:UN
        BGM+73E::9+R1+9
        DTM+137:20260114:102
        NAD+SU+5412345000013::9
        LOC+162+5412345000020::9
        DTM+356:20260113:102
        LIN+1++5410000000017:EN
        QTY+153:3
        UNT+9+1
        """,
    )
    assert checked.findings == []
    (place,) = checked.tree.find("LOC")
    assert [line.trigger.get(1) for line in place.find("LIN")] == ["1"]


def test_the_place_of_a_party_stays_with_the_party():
    text = "UNH+1+SLSRPT:D:96A:UN\nBGM+73E+R1+9\nDTM+137:20260114:102\nNAD+SU+1::9\n"
    checked = check_edifact("SLSRPT", text + "LOC+18+STORE\nUNT+6+1")
    assert checked.tree.find("NAD")[0].first("LOC").get(2) == "STORE"
