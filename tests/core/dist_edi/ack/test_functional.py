"""997, 999 and TA1 say what was wrong with what came, and nothing else."""

from datetime import datetime

import pytest

from addons.dist_edi.core.ack.answer import acknowledge
from addons.dist_edi.core.ack.verdict import AckPolicy
from addons.dist_edi.core.syntax.agreement import CountingNumbers
from addons.dist_edi.core.syntax.findings import finding
from addons.dist_edi.core.syntax.reader import read_all
from tests.core.dist_edi.syntax.builders import isa, x12, x12_segments

NOW = datetime(2026, 1, 14, 10, 0)


def answer(data: bytes, policy: AckPolicy | None = None, mark=None) -> list[str]:
    """The segments that answer the first interchange, envelope left out."""
    content = read_all(data).interchanges[0]
    if mark:
        mark(next(content.documents))
    result = acknowledge(content, CountingNumbers(), NOW, policy)
    if result is None:
        return []
    assert not result.refused, [str(each) for each in result.findings]
    again = read_all(result.data)
    assert not [each for each in again.all_findings() if each.is_error]
    assert acknowledge(again.interchanges[0], CountingNumbers(), NOW) is None
    text = result.data.decode()
    envelope = ("ISA", "GS", "ST", "SE", "GE", "IEA")
    return [
        each
        for each in text.strip().split("~")
        if each and not each.startswith(envelope)
    ]


def two_orders(first_trailer: str = "SE*8*0001") -> bytes:
    segments = x12_segments()
    segments[-3] = first_trailer
    second = x12_segments(control="0002")[1:-2]
    return x12([*segments[:-2], *second, "GE*2*7", "IEA*1*000000017"])


def test_a_good_group_is_accepted():
    assert answer(two_orders()) == [
        "AK1*PO*7",
        "AK2*850*0001",
        "AK5*A",
        "AK2*850*0002",
        "AK5*A",
        "AK9*A*2*2*2",
    ]


def test_accepted_transactions_may_be_left_out():
    policy = AckPolicy(accepted_transactions=False)
    assert answer(two_orders(), policy) == ["AK1*PO*7", "AK9*A*2*2*2"]


def test_one_bad_transaction_makes_the_group_partly_accepted():
    assert answer(two_orders("SE*9*0001")) == [
        "AK1*PO*7",
        "AK2*850*0001",
        "AK5*R*4",
        "AK2*850*0002",
        "AK5*A",
        "AK9*P*2*2*1",
    ]


def test_all_faults_of_a_transaction_are_named():
    assert "AK5*R*4*3" in answer(two_orders("SE*9*0009"))


@pytest.mark.parametrize(
    ("trailer", "end"),
    [("GE*2*7", "AK9*R*2*1*0*5"), ("GE*1*8", "AK9*R*1*1*0*4")],
)
def test_a_wrong_group_trailer_rejects_the_group(trailer, end):
    segments = x12_segments()
    segments[-2] = trailer
    assert answer(x12(segments))[-1] == end


def test_elements_in_error_are_named_with_their_position():
    def mark(document):
        line = next(each for each in document.segments if each.tag == "PO1")
        document.findings.extend(
            [
                finding("code_unknown", line.place.at(3), seen="XX", reference="355"),
                finding("element_too_long", line.place.at(7), seen="a*b", expected=12),
                finding("component_too_many", line.place.at(9, 3), seen=3, expected=2),
            ]
        )

    assert answer(x12(), mark=mark) == [
        "AK1*PO*7",
        "AK2*850*0001",
        "AK3*PO1*5**8",
        "AK4*3*355*7*XX",
        "AK4*7**5",
        "AK4*9>3**3*3",
        "AK5*R*5",
        "AK9*R*1*1*0",
    ]


def test_a_missing_segment_is_named_where_it_should_stand():
    def mark(document):
        place = list(document.segments)[2].place._replace(tag="DTM")
        document.findings.append(finding("segment_missing", place, expected="DTM"))

    lines = answer(x12(), mark=mark)
    assert lines[2:4] == ["AK3*DTM*3**3", "AK5*R*5"]


