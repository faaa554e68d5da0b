"""What a partner says differently of a message."""

from .documents import ORDER, check_x12, faults, only

HEAD = 'overlay: shop\nstandard: x12\nmessage: "850"\n'


def check(text, body):
    return check_x12("850", text, overlays=[HEAD + body])


def test_the_base_guide_is_untouched_by_an_overlay():
    assert not check(ORDER, "changes: {REF: {unused: true}}").ok
    assert check_x12("850", ORDER).findings == []


def test_a_segment_the_partner_requires():
    finding = only(
        check(ORDER, "changes: {PO1/PO4: {required: true}}").findings
        and check(
            ORDER.replace("PO1*2*6*CA*10**VN*AB-1\n", "").replace("CTT*2", "CTT*1"),
            "changes: {PO1/PO4: {required: true}}",
        )
    )
    assert (finding.code, finding.is_error, finding.place.tag) == (
        "segment_missing",
        True,
        "PO4",
    )


def test_a_loop_the_partner_requires():
    text = "BEG*00*SA*1**20260110\nPO1*1*1*EA*1"
    assert only(check(text, "changes: {N1: {required: true}}")).code == "loop_under_min"


def test_a_segment_the_partner_does_not_use():
    finding = only(check(ORDER, "changes: {REF: {unused: true, why: no references}}"))
    assert (finding.code, finding.ack.ak3, finding.ack.contrl) == (
        "segment_not_used",
        "2",
        "15",
    )


def test_narrower_codes_are_rejected_where_the_partner_says_so():
    narrow = 'changes: {{BEG: {{elements: {{"02": {{codes: [NE], reject: {}}}}}}}}}'
    assert not only(check(ORDER, narrow.format("false"))).is_error
    finding = only(check(ORDER, narrow.format("true")))
    assert (finding.is_error, finding.ack.ak4) == (True, "7")


def test_a_pattern():
    body = 'changes: {{BEG: {{elements: {{"03": {{pattern: "{}"}}}}}}}}'
    assert check(ORDER, body.format("45[0-9]{8}")).findings == []
    finding = only(check(ORDER, body.format("PO[0-9]+")))
    assert (finding.code, finding.ack.ak4) == ("pattern_mismatch", "7")


def test_lengths():
    finding = only(
        check(ORDER, 'changes: {BEG: {elements: {"03": {max: 5}}}}\nstrict: true')
    )
    assert (finding.code, finding.is_error) == ("element_too_long", True)


def test_an_element_the_partner_does_not_use():
    finding = only(check(ORDER, 'changes: {DTM: {elements: {"02": {unused: true}}}}'))
    assert (finding.code, finding.seen) == ("element_not_used", "20260131")


def test_an_element_the_partner_requires():
    body = 'changes: {PO1/PO1: {elements: {"01": {required: true}}}}'
    finding = only(check(ORDER.replace("PO1*2*6", "PO1**6"), body))
    assert (finding.code, finding.place.element) == ("element_missing", 1)


def test_negative_quantities_where_the_partner_forbids_them():
    text = ORDER.replace("PO1*2*6", "PO1*2*-6")
    body = 'changes: {PO1/PO1: {elements: {"02": {not_negative: true}}}}'
    assert check_x12("850", text).findings == []
    finding = only(check(text, body))
    assert (finding.code, finding.is_error, finding.ack.ak4) == (
        "number_negative",
        True,
        "6",
    )


def test_a_total_the_partner_rejects_for():
    body = """
drop_rules: true
rules: [{rule: count, of: PO1/PO1, at: CTT/CTT-01, severity: error}]
"""
    finding = only(check(ORDER.replace("CTT*2", "CTT*9"), body))
    assert finding.is_error


def test_values_that_belong_together():
    rules = "rules: [{rule: requires, of: 'REF[01=DP]-02', at: PO1/PO4}]"
    finding = only(check(ORDER, rules))
    assert (finding.code, finding.is_error) == ("companion_missing", True)


def test_a_policy_of_the_partner():
    text = ORDER.replace("*12*EA*", "*12*Q9*")
    assert faults(check(text, "policy: {code_unknown: 'off'}")) == []
    assert faults(check(text, "policy: {code_unknown: error}")) == [
        ("error", "code_unknown")
    ]


def test_two_overlays_apply_in_order():
    first = HEAD + "changes: {REF: {unused: true}}"
    second = HEAD.replace("shop", "store") + "changes: {REF: {unused: false}}"
    assert check_x12("850", ORDER, overlays=[first, second]).findings == []
    assert not check_x12("850", ORDER, overlays=[second, first]).ok
