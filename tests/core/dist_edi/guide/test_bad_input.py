"""Classes 30 to 32 and 44 to 50 of bad input, with the standards' own codes."""

import pytest

from addons.dist_edi.core.guide import load_guide

from .documents import (
    ORDER,
    ORDERS,
    SHIPMENT,
    check_edifact,
    check_x12,
    faults,
    only,
    segments,
)

STRICT = 'overlay: strict\nstandard: x12\nmessage: "850"\nstrict: true\n'


def found(checked, code):
    matching = [each for each in checked.findings if each.code == code]
    assert matching, list(map(str, checked.findings))
    return matching[0]


# 30 to 32: releases and messages


@pytest.mark.parametrize("release", ["004010VICS", "004010X358", "004010UCS"])
def test_a_subset_of_a_release_has_the_guide_of_the_release(release):
    assert check_x12("850", ORDER, release).findings == []


def test_a_release_without_a_guide_gets_the_nearest_one():
    checked = check_x12("850", ORDER, "004020")
    assert only(checked).code == "release_nearest"
    assert only(checked).severity.value == "info"
    assert only(checked).expected in ("004010", "004030")


def test_an_unreadable_release_is_told():
    finding = only(check_x12("850", ORDER, "21"))
    assert (finding.code, finding.ack.ak9, finding.ack.contrl) == (
        "release_unknown",
        "2",
        "14",
    )


def test_a_message_without_a_guide_is_unsupported():
    checked = check_x12("894", "ST*894*0001\nG82*D*1\nSE*3*0001")
    finding = only(checked)
    assert finding.is_error
    assert (finding.ack.ak5, finding.ack.contrl) == ("1", "14")
    assert len(list(checked.tree.flat())) == 3


# 44: segments


def test_a_missing_mandatory_segment():
    checked = check_x12("850", ORDER.replace("BEG*00*SA*4500012345**20260110", ""))
    finding = only(checked)
    assert finding.is_error
    assert (finding.code, finding.ack.ak3, finding.ack.contrl) == (
        "segment_missing",
        "3",
        "13",
    )
    assert (finding.place.tag, finding.place.segment) == ("BEG", 2)


def test_a_missing_mandatory_loop():
    text = "ST*850*0001\nBEG*00*SA*1**20260110\nSE*3*0001"
    assert only(check_x12("850", text)).code == "loop_under_min"


def test_an_acknowledgement_of_nothing():
    checked = check_x12("997", "ST*997*0001\nSE*2*0001")
    assert faults(checked) == [("error", "segment_missing")] * 2
    assert [each.place.tag for each in checked.findings] == ["AK1", "AK9"]


def test_a_segment_out_of_order_is_kept_and_told():
    text = ORDER.replace("REF*DP*0012", "").replace(
        "DTM*002*20260131", "DTM*002*20260131\nREF*DP*0012"
    )
    checked = check_x12("850", text)
    finding = only(checked)
    assert (finding.code, finding.ack.ak3) == ("segment_out_of_order", "7")
    assert not finding.is_error
    assert checked.tree.first("REF").get(2) == "0012"
    assert only(check_x12("850", text, overlays=[STRICT])).is_error


def test_a_document_that_starts_in_the_middle_is_an_error():
    text = "DTM*002*20260131\nBEG*00*SA*1**20260110\nPO1*1*1*EA*1"
    finding = only(check_x12("850", text))
    assert finding.is_error
    assert finding.ack.ak3 == "7"


def test_a_segment_over_its_maximum():
    text = ORDER.replace("REF*DP*0012", "CUR*BY*USD\nCUR*BY*CAD")
    finding = only(check_x12("850", text))
    assert (finding.code, finding.ack.ak3, finding.ack.contrl) == (
        "segment_over_max",
        "5",
        "35",
    )
    assert finding.place.segment == 4


