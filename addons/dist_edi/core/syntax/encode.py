"""Turn segments into text: delimiters, released characters, character set.

A transaction is encoded as a whole. Only when something in it cannot be written as it
is are its segments taken apart, to say where and to replace what can be replaced.
"""

import re
from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

from .charset import CONTROLS
from .findings import Finding, finding
from .segment import EDIFACT, MADE, RELEASED, X12, Delimiters, Place, Segment, unpack
from .transliterate import holds, transliterate

#: Ends a segment while a transaction is put together; data never holds it.
_END = "\uf8f3"
_ELEMENT, _COMPONENT, _REPETITION = MADE.element, MADE.component, MADE.repetition
_SEPARATORS = f"{_ELEMENT}{_COMPONENT}{_REPETITION}{_END}"
_EMPTY_PARTS = re.compile(
    f"[{_COMPONENT}{_REPETITION}]+(?=[{_ELEMENT}{_END}]|\\Z)"
    f"|{_COMPONENT}+(?={_REPETITION})"
)
_EMPTY_ENDS = (
    _COMPONENT + _ELEMENT,
    _COMPONENT + _END,
    _COMPONENT + _REPETITION,
    _REPETITION + _ELEMENT,
    _REPETITION + _END,
)
_EMPTY_ELEMENTS = re.compile(f"{_ELEMENT}+(?={_END}|\\Z)")
#: A segment whose tag is none: two or three characters in X12, three in EDIFACT.
_BAD_TAG = {
    standard: re.compile(
        f"{_END}(?!([A-Z][A-Z0-9]{length})(?:[{_ELEMENT}{_COMPONENT}{_END}]|\\Z))"
    )
    for standard, length in ((X12, "{1,2}"), (EDIFACT, "{2}"))
}
_PACKED = re.compile(f"[{chr(RELEASED)}-{chr(RELEASED + 255)}]")
_delimiters_of = attrgetter("run.scope.delimiters")
_raw_of = attrgetter("raw")
_CONTROLS = CONTROLS + b"\t\r\n"


