"""From a loop tree to a canonical document, by a map."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from ....dist_connector_base.core.canonical.base import (
    DOCUMENTS,
    path_text,
    problems,
)
from ..guide.tree import Loop
from ..syntax.segment import EDIFACT, Place, Segment, unpack
from .codes import CodeTables
from .filters import FILTERS, UnknownCodeError
from .plan import LoopRule, Rule, SegmentRule, Target
from .result import Mapped, MapProblem

Path = tuple[str | int, ...]


class _Cell:
    """What a filter may know of an element that is read."""

    def __init__(
        self, segment: Segment, element: int, component: int, kind: str, zone: str
    ) -> None:
        self.segment = segment
        self.element = element
        self.component = component
        self.kind = kind
        self.zone = zone
        self.current: Any = None
        self.codes: CodeTables

    def code_in(self, table: str, code: str) -> str:
        return self.codes.canonical(table, code)

    def code_out(self, table: str, value: str) -> str:
        return self.codes.partner(table, value)

    def beside(self) -> str:
        return self.segment.get(self.element, self.component + 1)

    def put_beside(self, text: str) -> None:
        raise TypeError("an element that is read cannot be written")

    def parts(self) -> list[str]:
        found = self.segment.repetitions(self.element)
        return found[0] if found else []


class _Scope:
    """The segments and loops of one loop that are still to be read."""

    def __init__(self, loop: Loop) -> None:
        self.segments: dict[str, list[Segment]] = {}
        self.loops: dict[str, list[Loop]] = {}
        for item in loop.items:
            if isinstance(item, Loop):
                trigger = item.trigger
                if trigger is not None:
                    self.loops.setdefault(trigger.tag, []).append(item)
            else:
                self.segments.setdefault(item.tag, []).append(item)


class TreeReader:
    """Reads one message; made for each message, holds what was found so far.

    :param rules: the compiled map
    :param standard: ``x12`` or ``edifact``
    :param zone: IANA name of the zone of times in the message
    """

    def __init__(
        self, rules: list[Rule], standard: str, codes: CodeTables, zone: str
    ) -> None:
        self._rules = rules
        self._edifact = standard == EDIFACT
        self._codes = codes
        self._zone = zone
        self._problems: list[MapProblem] = []
        self._places: dict[Path, Place] = {}
        self._taken: set[int] = set()

    def data(self, tree: Loop) -> dict[str, Any]:
        """Read the fields of a message as plain canonical data."""
        found: dict[str, Any] = {}
        self._read_rules(self._rules, tree, found, ())
        return found

    def document(self, data: dict[str, Any], doc_type: str) -> Mapped:
        """Check the data as a document; faults know the place they came from."""
        mapped = Mapped(data, problems=self._problems)
        try:
            made = DOCUMENTS[doc_type].model_validate(
                data, context={"zone": self._zone}
            )
        except ValidationError as exc:
            known = {problem.path for problem in mapped.problems}
            places = {path_text(path): place for path, place in self._places.items()}
            for fault in problems(exc):
                if fault.path not in known:
                    mapped.problems.append(
                        MapProblem(fault.path, fault.message, places.get(fault.path))
                    )
        else:
            mapped.document = None if mapped.problems else made
        return mapped

    def unread(self, tree: Loop, ignore: frozenset[str]) -> list[Segment]:
        """Give the segments that no rule took."""
        return [
            segment
            for segment in tree.flat()
            if id(segment) not in self._taken and segment.tag not in ignore
        ]

    def _read_rules(
        self, rules: list[Rule], loop: Loop, data: dict[str, Any], path: Path
    ) -> None:
        self._read_scope(rules, _Scope(loop), data, path)

    def _read_scope(
        self, rules: list[Rule], scope: _Scope, data: dict[str, Any], path: Path
    ) -> None:
        for rule in rules:
            if isinstance(rule, LoopRule):
                self._read_loops(rule, scope, data, path)
            else:
                self._read_segments(rule, scope, data, path)

    def _read_loops(
        self, rule: LoopRule, scope: _Scope, data: dict[str, Any], path: Path
    ) -> None:
        loops = scope.loops.get(rule.tag, [])
        is_own = rule.into is not None or rule.each is not None
        if not loops and not is_own and rule.tag in scope.segments:
            # This release has the segments without a loop around them
            self._read_scope(rule.rules, scope, data, path)
            return
        for loop in _with_nested(loops, rule.tag) if rule.nested else loops:
            trigger = loop.trigger
            if trigger is None or id(trigger) in self._taken:
                continue
            if not self._matches(rule.trigger, trigger):
                continue
            if rule.each is not None:
                inner, inner_path = self._new_entry(data, path, rule.each)
            else:
                inner, inner_path = self._part(data, path, rule.into or ())
            for name, value in rule.where.items():
                self._put(inner, inner_path, tuple(name.split(".")), value, None)
            self._read_rules(rule.rules, loop, inner, inner_path)
            if rule.into is not None:
                return

    def _read_segments(
        self, rule: SegmentRule, scope: _Scope, data: dict[str, Any], path: Path
    ) -> None:
        texts = []
        for segment in self._candidates(rule.tag, scope):
            if id(segment) in self._taken or not self._matches(rule, segment):
                continue
            self._taken.add(id(segment))
            if rule.lines is not None:
                texts.append(self._text_line(rule, segment))
            elif rule.each is not None:
                entry, entry_path = self._new_entry(data, path, rule.each)
                self._read_segment(rule, segment, entry, entry_path)
            else:
                self._read_segment(rule, segment, data, path)
                if not rule.repeat:
                    break
        if texts and rule.lines is not None:
            inner, inner_path = self._part(data, path, rule.lines[:-1])
            held = inner.get(rule.lines[-1])
            text = "\n".join([held, *texts] if held else texts)
            self._put(inner, inner_path, rule.lines[-1:], text, None, force=True)

    def _candidates(self, tag: str, scope: _Scope) -> Iterator[Segment]:
        """Own segments first, then those that open a loop of their own."""
        yield from scope.segments.get(tag, ())
        for loop in scope.loops.get(tag, ()):
            if loop.trigger is not None:
                yield loop.trigger

    def _text_line(self, rule: SegmentRule, segment: Segment) -> str:
        cells: dict[str, Any] = {}
        for address, target in rule.targets:
            text = self._value(segment, address, target, cells, ())
            if text:
                cells[str(address)] = text
        return " ".join(cells.values())

    def _matches(self, rule: SegmentRule, segment: Segment) -> bool:
        return all(
            self._raw(segment, *address) in values
            for address, values in rule.qualifiers
        )

    def _read_segment(
        self, rule: SegmentRule, segment: Segment, data: dict[str, Any], path: Path
    ) -> None:
        for name, value in rule.where.items():
            self._put(data, path, tuple(name.split(".")), value, None)
        if rule.pairs:
            for number in range(rule.pairs.max):
                if self._edifact:
                    value_at = (rule.pairs.at + number, 1)
                    code = segment.get(rule.pairs.at + number, 2)
                else:
                    first = rule.pairs.at + 2 * number
                    value_at = (first + 1, 0)
                    code = self._raw(segment, first, 0)
                if code in rule.pairs.targets:
                    self._read_target(
                        segment, value_at, rule.pairs.targets[code], data, path
                    )
        for address, target in rule.targets:
            self._read_target(segment, address, target, data, path)

    def _read_target(
        self,
        segment: Segment,
        address: tuple[int, int],
        target: Target,
        data: dict[str, Any],
        path: Path,
    ) -> None:
        value = self._value(segment, address, target, data, path)
        if value == "" and target.use.has("position"):
            value = str(next(s for s in reversed(path) if isinstance(s, int)) + 1)
        if value not in (None, ""):
            place = segment.place.at(*address)
            force = target.use.has("clock")
            self._put(data, path, target.use.path, value, place, force=force)

    def _value(
        self,
        segment: Segment,
        address: tuple[int, int],
        target: Target,
        data: dict[str, Any],
        path: Path,
    ) -> Any:
        """Give the filtered value at an element; "" when there is none."""
        value: Any = self._raw(segment, *address)
        if not value:
            return ""
        if target.kind == "number":
            value = value.strip().replace(segment.delimiters.decimal, ".")
        if not target.use.filters:
            return value
        cell = _Cell(segment, *address, target.kind, self._zone)
        cell.codes = self._codes
        cell.current = _look(data, target.use.path)
        try:
            for step in target.use.filters:
                value = FILTERS[step.name].read(value, step.argument, cell)
        except UnknownCodeError as exc:
            self._complain(path + target.use.path, exc, segment, address)
            return ""
        except ValueError as exc:
            self._complain(path + target.use.path, exc, segment, address)
            return ""
        return value

    def _raw(self, segment: Segment, element: int, component: int) -> str:
        # X12 data may hold the component separator inside a simple element
        if component == 0 and not self._edifact:
            return unpack(segment.element(element)).rstrip(" ")
        return segment.get(element, component or 1)

    def _complain(
        self, path: Path, exc: ValueError, segment: Segment, address: tuple[int, int]
    ) -> None:
        table = getattr(exc, "table", "")
        code = getattr(exc, "value", "")
        place = segment.place.at(*address)
        self._problems.append(MapProblem(path_text(path), str(exc), place, table, code))

    def _put(
        self,
        data: dict[str, Any],
        path: Path,
        field_path: tuple[str, ...],
        value: Any,
        place: Place | None,
        force: bool = False,
    ) -> None:
        """Set a field; what came first stays, as people read from the top."""
        inner, inner_path = self._part(data, path, field_path[:-1])
        name = field_path[-1]
        if force or inner.get(name) in (None, ""):
            inner[name] = value
            if place:
                self._places[(*inner_path, name)] = place

    def _part(
        self, data: dict[str, Any], path: Path, steps: tuple[str, ...]
    ) -> tuple[dict[str, Any], Path]:
        for step in steps:
            data = data.setdefault(step, {})
            path = (*path, step)
        return data, path

    def _new_entry(
        self, data: dict[str, Any], path: Path, steps: tuple[str, ...]
    ) -> tuple[dict[str, Any], Path]:
        inner, inner_path = self._part(data, path, steps[:-1])
        entries = inner.setdefault(steps[-1], [])
        entries.append({})
        return entries[-1], (*inner_path, steps[-1], len(entries) - 1)


def _with_nested(loops: list[Loop], tag: str) -> Iterator[Loop]:
    for loop in loops:
        for inside in loop.walk():
            if inside.trigger is not None and inside.trigger.tag == tag:
                yield inside


def _look(data: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data
