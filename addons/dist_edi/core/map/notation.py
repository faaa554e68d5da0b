"""The notation of map files: what stands at one element of a segment.

=========================== ====================================================
``order_number``            the field; ``address.city`` a field of a part of it;
                            ``.`` the entry of a list itself
``order_date | date``       the field through filters, see ``filters.py``
``unit | code unit | if 2`` written only beside a value in element 2
``is ST``                   the segment is meant only where ST stands here; ST is
                            written. ``is VN|VP`` takes both and writes the first,
                            ``is EN|`` takes nothing as well
``write 00``                written; whatever stands there is taken when reading
``write KG if 7``           written only beside a value in element 7
``count PO1``               how many PO1 were written before, for CTT and CNT
``sum lines.quantity``      the sum of a field over a list
``number HL``               the next number of a counter (HL01, LX01, CPS01)
``parent HL``               the number of the loop around this one
``children HL``             1 when loops of the counter follow inside, else 0
=========================== ====================================================
"""

import re
from typing import NamedTuple

from .filters import FILTERS

_FIELD = re.compile(r"(\.|[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)\Z")
_COMPUTED = re.compile(r"(count|number|parent|children|sum) (\S+)\Z")


class Is(NamedTuple):
    """A qualifier: decides whether a segment is meant."""

    values: tuple[str, ...]


class Write(NamedTuple):
    """A constant that is only written, where it says so only beside a value."""

    value: str
    beside: tuple[int, int] | None = None


class Computed(NamedTuple):
    """Something counted while writing; nothing is read from it."""

    kind: str
    argument: str


class Filter(NamedTuple):
    """One step of translation with its argument."""

    name: str
    argument: str


class FieldUse(NamedTuple):
    """A canonical field: its path, and the filters from wire to field."""

    path: tuple[str, ...]
    filters: tuple[Filter, ...] = ()

    def has(self, name: str) -> bool:
        """Whether a filter of that name is applied."""
        return any(step.name == name for step in self.filters)


Expression = Is | Write | Computed | FieldUse


def read_expression(text: object) -> Expression:
    """Read one expression; ValueError says what is wrong with it."""
    if not isinstance(text, str):
        raise ValueError(f"{text!r} is not a field or a constant; quote codes")
    if text.startswith("is "):
        return Is(tuple(text[3:].strip().split("|")))
    if text.startswith("write "):
        value, _, address = text[6:].partition(" if ")
        return Write(value.strip(), read_address(address) if address else None)
    if found := _COMPUTED.match(text):
        return Computed(found[1], found[2])
    field, *steps = (part.strip() for part in text.split("|"))
    return FieldUse(read_path(field), tuple(_read_filter(step) for step in steps))


def read_path(text: str) -> tuple[str, ...]:
    """Read a field path: ``address.city``; ``.`` is the empty path."""
    if not _FIELD.match(text):
        raise ValueError(f"{text!r} is not a field such as 'order_date | date'")
    return () if text == "." else tuple(text.split("."))


def _read_filter(text: str) -> Filter:
    name, _, argument = text.partition(" ")
    if name not in FILTERS:
        known = ", ".join(sorted(FILTERS))
        raise ValueError(f"there is no filter {name!r}; there are {known}")
    return Filter(name, argument.strip())


def read_address(text: object) -> tuple[int, int]:
    """Read an element address: ``3`` or ``3.2``; component 0 is the whole element."""
    element, _, component = str(text).partition(".")
    if not element.isdigit() or (component and not component.isdigit()):
        raise ValueError(f"{text!r} is not an element such as 3 or 3.2")
    return int(element), int(component or 0)