class Encoder:
    """Encode the segments of one interchange.

    :param standard: ``x12`` or ``edifact``
    :param delimiters: to write with
    :param codec: Python codec of the interchange
    :param level: ``UNOA`` or ``UNOB`` where the repertoire is smaller than the codec's
    :param replace: transliterate what the character set does not hold, or refuse it
    :param line_end: written after each terminator

    ``findings`` grows with everything that was replaced or refused.
    """

    def __init__(
        self,
        standard: str,
        delimiters: Delimiters,
        codec: str,
        *,
        level: str = "",
        replace: bool = True,
        line_end: str = "",
    ) -> None:
        self.delimiters = delimiters
        self.findings: list[Finding] = []
        self._bad_tag = _BAD_TAG[standard]
        self._codec = codec
        self._level = level
        self._replace = replace
        self._line_end = line_end
        self._terminator = delimiters.segment + line_end
        releasing = standard != X12 and delimiters.release
        self._released = [delimiters.release, *delimiters.all()] if releasing else []
        own = (self._terminator + delimiters.all()).encode(codec, "ignore")
        self._controls = bytes(set(_CONTROLS) - set(own))
        self._forbidden = [] if releasing else list(dict.fromkeys(delimiters.all()))

    def encode(self, segments: Iterable[Segment], place: Place) -> tuple[bytes, int]:
        """Encode segments of one transaction or envelope.

        :param place: of the transaction; findings add the segment
        :return: bytes, and how many segments they hold
        """
        text, count = _flatten(list(segments))
        if not count:
            return b"", 0
        if self._bad_tag.search(_END + text):
            self._report_tags(text, place)
        for separator, own in (
            (_REPETITION, self.delimiters.repetition),
            (_COMPONENT, self.delimiters.component),
        ):
            if not own and separator in text:
                self._report_parts(text, separator, place)
        if self._must_look(text):
            text = self._repair(text, place)
        data = self._finish(text)
        if data is None or len(data.translate(None, self._controls)) != len(data):
            text = self._repair(text, place)
            data = self._finish(text) or b""
        return data, count

    def _must_look(self, text: str) -> bool:
        """Whether some data certainly cannot be written as it is."""
        if any(character in text for character in self._forbidden):
            return True
        if self._line_end and ("\n" in text or "\r" in text):
            return True
        if not self._level:
            return False
        return not holds(_without_separators(text), self._codec, self._level)

    def _finish(self, text: str) -> bytes | None:
        """Release, put the delimiters in and encode; None if a character is left."""
        delimiters = self.delimiters
        for character in self._released:
            if character in text:
                text = text.replace(character, delimiters.release + character)
        text = text.replace(_ELEMENT, delimiters.element)
        if _COMPONENT in text:
            text = text.replace(_COMPONENT, delimiters.component)
        if _REPETITION in text:
            text = text.replace(_REPETITION, delimiters.repetition)
        text = text.replace(_END, self._terminator) + self._terminator
        try:
            return text.encode(self._codec)
        except UnicodeEncodeError:
            return None

    def _repair(self, text: str, place: Place) -> str:
        """Take data apart that cannot be written; replace or drop, and report."""
        segments = []
        for number, segment in enumerate(text.split(_END), start=place.segment or 1):
            tag, *elements = segment.split(_ELEMENT)
            at = place._replace(segment=number, tag=tag)
            for index, element in enumerate(elements, start=1):
                parts = re.split(f"([{_COMPONENT}{_REPETITION}])", element)
                parts[::2] = [
                    self._repair_value(part, at.at(index, half + 1)) if part else part
                    for half, part in enumerate(parts[::2])
                ]
                elements[index - 1] = "".join(parts)
            segments.append(_ELEMENT.join([tag, *elements]))
        return _END.join(segments)

    def _repair_value(self, value: str, place: Place) -> str:
        """Replace what cannot be written in one piece of data, and report it."""
        told: dict[str, str] = {}
        for character in dict.fromkeys(value):
            code, replaced = self._repair_character(character)
            if code:
                told[code] = told.get(code, "") + character
                value = value.replace(character, replaced)
        name = self._level or self._codec
        for code, seen in told.items():
            self.findings.append(finding(code, place, expected=name, seen=seen))
        return value

    def _repair_character(self, character: str) -> tuple[str, str]:
        """What is wrong with a character ("" if nothing), and what stands for it."""
        if character in self._forbidden:
            return "write_delimiter_in_data", " "
        if holds(character, self._codec, self._level):
            return "", character
        replaced = None
        if self._replace:
            replaced = transliterate(character, self._codec, self._level)
        if replaced is None or any(part in self._forbidden for part in replaced):
            return "write_character_refused", ""
        return "write_character_transliterated", replaced

    def _report_parts(self, text: str, separator: str, place: Place) -> None:
        """Report the first repetition or composite that has no delimiter here."""
        for number, segment in enumerate(text.split(_END), start=place.segment or 1):
            if separator in segment:
                tag = segment.partition(_ELEMENT)[0]
                at = place._replace(segment=number, tag=tag)
                kind = "repetition" if separator == _REPETITION else "component"
                self.findings.append(finding("write_no_separator", at, expected=kind))
                return

    def _report_tags(self, text: str, place: Place) -> None:
        for number, segment in enumerate(text.split(_END), start=place.segment or 1):
            if self._bad_tag.search(_END + segment):
                tag = segment.partition(_ELEMENT)[0]
                at = place._replace(segment=number, tag=tag)
                self.findings.append(finding("write_tag_invalid", at, seen=tag))


def _flatten(segments: list[Segment]) -> tuple[str, int]:
    """Join segments with made delimiters, data unpacked, trailing empties left out."""
    text = _END.join(
        _as_made(_END.join(map(_raw_of, together)), delimiters)
        for delimiters, together in groupby(segments, _delimiters_of)
    )
    if text[-1:] in _SEPARATORS or any(each in text for each in _EMPTY_ENDS):
        text = _EMPTY_PARTS.sub("", text)
    if _ELEMENT + _END in text or text.endswith(_ELEMENT):
        text = _EMPTY_ELEMENTS.sub("", text)
    return text, len(segments)


def _as_made(text: str, delimiters: Delimiters) -> str:
    if delimiters is MADE:
        return text
    for character, made in (
        (delimiters.element, _ELEMENT),
        (delimiters.component, _COMPONENT),
        (delimiters.repetition, _REPETITION),
    ):
        if character:
            text = text.replace(character, made)
    return unpack(text) if _PACKED.search(text) else text


def _without_separators(text: str) -> str:
    for separator in _SEPARATORS:
        text = text.replace(separator, "")
    return text
