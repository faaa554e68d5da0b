"""From a canonical document to the segments of a message, by a map."""

import datetime as dt
import textwrap
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ....dist_connector_base.core.canonical.base import (
    Part,
    decimal_text,
    defaults,
    path_text,
)
from ....dist_connector_base.core.errors import DistError
from ..syntax.segment import EDIFACT, Segment
from .codes import CodeTables
from .filters import FILTERS, UnknownCodeError
from .plan import LoopRule, PairRule, Rule, SegmentRule, Target
from .result import MapProblem

Path = tuple[str | int, ...]
Values = dict[tuple[int, int], str]


@dataclass
class Written:
    """What a map made of a document.

    :ivar segments: the message's segments, without ST/SE or UNH/UNT
    :ivar unmapped: fields of the document that the message has no place for
    """

    segments: list[Segment]
    problems: list[MapProblem] = field(default_factory=list)
    unmapped: list[str] = field(default_factory=list)

    def require(self) -> list[Segment]:
        """Give the segments.

        :raises MappingError: when a code has no counterpart at the partner
        :raises DataError: when a value cannot be written
        """
        if self.problems:
            first: DistError = self.problems[0].error()
            first.message = "; ".join(str(problem) for problem in self.problems[:20])
            first.args = (first.message,)
            raise first
        return self.segments


@dataclass
class _Draft:
    tag: str
    values: Values
    has_data: bool


class _Cell:
    """What a filter may know of an element that is written."""

    def __init__(self, values: Values, address: tuple[int, int], kind: str) -> None:
        self.values = values
        self.address = address
        self.kind = kind
        self.zone = "UTC"
        self.current: Any = None
        self.codes: CodeTables

    def code_in(self, table: str, code: str) -> str:
        return self.codes.canonical(table, code)

    def code_out(self, table: str, value: str) -> str:
        return self.codes.partner(table, value)

    def beside(self) -> str:
        return ""

    def put_beside(self, text: str) -> None:
        element, component = self.address
        self.values[element, component + 1] = text

    def parts(self) -> list[str]:
        return []


class DocumentWriter:
    """Writes one document; made for each document."""

    def __init__(
        self, rules: list[Rule], standard: str, codes: CodeTables, zone: str
    ) -> None:
        self._rules = rules
        self._edifact = standard == EDIFACT
        self._codes = codes
        self._zone = zone
        self._drafts: list[_Draft] = []
        self._counters: dict[str, int] = {}
        self._around: dict[str, list[int]] = {}
        self._problems: list[MapProblem] = []
        self._used: set[Path] = set()
        self._data: dict[str, Any] = {}

    def write(self, data: dict[str, Any]) -> Written:
        """Write plain canonical data (of a valid document) as segments."""
        self._data = data
        self._write_rules(self._rules, data, ())
        segments = [_segment(draft) for draft in self._drafts]
        return Written(segments, self._problems, [])

    def unmapped(self, meant: set[Path]) -> list[str]:
        """Give those of the meant fields that were not written."""
        return [path_text(path) for path in sorted(meant - self._used, key=str)]

    def unmapped_names(self, meant: set[Path]) -> list[str]:
        """Give the meant fields that were written nowhere under their name.

        For regrouped data, where a field's path in the message is another one.
        """
        names = {path[-1] for path in self._used}
        return self.unmapped({path for path in meant if path[-1] not in names})

    def _write_rules(self, rules: list[Rule], data: Any, path: Path) -> None:
        for rule in rules:
            if isinstance(rule, LoopRule):
                self._write_loops(rule, data, path)
            else:
                self._write_segments(rule, data, path)

    def _write_loops(self, rule: LoopRule, data: Any, path: Path) -> None:
        if rule.each is not None:
            for number, entry in enumerate(_look(data, rule.each) or []):
                self._write_loop(rule, entry, (*path, *rule.each, number))
        else:
            steps = rule.into or ()
            self._write_loop(rule, _look(data, steps), (*path, *steps))

    def _write_loop(self, rule: LoopRule, data: Any, path: Path) -> None:
        if not _has_content(data) or not self._is_meant(rule.where, data, path):
            return
        before = len(self._drafts)
        own = {
            held.argument: self._counters.get(held.argument, 0) + 1
            for _at, held in rule.trigger.computed
            if held.kind == "number"
        }
        counters = dict(self._counters)
        self._write_segment(rule.trigger, data, path, force=True)
        for counter, number in own.items():
            self._around.setdefault(counter, []).append(number)
        self._write_rules(rule.rules[1:], data, path)
        for counter in own:
            self._around[counter].pop()
        is_own = rule.into is not None or rule.each is not None
        stays = is_own or rule.trigger.always or self._drafts[before].has_data
        if not (stays or self._drafts[before + 1 :]):
            # A loop without a part of its own exists for what its segments hold
            self._drafts.pop()
            self._counters = counters
            return
        for address, held in rule.trigger.computed:
            if held.kind == "children":
                inside = self._counters.get(held.argument, 0) > own[held.argument]
                self._drafts[before].values[address] = "1" if inside else "0"

    def _write_segments(self, rule: SegmentRule, data: Any, path: Path) -> None:
        if rule.each is not None:
            for number, entry in enumerate(_look(data, rule.each) or []):
                entry_path = (*path, *rule.each, number)
                if self._is_meant(rule.where, entry, entry_path):
                    self._write_segment(rule, entry, entry_path)
        elif rule.lines is not None:
            text = _look(data, rule.lines) or ""
            self._used.add((*path, *rule.lines))
            for line in text.splitlines():
                # A blank line has no counterpart in a message
                for piece in textwrap.wrap(line, rule.width):
                    self._write_segment(rule, piece, (*path, *rule.lines))
        elif self._is_meant(rule.where, data, path):
            self._write_segment(rule, data, path)

    def _is_meant(self, where: dict[str, Any], data: Any, path: Path) -> bool:
        for name, value in where.items():
            steps = tuple(name.split("."))
            if _look(data, steps) != value:
                return False
            self._used.add((*path, *steps))
        return True

    def _write_segment(
        self, rule: SegmentRule, data: Any, path: Path, force: bool = False
    ) -> None:
        """Write a segment if it holds a field, or must be there."""
        values: Values = {}
        for address, target in rule.targets:
            text = self._text(target, data, path, values, address)
            if text:
                values[address] = text
        if rule.pairs:
            self._write_pairs(rule.pairs, data, path, values)
        self._leave_out(rule, values, path)
        has_data = bool(values)
        if not (has_data or force or rule.always) and (rule.targets or rule.pairs):
            return
        for address, target in rule.targets:
            if target.otherwise and _is_beside(target, values):
                values.setdefault(address, target.otherwise)
        for address, constant in rule.constants:
            if constant.beside is None or values.get(constant.beside):
                values.setdefault(address, constant.value)
        for address, held in rule.computed:
            values[address] = self._computed(held.kind, held.argument)
        self._drafts.append(_Draft(rule.tag, values, has_data))

    def _leave_out(self, rule: SegmentRule, values: Values, path: Path) -> None:
        """Take out what says nothing alone: a unit without its quantity."""
        for address, target in rule.targets:
            if address in values and not _is_beside(target, values):
                del values[address]
                self._used.discard((*path, *target.use.path))

    def _write_pairs(
        self, pairs: PairRule, data: Any, path: Path, values: Values
    ) -> None:
        number = 0
        written: set[tuple[str, ...]] = set()
        for code, target in pairs.targets.items():
            if target.use.path in written:
                continue
            first = pairs.at + (number if self._edifact else 2 * number)
            at = (first, 1) if self._edifact else (first + 1, 0)
            text = self._text(target, data, path, values, at)
            if not text:
                continue
            if number >= pairs.max:
                self._used.discard((*path, *target.use.path))
                break
            values[at] = text
            values[(first, 2) if self._edifact else (first, 0)] = code
            written.add(target.use.path)
            number += 1

    def _text(
        self,
        target: Target,
        data: Any,
        path: Path,
        values: Values,
        address: tuple[int, int],
    ) -> str:
        """Give a field as text, "" when there is nothing to write."""
        value = _look(data, target.use.path)
        if value in (None, "") or target.use.has("read"):
            return ""
        cell = _Cell(values, address, target.kind)
        cell.zone = self._zone
        cell.codes = self._codes
        full_path = (*path, *target.use.path)
        try:
            for step in reversed(target.use.filters):
                value = FILTERS[step.name].write(value, step.argument, cell)
                if value is None:
                    return ""
        except UnknownCodeError as exc:
            self._problems.append(
                MapProblem(path_text(full_path), str(exc), None, exc.table, exc.value)
            )
            return ""
        except ValueError as exc:
            self._problems.append(MapProblem(path_text(full_path), str(exc)))
            return ""
        self._used.add(full_path)
        return _plain(value)

    def _computed(self, kind: str, argument: str) -> str:
        if kind == "count":
            return str(sum(draft.tag == argument for draft in self._drafts))
        if kind == "sum":
            return decimal_text(_sum(self._data, argument.split(".")))
        if kind == "number":
            self._counters[argument] = self._counters.get(argument, 0) + 1
            return str(self._counters[argument])
        around = self._around.get(argument)
        return str(around[-1]) if kind == "parent" and around else ""


