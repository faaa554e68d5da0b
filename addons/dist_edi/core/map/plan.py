"""A map made ready: entries resolved against the canonical document they fill.

Every field a map names must exist in the document, or the map is refused with file,
line and path when it is loaded, not when the first order comes.
"""

import datetime as dt
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import BaseModel

from ....dist_connector_base.core.errors import ConfigurationError
from . import notation
from .notation import FieldUse, Is
from .schema import Codes, Entry, LoopEntry, SegmentEntry, UseEntry

Address = tuple[int, int]
Complain = Callable[[str, Entry], ConfigurationError]


class Target(NamedTuple):
    """A field at an element.

    :ivar kind: ``number``, ``day``, ``moment`` or ``text``
    :ivar beside: elements of which one must be filled for this one to be written
    :ivar otherwise: what is written where the field is empty
    """

    use: FieldUse
    kind: str
    beside: tuple[Address, ...] = ()
    otherwise: str = ""


class PairRule(NamedTuple):
    """Qualified values that start at an element."""

    at: int
    max: int
    targets: dict[str, Target]


@dataclass
class SegmentRule:
    """One segment of the message and the fields in it."""

    tag: str
    qualifiers: list[tuple[Address, tuple[str, ...]]] = field(default_factory=list)
    targets: list[tuple[Address, Target]] = field(default_factory=list)
    constants: list[tuple[Address, notation.Write]] = field(default_factory=list)
    computed: list[tuple[Address, notation.Computed]] = field(default_factory=list)
    pairs: PairRule | None = None
    each: tuple[str, ...] | None = None
    lines: tuple[str, ...] | None = None
    width: int = 70
    where: dict[str, Any] = field(default_factory=dict)
    repeat: bool = False
    always: bool = False


@dataclass
class LoopRule:
    """One loop of the message; ``rules[0]`` is the segment that opens it."""

    tag: str
    rules: list["Rule"]
    into: tuple[str, ...] | None = None
    each: tuple[str, ...] | None = None
    where: dict[str, Any] = field(default_factory=dict)
    nested: bool = False

    @property
    def trigger(self) -> SegmentRule:
        """The rule of the opening segment."""
        first = self.rules[0]
        assert isinstance(first, SegmentRule)
        return first


Rule = SegmentRule | LoopRule


class Compiler:
    """Resolves the entries of one map.

    :param fragments: entries that several places share, by name
    :param codes: the code tables that ``| code TABLE`` may name
    :param complain: makes the error for an entry, with file and line
    """

    def __init__(
        self, fragments: dict[str, list[Entry]], codes: Codes, complain: Complain
    ) -> None:
        self._fragments = fragments
        self._codes = codes
        self._complain = complain

    def rules(self, entries: list[Entry], model: type[BaseModel]) -> list[Rule]:
        """Resolve entries against the model whose fields they fill.

        :raises ConfigurationError: naming file, line and path
        """
        return list(self._rules(entries, model, depth=0))

    def _rules(
        self, entries: list[Entry], model: type[BaseModel] | None, depth: int
    ) -> Iterator[Rule]:
        for entry in entries:
            try:
                if isinstance(entry, UseEntry):
                    if entry.use not in self._fragments or depth > 20:
                        raise ValueError(f"there is no fragment {entry.use!r}")
                    yield from self._rules(self._fragments[entry.use], model, depth + 1)
                elif isinstance(entry, LoopEntry):
                    yield self._loop(entry, model, depth)
                else:
                    yield self._segment(entry, model)
            except ValueError as exc:
                raise self._complain(str(exc), entry) from exc

    def _loop(self, entry: LoopEntry, model: Any, depth: int) -> LoopRule:
        inner = model
        if entry.each is not None:
            inner = _list_item(_held(model, entry.each), entry.each)
        elif entry.into is not None:
            inner = _held(model, entry.into)
        _check_where(entry.where, inner)
        return LoopRule(
            tag=entry.loop,
            rules=list(self._rules(entry.segments, inner, depth)),
            into=entry.into,
            each=entry.each,
            where=dict(entry.where),
            nested=entry.nested,
        )

    def _segment(self, entry: SegmentEntry, model: Any) -> SegmentRule:
        if entry.each is not None:
            model = _list_item(_held(model, entry.each), entry.each)
        if entry.lines is not None:
            model = _held(model, entry.lines)
        rule = SegmentRule(
            entry.segment,
            each=entry.each,
            lines=entry.lines,
            width=entry.width,
            where=dict(entry.where),
            repeat=entry.repeat,
            always=entry.always,
        )
        for address, codes in entry.only.items():
            rule.qualifiers.append((address, tuple(codes)))
        _check_where(entry.where, model)
        for address, held in entry.elements:
            if isinstance(held, Is):
                rule.qualifiers.append((address, held.values))
                rule.constants.append((address, notation.Write(held.values[0])))
            elif isinstance(held, notation.Write):
                rule.constants.append((address, held))
            elif isinstance(held, notation.Computed):
                rule.computed.append((address, held))
            else:
                rule.targets.append((address, self._target(held, model)))
        if entry.pairs:
            fields = {
                code: self._target(use, model)
                for code, use in entry.pairs.fields.items()
            }
            rule.pairs = PairRule(entry.pairs.at, entry.pairs.max, fields)
        return rule

    def _target(self, use: Any, model: Any) -> Target:
        if not isinstance(use, FieldUse):
            raise ValueError("a constant cannot stand here")
        kind = _kind(_held(model, use.path))
        for step in use.filters:
            if step.name == "code" and step.argument not in self._codes:
                raise ValueError(f"there is no code table {step.argument!r}")
        says_how = use.has("date") or use.has("dtm") or use.has("clock")
        if kind in ("day", "moment") and not says_how:
            raise ValueError(f"{'.'.join(use.path)} is a date: say '| date'")
        given = {step.name: step.argument for step in use.filters}
        steps = tuple(step for step in use.filters if step.name not in ("if", "or"))
        return Target(
            use._replace(filters=steps),
            kind,
            tuple(map(notation.read_address, given.get("if", "").split())),
            given.get("or", ""),
        )


def _bare(annotation: Any) -> Any:
    """Take Annotated and ``| None`` off a type."""
    while True:
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            annotation = typing.get_args(annotation)[0]
        elif origin in (typing.Union, types.UnionType):
            inner = [
                arg for arg in typing.get_args(annotation) if arg is not type(None)
            ]
            annotation = inner[0]
        else:
            return annotation


def _held(model: Any, path: tuple[str, ...]) -> Any:
    """Give the type of a field; ValueError when the document has no such field."""
    held = _bare(model)
    for step in path:
        fields = getattr(held, "model_fields", {})
        if step not in fields:
            where = getattr(held, "__name__", "a plain value")
            raise ValueError(f"{where} has no field {step!r}")
        held = _bare(fields[step].annotation)
    return held


def _list_item(held: Any, path: tuple[str, ...]) -> Any:
    if typing.get_origin(held) is not list:
        raise ValueError(f"{'.'.join(path)} is not a list")
    return _bare(typing.get_args(held)[0])


def _check_where(where: dict[str, Any], model: Any) -> None:
    for name in where:
        _held(model, notation.read_path(name))


def _kind(held: Any) -> str:
    if held in (Decimal, int):
        return "number"
    if held is dt.datetime:
        return "moment"
    if held is dt.date:
        return "day"
    if typing.get_origin(held) is list or (
        isinstance(held, type) and issubclass(held, BaseModel)
    ):
        raise ValueError("a list or a group of fields cannot stand in one element")
    return "text"
