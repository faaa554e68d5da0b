"""Bad X12: each class gives its finding, rejects as much as it must, and no more.

Numbers in names are the classes of bad input of the EDI notes. R, G, T and W say what
is rejected: interchange, group, transaction, or nothing (warning).
"""

import pytest

from addons.dist_edi.core.syntax.segment import Place

from .builders import (
    ORDER_850,
    codes,
    errors,
    found,
    isa,
    read,
    tags,
    x12,
    x12_segments,
)

WHOLE = [["ST", "BEG", "REF", "N1", "PO1", "PO1", "CTT", "SE"]]


def whole(content) -> bool:
    return tags(content) == WHOLE and not errors(content)


def test_16_17_an_unknown_segment_in_place_of_gs_rejects_what_it_should_open():
    segments = x12_segments()
    segments[0] = segments[0].replace("GS*", "XX*")
    content = read(x12(segments))
    assert found(content, "segment_outside_interchange").seen == "XX"
    assert found(content, "group_header_missing").ack.ak9 == "1"


def test_16_17_segments_between_gs_and_st_reject_the_group_only():
    segments = x12_segments()
    segments[1] = "T*850*0001"
    content = read(x12(segments))
    assert found(content, "segment_outside").ack.ta1 == "024"
    assert "transaction_header_missing" in errors(content)
    assert content.interchanges[0].groups[0].group.rejected
    assert not content.interchanges[0].interchange.rejected


def test_18_a_wrong_segment_count_rejects_one_transaction():
    segments = x12_segments()
    segments[-3] = "SE*9*0001"
    second = x12_segments(control="0002")[1:-2]
    segments[-2:] = [*second, "GE*2*7", "IEA*1*000000017"]
    content = read(x12(segments))
    finding = found(content, "transaction_count_wrong")
    assert (finding.expected, finding.seen, finding.ack.ak5) == ("8", "9", "4")
    assert finding.place == Place(1, 1, 1, 8, finding.place.offset, "SE", 1)
    assert [each.transaction.rejected for each in content.documents] == [True, False]


def test_19_another_reference_in_se_rejects_the_transaction():
    segments = x12_segments()
    segments[-3] = "SE*8*0002"
    content = read(x12(segments))
    assert found(content, "transaction_reference_mismatch").ack.ak5 == "3"
    assert errors(content) == ["transaction_reference_mismatch"]


@pytest.mark.parametrize(
    ("trailer", "code", "ak9"),
    [
        ("GE*2*7", "group_count_wrong", "5"),
        ("GE*1*8", "group_reference_mismatch", "4"),
    ],
)
def test_20_a_wrong_ge_rejects_the_group(trailer, code, ak9):
    segments = x12_segments()
    segments[-2] = trailer
    content = read(x12(segments))
    assert found(content, code).ack.ak9 == ak9
    assert errors(content) == [code]


@pytest.mark.parametrize(
    ("trailer", "code", "ta1"),
    [
        ("IEA*2*000000017", "interchange_count_wrong", "021"),
        ("IEA*1*000000018", "interchange_reference_mismatch", "001"),
    ],
)
def test_21_a_wrong_iea_rejects_the_interchange(trailer, code, ta1):
    content = read(x12([*x12_segments()[:-1], trailer]))
    assert found(content, code).ack.ta1 == ta1
    assert errors(content) == [code]


@pytest.mark.parametrize(
    ("missing", "code", "level", "ack"),
    [
        ("SE", "transaction_trailer_missing", "ak5", "2"),
        ("GE", "group_trailer_missing", "ak9", "3"),
        ("IEA", "interchange_trailer_missing", "ta1", "023"),
    ],
)
def test_22_a_missing_trailer_rejects_what_it_should_close(missing, code, level, ack):
    segments = [each for each in x12_segments() if not each.startswith(missing + "*")]
    content = read(x12(segments))
    assert getattr(found(content, code).ack, level) == ack
    assert errors(content) == [code]