def test_warnings_accept_with_errors_unless_the_policy_is_silent():
    def mark(document):
        place = list(document.segments)[4].place.at(3)
        document.findings.append(finding("code_unknown", place, seen="XX"))

    assert answer(x12(), mark=mark)[-2:] == ["AK5*E*5", "AK9*E*1*1*1"]
    silent = AckPolicy(report_warnings=False)
    assert answer(x12(), silent, mark)[-2:] == ["AK5*A", "AK9*A*1*1*1"]


def test_a_999_uses_its_own_segments_and_version():
    data = two_orders("SE*9*0001")
    result = acknowledge(
        read_all(data).interchanges[0], CountingNumbers(), NOW, AckPolicy(form="999")
    )
    text = result.data.decode()
    assert "*X*005010X231A1~ST*999*0001*005010X231A1~AK1*PO*7*004010~" in text
    assert "~AK2*850*0001~IK5*R*4~" in text


@pytest.mark.parametrize("version", ["004010VICS", "003060", "005010"])
def test_the_answer_comes_in_the_version_received(version):
    data = x12(x12_segments(version=version), version=version[:5])
    content = read_all(data).interchanges[0]
    text = acknowledge(content, CountingNumbers(), NOW).data.decode()
    assert f"*X*{version}~ST*997*" in text
    assert f"*{version[:5]}*000000001*" in text


def test_sender_and_receiver_change_places():
    content = read_all(x12(usage="T")).interchanges[0]
    text = acknowledge(content, CountingNumbers(), NOW).data.decode()
    assert "*ZZ*RECEIVER       *ZZ*SENDER         *" in text
    assert "GS*FA*RECEIVER*SENDER*" in text and "*T*>~" in text


def test_delimiters_are_those_received():
    data = x12(element="|", component="@", terminator="\n")
    content = read_all(data).interchanges[0]
    text = acknowledge(content, CountingNumbers(), NOW).data.decode()
    assert "\nAK1|PO|7\n" in text


@pytest.mark.parametrize(
    ("trailer", "code"),
    [("IEA*2*000000017", "021"), ("IEA*1*000000018", "001"), ("", "023")],
)
def test_a_rejected_interchange_is_answered_by_a_ta1_alone(trailer, code):
    segments = [*x12_segments()[:-1], *([trailer] if trailer else [])]
    assert answer(x12(segments)) == [f"TA1*000000017*260114*0915*R*{code}"]


def test_a_ta1_is_sent_when_it_is_requested():
    assert answer(x12(ack="1"))[0] == "TA1*000000017*260114*0915*A*000"
    assert not answer(x12(ack="0"))[0].startswith("TA1")
    never = AckPolicy(interchange="never")
    assert not answer(x12(ack="1"), never)[0].startswith("TA1")


def test_a_trimmed_isa_is_accepted_with_the_error_named():
    data = x12(ack="1").replace(b" " * 10, b"")
    assert answer(data)[0] == "TA1*000000017*260114*0915*E*022"


@pytest.mark.parametrize("type_", ["997", "999"])
def test_an_acknowledgement_is_never_acknowledged(type_):
    body = ["AK1*PO*7", "AK9*A*1*1*1"]
    assert answer(x12(x12_segments(body, code="FA", type_=type_), ack="1")) == []


def test_a_ta1_alone_is_never_acknowledged():
    data = x12(["TA1*000000001*260114*0915*R*024", "IEA*0*000000017"], ack="1")
    assert answer(data) == []


def test_in_a_mixed_interchange_only_documents_are_acknowledged():
    receipt = x12_segments(
        ["AK1*PO*7", "AK9*A*1*1*1"], code="FA", type_="997", group="8"
    )
    data = x12([*x12_segments()[:-1], *receipt[:-1], "IEA*2*000000017"])
    lines = answer(data)
    assert [each for each in lines if each.startswith("AK1")] == ["AK1*PO*7"]


def test_nobody_is_answered_when_nobody_can_be_named():
    data = isa(sender=" ").encode() + b"GS*PO*A*B~IEA*1*000000018~"
    assert answer(data) == []
