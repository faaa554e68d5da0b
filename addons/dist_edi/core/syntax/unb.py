"""Read UNA and the head of UNB: what an EDIFACT interchange is separated by.

UNA states six service characters: component separator, element separator, decimal mark,
release character, repetition separator (a blank before syntax version 4) and segment
terminator. Without UNA the defaults of ISO 9735 hold.
"""

import re
from dataclasses import replace
from typing import NamedTuple

from .cut import Cutter
from .findings import Finding, finding
from .options import ReadOptions
from .scanner import Scanner
from .segment import Delimiters, Place, Scope

#: UNA and UNB fit into this many characters.
REACH = 2048
_BREAKS = re.compile(r"[\r\n]+")


class Head(NamedTuple):
    """What was read before the first segment.

    :param delimiters: None if the interchange cannot be read any further
    :param length: characters of UNA and the line break behind it
    """

    delimiters: Delimiters | None
    length: int
    findings: list[Finding]


def read_head(text: str, place: Place, options: ReadOptions) -> Head:
    """Read UNA, if there is one, and look ahead into UNB for what depends on it.

    :param text: from ``UNA``, or from the first segment where there is no UNA
    :param place: of the header, for findings
    """
    delimiters, length, problem = _read_una(text)
    findings = []
    if problem:
        findings.append(finding("una_length", place, seen=problem))
        return Head(None, 3, findings)
    stated = length > 0
    if stated and (clash := _clash(delimiters)):
        findings.append(
            finding("delimiter_clash", place, expected="two delimiters", seen=clash)
        )
        return Head(None, length, findings)
    header = text[length:REACH]
    if not stated:
        delimiters, found = _without_una(header, delimiters, options)
        findings += [finding(code, place, **details) for code, details in found]
    return Head(_with_repetition(header, delimiters, stated), length, findings)


def _read_una(text: str) -> tuple[Delimiters, int, str]:
    """Give the service characters, the length read, and what is wrong with UNA."""
    default = Delimiters(
        element="+", component=":", segment="'", release="?", repetition=" "
    )
    if not text.startswith("UNA"):
        return default, 0, ""
    component, element, decimal, release, repetition, segment = text[3:9].ljust(6)
    after = text[9:].lstrip(" \t\r\n")
    stated = _BREAKS.split(text[3:12])[0]
    if re.search(r"UN[BGH]", stated):
        stated = stated.partition("UN")[0]
    if len(stated) < 5 or (len(stated) == 5 and not stated.endswith(" ")):
        return default, 0, stated
    length = len(text) - len(after)
    if segment in "\r\n":
        segment = "\n" if "\n" in text[8:11] else "\r"
    delimiters = Delimiters(
        element=element,
        component=component,
        segment=segment,
        repetition=repetition,
        release=release.strip(),
        decimal=decimal,
    )
    return delimiters, length, ""


def _clash(delimiters: Delimiters) -> str:
    used = [delimiters.element, delimiters.component, delimiters.segment]
    used += [delimiters.release] if delimiters.release else []
    for character in used:
        if used.count(character) > 1 or character.isalnum() or character == " ":
            return character
    return ""


def _without_una(
    header: str, default: Delimiters, options: ReadOptions
) -> tuple[Delimiters, list[tuple[str, dict]]]:
    """Find the terminator where only the agreement or the text itself can tell it."""
    if options.terminator:
        return replace(default, segment=options.terminator), []
    line = re.match(r"UN[BGH]\+[^'\r\n]*(\r\n|\n|\r)\s*(?=UN[GH]\+|[A-Z]{3}\+)", header)
    if line:
        end = "\r" if line.group(1) == "\r" else "\n"
        found = ("terminator_line_feed", {"expected": "'", "seen": "LF"})
        return replace(default, segment=end), [found]
    return default, []


def _with_repetition(header: str, delimiters: Delimiters, stated: bool) -> Delimiters:
    """Settle the repetition separator, which exists from syntax version 4 on.

    An earlier version reserves its place in UNA for a blank, and ``*`` is data there.
    """
    element, component = re.escape(delimiters.element), re.escape(delimiters.component)
    match = re.match(rf"UNB{element}([A-Z0-9]*){component}([0-9]*)", header)
    identifier, version = match.groups() if match else ("", "")
    repetition = delimiters.repetition.strip()
    if identifier.startswith("UNO"):
        if version < "4":
            repetition = ""
        elif not stated:
            repetition = "*"
    used = delimiters.element + delimiters.component + delimiters.segment
    if repetition in used + delimiters.release:
        repetition = ""
    return replace(delimiters, repetition=repetition)


def cut_header(
    scanner: Scanner, delimiters: Delimiters, options: ReadOptions
) -> tuple[str, int]:
    """Cut the UNB at the start of the window, if there is one.

    :return: its text without terminator, "" if no UNB stands there; characters it takes
    """
    if not re.match(rf"UNB(?:{re.escape(delimiters.element)})", scanner.text):
        return "", 0
    cutter = Cutter(delimiters, "iso8859-1", options, r"[A-Z]{3}")
    while True:
        text = cutter.pack(scanner.text)
        end = text.find(delimiters.segment)
        if end >= 0 or scanner.ended or len(text) > REACH:
            break
        scanner.more()
    length = end + len(delimiters.segment)
    if end < 0:
        end = length = len(text[:REACH])
    run, _ = cutter.cut_odd(text[:end], Scope(), 0, 0)
    return (run.raws[0] if run.raws else ""), length
