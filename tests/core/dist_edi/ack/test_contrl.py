"""CONTRL says what was wrong with an EDIFACT interchange."""

from datetime import datetime

import pytest

from addons.dist_edi.core.ack.answer import acknowledge
from addons.dist_edi.core.ack.verdict import AckPolicy
from addons.dist_edi.core.syntax.agreement import CountingNumbers
from addons.dist_edi.core.syntax.findings import finding
from addons.dist_edi.core.syntax.reader import read_all
from tests.core.dist_edi.syntax.builders import edifact, edifact_segments

NOW = datetime(2026, 1, 14, 10, 0)
PARTIES = "5412345000013:14+4012345500004:14"


def answer(data: bytes, policy: AckPolicy | None = None, mark=None) -> list[str]:
    """UCI and what follows it, of the answer to the first interchange."""
    content = read_all(data).interchanges[0]
    if mark:
        mark(next(content.documents))
    result = acknowledge(content, CountingNumbers(), NOW, policy)
    if result is None:
        return []
    assert not result.refused
    again = read_all(result.data)
    assert not [each for each in again.all_findings() if each.is_error]
    assert acknowledge(again.interchanges[0], CountingNumbers(), NOW) is None
    segments = result.data.decode().strip("'").split("'")
    return [each for each in segments if each.startswith("UC")]


def messages(*trailers: str) -> bytes:
    segments = []
    for number, trailer in enumerate(trailers, start=1):
        segments += [*edifact_segments(reference=str(number))[:-2], trailer]
    return edifact([*segments, f"UNZ+{len(trailers)}+REF17"])


def test_a_good_interchange_is_acknowledged():
    assert answer(messages("UNT+10+1", "UNT+10+2")) == [
        f"UCI+REF17+{PARTIES}+7",
        "UCM+1+ORDERS:D:96A:UN:EAN008+7",
        "UCM+2+ORDERS:D:96A:UN:EAN008+7",
    ]
    policy = AckPolicy(accepted_transactions=False)
    assert answer(edifact(), policy) == [f"UCI+REF17+{PARTIES}+7"]


def test_one_bad_message_is_rejected_alone():
    assert answer(messages("UNT+9+1", "UNT+10+2"))[1:] == [
        "UCM+1+ORDERS:D:96A:UN:EAN008+4+29+UNT",
        "UCM+2+ORDERS:D:96A:UN:EAN008+7",
    ]


@pytest.mark.parametrize(
    ("trailer", "code"), [("UNZ+2+REF17", "29"), ("UNZ+1+REF18", "28")]
)
def test_a_wrong_unz_rejects_the_interchange(trailer, code):
    data = edifact([*edifact_segments()[:-1], trailer])
    assert answer(data) == [f"UCI+REF17+{PARTIES}+4+{code}+UNZ"]


def test_a_cut_off_interchange_is_rejected():
    data = edifact()
    assert answer(data[: data.index(b"QTY")]) == [f"UCI+REF17+{PARTIES}+4+13"]


def test_faults_inside_a_message_are_placed():
    def mark(document):
        quantity = next(each for each in document.segments if each.tag == "QTY")
        document.findings.extend(
            [
                finding("number_invalid", quantity.place.at(1, 2), seen="24x"),
                finding("segment_missing", quantity.place, expected="PRI"),
            ]
        )

    assert answer(edifact(), mark=mark)[1:] == [
        "UCM+1+ORDERS:D:96A:UN:EAN008+4",
        "UCS+7+13",
        "UCD+37+2:2",
    ]


def test_groups_are_answered_at_their_level():
    group = "UNG+ORDERS+A+B+260114:0915+5+UN+D:96A"
    message = edifact_segments()[:-1]
    data = edifact([group, *message, "UNE+2+5", "UNZ+1+REF17"])
    assert answer(data)[1:] == ["UCF+5+A+B+4+29+UNE"]
    data = edifact([group, *message, "UNE+1+5", "UNZ+1+REF17"])
    assert answer(data)[1:] == ["UCM+1+ORDERS:D:96A:UN:EAN008+7", "UCF+5+A+B+7"]


@pytest.mark.parametrize(("version", "directory"), [("3", "D:3"), ("4", "4:1")])
def test_the_answer_uses_the_syntax_version_received(version, directory):
    unb = f"UNB+UNOC:{version}+A+B+260114:0915+REF17"
    content = read_all(edifact(unb=unb)).interchanges[0]
    text = acknowledge(content, CountingNumbers(), NOW).data.decode()
    assert f"UNOC:{version}+B+A+" in text and f"CONTRL:{directory}:UN" in text


def test_a_contrl_is_never_answered():
    body = ["UCI+17+A+B+7"]
    assert answer(edifact(edifact_segments(body, type_="CONTRL"))) == []