def test_22_23_a_file_cut_off_inside_a_segment_is_rejected():
    data = x12()
    content = read(data[: data.index(b"*012345678912")])
    assert found(content, "interchange_truncated").ack.ta1 == "023"
    assert "transaction_trailer_missing" in errors(content)


@pytest.mark.parametrize(
    ("missing", "code", "ta1"),
    [
        ("ST", "transaction_header_missing", "024"),
        ("GS", "group_trailer_unopened", "022"),
    ],
)
def test_24_a_trailer_without_its_header(missing, code, ta1):
    segments = [each for each in x12_segments() if not each.startswith(missing + "*")]
    assert found(read(x12(segments)), code).ack.ta1 == ta1


def test_24_an_iea_without_isa():
    content = read(x12() + b"IEA*1*000000017~")
    assert "interchange_trailer_unopened" in errors(content)


def test_25_the_same_interchange_twice_rejects_the_second():
    content = read(x12() + x12())
    assert found(content, "interchange_duplicate").ack.ta1 == "025"
    rejected = [each.interchange.rejected for each in content.interchanges]
    assert rejected == [False, True]


def test_26_27_repeated_group_and_transaction_references():
    twice = x12_segments()[:-1]
    content = read(x12([*twice, *twice, "IEA*2*000000017"]))
    assert found(content, "group_duplicate").ack.ak9 == "6"
    assert errors(content) == ["group_duplicate"]
    again = x12_segments()[1:-2]
    content = read(x12([*twice[:-1], *again, "GE*2*7", "IEA*1*000000017"]))
    assert found(content, "transaction_duplicate").ack.ak5 == "23"
    assert [each.transaction.rejected for each in content.documents] == [False, True]


def test_28_a_mailbag_is_read_interchange_by_interchange():
    bag = (
        x12(control="000000001", terminator="\x15", line_end="\r\n").replace(
            b"000000017", b"000000001"
        )
        + isa(sender="{}").encode()
        + b"GS*PO*A*B~ST*850*1~\n"
        + x12(element="|", component="@", terminator="\n")
    )
    for chunk_size in (64, 300, 65536):
        content = read(bag, chunk_size=chunk_size)
        assert [each.interchange.rejected for each in content.interchanges] == [
            False,
            True,
            False,
        ]
        assert tags(content) == WHOLE * 2


def test_29_several_types_and_versions_in_one_interchange():
    order, advice = x12_segments()[:-1], ["BSN*00*S1*20260114*0915", "HL*1**S"]
    ship = x12_segments(advice, code="SH", type_="856", group="8", version="005010")
    content = read(x12([*order, *ship[:-1], "IEA*2*000000017"]))
    assert not errors(content)
    documents = [(each.message_type, each.version) for each in content.documents]
    assert documents == [("850", "004010"), ("856", "005010")]


@pytest.mark.parametrize("version", ["00040", "00204", "00000"])
def test_30_the_group_decides_the_version(version):
    content = read(x12(version=version))
    assert whole(content)
    assert next(content.documents).version == "004010"


def test_31_an_unknown_release_rejects_the_group():
    content = read(x12(x12_segments(version="ABC")))
    assert found(content, "group_version_unknown").ack.ak9 == "2"


@pytest.mark.parametrize(
    "version", ["002001", "003040", "003060", "004010VICS", "005010X220A1", "008010"]
)
def test_31_every_release_from_00200_to_00801_is_known(version):
    content = read(x12(x12_segments(version=version), version=version[:5]))
    assert whole(content)


def test_37_a_separator_inside_data_shows_as_a_malformed_segment():
    content = read(x12(x12_segments(["BEG*00", "N1*ST*Shop ~ and more*92", "CTT*2"])))
    finding = found(content, "segment_tag_malformed")
    assert finding.ack.ak3 == "1" and finding.place.segment == 4


