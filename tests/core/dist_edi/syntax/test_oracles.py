"""Where pydifact and pyx12 read a file, we read the same segments from it."""

import io

import pydifact.parser
import pytest
import pyx12.rawx12file
from hypothesis import given
from hypothesis import strategies as st

from addons.dist_edi.core.syntax.reader import read_all
from addons.dist_edi.core.syntax.segment import Segment

from .builders import edifact, edifact_segments, x12, x12_segments
from .test_samples import FOLDER, ROWS
from .test_writer import EDIFACT, OutgoingMessage, segments, written


def ours(data: bytes) -> list[Segment]:
    """The segments inside documents."""
    return [
        segment
        for document in read_all(data).documents
        for segment in document.segments
    ]


def pydifact_segments(data: bytes) -> list[list[list[str]]]:
    """What pydifact reads: each segment as its elements as their components."""
    text = data.decode("latin-1").lstrip("\ufeff").replace("\r", "").replace("\n", "")
    return [
        [[each.tag]]
        + [part if isinstance(part, list) else [part] for part in each.elements]
        for each in pydifact.parser.Parser().parse(text)
        if not each.tag.startswith("UN") or each.tag in ("UNS", "UNH", "UNT")
    ]


def comparable(segment: Segment) -> list[list[str]]:
    values = [part[0] if part else [""] for part in segment.values()]
    return trimmed([[segment.tag], *values])


def trimmed(elements: list[list[str]]) -> list[list[str]]:
    for element in elements:
        while len(element) > 1 and not element[-1]:
            element.pop()
    while elements[-1] in ([""], []):
        elements.pop()
    return elements


def pyx12_segments(data: bytes) -> list[list[str]]:
    """What pyx12 reads: each segment's elements, composites not taken apart."""
    text = io.StringIO(data.decode("latin-1"))
    source = pyx12.rawx12file.RawX12File(text)
    separator = source.ele_term
    envelope = ("ISA", "GS", "GE", "IEA", "TA1", "ISB", "ISE")
    lines = [line.lstrip() for line in source]
    return [line.split(separator) for line in lines if not line.startswith(envelope)]


@pytest.mark.parametrize("line_end", ["", "\n", "\r\n"])
def test_pydifact_reads_our_orders_as_we_do(line_end):
    body = ["BGM+220+1", "FTX+AAI+++a?'b??:c?+d?:e", "NAD+BY+1::9", "CNT+2:1"]
    data = edifact(edifact_segments(body), line_end=line_end)
    theirs = [trimmed(each) for each in pydifact_segments(data)]
    assert [comparable(each) for each in ours(data)] == theirs


PLAIN = st.text("AZaz09 .,:+?'/()-", min_size=1, max_size=10)


@given(segments(PLAIN, repeated=False))
def test_pydifact_reads_what_we_write(body):
    data = written(EDIFACT, OutgoingMessage("ORDERS", body)).data
    theirs = [trimmed(each) for each in pydifact_segments(data)]
    assert [comparable(each) for each in ours(data)] == theirs


@pytest.mark.parametrize("terminator", ["~", "|", "\x15"])
def test_pyx12_reads_our_orders_as_we_do(terminator):
    data = x12(x12_segments(version="004010"), terminator=terminator, line_end="\n")
    assert [each.elements for each in ours(data)] == pyx12_segments(data)


GOOD = {
    standard: [
        path
        for path, row in ROWS.items()
        if row["standard"] == standard and row["validity"] == "valid"
    ]
    for standard in ("x12", "edifact")
}


@pytest.mark.skipif(not ROWS, reason="no folder of sample files (DIST_EDI_SAMPLES)")
def test_pyx12_and_we_read_the_same_from_real_files():
    compared = 0
    for path in GOOD["x12"]:
        data = (FOLDER / path).read_bytes().removeprefix(b"\xef\xbb\xbf")
        try:
            theirs = pyx12_segments(data)
        except (pyx12.errors.X12Error, ValueError):
            continue  # It refuses most releases; that is why it is only an oracle.
        mine = [each.elements for each in ours(data)]
        assert mine == theirs, path
        compared += 1
    assert compared >= 20


@pytest.mark.skipif(not ROWS, reason="no folder of sample files (DIST_EDI_SAMPLES)")
def test_pydifact_and_we_read_the_same_from_real_files():
    compared = 0
    for path in GOOD["edifact"]:
        data = (FOLDER / path).read_bytes().removeprefix(b"\xef\xbb\xbf")
        if not data.isascii() or data.count(b"UNB+") != 1:
            continue
        theirs = [trimmed(each) for each in pydifact_segments(data)]
        assert [comparable(each) for each in ours(data)] == theirs, path
        compared += 1
    assert compared > 8
