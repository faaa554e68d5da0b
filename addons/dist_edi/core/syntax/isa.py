"""Read the ISA: the one segment that says how all others are to be read.

The standard fixes every element's width, so that the separators stand at known places.
Real files trim elements, pad them too far, break the line inside, or leave ISA16 out;
all of that is still read, by the separators, and said as a finding.
"""

import re
from typing import NamedTuple

from .charset import decode
from .findings import Finding, Severity, finding
from .segment import Delimiters, Place

WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
LENGTH = 106
#: No trimmed or over-long ISA that can be read reaches this far.
REACH = 1024
_PLACEHOLDER = re.compile(r"\{\}|\{\{|<\?|\?>|\$\{|<%|%[sd]\b|\[\[")
_BREAKS = re.compile(r"[\r\n]+")
_KNOWN_VERSION = re.compile(r"00[2-8]0\d")


class Header(NamedTuple):
    """What was read of an ISA.

    :param delimiters: None if the interchange cannot be read any further
    :param elements: ISA01 to ISA16 as sent
    :param length: characters from the I of ISA up to and including the terminator
    """

    delimiters: Delimiters | None
    elements: list[str]
    length: int
    findings: list[Finding]


class _Tail(NamedTuple):
    component: str
    terminator: str
    length: int
    code: str = ""
    seen: str = ""


def read_isa(text: str, place: Place, *, strict_width: bool = False) -> Header:
    """Read an ISA at the start of ``text`` (the first :data:`REACH` characters do).

    :param place: of the ISA, for findings
    :param strict_width: reject an ISA that is not 106 characters long
    """
    findings: list[Finding] = []

    def report(code: str, **details: object) -> None:
        findings.append(finding(code, place, **details))

    separator = text[3:4]
    parts = text[:REACH].split(separator, 16) if separator else [text]
    if not separator or separator.isalnum() or separator.isspace():
        if len(text) < 4:
            report("isa_truncated", seen=text)
        else:
            report("isa_separator", expected=separator, seen=text[4:20])
        return Header(None, [], min(len(text), 4), findings)
    if placeholder := _PLACEHOLDER.search(text[:LENGTH]):
        report("isa_placeholder", seen=placeholder.group())
        return Header(None, parts[1:16], 4, findings)
    count, ended = _count_separators(text, separator, parts)
    if count != 16:
        _report_count(report, text, separator, count, ended)
        return Header(None, parts[1 : count + 1], 4, findings)
    elements = [decode(_BREAKS.sub("", part), "utf-8") for part in parts[1:16]]
    if _BREAKS.search("".join(parts[1:16])):
        report("isa_newline")
    start = sum(map(len, parts[:16])) + 16
    tail = _read_tail(text, start, separator)
    if tail.code == "component_separator_missing":
        report(tail.code, seen=tail.terminator)
    elif tail.code:
        report(tail.code, expected="two delimiters", seen=tail.seen)
        return Header(None, elements, start + tail.length, findings)
    elements.append(tail.component)
    _report_widths(report, elements, strict_width)
    delimiters = _delimiters(separator, parts[11], tail)
    return Header(delimiters, elements, start + tail.length, findings)


def _count_separators(text: str, separator: str, parts: list[str]) -> tuple[int, bool]:
    """Count the separators of the ISA; and whether the text ends before it does.

    An ISA ends where the usual next segment starts. If that is not there, or is not
    the next one, the ISA is believed when its separators stand where they must or its
    elements are what they must be.
    """
    if len(parts) == 17 and (_fixed(text, separator) or _plausible(parts)):
        return 16, False
    mark = re.escape(separator)
    pattern = rf"(?<![A-Za-z0-9{mark}])(?:GS|TA1|IEA|ISB|ST){mark}"
    match = re.compile(pattern).search(text, 4, REACH)
    if match is None:
        return len(parts) - 1, True
    return text.count(separator, 0, match.start()), False


def _fixed(text: str, separator: str) -> bool:
    position = 3
    for width in WIDTHS[:15]:
        position += width + 1
        if text[position : position + 1] != separator:
            return False
    component = text[position + 1 : position + 2]
    return component != separator and not _is_letter(component)


def _plausible(parts: list[str]) -> bool:
    """Whether date, control number, test indicator and ISA16 are in their places."""
    date, reference, indicator, rest = parts[9], parts[13], parts[15], parts[16]
    return (
        date.strip().isdigit()
        and reference.strip().isdigit()
        and indicator.strip() in ("T", "P", "I")
        and not _is_letter(rest[:1] or "A")
    )


