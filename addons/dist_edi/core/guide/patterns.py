"""What a guide says of a segment as one regular expression.

A segment without any fault matches as a whole; what does not match is taken apart by
:mod:`.diagnosis`, which has the last word. The pattern therefore may refuse a correct
segment (29 February, exponents) but never accepts a wrong one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations, pairwise

from ..syntax.segment import Delimiters
from .definition import ElementSpec, SegmentSpec
from .notation import Note

#: Month and day that exist in every year.
_MONTH_DAY = (
    r"(?:(?:0[13578]|1[02])(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0[469]|11)(?:0[1-9]|[12]\d|30)|02(?:0[1-9]|1\d|2[0-8]))"
)
_DATES = {6: r"\d\d" + _MONTH_DAY, 8: r"(?:19|20)\d\d" + _MONTH_DAY}
_TIME = r"(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d(?:\d{1,2})?)?"
_TIME_SHORT = r"(?:[01]\d|2[0-3])[0-5]\d"
#: Python 3.11 and later need not try shorter values than the longest.
KEEP = "+" if sys.version_info >= (3, 11) else ""
#: The composite of date kind, date and format.
EDIFACT_DATE = "C507"
_NEVER = r"(?!)"
#: Digits behind the decimal mark that are looked for; more are left to the diagnosis.
_FRACTION = 4
#: Long code lists are left to the diagnosis of what is not among the first.
_MOST_CODES = 400


@lru_cache(maxsize=4096)
def segment_pattern(spec: SegmentSpec, delimiters: Delimiters) -> re.Pattern[str]:
    """The pattern of a correct segment, its tag included."""
    return re.compile(_Writer(delimiters).segment(spec), re.ASCII)


class _Writer:
    """Writes the pattern of one segment for one set of delimiters."""

    def __init__(self, delimiters: Delimiters) -> None:
        self.mark = re.escape(delimiters.element)
        self.part = re.escape(delimiters.component)
        self.repetition = re.escape(delimiters.repetition)
        self.decimal = re.escape(delimiters.decimal or ".")
        closing = "".join(
            re.escape(mark)
            for mark in (
                delimiters.element,
                delimiters.component,
                delimiters.repetition,
            )
            if mark
        )
        self.text = rf"[^\x00-\x1f{closing}]"
        self.other = rf"[^{self.mark}]"

    def segment(self, spec: SegmentSpec) -> str:
        pattern = ""
        wanted = _last_wanted(spec.elements)
        for place in range(len(spec.elements), 0, -1):
            element = spec.elements[place - 1]
            # The mark goes first: at the end of a segment it alone is looked at
            body = self.mark + self._notes_at(spec.notes, place) + self._value(element)
            pattern = body + pattern if place <= wanted else f"(?:{body}{pattern}|)"
        # R can break wherever the segment ends, so it is looked at first
        always = "".join(self._one_of_places(n) for n in spec.notes if n.kind == "R")
        return re.escape(spec.tag) + always + pattern + r"\Z"

    def _value(self, element: ElementSpec) -> str:
        if element.unused:
            return ""
        if element.components is not None:
            value = self._composite(element)
        elif not element.type:
            return self.other + "*"
        else:
            value = self.simple(element)
        if element.repeat > 1 and self.repetition:
            value = rf"{value}(?:{self.repetition}{value}){{0,{element.repeat - 1}}}"
        return self._used(element, value)

    def _used(self, element: ElementSpec, value: str) -> str:
        """The pattern of a value that may be left out, unless it is wanted."""
        if element.required or element.expected:
            return value if _is_one(value) else f"(?:{value})"
        one_or_more = f"{self.text}{{1,"
        if value.startswith(one_or_more) and value.count("{") == 1:
            return value.replace("{1,", "{0,", 1)
        return f"(?:{value}|)"

    def _composite(self, element: ElementSpec) -> str:
        if not self.part:
            return _NEVER
        parts = element.components or ()
        wanted = max(1, _last_wanted(parts))
        pattern = ""
        for place in range(len(parts), 0, -1):
            part = parts[place - 1]
            if part.unused:
                value = ""
            elif not part.type:
                value = self.text + "*"
            else:
                value = self._used(part, self.simple(part))
            body = (self.part if place > 1 else "") + value
            pattern = body + pattern if place <= wanted else f"(?:{body}{pattern}|)"
        notes = "".join(self._component_note(note) for note in element.component_notes)
        if element.ref == EDIFACT_DATE:
            pattern = self._dated() + pattern
        present = rf"(?={self.other})(?!{self.part}*(?:{self.mark}|\Z))"
        return present + notes + pattern

    def _dated(self) -> str:
        """C507: the date must be one of the format that its third component names."""
        text, part, ends = self.text, self.part, rf"(?={self.mark}|\Z)"
        short = _TIME_SHORT
        forms = {
            "102": _DATES[8],
            "203": _DATES[8] + short,
            "204": _DATES[8] + short + r"[0-5]\d",
            "101": _DATES[6],
            "201": _DATES[6] + short,
        }
        dated = "|".join(f"{form}{part}{code}" for code, form in forms.items())
        other = rf"{text}*{part}(?!(?:{'|'.join(forms)}){ends}){text}+"
        return rf"(?={text}*(?:{part}(?:{dated}|{other}|{text}*|){ends}|{ends}))"

    def simple(self, element: ElementSpec) -> str:
        """The pattern of a value without component or repetition marks."""
        if element.codes is not None:
            if len(element.codes) > _MOST_CODES:
                return _NEVER
            form = _one_of(element.codes)
        else:
            form = self._format(element)
        if element.pattern:
            ends = rf"(?=[{self.mark}{self.part}{self.repetition}]|\Z)"
            return f"(?=(?:{element.pattern}){ends}){form}"
        return form

    def _format(self, element: ElementSpec) -> str:
        kind, shortest, longest = element.type, element.min, element.max
        sign = "" if element.not_negative else "-?"
        size = f"{{{shortest},{longest}}}{KEEP}"
        if kind == "DT":
            forms = [_DATES[n] for n in (8, 6) if shortest <= n <= longest]
            return "(?:" + "|".join(forms) + ")" if forms else _NEVER
        if kind == "TM":
            return _TIME if longest > 4 else _TIME_SHORT
        if kind[0] == "N" and kind[1:].isdigit():
            return rf"{sign}\d{size}"
        if kind in ("R", "n"):
            return self._decimal(sign, shortest, longest)
        if kind == "a":
            return rf"(?!\d){self.text}{size}" if longest == 1 else _letters(self, size)
        return self.text + size

    def _decimal(self, sign: str, shortest: int, longest: int) -> str:
        """A whole number, or one whose digits surely are not too many."""
        fraction = min(_FRACTION, longest // 2)
        whole = rf"\d{{{shortest},{longest - fraction}}}{KEEP}"
        if shortest > longest - fraction or not fraction:
            return rf"{sign}\d{{{shortest},{longest}}}{KEEP}"
        digits = rf"\d{{1,{fraction}}}{KEEP}"
        return rf"{sign}{whole}(?:{self.decimal}{digits}|{digits}|)"

    def _notes_at(self, notes: tuple[Note, ...], place: int) -> str:
        return "".join(
            self._note(note)
            for note in notes
            if min(note.positions) == place and note.kind != "R"
        )

    def _one_of_places(self, note: Note) -> str:
        """Requires, from the first mark on, that one position of the note is there."""
        element = rf"{self.mark}{self.other}*{KEEP}"
        places = (element * (at - 1) + self.mark + self.other for at in note.positions)
        return f"(?={'|'.join(places)})"

    def _note(self, note: Note) -> str:
        """Refuses, behind the mark of its first position, whatever breaks the note."""
        first, last = min(note.positions), max(note.positions)
        faults = (self._fault(fault, first, last) for fault in _violations(note))
        return f"(?!{'|'.join(faults)})"

    def _fault(self, fault: dict[int, bool], first: int, last: int) -> str:
        """Positions present and absent, behind the mark of the first.

        Up to the last position that is present every mark is there; from then on the
        segment may end anywhere.
        """
        sent = max((at for at, present in fault.items() if present), default=first)
        pattern = ""
        for at in range(first, min(sent, last) + 1):
            lead = self.mark if at > first else ""
            if at == sent and fault.get(at):
                pattern += lead + self.other
            else:
                pattern += lead + self._state(fault.get(at))
        if sent < last and fault.get(sent):
            pattern += f"{self.other}*{KEEP}"
        for at in range(sent + 1, last + 1):
            if fault.get(at) is None:
                pattern += rf"(?:{self.mark}{self.other}*{KEEP}|\Z)"
            elif at == last:
                pattern += rf"(?!{self.mark}{self.other})"
            else:
                pattern += rf"(?:{self.mark}(?={self.mark}|\Z)|\Z)"
        return pattern

    def _state(self, present: bool | None) -> str:
        """One position behind which another mark stands."""
        return {
            None: f"{self.other}*{KEEP}",
            True: f"{self.other}+{KEEP}",
            False: "",
        }[present]

    def _component_note(self, note: Note) -> str:
        ends = rf"(?=[{self.part}{self.mark}]|\Z)"
        first, last = 1, max(note.positions)
        faults = []
        for fault in _violations(note):
            pattern = ""
            for at in range(first, last + 1):
                lead = rf"(?:{self.part}|{ends})" if at > 1 else ""
                present = fault.get(at)
                value = {None: f"{self.text}*", True: f"{self.text}+", False: ends}
                pattern += lead + value[present]
            faults.append(pattern)
        return f"(?!{'|'.join(faults)})"


def _violations(note: Note) -> list[dict[int, bool]]:
    """Combinations of present and absent positions that break a note."""
    places = note.positions
    if note.kind == "P":
        ring = list(pairwise((*places, places[0])))
        return [{one: True, other: False} for one, other in ring]
    if note.kind == "R":
        return [dict.fromkeys(places, False)]
    if note.kind == "E":
        return [{one: True, other: True} for one, other in combinations(places, 2)]
    if note.kind == "C":
        return [{places[0]: True, other: False} for other in places[1:]]
    return [{places[0]: True, **dict.fromkeys(places[1:], False)}]


def _last_wanted(elements: tuple[ElementSpec, ...]) -> int:
    wanted = (at for at, e in enumerate(elements, 1) if e.required or e.expected)
    return max(wanted, default=0)


def _one_of(codes: Iterable[str]) -> str:
    """A pattern of alternatives that share their beginnings, longest first."""
    by_first: dict[str, set[str]] = {}
    for code in codes:
        by_first.setdefault(code[:1], set()).add(code[1:])
    is_end = by_first.pop("", None) is not None
    singles = [first for first, rests in by_first.items() if rests == {""}]
    branches = [
        re.escape(first) + _one_of(rests)
        for first, rests in sorted(by_first.items())
        if rests != {""}
    ]
    if singles:
        branches.append(f"[{''.join(map(re.escape, sorted(singles)))}]")
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)}{'|' if is_end else ''})"


def _letters(writer: _Writer, size: str) -> str:
    return rf"(?:(?!\d){writer.text}){size}"


def _is_one(value: str) -> bool:
    return value.startswith("(?:") and value.count("(") == 1
