"""Takes a segment apart that its pattern refused, and says what is wrong where."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator

from ..syntax.findings import Severity
from ..syntax.segment import Delimiters, Place, Segment, unpack
from .definition import ElementSpec, SegmentSpec
from .notation import Note
from .patterns import EDIFACT_DATE

#: Takes code, place, expected, seen, severity, reference; gives nothing.
Report = Callable[..., None]

_X12_NUMBER = re.compile(r"-?\d+\Z")
_X12_REAL = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:E-?\d+)?\Z", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: Digits of date and time by data element 2379.
DATE_FORMATS = {
    "101": (6, 0),
    "102": (8, 0),
    "201": (6, 4),
    "203": (8, 4),
    "204": (8, 6),
}
_DIGITS = re.compile(r"\d+\Z", re.ASCII)
_NO_SEGMENT = SegmentSpec("", "", ())


class Diagnosis:
    """Reports every fault of one segment after another.

    :param report: called with each fault
    """

    def __init__(self, delimiters: Delimiters, report: Report) -> None:
        self._delimiters = delimiters
        self._decimal = delimiters.decimal or "."
        self._tell = report
        self._spec = _NO_SEGMENT

    def _report(self, code: str, place: Place, **details: object) -> None:
        reference = element_reference(self._spec, place.element, place.component)
        self._tell(code, place, reference=reference, **details)

    def segment(self, segment: Segment, spec: SegmentSpec) -> None:
        """Check all elements and syntax notes."""
        self._spec = spec
        values = segment.elements[1:]
        while values and not values[-1]:
            values.pop()
        place = segment.place
        for at, element in enumerate(spec.elements, 1):
            value = values[at - 1] if at <= len(values) else ""
            self._element(element, value, place.at(at))
        if len(values) > len(spec.elements):
            more = values[len(spec.elements) :]
            self._report(
                "element_too_many",
                place.at(len(spec.elements) + 1),
                expected=len(spec.elements),
                seen=len(values),
                severity=None if any(more) else Severity.INFO,
            )
        present = {at for at, value in enumerate(values, 1) if value}
        for code, at, expected, seen in broken_notes(spec.notes, present):
            self._report(code, place.at(at), expected=expected, seen=seen)

    def _element(self, spec: ElementSpec, value: str, place: Place) -> None:
        if not value:
            self._absent(spec, place)
        elif spec.unused:
            self._report(
                "element_not_used", place, expected=spec.name, seen=unpack(value)
            )
        elif spec.components is None and not spec.type:
            return
        else:
            self._repetitions(spec, value, place)

    def _absent(self, spec: ElementSpec, place: Place) -> None:
        if spec.required:
            self._report("element_missing", place, expected=spec.name)
        elif spec.expected:
            self._report(
                "element_missing", place, expected=spec.name, severity=Severity.WARNING
            )

    def _repetitions(self, spec: ElementSpec, value: str, place: Place) -> None:
        mark = self._delimiters.repetition
        values = value.split(mark) if mark else [value]
        if len(values) > spec.repeat:
            self._report(
                "repetition_too_many", place, expected=spec.repeat, seen=len(values)
            )
        for number, one in enumerate(values, 1):
            where = place.at(place.element, 0, number if len(values) > 1 else 0)
            if spec.components is None:
                self._simple(spec, one, where)
            else:
                self._composite(spec, one, where)

    def _simple(self, spec: ElementSpec, value: str, place: Place) -> None:
        mark = self._delimiters.component
        if mark and mark in value:
            head, _, rest = value.partition(mark)
            if rest.strip(mark):
                self._report(
                    "component_too_many", place, expected=1, seen=value.count(mark) + 1
                )
            value = head
        self.value(spec, unpack(value), place)

    def _composite(self, spec: ElementSpec, value: str, place: Place) -> None:
        mark = self._delimiters.component
        values = value.split(mark) if mark else [value]
        while values and not values[-1]:
            values.pop()
        parts = spec.components or ()
        if not values:
            self._absent(spec, place)
            return
        for at, part in enumerate(parts, 1):
            one = values[at - 1] if at <= len(values) else ""
            where = place.at(place.element, at, place.repetition)
            if not one:
                self._absent(part, where)
            elif part.unused:
                self._report(
                    "element_not_used", where, expected=part.name, seen=unpack(one)
                )
            elif part.type:
                self.value(part, unpack(one), where)
        if spec.ref == EDIFACT_DATE and len(values) > 2:
            self._dated(values[1], values[2], place)
        if len(values) > len(parts):
            self._report(
                "component_too_many",
                place.at(place.element, len(parts) + 1, place.repetition),
                expected=len(parts),
                seen=len(values),
            )
        present = {at for at, one in enumerate(values, 1) if one}
        for code, at, expected, seen in broken_notes(spec.component_notes, present):
            where = place.at(place.element, at, place.repetition)
            self._report(code, where, expected=expected, seen=seen)

    def _dated(self, value: str, form: str, place: Place) -> None:
        """An EDIFACT date must be one of its format (data element 2379).

        Senders often name another format than they use: only a date that does not
        exist is an error.
        """
        day, clock = DATE_FORMATS.get(form, (0, 0))
        if not day or not value:
            return
        good = _DIGITS.match(value) and len(value) == day + clock
        where = place.at(place.element, 2, place.repetition)
        if not good:
            self._report(
                "date_invalid",
                where,
                expected=f"format {form}",
                seen=value,
                severity=Severity.WARNING,
            )
        elif not is_date(value[:day]):
            self._report("date_invalid", where, expected=f"format {form}", seen=value)
        elif clock and not is_time(value[day:]):
            self._report("time_invalid", where, expected=f"format {form}", seen=value)

    def value(self, spec: ElementSpec, value: str, place: Place) -> None:
        """Check one value: type, length, code, pattern, sign."""
        kind = spec.type
        if kind == "DT":
            self._date(spec, value, place)
        elif kind == "TM":
            self._time(spec, value, place)
        elif kind in ("R", "n") or (kind[0] == "N" and kind[1:].isdigit()):
            self._number(spec, value, place)
        else:
            self._text(spec, value, place)
        if spec.codes is not None and value not in spec.codes:
            self._report(
                "code_unknown",
                place,
                expected=spec.code_list or ", ".join(sorted(spec.codes)[:20]),
                seen=value,
                severity=Severity.ERROR if spec.reject else None,
            )
        if spec.pattern and not re.fullmatch(spec.pattern, value):
            self._report("pattern_mismatch", place, expected=spec.pattern, seen=value)

    def _length(self, spec: ElementSpec, size: int, value: str, place: Place) -> None:
        if size < spec.min:
            self._report("element_too_short", place, expected=spec.min, seen=value)
        elif size > spec.max:
            self._report("element_too_long", place, expected=spec.max, seen=value)

    def _text(self, spec: ElementSpec, value: str, place: Place) -> None:
        if spec.type == "B":
            return
        self._length(spec, len(value), value, place)
        if spec.type == "a" and any(letter.isdigit() for letter in value):
            self._report("character_invalid", place, expected="letters", seen=value)
        elif _CONTROL.search(value):
            self._report(
                "character_invalid",
                place,
                expected="no control characters",
                seen=value,
                severity=Severity.WARNING,
            )

    def _date(self, spec: ElementSpec, value: str, place: Place) -> None:
        if not _DIGITS.match(value) or len(value) not in (6, 8):
            severity = Severity.WARNING if not value.strip("0") else None
            self._report(
                "date_invalid",
                place,
                expected=_date_form(spec),
                seen=value,
                severity=severity,
            )
        elif not is_date(value):
            self._report("date_invalid", place, expected=_date_form(spec), seen=value)
        else:
            self._length(spec, len(value), value, place)

    def _time(self, spec: ElementSpec, value: str, place: Place) -> None:
        if not _DIGITS.match(value) or not is_time(value):
            self._report("time_invalid", place, expected="HHMM[SS[dd]]", seen=value)
        else:
            self._length(spec, len(value), value, place)

    def _number(self, spec: ElementSpec, value: str, place: Place) -> None:
        mark = self._decimal if spec.type == "n" else "."
        wanted = f"{spec.type} of {spec.min} to {spec.max} digits"
        plain = value.replace(mark, ".") if mark != "." else value
        form = _X12_NUMBER if spec.type[0] == "N" else _X12_REAL
        if mark != "." and "." in value and form.match(value):
            self._report("decimal_notation_invalid", place, expected=mark, seen=value)
        elif not form.match(plain):
            other = "," if mark == "." else "."
            if spec.type[0] != "N" and form.match(value.replace(other, ".")):
                code, wanted = "decimal_notation_invalid", mark
            else:
                code = "number_invalid"
            self._report(code, place, expected=wanted, seen=value)
            return
        digits = sum(letter.isdigit() for letter in plain.partition("E")[0])
        self._length(spec, digits, value, place)
        bare = plain.lstrip("-")
        if spec.type == "n" and (bare[0] == "." or bare[-1] == "."):
            side = "before" if bare[0] == "." else "after"
            self._report("decimal_digit_missing", place, expected=side, seen=value)
        if spec.not_negative and plain.startswith("-"):
            self._report("number_negative", place, expected=spec.name, seen=value)


def element_reference(spec: SegmentSpec, element: int, component: int = 0) -> str:
    """The number that the standard gives a data element, "" where none is known.

    :param component: of a composite; without one, composites have no number
    """
    if not 1 <= element <= len(spec.elements):
        return ""
    found = spec.elements[element - 1]
    if component and component <= len(found.components or ()):
        found = found.components[component - 1]
    return found.ref if found.ref.isdigit() else ""


def is_date(value: str) -> bool:
    """Whether CCYYMMDD or YYMMDD is a day of the calendar (years 1900 to 2099)."""
    full = value if len(value) == 8 else "20" + value
    try:
        day = dt.date(int(full[:4]), int(full[4:6]), int(full[6:8]))
    except ValueError:
        return False
    return 1900 <= day.year < 2100


def is_time(value: str) -> bool:
    """Whether HHMM, HHMMSS, HHMMSSd or HHMMSSdd is a time of the day."""
    if not 4 <= len(value) <= 8 or len(value) == 5:
        return False
    hours, minutes, seconds = value[:2], value[2:4], value[4:6] or "00"
    return int(hours) < 24 and int(minutes) < 60 and int(seconds) < 60


def broken_notes(
    notes: tuple[Note, ...], present: set[int]
) -> Iterator[tuple[str, int, str, str]]:
    """Syntax notes that the present positions break: code, position, expected, seen."""
    for note in notes:
        first, *others = note.positions
        there = [at for at in note.positions if at in present]
        absent = [at for at in note.positions if at not in present]
        if note.kind == "E" and len(there) > 1:
            yield "element_exclusion", there[1], str(note), _listed(there)
        elif note.kind == "P" and there and absent:
            yield "element_condition_missing", absent[0], str(absent[0]), _listed(there)
        elif note.kind == "R" and not there:
            yield "element_condition_missing", first, _listed(note.positions), "segment"
        elif note.kind == "C" and first in present and absent:
            yield "element_condition_missing", absent[0], str(absent[0]), str(first)
        elif note.kind == "L" and first in present and not set(others) & present:
            yield "element_condition_missing", others[0], _listed(others), str(first)


def _listed(places: tuple[int, ...] | list[int]) -> str:
    return " or ".join(f"{place:02}" for place in places)


def _date_form(spec: ElementSpec) -> str:
    return "YYMMDD" if spec.max == 6 else "CCYYMMDD"
