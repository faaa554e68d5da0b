"""Bad X12 up to the ISA and its delimiters: told, and read wherever that is possible.

Numbers in names are the classes of bad input of the EDI notes.
"""

import pytest

from .builders import (
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


@pytest.mark.parametrize("data", [b"", b" \r\n\n"])
def test_01_an_empty_file_is_said_to_be_empty(data):
    assert codes(read(data)) == ["file_empty"]


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\n", b"sku;qty\n1;2\n", b"\0\xff\xfe!", b"I"]
)
def test_01_what_is_not_edi_is_said_to_be_neither(data):
    content = read(data)
    assert codes(content) == ["not_edi"]
    assert not content.interchanges


def test_02_a_byte_order_mark_is_skipped():
    content = read(b"\xef\xbb\xbf" + x12())
    assert whole(content) and codes(content) == ["byte_order_mark"]


def test_02_a_utf16_file_is_read_too():
    content = read(b"\xff\xfe" + x12().decode().encode("utf-16-le"), chunk_size=64)
    assert whole(content)


def test_03_junk_before_the_header_is_skipped_and_shown():
    content = read(b"##### from mailbox 12 #####\r\n\r\n" + x12())
    assert whole(content)
    assert found(content, "junk_before_header").seen.startswith("##### from")


def test_03_blank_lines_before_the_header_are_skipped_and_told():
    content = read(b"\r\n\r\n" + x12())
    assert whole(content) and codes(content) == ["blanks_before_header"]


def test_03_a_header_too_far_down_is_not_searched_for():
    assert codes(read(b"x" * 2000 + x12())) == ["not_edi"]


def test_04_indented_segments_are_read_without_their_blanks():
    content = read(x12(["   " + each for each in x12_segments()], line_end="\n"))
    assert whole(content)
    assert "segment_indented" in codes(content)


@pytest.mark.parametrize("line_end", ["", "\n", "\r\n", "\r", "\n\n"])
def test_05_line_ends_after_segments_do_not_matter(line_end):
    assert whole(read(x12(line_end=line_end)))


def test_05_line_ends_may_be_mixed():
    text = x12().replace(b"~", b"~\r\n", 3).replace(b"~REF", b"~\nREF")
    assert whole(read(text))


@pytest.mark.parametrize("chunk_size", [64, 100, 4096])
@pytest.mark.parametrize(
    "terminator", ["\r\n", "\n", "\r", "\x15", "\x7f", "\\", "|", "'", "?"]
)
def test_06_unusual_terminators_are_taken_from_the_isa(terminator, chunk_size):
    content = read(x12(terminator=terminator), chunk_size=chunk_size)
    assert whole(content), codes(content)


def test_06_the_element_separator_may_be_anything_too():
    assert whole(read(x12(element="\x7f", terminator="*")))
    assert whole(read(x12(element="+", component=":", terminator="'")))


@pytest.mark.parametrize("terminator", ["\u2026", "\u00d6"])
def test_07_a_terminator_of_several_bytes_is_accepted(terminator):
    raw = terminator.encode().decode("latin-1")
    assert whole(read(x12(terminator=raw)))


def test_07_next_line_of_windows_1252_is_accepted_as_terminator():
    assert whole(read(x12(terminator="\x85")))


def test_08_without_a_terminator_the_interchange_is_refused():
    content = read(x12().replace(b"~", b""))
    assert found(content, "terminator_missing").ack.ta1 == "004"
    assert content.interchanges[0].interchange.rejected


def test_08_a_terminator_that_is_the_component_separator_is_refused():
    content = read(x12(component="~", terminator="~"))
    assert found(content, "delimiter_clash").ack.ta1 == "026"


@pytest.mark.parametrize("line_end", ["", "\n"])
def test_09_a_missing_isa16_leaves_the_terminator_readable(line_end):
    content = read(x12(line_end=line_end).replace(b"*>~", b"*~"))
    assert whole(content)
    assert found(content, "component_separator_missing").ack.ta1 == "027"
    assert next(content.documents).interchange.delimiters.segment == "~"