def meant_paths(value: Any, path: Path = ()) -> set[Path]:
    """Give the paths of all fields of a document that differ from their default."""
    if isinstance(value, Part):
        found: set[Path] = set()
        cls = type(value)
        usual = defaults(cls)
        for name in cls.model_fields:
            held = getattr(value, name)
            is_usual = name in usual and held == usual[name]
            if name not in cls.volatile and not is_usual:
                found |= meant_paths(held, (*path, name))
        return found
    if isinstance(value, list):
        return set().union(
            *(meant_paths(held, (*path, at)) for at, held in enumerate(value))
        )
    return {path}


def _is_beside(target: Target, values: Values) -> bool:
    return not target.beside or any(values.get(at) for at in target.beside)


def _segment(draft: _Draft) -> Segment:
    elements: list[str | list[str]] = []
    filled = {address: text for address, text in draft.values.items() if text}
    for element in range(1, max((at[0] for at in filled), default=0) + 1):
        inside = {at[1]: text for at, text in filled.items() if at[0] == element}
        if set(inside) <= {0}:
            elements.append(inside.get(0, ""))
        else:
            width = max(inside)
            whole = inside.pop(0, "")
            parts = [inside.get(number, "") for number in range(1, width + 1)]
            parts[0] = parts[0] or whole
            elements.append(parts if width > 1 else parts[0])
    return Segment.of(draft.tag, *elements)


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, (dt.date, dt.datetime)):
        raise TypeError("a date needs a filter that says how it is written")
    return str(value)


def _look(data: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data


def _has_content(data: Any) -> bool:
    if isinstance(data, dict):
        return any(_has_content(held) for held in data.values())
    if isinstance(data, list):
        return any(_has_content(held) for held in data)
    return data not in (None, "")


def _sum(data: Any, steps: list[str]) -> Decimal:
    if isinstance(data, list):
        return sum((_sum(held, steps) for held in data), Decimal(0))
    if not steps:
        return data if isinstance(data, Decimal) else Decimal(0)
    return _sum(data.get(steps[0]), steps[1:]) if isinstance(data, dict) else Decimal(0)
