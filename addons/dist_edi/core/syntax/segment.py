"""One segment of an interchange, where it stands, and what separates its parts.

A segment keeps the text it was read from and takes it apart on demand: most segments
of a large file are only counted, checked by one pattern, or looked at in one place.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, count, repeat
from typing import NamedTuple

X12 = "x12"
EDIFACT = "edifact"

#: A released (escaped) character is held as one private-use character, so that
#: splitting at a delimiter never cuts data: ``?+`` is ``chr(RELEASED + ord("+"))``.
RELEASED = 0xE000
_RELEASED_TABLE = {RELEASED + code: code for code in range(256)}

#: An element: text, a composite (list of components), or a list of repetitions,
#: each of which is a list of components.
ElementValue = str | Sequence[str] | Sequence[Sequence[str]]


def unpack(value: str) -> str:
    """Give data as people mean it: released characters stand for themselves."""
    if value.isascii():
        return value
    return value.translate(_RELEASED_TABLE)


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The characters that separate parts of an interchange; "" where there is none.

    ``segment`` may be longer than one character (CR LF). ``decimal`` is EDIFACT's
    decimal mark as UNA states it.
    """

    element: str
    component: str
    segment: str
    repetition: str = ""
    release: str = ""
    decimal: str = "."

    def all(self) -> str:
        """Every delimiting character that data may not carry unreleased."""
        return self.element + self.component + self.segment + self.repetition


#: Delimiters of segments that were made, not read: data never contains them.
MADE = Delimiters(element="\uf8f0", component="\uf8f1", segment="", repetition="\uf8f2")


class Place(NamedTuple):
    """Where something is. Ordinals count from 1 within their parent; 0 is "not in one".

    ``segment`` counts within the transaction (ST or UNH is 1); ``offset`` is the byte
    at which the segment starts in the file; ``element``, ``component`` and
    ``repetition`` count from 1, 0 meaning "the whole".
    """

    interchange: int = 0
    group: int = 0
    transaction: int = 0
    segment: int = 0
    offset: int = 0
    tag: str = ""
    element: int = 0
    component: int = 0
    repetition: int = 0

    def at(self, element: int, component: int = 0, repetition: int = 0) -> "Place":
        """The same segment, at one of its elements."""
        return self._replace(
            element=element, component=component, repetition=repetition
        )

    def __str__(self) -> str:
        parts = [
            f"{name} {number}"
            for name, number in zip(
                ("interchange", "group", "transaction", "segment"), self, strict=False
            )
            if number
        ]
        tag = self.tag
        if tag and self.element:
            tag += f"{self.element:02d}"
            tag += f"-{self.component}" if self.component else ""
        repetition = [f"repetition {self.repetition}"] if self.repetition else []
        return ", ".join(
            parts + ([tag] if tag else []) + repetition + [f"byte {self.offset}"]
        )


class Scope(NamedTuple):
    """What the segments of one transaction (or of the envelope) have in common."""

    standard: str = ""
    delimiters: Delimiters = MADE
    interchange: int = 0
    group: int = 0
    transaction: int = 0


@dataclass(eq=False, slots=True)
class Run:
    """Consecutive segments of one transaction, cut from the same piece of the file.

    Iterating gives :class:`Segment`. ``raws`` is their bare text and :meth:`split`
    their elements, for checks that look at every segment of a large file.

    :param raws: the segments without terminator, released characters packed
    :param first: number of the first segment within its transaction
    :param offset: byte offset of the first segment
    :param separator: what stood between segments
    :param wire: the text as long as its bytes, where ``raws`` are shorter
    :param starts: byte offset of every segment, where that cannot be counted
    """

    raws: list[str]
    scope: Scope
    first: int = 1
    offset: int = 0
    separator: str = ""
    wire: str = ""
    starts: list[int] | None = None

    def __len__(self) -> int:
        return len(self.raws)

    def __iter__(self) -> Iterator["Segment"]:
        return map(Segment, zip(self.raws, count(self.first), repeat(self)))

    def split(self) -> Iterator[list[str]]:
        """Tag and elements of each segment (as :attr:`Segment.elements`)."""
        return map(str.split, self.raws, repeat(self.scope.delimiters.element))

    @property
    def last(self) -> "Segment":
        """The last segment."""
        return Segment((self.raws[-1], self.first + len(self.raws) - 1, self))

    @property
    def offsets(self) -> list[int]:
        """Byte offset of every segment of the run."""
        if self.starts is None:
            texts = self.wire.split(self.separator) if self.wire else self.raws
            steps = map(len(self.separator).__add__, map(len, texts))
            self.starts = list(accumulate(steps, initial=self.offset))
        return self.starts


class _Cut(NamedTuple):
    raw: str
    number: int
    run: Run