def test_a_loop_over_its_maximum():
    party = "NAD+BY+5412345000013::9\n"
    finding = only(
        check_edifact("ORDERS", ORDERS.replace("NAD+BY", party * 98 + "NAD+BY"))
    )
    assert (finding.code, finding.ack.ak3, finding.ack.contrl) == (
        "loop_over_max",
        "4",
        "36",
    )


def test_a_tag_that_no_standard_knows():
    finding = only(check_x12("850", ORDER.replace("REF*DP", "XYZ*DP")))
    assert finding.is_error
    assert (finding.code, finding.ack.ak3, finding.seen) == (
        "segment_unknown",
        "1",
        "XYZ",
    )


def test_a_segment_of_another_message_is_a_warning():
    finding = only(check_x12("850", ORDER.replace("REF*DP*0012", "CLP*1*2")))
    assert not finding.is_error
    assert (finding.code, finding.ack.ak3) == ("segment_unexpected", "2")


# 45: elements


def test_a_missing_element():
    finding = only(check_x12("850", ORDER.replace("*4500012345*", "**")))
    assert finding.is_error
    assert (finding.code, finding.ack.ak3, finding.ack.ak4, finding.ack.contrl) == (
        "element_missing",
        "8",
        "1",
        "13",
    )
    assert (finding.place.tag, finding.place.element) == ("BEG", 3)


@pytest.mark.parametrize(
    ("value", "code", "ak4", "contrl"),
    [
        ("X" * 23, "element_too_long", "5", "39"),
        ("", "element_missing", "1", "13"),
    ],
)
def test_lengths(value, code, ak4, contrl):
    checked = check_x12("850", ORDER.replace("4500012345", value))
    finding = found(checked, code)
    assert (finding.ack.ak4, finding.ack.contrl) == (ak4, contrl)


def test_a_value_that_is_too_short():
    finding = found(check_x12("850", ORDER.replace("*IL*", "*I*")), "element_too_short")
    assert (finding.ack.ak4, finding.ack.contrl) == ("4", "40")


def test_more_elements_than_the_segment_has():
    checked = check_x12("850", ORDER.replace("CTT*2", "CTT*2*******X"))
    finding = found(checked, "element_too_many")
    assert (finding.ack.ak4, finding.place.element) == ("3", 8)


def test_components_where_there_should_be_one_value():
    finding = only(check_edifact("ORDERS", ORDERS.replace("+9\n", "+9:8\n", 1)))
    assert (finding.code, finding.ack.contrl) == ("component_too_many", "16")


def test_a_missing_component():
    finding = only(check_edifact("ORDERS", ORDERS.replace("QTY+21:12:PCE", "QTY+21")))
    assert (finding.place.element, finding.place.component) == (1, 2)
    assert finding.ack.contrl == "13"


# syntax notes


@pytest.mark.parametrize(
    ("line", "code", "ak4", "element"),
    [
        ("N1*ST", "element_condition_missing", "2", 2),  # R0203
        ("N1*ST*STORE*92", "element_condition_missing", "2", 4),  # P0304
        ("N1*ST*STORE**0012", "element_condition_missing", "2", 3),
    ],
)
def test_syntax_notes_of_parties(line, code, ak4, element):
    checked = check_x12("850", ORDER.replace("N1*ST*STORE 12*92*0012", line))
    finding = only(checked)
    assert (finding.code, finding.ack.ak4, finding.place.element) == (
        code,
        ak4,
        element,
    )


def test_a_unit_without_quantity_breaks_a_conditional_note():
    checked = check_x12("850", ORDER.replace("PO1*1*12*EA*4.25", "PO1*1*12**4.25"))
    assert checked.ok and checked.findings == []  # C0302 asks the other way round
    checked = check_x12("850", ORDER.replace("PO1*1*12*EA*4.25", "PO1*1**EA*4.25"))
    assert only(checked).place.element == 2


# 46: codes