def _report_count(report, text: str, separator: str, count: int, ended: bool) -> None:
    others = re.findall(r"[*|^~]", text[4:LENGTH])
    if count < 16 and len(others) > 8 and separator not in others:
        report("isa_separator", expected=separator, seen=others[0])
    elif ended and count < 16 and len(text) < REACH:
        report("isa_truncated", seen=text[-40:])
    elif _uneven(text, separator):
        report("isa_separator", expected=separator, seen=_uneven(text, separator))
    else:
        report("isa_elements", seen=count)


def _uneven(text: str, separator: str) -> str:
    """A character that stands where a fixed-width ISA must have its separator."""
    position = 3
    strange: list[str] = []
    hits = 0
    for width in WIDTHS[:15]:
        position += width + 1
        seen = text[position : position + 1]
        if seen == separator:
            hits += 1
        elif seen and not seen.isalnum():
            strange.append(seen)
    alike = len(set(strange)) == 1
    return strange[0] if alike and hits + len(strange) == 15 and hits >= 8 else ""


def _read_tail(text: str, start: int, separator: str) -> _Tail:
    """Read ISA16 and the terminator, which follow the sixteenth separator.

    The terminator is what stands between ISA16 and the next segment's first letter.
    A line break belongs to it only when there is nothing else: then it is the whole.
    """
    end = start
    while end < len(text) and end < start + 12 and not _is_letter(text[end]):
        end += 1
    lead = text[start:end]
    if not lead:
        return _Tail("", "", 0, "terminator_missing", text[start : start + 4])
    component, rest = lead[0], lead[1:]
    if component == " " and rest.strip() and not rest[0].isspace():
        terminator = rest.strip(" \t\r\n")[0]
        return _Tail("", terminator, 2, "component_separator_missing", terminator)
    if component in "\r\n":
        terminator = _line_break(lead)
        length = lead.index(terminator) + 1
        return _Tail("", terminator, length, "component_separator_missing", lead)
    terminator = rest.strip(" \t\r\n") or _line_break(rest)
    if terminator and terminator[0] in "\r\n":
        if _ends_lines(text, end, component, rest):
            return _Tail("", component, 1, "component_separator_missing", component)
        return _Tail(component, terminator, 1 + len(rest.rstrip(" \t")))
    if not terminator:
        if _ends_segments(text, end, component, separator):
            return _Tail("", component, 1, "component_separator_missing", component)
        seen = text[start : start + 4]
        return _Tail(component, "", len(lead), "terminator_missing", seen)
    if len(terminator) > 1 and terminator.isascii():
        terminator = terminator[0]
    if terminator == component or separator in terminator or component == separator:
        return _Tail(component, terminator, 2, "delimiter_clash", terminator)
    return _Tail(component, terminator, 1 + rest.index(terminator) + len(terminator))


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _line_break(rest: str) -> str:
    return "\n" if "\n" in rest else "\r" if "\r" in rest else ""


def _ends_lines(text: str, start: int, mark: str, line_end: str) -> bool:
    """Whether the line after the ISA ends in ``mark``: then that is the terminator."""
    line = text[start:].split(line_end, 1)
    return len(line) == 2 and line[0].endswith(mark)


def _ends_segments(text: str, start: int, mark: str, separator: str) -> bool:
    pattern = rf"{re.escape(mark)}\s*(?:ST|GE|IEA|TA1){re.escape(separator)}"
    return re.compile(pattern).search(text, start) is not None


def _report_widths(report, elements: list[str], strict: bool) -> None:
    wrong = [
        f"ISA{number:02d} is {len(element)} instead of {width}"
        for number, (element, width) in enumerate(
            zip(elements, WIDTHS, strict=True), start=1
        )
        if len(element) != width
    ]
    if wrong:
        length = 4 + sum(map(len, elements)) + 16
        if not elements[15]:
            wrong.pop()
        severity = {"severity": Severity.ERROR} if strict else {}
        if wrong:
            report("isa_width", seen=length, expected="; ".join(wrong), **severity)


def _delimiters(separator: str, isa11: str, tail: _Tail) -> Delimiters:
    repetition = isa11.strip()
    if len(repetition) != 1 or _is_letter(repetition):
        repetition = ""
    if repetition and repetition in separator + tail.component + tail.terminator:
        repetition = ""
    return Delimiters(separator, tail.component, tail.terminator, repetition)


def is_known_version(version: str) -> bool:
    """Whether ISA12 is a version between 00200 and 00801."""
    return bool(_KNOWN_VERSION.fullmatch(version))
