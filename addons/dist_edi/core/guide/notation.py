"""The short notation of guide files.

Elements in a dictionary::

    355: "Unit of measure | ID 2/2 | unit"      name | type min/max | code list
    4451: "Subject of the text | an..3"         EDIFACT format

Positions in a segment or composite: ``"350 330! (235 234)*10 C040 -"`` where
``!`` is mandatory, ``?`` is expected by the standard though senders leave it
out, ``xN`` may repeat N times, ``-`` is a position we do not look at.

Uses in a message: ``"BEG!, REF *, DTM 10"`` where a number is the maximum and
``*`` means any number; a loop is a one-key mapping from its trigger to its
content: ``{"N1 200": ["N2 2, N3 2"]}``, with an optional group name
(``"NAD 99 SG2"``).
"""

from __future__ import annotations

import re
from typing import NamedTuple

X12_TYPES = ("AN", "ID", "N0", "N1", "N2", "N3", "N4", "N6", "R", "DT", "TM", "B")
EDIFACT_TYPES = ("a", "an", "n")
UNLIMITED = None

_X12_FORMAT = re.compile(r"(AN|ID|N\d|R|DT|TM|B) (\d+)/(\d+)\Z")
_EDIFACT_FORMAT = re.compile(r"(an|a|n)(\.\.)?(\d+)\Z")
_POSITION = re.compile(r"(-|[A-Z]?\d+)([!?])?(?:x(\d+))?\Z")
_GROUPED = re.compile(r"\(([^()]*)\)\*(\d+)")
_USE = re.compile(r"([A-Z][A-Z0-9]{1,2})([!?])?(?: (\d+|\*))?(?: (SG\d+))?\Z")
_NOTE = re.compile(r"([PRECL])((?:\d\d){2,})\Z")


class ElementFormat(NamedTuple):
    """What a data element may hold: type, shortest and longest value."""

    type: str
    min: int
    max: int


class Position(NamedTuple):
    """One position of a segment or composite."""

    ref: str
    required: bool = False
    expected: bool = False
    repeat: int = 1


class UseNotation(NamedTuple):
    """``TAG! 10 SG2`` taken apart; ``max`` None means any number."""

    tag: str
    required: bool
    expected: bool
    max: int | None
    name: str


class Note(NamedTuple):
    """A syntax note: P paired, R one required, E exclusive, C/L conditional."""

    kind: str
    positions: tuple[int, ...]

    def __str__(self) -> str:
        return self.kind + "".join(f"{position:02}" for position in self.positions)


def read_format(text: str) -> ElementFormat:
    """``ID 2/3`` or ``an..35`` as a format; ValueError on anything else."""
    found = _X12_FORMAT.match(text)
    if found:
        shortest, longest = int(found[2]), int(found[3])
        if shortest > longest:
            raise ValueError(f"minimum above maximum in {text!r}")
        return ElementFormat(found[1], shortest, longest)
    found = _EDIFACT_FORMAT.match(text)
    if found:
        longest = int(found[3])
        return ElementFormat(found[1], 1 if found[2] else longest, longest)
    raise ValueError(f"no element format: {text!r} (write 'ID 2/3' or 'an..35')")


def read_positions(text: str) -> list[Position]:
    """Positions of a segment, with repeated runs written out."""
    spelled = _GROUPED.sub(lambda run: f" {run[1]}" * int(run[2]), text)
    return [_position(token) for token in spelled.split()]


def read_notes(text: str) -> list[Note]:
    """``"P0304 C0506"`` as notes."""
    notes = []
    for token in text.split():
        found = _NOTE.match(token)
        if not found:
            raise ValueError(f"no syntax note: {token!r} (write 'P0304')")
        digits = found[2]
        places = (int(digits[at : at + 2]) for at in range(0, len(digits), 2))
        notes.append(Note(found[1], tuple(places)))
    return notes


def read_use(text: str) -> UseNotation:
    """``"REF! 12"`` as a use; without a number the maximum is one."""
    found = _USE.match(text.strip())
    if not found:
        raise ValueError(f"no segment use: {text!r} (write 'TAG', 'TAG! 5' or 'TAG *')")
    limit = found[3]
    maximum = UNLIMITED if limit == "*" else int(limit or 1)
    mark = found[2]
    return UseNotation(found[1], mark == "!", mark == "?", maximum, found[4] or "")


def _position(token: str) -> Position:
    found = _POSITION.match(token)
    if not found:
        raise ValueError(f"no element position: {token!r} (write '350', '330!' or '-')")
    return Position(found[1], found[2] == "!", found[2] == "?", int(found[3] or 1))
