"""Whatever comes in, a result comes out: documents or findings, and soon."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addons.dist_edi.core.syntax.agreement import CountingNumbers
from addons.dist_edi.core.syntax.options import ReadOptions
from addons.dist_edi.core.syntax.reader import read_all

from .builders import edifact, edifact_segments, x12, x12_segments

FILES = {
    "x12": x12(),
    "x12 in lines": x12(line_end="\r\n"),
    "x12 ended by lines": x12(terminator="\n"),
    "x12 00501": x12(
        x12_segments(["BEG*00", "REF*ZZ**x*A>1^B>2", "CTT*1"], version="005010"),
        version="00501",
        isa11="^",
    ),
    "edifact": edifact(),
    "edifact without UNA": edifact(una="", line_end="\n"),
    "edifact in a group": edifact(
        [
            "UNG+ORDERS+A+B+260114:0915+5+UN+D:96A",
            *edifact_segments()[:-1],
            "UNE+1+5",
            "UNZ+1+REF17",
        ]
    ),
}


def look_at_everything(data: bytes, **options) -> None:
    """Read, and use every part of the result that a person or a layer above would.

    The tests below assert through this: no error, no silence, no place outside the
    file, and an acknowledgement that says something.
    """
    from addons.dist_edi.core.ack.answer import acknowledge
    from addons.dist_edi.core.ack.received import read_statements

    from .test_writer import NOW

    content = read_all(data, ReadOptions(**options))
    findings = [str(each) for each in content.all_findings()]
    for held in content.interchanges:
        answer = acknowledge(held, CountingNumbers(), NOW)
        assert answer is None or answer.data or answer.refused
        read_statements(held)
    count = 0
    for document in content.documents:
        for segment in document.segments:
            count += 1
            assert 0 <= segment.offset <= len(data)
            segment.values()
    assert findings or count, "nothing was read and nothing was said"


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_at_any_byte_is_never_accepted(name):
    whole = FILES[name]
    for length in range(len(whole)):
        look_at_everything(whole[:length])
        content = read_all(whole[:length])
        findings = list(content.all_findings())
        if length < len(whole.rstrip()) - 1:
            assert any(each.is_error for each in findings), length


@pytest.mark.parametrize("name", FILES)
def test_a_file_without_any_one_byte_gives_a_result(name):
    whole = FILES[name]
    for position in range(len(whole)):
        look_at_everything(whole[:position] + whole[position + 1 :])


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "noise", [b"\xef\xbb\xbf", b"\r", b"\n", b"\0", b"\x1a", b"?", b"~", b"'", b"\xe9"]
)
def test_noise_at_any_place_gives_a_result(name, noise):
    whole = FILES[name]
    for position in range(0, len(whole), 3):
        look_at_everything(whole[:position] + noise + whole[position:])


@pytest.mark.parametrize("name", FILES)
def test_swapped_and_doubled_delimiters_give_a_result(name):
    whole = FILES[name]
    marks = b"~*>+:'?^\n\r"
    for one in marks:
        for other in marks:
            swapped = bytes.maketrans(bytes([one, other]), bytes([other, one]))
            look_at_everything(whole.translate(swapped))
            look_at_everything(whole.replace(bytes([one]), bytes([one, other])))
    look_at_everything(whole.swapcase())


@given(st.binary(max_size=400))
def test_random_bytes_give_a_result(data):
    look_at_everything(data)


@given(
    st.sampled_from(sorted(FILES)),
    st.lists(
        st.tuples(
            st.floats(0, 1),
            st.floats(0, 0.2),
            st.one_of(
                st.binary(max_size=6), st.text("~*>+:'? \r\nISAGEUNBHTZ", max_size=8)
            ),
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from([64, 97, 65536]),
    st.booleans(),
)
@settings(max_examples=300)
def test_pieces_replaced_at_random_give_a_result(name, changes, chunk_size, drop):
    data = FILES[name]
    for start, length, new in changes:
        begin = int(start * len(data))
        end = begin + int(length * len(data))
        piece = new if isinstance(new, bytes) else new.encode()
        data = data[:begin] + piece + data[end:]
    look_at_everything(data, chunk_size=chunk_size, drop_newlines=drop)


@pytest.mark.parametrize(
    "data",
    [
        b"ISA*" * 200_000,
        b"UNB+" * 200_000,
        x12()[:106] + b"~" * 500_000,
        x12()[:106] + b"GS*" * 300_000,
        edifact()[:60] + b"?" * 500_001,
        edifact()[:9] + b"UNH+1+A'" * 20_000,
        b"ISA" + b"\n" * 500_000,
        b"UNA:+.? '" + b"x" * 1_000_000,
    ],
    ids=range(8),
)
def test_hostile_files_take_bounded_time(data):
    began = time.process_time()
    read_all(data, ReadOptions(max_segment=200_000))
    assert time.process_time() - began < 10
