"""Rules over several segments: counts, sums, hash totals, companions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from ..syntax.findings import Severity
from ..syntax.segment import Place, Segment
from . import schema
from .diagnosis import Report
from .tree import Loop

_PATH = re.compile(
    r"(?:(?P<loops>.*)/)?(?P<tag>[A-Z][A-Z0-9]{1,2})"
    r"(?:\[(?P<at>\d+(?:-\d+)?)=(?P<values>[^\]]*)\])?"
    r"(?:-(?P<element>\d+)(?:-(?P<component>\d+))?(?::N(?P<decimals>\d))?)?\Z"
)

ZERO = Decimal(0)


@dataclass(frozen=True)
class ValuePath:
    """``PO1/PO1-02``: loops, segment, ``[01=A|B]`` condition, element, component.

    ``:N2`` after the element says how many decimals are implied.
    """

    loops: str
    tag: str
    condition: tuple[int, int, frozenset[str]] | None
    element: int
    component: int
    decimals: int

    @classmethod
    @lru_cache(maxsize=1024)
    def read(cls, text: str) -> ValuePath:
        """Take a path apart; ValueError if it is none."""
        found = _PATH.match(text)
        if not found:
            raise ValueError(f"no value path: {text!r} (write 'PO1/PO1-02')")
        condition = None
        if found["at"]:
            place, _, component = found["at"].partition("-")
            condition = (
                int(place),
                int(component or 1),
                frozenset(found["values"].split("|")),
            )
        return cls(
            found["loops"] or ".",
            found["tag"],
            condition,
            int(found["element"] or 0),
            int(found["component"] or 1),
            int(found["decimals"] or 0),
        )

    def segments(self, found: list[Loop]) -> Iterator[Segment]:
        """The segments that the path names in the loops found at ``loops``."""
        if self.is_trigger:
            yield from (loop.items[0] for loop in found)
        else:
            for loop in found:
                yield from self.own(loop)

    @property
    def is_trigger(self) -> bool:
        """Whether it names the segment that opens a loop: first in it, only there."""
        return self.condition is None and self.loops.endswith(self.tag)

    def count(self, found: list[Loop]) -> int:
        """How many segments the path names."""
        return len(found) if self.is_trigger else sum(1 for _ in self.segments(found))

    def own(self, loop: Loop) -> Iterator[Segment]:
        """Those that stand in one loop."""
        for segment in loop.all(self.tag):
            if (
                self.condition is None
                or segment.get(*self.condition[:2]) in self.condition[2]
            ):
                yield segment

    def text(self, segment: Segment) -> str:
        """The value in one segment."""
        return segment.get(self.element, self.component)

    def number(self, segment: Segment, decimal: str) -> Decimal | None:
        """The value as a number, or None where it is none."""
        try:
            value = Decimal(self.text(segment).replace(decimal, "."))
        except InvalidOperation:
            return None
        return value.scaleb(-self.decimals) if value.is_finite() else None

    def place(self, segment: Segment) -> Place:
        """Where the value stands."""
        return segment.place.at(self.element)


def check_rules(
    rules: tuple[schema.Rule, ...], tree: Loop, report: Report, decimal: str
) -> None:
    """Report every rule that the document breaks."""
    check = _RuleCheck(tree, report, decimal)
    for rule in rules:
        if rule.severity != "off":
            check.check(rule)


@dataclass
class _RuleCheck:
    tree: Loop
    report: Report
    decimal: str
    _found: dict[str, list[Loop]] = field(default_factory=dict)

    def check(self, rule: schema.Rule) -> None:
        if isinstance(rule, schema.CountRule):
            stated = self._stated(rule)
            if stated:
                of = ValuePath.read(rule.of)
                counted = of.count(self._loops(of))
                self._compare(rule, stated, Decimal(counted))
        elif isinstance(rule, schema.SumRule):
            stated = self._stated(rule)
            total = self._sum(rule) if stated else None
            if total is not None:
                wanted = total % 10**rule.digits if rule.digits else total
                self._compare(rule, stated, wanted, Decimal(rule.tolerance))
        elif isinstance(rule, schema.SameRule):
            self._same(rule, Severity(rule.severity))
        else:
            self._requires(rule, Severity(rule.severity))

    def _loops(self, path: ValuePath) -> list[Loop]:
        found = self._found.get(path.loops)
        if found is None:
            found = self._found[path.loops] = self.tree.find(path.loops)
        return found

    def _segments(self, path: ValuePath) -> Iterator[Segment]:
        return path.segments(self._loops(path))

    def _stated(self, rule: schema.CountRule | schema.SumRule) -> list[Segment]:
        """Where the document states the value at all; most rules end here."""
        at = ValuePath.read(rule.at)
        return [segment for segment in self._segments(at) if at.text(segment)]

    def _compare(
        self,
        rule: schema.CountRule | schema.SumRule,
        stated: list[Segment],
        wanted: Decimal,
        tolerance: Decimal = ZERO,
    ) -> None:
        at = ValuePath.read(rule.at)
        for segment in stated:
            seen = at.number(segment, self.decimal)
            if seen is None or abs(seen - wanted) <= tolerance:
                continue
            self.report(
                "total_mismatch",
                at.place(segment),
                expected=f"{wanted.normalize():f}",
                seen=at.text(segment),
                severity=Severity(rule.severity),
            )

    def _sum(self, rule: schema.SumRule) -> Decimal | None:
        """The sum, or None where a line cannot be counted."""
        of = ValuePath.read(rule.of)
        times = ValuePath.read(rule.times) if rule.times else None
        total = ZERO
        for segment in self._segments(of):
            value = of.number(segment, self.decimal)
            factor = times.number(segment, self.decimal) if times else Decimal(1)
            if value is None or factor is None:
                return None
            total += value * factor
        for paths, sign in ((rule.plus, 1), (rule.minus, -1)):
            for path in map(ValuePath.read, paths):
                amounts = (
                    path.number(segment, self.decimal)
                    for segment in self._segments(path)
                )
                total += sign * sum((a for a in amounts if a), ZERO)
        return total

    def _same(self, rule: schema.SameRule, severity: Severity) -> None:
        at, of = ValuePath.read(rule.at), ValuePath.read(rule.of)
        first = next(self._segments(at), None)
        if first is None:
            return
        for segment in self._segments(of):
            if of.text(segment) != at.text(first):
                self.report(
                    "values_differ",
                    of.place(segment),
                    expected=at.text(first),
                    seen=of.text(segment),
                    severity=severity,
                )

    def _requires(self, rule: schema.RequiresRule, severity: Severity) -> None:
        at, of = ValuePath.read(rule.at), ValuePath.read(rule.of)
        cause = next(self._segments(of), None)
        if cause is None or (of.element and not of.text(cause)):
            return
        if not any(at.text(s) if at.element else s for s in self._segments(at)):
            self.report(
                "companion_missing",
                cause.place,
                expected=rule.at,
                seen=rule.of,
                severity=severity,
            )