class Segment(_Cut):
    """One segment: ``raw`` text, ``number`` within its transaction, and its ``run``.

    ``raw`` carries no terminator; released characters in it are packed (see
    :func:`unpack`), so that a pattern over ``raw`` may trust the delimiters of
    ``segment.delimiters``. :meth:`get` and :meth:`values` give unpacked data.
    """

    __slots__ = ()
    # Segments are made by the million in Run.__iter__; the generated constructor of a
    # named tuple is Python code, the one of tuple is not.
    __new__ = tuple.__new__

    @classmethod
    def of(cls, tag: str, *elements: ElementValue, number: int = 0) -> "Segment":
        """Make a segment from data, for writing.

        :param tag: the segment tag, such as ``BEG``
        :param elements: one value for each element (see :data:`ElementValue`); empty
            ones at the end are left out
        :param number: position within the transaction, if known
        """
        raw = MADE.element.join([tag, *map(_join_element, elements)])
        raw = raw.rstrip(MADE.element)
        return cls((raw, number, Run([raw], _MADE_SCOPE, number)))

    @property
    def scope(self) -> Scope:
        """Standard, delimiters and ordinals of interchange, group and transaction."""
        return self.run.scope

    @property
    def delimiters(self) -> Delimiters:
        """Delimiters of ``raw``."""
        return self.run.scope.delimiters

    @property
    def elements(self) -> list[str]:
        """Tag and elements as text, composites not taken apart, data packed."""
        return self.raw.split(self.run.scope.delimiters.element)

    @property
    def tag(self) -> str:
        """The segment tag (without EDIFACT's explicit nesting indicators)."""
        delimiters = self.run.scope.delimiters
        tag = self.raw.partition(delimiters.element)[0]
        if delimiters.component and delimiters.component in tag:
            tag = tag.partition(delimiters.component)[0]
        return tag

    @property
    def offset(self) -> int:
        """Byte offset of the segment in the file."""
        index = self.number - self.run.first
        return self.run.offsets[index] if index else self.run.offset

    @property
    def place(self) -> Place:
        """Where the segment stands; ``place.at(3)`` is its third element."""
        scope = self.run.scope
        return Place(
            scope.interchange,
            scope.group,
            scope.transaction,
            self.number,
            self.offset,
            self.tag,
        )

    def __len__(self) -> int:
        """Number of elements that were sent, the tag not counted."""
        return self.raw.count(self.run.scope.delimiters.element)

    def element(self, element: int) -> str:
        """The text of one element (1-based), "" if it was not sent; data packed."""
        elements = self.elements
        return elements[element] if element < len(elements) else ""

    def get(self, element: int, component: int = 1, repetition: int = 1) -> str:
        """Give the data at one place, "" if it was not sent. All counts from 1."""
        delimiters = self.run.scope.delimiters
        elements = self.raw.split(delimiters.element)
        if element >= len(elements):
            return ""
        value = elements[element]
        if delimiters.repetition and delimiters.repetition in value:
            value = _nth(value, delimiters.repetition, repetition)
        elif repetition > 1:
            return ""
        if delimiters.component and delimiters.component in value:
            value = _nth(value, delimiters.component, component)
        elif component > 1:
            return ""
        return unpack(value)

    def repetitions(self, element: int) -> list[list[str]]:
        """Every repetition of one element as its components; [] if it was not sent."""
        value = self.element(element)
        if not value:
            return []
        delimiters = self.run.scope.delimiters
        parts = value.split(delimiters.repetition) if delimiters.repetition else [value]
        return [
            [
                unpack(component)
                for component in (
                    part.split(delimiters.component) if delimiters.component else [part]
                )
            ]
            for part in parts
        ]

    def values(self) -> list[list[list[str]]]:
        """All elements as repetitions of components, trailing empties left out.

        Two segments carry the same data exactly when tags and values are equal,
        whatever their delimiters.
        """
        values = [
            [_trim(components, "") for components in self.repetitions(number)]
            for number in range(1, len(self) + 1)
        ]
        return _trim([_trim(repetitions, []) for repetitions in values], [])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Segment):
            return NotImplemented
        if self.raw == other.raw and self.delimiters == other.delimiters:
            return True
        return self.tag == other.tag and self.values() == other.values()

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.tag)

    def __str__(self) -> str:
        return "*".join(
            [self.tag]
            + [
                "^".join(":".join(part) for part in repetitions)
                for repetitions in self.values()
            ]
        )


_MADE_SCOPE = Scope()
_PRIVATE = re.compile("[\ue000-\ue0ff\uf8f0-\uf8ff]")


def _nth(value: str, delimiter: str, number: int) -> str:
    parts = value.split(delimiter)
    return parts[number - 1] if number <= len(parts) else ""


def _trim(values: list, empty: object) -> list:
    while values and values[-1] == empty:
        values.pop()
    return values


def _join_element(value: ElementValue) -> str:
    if isinstance(value, str):
        return _without_private(value)
    if value and not isinstance(value[0], str):
        text = MADE.repetition.join(map(_join_element, value))
        return text.rstrip(MADE.repetition)
    return MADE.component.join(map(_without_private, value)).rstrip(MADE.component)


def _without_private(value: str) -> str:
    """Data that holds the private characters of this module could not be told apart."""
    return value if value.isascii() else _PRIVATE.sub("\ufffd", value)