@pytest.mark.parametrize(
    ("old", "new", "tag"),
    [
        ("*12*EA*", "*12*Q9*", "PO1"),
        ("N1*ST", "N1*Q9", "N1"),
        ("DTM*002", "DTM*9Q9", "DTM"),
    ],
)
def test_an_unknown_code_is_a_warning(old, new, tag):
    finding = only(check_x12("850", ORDER.replace(old, new)))
    assert not finding.is_error
    assert (finding.code, finding.ack.ak4, finding.ack.contrl) == (
        "code_unknown",
        "7",
        "12",
    )
    assert finding.place.tag == tag


def test_an_unknown_party_in_edifact_is_a_warning():
    finding = only(check_edifact("ORDERS", ORDERS.replace("NAD+BY", "NAD+QQQ")))
    assert (finding.severity.value, finding.ack.contrl) == ("warning", "12")


def test_an_acknowledgement_with_an_unknown_code_is_refused():
    checked = check_x12("997", "AK1*QQ*1\nAK9*A*1*1*1")
    assert only(checked).is_error


# 47: dates and times


@pytest.mark.parametrize("value", ["20261314", "20260230", "2026011", "202601AB"])
def test_an_impossible_date(value):
    finding = found(check_x12("850", ORDER.replace("20260131", value)), "date_invalid")
    assert finding.is_error
    assert (finding.ack.ak4, finding.ack.contrl) == ("8", "12")


def test_the_29th_of_february_exists_in_leap_years_only():
    assert check_x12("850", ORDER.replace("20260131", "20280229")).findings == []
    assert not check_x12("850", ORDER.replace("20260131", "20270229")).ok


def test_an_impossible_time():
    finding = only(check_x12("856", SHIPMENT.replace("*0915*", "*2561*")))
    assert (finding.code, finding.ack.ak4) == ("time_invalid", "9")


@pytest.mark.parametrize(
    ("value", "strictly"),
    [("20261310:102", True), ("202601102561:203", True), ("2026011:102", False)],
)
def test_an_edifact_date_must_be_of_its_format(value, strictly):
    text = ORDERS.replace("20260110:102", value)
    strict = "overlay: strict\nstandard: edifact\nstrict: true\n"
    assert only(check_edifact("ORDERS", text, overlays=[strict])).is_error is strictly
    finding = only(check_edifact("ORDERS", text))
    assert not finding.is_error
    assert finding.ack.contrl == "12"
    assert (finding.place.element, finding.place.component) == (1, 2)


def test_dates_of_six_digits_were_right_before_004010():
    text = ORDER.replace("20260110", "260110").replace("20260131", "260131")
    assert check_x12("850", text, "003060").findings == []
    assert faults(check_x12("850", text))[0] == ("warning", "element_too_short")


# 48: numbers


@pytest.mark.parametrize("value", ["1020A", "$1.179", "1,5", "12-", "1.2.3"])
def test_what_is_no_number(value):
    checked = check_x12("850", ORDER.replace("*4.25*", f"*{value}*"))
    finding = only(checked)
    assert finding.is_error
    assert finding.ack.ak4 == "6"
    assert finding.ack.contrl in ("37", "19")


@pytest.mark.parametrize("value", ["004.25", "4.250", ".5", "5.", "-4.25", "1E3"])
def test_numbers_with_zeros_signs_and_bare_points(value):
    assert check_x12("850", ORDER.replace("*4.25*", f"*{value}*")).findings == []


def test_an_amount_with_implied_decimals_has_no_point():
    invoice = "BIG*20260110*INV1\nIT1*1*2*EA*5\nTDS*{}"
    assert check_x12("810", invoice.format("1000")).findings == []
    assert only(check_x12("810", invoice.format("10.00"))).code == "number_invalid"


def test_a_decimal_comma_where_the_mark_is_a_point():
    finding = only(check_edifact("ORDERS", ORDERS.replace("AAA:4.25", "AAA:4,25")))
    assert (finding.code, finding.ack.contrl) == ("decimal_notation_invalid", "19")


def test_a_missing_digit_beside_the_decimal_mark():
    finding = only(check_edifact("ORDERS", ORDERS.replace("AAA:4.25", "AAA:.25")))
    assert (finding.code, finding.ack.contrl) == ("decimal_digit_missing", "38")