def test_38_a_line_break_inside_data_is_kept_or_dropped_as_agreed():
    data = x12(x12_segments(["BEG*00", "N1*ST*Shop\r\n12*92*1", "CTT*2"]))
    content = read(data)
    assert found(content, "newline_in_data").severity.value == "warning"
    names = [each.get(2) for each in next(content.documents).body if each.tag == "N1"]
    assert names == ["Shop\r\n12"]
    document = next(read(data, drop_newlines=True).documents)
    assert [each.get(2) for each in document.body if each.tag == "N1"] == ["Shop12"]


@pytest.mark.parametrize("text", ["Zoë’s", "Köln"])
def test_40_utf8_in_an_interchange_of_ascii_is_read_and_told(text):
    data = x12(x12_segments(["BEG*00", "N1*ST*name*92*1", "CTT*2"]))
    content = read(data.replace(b"name", text.encode()))
    assert found(content, "charset_lie").seen == "UTF-8 bytes"
    assert [each.get(2) for each in next(content.documents).body][1] == text
    assert found(content, "charset_lie").place.segment == 3


@pytest.mark.parametrize("tail", [b"\0", b"\x1a", b"\r\n\x1a"])
def test_40_end_of_file_marks_do_not_matter(tail):
    assert whole(read(x12() + tail))


def test_40_control_characters_in_data_are_told():
    data = x12(x12_segments(["BEG*00", "N1*ST*a\0b*92*1", "CTT*2"]))
    finding = found(read(data), "control_character")
    assert (finding.ack.ak4, finding.place.segment) == ("6", 3)


@pytest.mark.parametrize(
    ("body", "code", "number"),
    [
        (["BEG*00***", "CTT*2"], "segment_trailing_empty", 2),
        (["BEG", "CTT*2"], "segment_no_elements", 2),
        (["BEG*00", "", "CTT*2"], "segment_blank", 3),
    ],
)
def test_42_empty_elements_and_segments_are_warnings(body, code, number):
    segments = x12_segments(body)
    segments[-3] = "SE*4*0001"
    content = read(x12(segments))
    assert not errors(content)
    assert found(content, code).place.segment == number


def test_43_a_segment_longer_than_any_buffer_is_read():
    long = "N1*ST*" + "x" * 300_000
    content = read(x12(x12_segments(["BEG*00", long, "CTT*2"])), chunk_size=64)
    assert not errors(content)
    assert len(list(next(content.documents).segments)[2].get(2)) == 300_000


def test_43_a_segment_without_end_gives_up_in_bounded_memory():
    data = x12()[:-40] + b"x" * 200_000
    content = read(data, max_segment=10_000, chunk_size=1000)
    assert "segment_too_long" in errors(content)


def test_53_an_interchange_may_hold_a_ta1_alone():
    ta1 = "TA1*000000001*260114*0915*A*000"
    for count in ("0", "1"):
        content = read(x12([ta1, f"IEA*{count}*000000017"]))
        assert codes(content) == []
        assert content.interchanges[0].interchange.service_segments[0].get(4) == "A"


@pytest.mark.parametrize(
    ("data", "code", "ack"),
    [
        (x12(control="12345678901"), "interchange_reference_malformed", "018"),
        (x12(x12_segments(group="A7")), "group_reference_malformed", "6"),
        (x12(x12_segments(type_="85X")), "transaction_type_malformed", "6"),
        (x12(x12_segments(control="")), "transaction_reference_malformed", "7"),
    ],
)
def test_54_malformed_control_numbers_and_types(data, code, ack):
    finding = found(read(data), code)
    assert finding.is_error and ack in finding.ack


def test_54_dates_of_zeros_are_told():
    content = read(x12().replace(b"260114*0915", b"000000*0000", 1))
    assert found(content, "interchange_date_invalid").ack.ta1 == "014"
    assert not errors(content)


def test_55_thousands_of_blanks_after_the_end():
    content = read(x12() + b" " * 2400, chunk_size=100)
    assert found(content, "blanks_after_trailer").seen == "2400"
    assert whole(content)


def test_a_final_terminator_may_be_missing():
    content = read(x12()[:-1])
    assert codes(content) == ["final_terminator_missing"]
    assert ORDER_850[0].startswith("BEG") and tags(content) == WHOLE
