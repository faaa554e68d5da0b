"""What partners acknowledge is put to what we sent, and gives one of six states."""

from datetime import datetime, timedelta

import pytest

from addons.dist_edi.core.ack.match import AckState, SentMessage, match, state
from addons.dist_edi.core.ack.received import Fault, read_statements
from addons.dist_edi.core.ack.verdict import Verdict
from addons.dist_edi.core.syntax.reader import read_all
from tests.core.dist_edi.syntax.builders import (
    edifact,
    edifact_segments,
    x12,
    x12_segments,
)

NOW = datetime(2026, 1, 14, 12, 0)
DUE = NOW + timedelta(hours=1)


def sent(reference: str = "0001", **values) -> SentMessage:
    defaults = {
        "key": reference,
        "type": "856",
        "interchange": "42",
        "group_code": "SH",
        "group": "9",
        "reference": reference,
        "due": DUE,
    }
    return SentMessage(**{**defaults, **values})


def functional(*segments: str, type_: str = "997"):
    data = x12(x12_segments(list(segments), code="FA", type_=type_))
    content = read_all(data).interchanges[0]
    return read_statements(content), next(content.documents)


def statements(*segments: str, type_: str = "997"):
    return functional(*segments, type_=type_)[0]


def contrl(*segments: str):
    data = edifact(edifact_segments(list(segments), type_="CONTRL"))
    return read_statements(read_all(data).interchanges[0])


def ta1(code: str, reference: str = "000000042"):
    segment = f"TA1*{reference}*260114*0915*{code}*000"
    return read_statements(read_all(x12([segment, "IEA*0*000000017"])).interchanges[0])


def states(said, *messages: SentMessage, now=NOW) -> list[AckState]:
    matched = match(said, messages)
    return [state(each, matched.by_key.get(each.key, []), now) for each in messages]


def test_without_an_answer_a_message_waits_until_it_is_overdue():
    assert states([], sent()) == [AckState.WAITING]
    assert states([], sent(), now=DUE) == [AckState.WAITING]
    assert states([], sent(), now=DUE + timedelta(seconds=1)) == [AckState.OVERDUE]
    assert states([], sent(due=None), now=datetime(2030, 1, 1)) == [AckState.WAITING]


def test_where_no_answer_is_agreed_on_there_is_no_state():
    assert states([], sent(expected=False), now=datetime(2030, 1, 1)) == [AckState.NONE]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("A", AckState.ACCEPTED),
        ("E", AckState.WITH_ERRORS),
        ("R", AckState.REJECTED),
        ("M", AckState.REJECTED),
    ],
)
@pytest.mark.parametrize(("type_", "end"), [("997", "AK5"), ("999", "IK5")])
def test_a_transaction_gets_what_is_said_of_it(type_, end, code, expected):
    said = statements(
        "AK1*SH*9", "AK2*856*0001", f"{end}*{code}", "AK9*P*2*2*1", type_=type_
    )
    assert states(said, sent(), sent("0002")) == [expected, AckState.ACCEPTED]


def test_a_rejected_group_rejects_all_in_it_and_no_other():
    said = statements("AK1*SH*9", "AK9*R*2*2*0*5")
    others = [sent("0002"), sent("0003", group="10")]
    rejected = AckState.REJECTED
    assert states(said, sent(), *others) == [rejected, rejected, AckState.WAITING]


def test_control_numbers_match_without_their_leading_zeros():
    said = statements("AK1*SH*000009", "AK2*856*1", "AK5*A", "AK9*A*1*1*1")
    assert states(said, sent()) == [AckState.ACCEPTED]


def test_a_positive_ta1_leaves_the_message_waiting():
    assert states(ta1("A"), sent()) == [AckState.WAITING]
    assert states(ta1("E"), sent(), now=DUE + timedelta(1)) == [AckState.OVERDUE]


def test_a_negative_ta1_rejects_everything_in_the_interchange():
    assert states(ta1("R"), sent(), sent("0002", interchange="43")) == [
        AckState.REJECTED,
        AckState.WAITING,
    ]


def test_contrl_received_says_nothing_yet():
    message = sent("1", group="", group_code="", type="ORDERS", interchange="REF9")
    assert states(contrl("UCI+REF9+A+B+8"), message) == [AckState.WAITING]
    assert states(contrl("UCI+REF9+A+B+7"), message) == [AckState.ACCEPTED]
    assert states(contrl("UCI+REF9+A+B+4+28"), message) == [AckState.REJECTED]


def test_contrl_may_reject_one_message():
    messages = [
        sent(number, group="", group_code="", type="ORDERS", interchange="REF9")
        for number in ("1", "2")
    ]
    said = contrl("UCI+REF9+A+B+7", "UCM+2+ORDERS:D:96A:UN+4", "UCS+7", "UCD+37+2:2")
    assert states(said, *messages) == [AckState.ACCEPTED, AckState.REJECTED]
    assert said[1].faults == (Fault("", "7", "2-2", "37"),)


def test_the_latest_judgement_counts_and_the_repetition_is_told():
    first = statements("AK1*SH*9", "AK2*856*0001", "AK5*R*5", "AK9*R*1*1*0")
    second = statements("AK1*SH*9", "AK2*856*0001", "AK5*A", "AK9*A*1*1*1")
    earlier = match(first, [sent()]).by_key
    matched = match(second, [sent()], earlier)
    assert "ack_repeated" in [each.code for each in matched.findings]
    both = [*earlier["0001"], *matched.by_key["0001"]]
    assert state(sent(), both, NOW) is AckState.ACCEPTED


def test_what_we_never_sent_is_told():
    matched = match(statements("AK1*SH*77", "AK9*A*1*1*1"), [sent()])
    assert [each.code for each in matched.findings] == ["ack_unknown_reference"]
    assert matched.by_key == {}


def test_an_acknowledgement_of_an_acknowledgement_is_only_logged():
    matched = match(statements("AK1*FA*9", "AK9*A*1*1*1"), [sent(group_code="FA")])
    assert [each.code for each in matched.findings] == ["ack_of_ack"]


def test_faults_that_the_partner_names_are_kept():
    said = statements(
        "AK1*SH*9",
        "AK2*856*0001",
        "AK3*SN1*12**8",
        "AK4*3>1*355*7*XX",
        "AK5*R*5",
        "AK9*R*1*1*0",
    )
    assert said[0].verdict is Verdict.REJECTED and said[0].codes == ("5",)
    assert said[0].faults == (
        Fault("SN1", "12", code="8"),
        Fault("SN1", "12", "3-1", "7", "XX"),
    )


@pytest.mark.parametrize(
    ("segments", "code"),
    [
        ([], "ack_incomplete"),
        (["AK1*SH*9"], "ack_incomplete"),
        (["AK1*SH*9", "AK9*?*1*1*1"], "ack_code_unknown"),
    ],
)
def test_an_acknowledgement_that_says_too_little_is_told(segments, code):
    _said, document = functional(*segments)
    assert code in [each.code for each in document.findings]
