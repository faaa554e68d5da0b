"""What is written is right in its counts and references, and reads back the same."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from addons.dist_edi.core.syntax.agreement import (
    CountingNumbers,
    Party,
    WriteAgreement,
)
from addons.dist_edi.core.syntax.findings import Level
from addons.dist_edi.core.syntax.reader import read_all
from addons.dist_edi.core.syntax.segment import Delimiters, Segment
from addons.dist_edi.core.syntax.writer import OutgoingMessage, write

NOW = datetime(2026, 1, 14, 9, 15)
US, THEM = Party("SENDER", "ZZ"), Party("RECEIVER", "01")
X12 = WriteAgreement("x12", US, THEM, "004010")
X12_NEW = WriteAgreement("x12", US, THEM, "005010")
EDIFACT = WriteAgreement("edifact", US, THEM, "D.96A", association="EAN008")
EDIFACT_4 = WriteAgreement("edifact", US, THEM, "D.01B", interchange_version="4")
BODY = [Segment.of("BEG", "00", "SA", "4500012345", "", "20260114")]


def order(*segments: Segment, type_: str = "850") -> OutgoingMessage:
    return OutgoingMessage(type_, list(segments) or BODY)


def written(agreement: WriteAgreement, *messages: OutgoingMessage):
    return write(messages, agreement, CountingNumbers(17, 7, 1), NOW)


def test_an_x12_interchange_as_everybody_expects_it():
    result = written(X12, order(), order())
    assert result.data.decode() == (
        "ISA*00*          *00*          *ZZ*SENDER         *01*RECEIVER       "
        "*260114*0915*U*00401*000000017*0*P*>~"
        "GS*PO*SENDER*RECEIVER*20260114*0915*7*X*004010~"
        "ST*850*0001~BEG*00*SA*4500012345**20260114~SE*3*0001~"
        "ST*850*0002~BEG*00*SA*4500012345**20260114~SE*3*0002~"
        "GE*2*7~IEA*1*000000017~"
    )
    assert [each.reference for each in result.messages] == ["0001", "0002"]
    assert result.messages[0].group_reference == "7"


def test_an_edifact_interchange_as_everybody_expects_it():
    body = [Segment.of("IMD", "F", "", ["", "", "", "Children's 20+ inch?"])]
    result = written(EDIFACT, order(*body, type_="ORDERS"))
    assert result.data.decode() == (
        "UNA:+.? 'UNB+UNOC:3+SENDER:ZZ+RECEIVER:01+260114:0915+17'"
        "UNH+1+ORDERS:D:96A:UN:EAN008'"
        "IMD+F++:::Children?'s 20?+ inch??'"
        "UNT+3+1'UNZ+1+17'"
    )


def test_groups_follow_the_type_of_transaction():
    result = written(X12, order(), order(type_="856"), order(type_="810"))
    content = read_all(result.data)
    assert not list(content.all_findings())
    groups = [each.group for each in content.interchanges[0].groups]
    assert [(each.code, each.reference) for each in groups] == [
        ("PO", "7"),
        ("SH", "8"),
        ("IN", "9"),
    ]


def test_explicit_groups_and_test_indicator_in_edifact():
    agreement = replace(EDIFACT, explicit_groups=True, test=True, ack_requested=True)
    messages = [order(type_="ORDERS"), order(type_="ORDERS"), order(type_="DESADV")]
    content = read_all(written(agreement, *messages).data)
    assert not list(content.all_findings())
    interchange = content.interchanges[0].interchange
    assert interchange.test and interchange.ack_requested
    assert [each.group.code for each in content.interchanges[0].groups] == [
        "ORDERS",
        "DESADV",
    ]


def test_control_numbers_come_from_the_allocator_in_order():
    asked = []

    class Numbers:
        def next(self, level: Level) -> int:
            asked.append(level)
            return len(asked)

    write([order(), order()], X12, Numbers(), NOW)
    assert asked == [
        Level.INTERCHANGE,
        Level.GROUP,
        Level.TRANSACTION,
        Level.TRANSACTION,
    ]


def test_control_numbers_start_again_after_the_highest():
    numbers = CountingNumbers(interchange=999_999_999)
    assert [numbers.next(Level.INTERCHANGE) for _ in range(2)] == [999_999_999, 1]


@pytest.mark.parametrize("bad", ["a*b", "a~b", "a>b"])
def test_x12_data_that_holds_a_delimiter_is_refused(bad):
    result = written(X12, order(Segment.of("N1", "ST", bad)))
    assert result.refused and result.data == b""
    finding = result.findings[0]
    assert finding.code == "write_delimiter_in_data"
    assert (finding.place.transaction, finding.place.segment) == (1, 2)
    assert (finding.place.tag, finding.place.element) == ("N1", 2)


def test_other_delimiters_make_room_for_such_data():
    agreement = replace(X12, delimiters=Delimiters("|", "@", "\n"))
    result = written(agreement, order(Segment.of("N1", "ST", "a*b~c>d")))
    assert not result.refused
    document = next(read_all(result.data).documents)
    assert [each.get(2) for each in document.body] == ["a*b~c>d"]


def test_repetitions_need_a_separator():
    segment = Segment.of("REF", "ZZ", [["1"], ["2"]])
    assert "^2" in written(X12_NEW, order(segment)).data.decode()
    assert written(X12, order(segment)).findings[0].code == "write_no_separator"


@pytest.mark.parametrize(
    ("syntax_id", "text", "sent"),
    [
        ("UNOC", "Zoë – 5 €", "Zoë - 5 EUR"),
        ("UNOB", "Straße Łódź", "Strasse Lodz"),
        ("UNOA", "Ærø “x”", 'AERO "X"'),
        ("UNOY", "東京 €", "東京 €"),
        ("UNOC", "tab\tand\nline", "tab and line"),
    ],
)
def test_characters_are_transliterated_with_a_finding(syntax_id, text, sent):
    agreement = replace(EDIFACT, syntax_id=syntax_id)
    result = written(agreement, order(Segment.of("FTX", "AAI", text)))
    body = next(read_all(result.data).documents).body
    assert [each.get(2) for each in body] == [sent]
    codes = [each.code for each in result.findings]
    assert codes == (["write_character_transliterated"] if text != sent else [])


@pytest.mark.parametrize("text", ["smile 😀", "東京", "bell \a", "nul \0"])
def test_characters_without_a_counterpart_are_refused(text):
    result = written(EDIFACT, order(Segment.of("FTX", "AAI", text)))
    assert result.data == b""
    assert result.findings[0].code == "write_character_refused"


def test_the_agreement_may_forbid_transliteration():
    agreement = replace(EDIFACT, replace_characters=False)
    result = written(agreement, order(Segment.of("FTX", "AAI", "5 €")))
    assert result.refused


def test_a_transliteration_that_makes_a_delimiter_is_released_or_refused():
    text = Segment.of("FTX", "AAI", "Zoë’s")
    assert b"s?'s" not in written(EDIFACT, order(text)).data
    assert b"Zo\xeb?'s" in written(EDIFACT, order(text)).data
    agreement = replace(X12, delimiters=Delimiters("*", ">", "'"))
    assert written(agreement, order(text)).refused


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_line_ends_are_written_when_agreed(line_end):
    for agreement in (X12, EDIFACT):
        type_ = "850" if agreement is X12 else "ORDERS"
        data = written(replace(agreement, line_end=line_end), order(type_=type_)).data
        assert data.decode().endswith(agreement.usual_delimiters().segment + line_end)
        assert not list(read_all(data).all_findings())


def test_party_names_that_do_not_fit_are_refused():
    agreement = replace(X12, sender=Party("A NAME OF MORE THAN 15", "ZZ"))
    assert "write_too_long" in [each.code for each in written(agreement).findings]


@pytest.mark.parametrize(
    ("agreement", "tag"), [(X12, "B"), (X12, "BEGX"), (EDIFACT, "N1"), (EDIFACT, "bgm")]
)
def test_a_malformed_tag_is_refused(agreement, tag):
    result = written(agreement, order(Segment.of(tag, "1")))
    assert result.findings[0].code == "write_tag_invalid"


def test_trailing_empty_elements_are_left_out():
    segment = Segment.of("N1", "ST", ["a", "", ""], "", [[""], [""]], "")
    assert b"~N1*ST*a~" in written(X12, order(segment)).data


def test_segments_that_were_read_are_written_with_new_delimiters():
    edifact = written(EDIFACT, order(Segment.of("FTX", "AAI", ["it's", "1+1"]))).data
    body = list(next(read_all(edifact).documents).body)
    data = written(X12, order(*body, Segment.of("CTT", "1"))).data
    assert b"~FTX*AAI*it's>1+1~CTT*1~SE*4*0001~" in data


TEXTS = st.text(
    st.characters(min_codepoint=32, max_codepoint=255, exclude_categories=["Cc", "Cf"]),
    min_size=0,
    max_size=12,
)
TAGS = st.sampled_from(["BEG", "PO1", "UNS", "BGM", "NAD", "QTY", "S1A", "Z99"])


def segments(texts, repeated: bool):
    composite = st.lists(texts, min_size=1, max_size=4)
    kinds = [texts, composite]
    if repeated:
        kinds.append(st.lists(composite, min_size=1, max_size=3))
    elements = st.lists(st.one_of(kinds), min_size=1, max_size=6)
    return st.lists(
        st.builds(lambda tag, each: Segment.of(tag, *each), TAGS, elements),
        min_size=1,
        max_size=6,
    )


def is_also_utf8(data: bytes) -> bool:
    """Whether bytes are Latin-1 and UTF-8 at once: the reader takes them for UTF-8."""
    try:
        return not data.isascii() and bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def test_latin_1_that_is_utf_8_by_accident_is_read_as_utf_8_and_told():
    data = written(
        EDIFACT, order(Segment.of("FTX", "\u00c2\u00a0"), type_="ORDERS")
    ).data
    assert is_also_utf8(data)
    content = read_all(data)
    assert next(next(content.documents).body).raw == "FTX+\u00a0"
    assert "charset" in " ".join(each.code for each in content.all_findings())


@given(segments(TEXTS, repeated=False))
def test_edifact_reads_back_to_the_same_segments(body):
    data = written(EDIFACT, order(*body, type_="ORDERS")).data
    assume(not is_also_utf8(data))
    content = read_all(data)
    assert not [each for each in content.all_findings() if each.is_error]
    assert list(next(content.documents).body) == body


@given(segments(TEXTS, repeated=True))
def test_edifact_4_reads_back_with_repetitions(body):
    data = written(EDIFACT_4, order(*body, type_="ORDERS")).data
    assume(not is_also_utf8(data))
    assert list(next(read_all(data).documents).body) == body


@given(segments(st.text("AZaz09 .,:;+?'/()-", max_size=12), repeated=True))
def test_x12_reads_back_to_the_same_segments(body):
    data = written(X12_NEW, order(*body)).data
    content = read_all(data)
    assert not [each for each in content.all_findings() if each.is_error]
    assert list(next(content.documents).body) == body


@given(segments(st.text(max_size=8), repeated=True))
def test_writing_anything_gives_readable_data_or_a_reason(body):
    for agreement in (X12_NEW, EDIFACT_4):
        result = written(agreement, order(*body, type_="850"))
        if not result.refused:
            content = read_all(result.data)
            codes = {each.code for each in content.all_findings() if each.is_error}
            assert codes <= {"transaction_type_malformed"}
            count = len(list(next(content.documents).body))
            assert count == len(body)
        else:
            assert result.data == b""
