"""Cut text into segments: the one place where speed is everything.

Clean text is cut by ``str.split`` alone. Text with blanks, blank lines, line breaks
inside data or non-ASCII bytes is cut segment by segment, and what was odd is told.
"""

import re
from typing import NamedTuple

from .charset import CONTROLS, decode
from .options import ReadOptions
from .segment import RELEASED, Delimiters, Run, Scope, unpack

_BLANKS = " \t\r\n"
#: Stands beside a packed released character until offsets have been counted, so that
#: packed text is as long as the bytes it came from.
_PAD = "\uf8ff"
_HIGH = re.compile("[\x80-\xff]")


class Oddity(NamedTuple):
    """Something odd about one segment: a finding code, which segment, what was seen."""

    code: str
    number: int
    offset: int
    seen: str


class Cutter:
    """Cut text of one interchange into runs of segments.

    :param delimiters: of the interchange
    :param codec: Python codec of its data
    :param tag_pattern: what a segment tag looks like

    ``lying`` is set while non-ASCII bytes are not in the character set promised.
    """

    def __init__(
        self, delimiters: Delimiters, codec: str, options: ReadOptions, tag_pattern: str
    ) -> None:
        self.delimiters = delimiters
        self.codec = codec
        self.lying = False
        self._options = options
        self._terminator = delimiters.segment
        follows = re.escape(delimiters.element + delimiters.component)
        self._start = re.compile(f"({tag_pattern})(?:[{follows}]|(\\Z))")
        used = (delimiters.all() + delimiters.release).encode("latin-1")
        self._controls = bytes(set(CONTROLS) - set(used))
        self._control = re.compile("[" + re.escape(self._controls.decode()) + "]")
        release = delimiters.release
        self._released = re.compile(f"({re.escape(release)}(?:.|\\n))")
        special = set(release + delimiters.all() + "\r\n")
        self._packed = {
            release + character: _PAD
            + (chr(RELEASED + ord(character)) if character in special else character)
            for character in map(chr, range(256))
        }

    def pack(self, text: str) -> str:
        """Replace released characters by private ones, the length staying the same.

        Runs of the release character pair up from the left,
        so ``??'`` ends a segment and ``???'`` does not. A release character before any
        other character is kept out of the data as well.
        """
        release = self.delimiters.release
        if not release or release not in text:
            return text
        # Splitting keeps what it splits at, so that no function runs for each of them
        parts = self._released.split(text)
        parts[1::2] = map(self._packed.__getitem__, parts[1::2])
        return "".join(parts)

    def line_end(self, text: str) -> str | None:
        """What separates segments if that is the same throughout clean text.

        :return: the terminator with the line break after it; None if text is not clean
        """
        terminator = self._terminator
        separator = terminator
        newlines = text.count("\n")
        if newlines and "\n" not in terminator:
            separator += "\r\n" if terminator + "\r\n" in text else "\n"
        if "\r" in text and text.count("\r") != separator.count("\r") * newlines:
            return None
        if newlines:
            if text.count(separator) != newlines:
                return None
            if text.count(terminator) - newlines > text.endswith(terminator):
                return None
        return separator

    def has_controls(self, text: str) -> bool:
        """Whether control characters stand in ASCII or Latin-1 text."""
        data = text.encode("latin-1")
        return len(data.translate(None, self._controls)) != len(data)

    def cut_clean(
        self, text: str, separator: str, scope: Scope, first: int, offset: int
    ) -> Run:
        """Cut clean ASCII text whose last segment has no terminator any more."""
        if text.isascii():
            return Run(text.split(separator), scope, first, offset, separator)
        raws = text.replace(_PAD, "").split(separator)
        return Run(raws, scope, first, offset, separator, text)

    def cut_odd(
        self, text: str, scope: Scope, first: int, offset: int
    ) -> tuple[Run, list[Oddity]]:
        """Cut text of any kind, one segment after the other."""
        raws: list[str] = []
        starts: list[int] = []
        oddities: list[Oddity] = []
        position = offset
        parts = text.split(self._terminator)
        last = len(parts) - 1
        for index, part in enumerate(parts):
            body = part.lstrip(_BLANKS)
            lead = len(part) - len(body)
            place = (first + len(raws), position + lead)
            if body:
                if lead and part[lead - 1] in " \t":
                    oddities.append(Oddity("segment_indented", *place, part[:lead]))
                raws.append(self._clean(body, place, oddities))
                starts.append(place[1])
            elif index < last:
                oddities.append(Oddity("segment_blank", *place, part))
            position += len(part) + len(self._terminator)
        run = Run(raws, scope, first, starts[0] if starts else offset, starts=starts)
        return run, oddities

    def _clean(self, body: str, place: tuple[int, int], oddities: list[Oddity]) -> str:
        """Take noise out of one segment and decode it."""
        if self._terminator in "\r\n":
            body = body.rstrip(_BLANKS)
        body = body.replace(_PAD, "")
        if not body.isascii():
            if self.lying and _HIGH.search(body):
                oddities.append(Oddity("charset_lie", *place, ""))
            body = decode(body, self.codec)
        if "\n" in body or "\r" in body:
            oddities.append(Oddity("newline_in_data", *place, unpack(body)))
            if self._options.drop_newlines:
                body = body.replace("\r", "").replace("\n", "")
        start = self._start.match(body)
        if not start:
            oddities.append(Oddity("segment_tag_malformed", *place, body[:20]))
        elif start.group(2) is not None:
            oddities.append(Oddity("segment_no_elements", *place, body))
        if control := self._control.search(body):
            oddities.append(Oddity("control_character", *place, repr(control.group())))
        return body

    def trailing_empty(self, run: Run) -> list[Oddity]:
        """Tell of the first segment of a run that ends in an empty element."""
        element = self.delimiters.element
        for number, raw in enumerate(run.raws):
            if raw.endswith(element):
                tag = raw.partition(element)[0]
                offset = run.offsets[number]
                code = "segment_trailing_empty"
                return [Oddity(code, run.first + number, offset, tag)]
        return []