# 49: totals


@pytest.mark.parametrize(
    ("old", "new", "tag"), [("CTT*2", "CTT*3", "CTT"), ("CTT*2", "CTT*2*17", "CTT")]
)
def test_totals_that_do_not_agree_are_a_business_matter(old, new, tag):
    finding = only(check_x12("850", ORDER.replace(old, new)))
    assert (finding.code, finding.severity.value) == ("total_mismatch", "warning")
    assert (finding.place.tag, finding.ack.ak3, finding.ack.contrl) == (tag, "", "")


def test_a_hash_total_that_agrees():
    assert check_x12("850", ORDER.replace("CTT*2", "CTT*2*18")).findings == []


def test_the_count_of_lines_in_edifact():
    finding = only(check_edifact("ORDERS", ORDERS.replace("CNT+2:2", "CNT+2:5")))
    assert (finding.code, finding.expected, finding.seen) == (
        "total_mismatch",
        "2",
        "5",
    )


# 50: hierarchy


@pytest.mark.parametrize(
    ("old", "new", "element"),
    [
        ("HL*4*3*I", "HL*7*3*I", 1),  # not sequential
        ("HL*4*3*I", "HL*3*2*I", 1),  # twice
        ("HL*4*3*I", "HL*4*9*I", 2),  # parent unknown
        ("HL*4*3*I", "HL*4*4*I", 2),  # its own parent
        ("HL*4*3*I", "HL*4*6*I", 2),  # parent comes later
        ("HL*2*1*O", "HL*2*1*S", 3),  # a shipment below a shipment
    ],
)
def test_a_broken_hierarchy(old, new, element):
    finding = found(check_x12("856", SHIPMENT.replace(old, new)), "hierarchy_invalid")
    assert finding.is_error
    assert (finding.ack.ak3, finding.place.element) == ("8", element)


def test_a_level_without_a_parent_goes_below_the_nearest_that_may_hold_it():
    checked = check_x12("856", SHIPMENT.replace("HL*2*1*O", "HL*2**O"))
    assert checked.ok
    assert len(checked.tree.find("**/HL:O")) == 1


def test_a_flat_pack_level_is_what_a_partner_may_forbid():
    flat = SHIPMENT.replace("HL*4*3*I", "HL*4*2*I")
    overlay = """
overlay: retailer
standard: x12
message: "856"
changes:
  HL: {levels: {P: [O, T], I: [P]}}
"""
    assert check_x12("856", flat).findings == []
    finding = only(check_x12("856", flat, overlays=[overlay]))
    assert (finding.code, finding.place.element) == ("hierarchy_invalid", 3)


def test_one_fault_does_not_hide_the_next():
    text = ORDER.replace("*12*EA*4.25", "*A*EA*$1").replace("20260131", "20261399")
    assert [each.place.tag for each in check_x12("850", text).findings] == [
        "DTM",
        "PO1",
        "PO1",
    ]


def test_an_empty_transaction_is_no_traceback():
    checked = load_guide("x12", "004010", "850").check(segments("ST*850*1\nSE*2*1"))
    assert not checked.ok
    assert not load_guide("x12", "004010", "850").check([]).ok


# The number of the data element, for AK402 and IK402


@pytest.mark.parametrize(
    ("wrong", "reference"),
    [
        (("PO1*1*12*EA", "PO1*1*12*QQ"), "355"),
        (("PO1*1*12*EA", "PO1*1*X*EA"), "330"),
        (("N4*SPRINGFIELD*IL*62701", "N4*SPRINGFIELD*ILLINOIS*62701"), "156"),
        (("PO1*1*12*EA*4.25**UP*012345678905", "PO1*1*12*EA*4.25**UP"), "234"),
    ],
)
def test_an_element_in_error_is_told_by_the_number_of_its_standard(wrong, reference):
    assert only(check_x12("850", ORDER.replace(*wrong))).reference == reference
