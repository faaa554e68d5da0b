"""Reading in pieces gives what reading at once gives, and says where it stands."""

import io
import tracemalloc

import pytest

from addons.dist_edi.core.syntax.model import Kind
from addons.dist_edi.core.syntax.options import ReadOptions
from addons.dist_edi.core.syntax.reader import documents, read, read_all

from .builders import ORDER_850, edifact, edifact_segments, x12, x12_segments

SOURCES = {
    "x12": x12(),
    "x12 in lines": x12(line_end="\r\n"),
    "x12 ended by lines": x12(terminator="\n"),
    "edifact": edifact(),
    "edifact in lines": edifact(line_end="\n"),
    "edifact in UTF-8": edifact(
        edifact_segments(["BGM+220+1", "IMD+F++:::Ünï?+cödé", "QTY+21:1"]),
        codec="utf-8",
    ),
    "both": x12() + b"\n" + edifact(),
    "indented": x12(["\t" + each for each in x12_segments()], line_end="\n"),
}


def everything(data: bytes, chunk_size: int) -> list:
    content = read_all(data, ReadOptions(chunk_size=chunk_size))
    segments = [
        (segment.place, segment.values())
        for document in content.documents
        for segment in document.segments
    ]
    return [segments, [str(each) for each in content.all_findings()]]


@pytest.mark.parametrize("name", SOURCES)
def test_the_size_of_the_pieces_changes_nothing(name):
    whole = everything(SOURCES[name], 1 << 16)
    for chunk_size in range(64, 140):
        assert everything(SOURCES[name], chunk_size) == whole, chunk_size


@pytest.mark.parametrize("name", SOURCES)
def test_every_segment_says_at_which_byte_it_starts(name):
    data = SOURCES[name]
    for document in read_all(data).documents:
        for segment in document.segments:
            assert data[segment.offset :].startswith(segment.tag.encode())


def test_segments_are_numbered_within_their_transaction():
    one = x12_segments()[:-2]
    two = x12_segments(control="0002")[1:-2]
    content = read_all(x12([*one, *two, "GE*2*7", "IEA*1*000000017"]))
    places = [
        [segment.place[:4] for segment in each.segments] for each in content.documents
    ]
    count = len(ORDER_850) + 2
    assert places[0] == [(1, 1, 1, number) for number in range(1, count + 1)]
    assert places[1] == [(1, 1, 2, number) for number in range(1, count + 1)]


def test_a_stream_is_read_once_and_documents_come_one_at_a_time():
    class Stream(io.BytesIO):
        def seek(self, *args):
            raise AssertionError("a stream is never read twice")

    segments = x12_segments()[:-2]
    for number in range(2, 400):
        segments += x12_segments(control=f"{number:04d}")[1:-2]
    data = x12([*segments, "GE*399*7", "IEA*1*000000017"])
    stream = Stream(data)
    first = next(documents(stream, ReadOptions(chunk_size=1000)))
    assert first.transaction.reference == "0001"
    assert stream.tell() <= len(data) / 4, "the rest is read when it is asked for"


def test_memory_does_not_grow_with_the_file():
    def peak(lines: int) -> int:
        body = ["BEG*00*SA*1**20260114", *["PO1*1*24*EA*12.5**UP*012345678905"] * lines]
        data = x12(x12_segments([*body, "CTT*1"]))
        tracemalloc.start()
        for event in read(io.BytesIO(data)):
            if event.kind is Kind.RUN:
                for _segment in event.subject:
                    pass
        peak = tracemalloc.get_traced_memory()[1] - len(data)
        tracemalloc.stop()
        return peak

    assert peak(200_000) < 2_500_000 + peak(20_000) * 1.3


def test_events_open_and_close_in_order():
    kinds = [event.kind for event in read(x12())]
    assert kinds == [
        Kind.INTERCHANGE,
        Kind.GROUP,
        Kind.TRANSACTION,
        Kind.RUN,
        Kind.TRANSACTION_END,
        Kind.GROUP_END,
        Kind.INTERCHANGE_END,
    ]


def test_an_event_of_a_header_carries_what_the_header_says():
    interchange, group, transaction = [event.subject for event in read(x12())][:3]
    assert (interchange.sender, interchange.receiver) == ("SENDER", "RECEIVER")
    assert (group.code, group.version) == ("PO", "004010")
    assert (transaction.type, transaction.reference) == ("850", "0001")


def test_elements_components_and_repetitions_are_found_by_number():
    body = ["BEG*00*SA", "REF*ZZ**text*PO>1>XX^VN>2", "CTT*1"]
    data = x12(x12_segments(body, version="005010"), version="00501", isa11="^")
    reference = list(next(read_all(data).documents).body)[1]
    assert reference.get(1) == "ZZ" and reference.get(2) == reference.get(9) == ""
    assert reference.get(4, 3) == "XX" and reference.get(4, 1, 2) == "VN"
    assert reference.get(4, 3, 2) == reference.get(4, 1, 3) == ""
    assert reference.repetitions(4) == [["PO", "1", "XX"], ["VN", "2"]]
    assert str(reference.place.at(4, 2)).startswith(
        "interchange 1, group 1, transaction 1, segment 3, REF04-2"
    )