def test_10_a_trimmed_isa_is_read_by_its_separators():
    trimmed = x12().replace(b" " * 10, b"").replace(b"SENDER         ", b"SENDER")
    content = read(trimmed)
    assert whole(content)
    assert "ISA02 is 0 instead of 10" in found(content, "isa_width").message


def test_10_an_overlong_isa_is_read_by_its_separators():
    content = read(x12(receiver="A RECEIVER LONGER THAN FIFTEEN"))
    assert whole(content) and "isa_width" in codes(content)


def test_10_the_agreement_may_refuse_a_wrong_width():
    content = read(x12(sender="SENDER OF TOO LONG A NAME"), strict_isa_width=True)
    assert found(content, "isa_width").is_error


@pytest.mark.parametrize(
    ("broken", "code", "ta1"),
    [
        (isa().replace("*260114*0915*U", "") + "GS*PO*A*B~", "isa_elements", "022"),
        (isa().replace("*P*", "*P*X*") + "GS*PO*A*B~", "isa_elements", "022"),
        (isa()[:60], "isa_truncated", "023"),
        ("ISA", "not_edi", ""),
        (isa().replace("ISA*", "ISA|") + "GS*PO*A*B~", "isa_separator", "026"),
        (isa().replace("*ZZ*S", "^ZZ^S") + "GS*PO*A*B~", "isa_separator", "026"),
        (isa(sender="{}{}") + "GS*PO*A*B~", "isa_placeholder", "022"),
        (isa(sender="<?= $id ?>") + "GS*PO*A*B~", "isa_placeholder", "022"),
    ],
)
def test_11_12_13_an_isa_nobody_can_read_rejects_the_interchange(broken, code, ta1):
    content = read(broken.encode())
    assert found(content, code).ack.ta1 == ta1
    assert not list(content.documents)


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("width", [64, 80, 132])
def test_14_a_hard_wrapped_file_is_unwrapped(width, line_end):
    data = x12()
    lines = [data[start : start + width] for start in range(0, len(data), width)]
    content = read(line_end.join(lines), chunk_size=100)
    assert whole(content) and found(content, "file_wrapped").seen == str(width)
    segment = list(next(content.documents).segments)[-1]
    wrapped = line_end.join(lines)
    assert wrapped[segment.offset : segment.offset + 2] == b"SE"


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_14_a_byte_order_mark_counted_into_the_first_line_does_not_hinder(line_end):
    data = b"\xef\xbb\xbf" + x12()
    wrapped = line_end.join(data[at : at + 80] for at in range(0, len(data), 80))
    content = read(wrapped)
    assert whole(content) and found(content, "file_wrapped").seen == "80"
    for segment in next(content.documents).segments:
        start = wrapped[segment.offset : segment.offset + 4].replace(line_end, b"")
        assert start.startswith(segment.tag[:2].encode())


@pytest.mark.parametrize("tail", [b"\0", b"\x1a", b"\n\0\0", b"  \n\n   \n", b"\n"])
@pytest.mark.parametrize("width", [64, 80])
def test_14_what_follows_a_wrapped_file_does_not_hinder(width, tail):
    data = x12()
    wrapped = b"\n".join(data[at : at + width] for at in range(0, len(data), width))
    content = read(wrapped + tail)
    assert whole(content) and found(content, "file_wrapped").seen == str(width)


def test_14_lines_that_happen_to_end_in_the_same_digit_are_still_a_wrap():
    data = isa() + "GS*PO*SENDER*RECEIVER*20260114*0915*1*X*004010~"
    first, second = data[:80], data[80:]
    second = second.ljust(79, "A") + first[-1]
    content = read("\n".join((first, second, "~IEA*1*000000017~")).encode())
    assert first[-1].isalnum() and found(content, "file_wrapped").seen == "80"


@pytest.mark.parametrize("start", ["GS", "ST"])
def test_15_without_an_isa_there_is_no_interchange(start):
    data = x12()
    content = read(data[data.index(start.encode()) :])
    assert found(content, "no_interchange_header").ack.ta1 == "022"
