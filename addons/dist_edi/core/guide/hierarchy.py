"""Trees by number and parent: X12 HL, EDIFACT CPS."""

from __future__ import annotations

from ..syntax.findings import Severity
from ..syntax.segment import Place, Segment
from .diagnosis import Report
from .schema import Hierarchy
from .tree import Loop


class HierarchyCheck:
    """Puts each occurrence below its parent and reports a broken tree.

    The parent is an earlier occurrence. An occurrence that names none although its
    level cannot stand at the top goes below the nearest one that may hold it.
    """

    def __init__(self, rules: Hierarchy, report: Report) -> None:
        self._rules = rules
        self._report = report
        self._by_number: dict[str, tuple[Loop, str]] = {}
        self._open: list[tuple[str, str]] = []
        self._count = 0
        self._carrying: list[tuple[Loop, str, Place]] = []

    def place(self, loop: Loop, segment: Segment, root: Loop) -> None:
        """Append the loop where it belongs; its id gets the level (``HL:O``)."""
        rules = self._rules
        number, parent = (
            self._value(segment, rules.id),
            self._value(segment, rules.parent),
        )
        level = self._value(segment, rules.level) if rules.level else ""
        if level:
            loop.id = f"{loop.id}:{level}"
        self._count += 1
        self._check_number(segment, number)
        holder, above = self._holder(segment, number, parent, level, root)
        self._check_level(segment, level, above)
        (holder if rules.nest else root).items.append(loop)
        self._by_number.setdefault(number, (loop, level))
        self._open.append((number, level))
        if level in rules.carries:
            self._carrying.append((loop, level, segment.place))

    def finish(self) -> None:
        """Report levels that lack the segments they are expected to carry."""
        for loop, level, place in self._carrying:
            for tag in self._rules.carries[level]:
                if not loop.first(tag) and not next(loop.children(tag), None):
                    self._report(
                        "segment_missing",
                        place._replace(tag=tag),
                        expected=tag,
                        seen=f"level {level}",
                        severity=Severity.WARNING,
                    )

    def _value(self, segment: Segment, where: str) -> str:
        place, _, component = where.partition("-")
        return segment.get(int(place), int(component or 1))

    def _check_number(self, segment: Segment, number: str) -> None:
        place = segment.place.at(int(self._rules.id))
        if number in self._by_number:
            self._fault(place, f"number {number} twice", "a number of its own")
        elif self._rules.sequential and number.lstrip("0") != str(self._count):
            self._fault(place, f"number {number!r}", str(self._count))

    def _holder(
        self, segment: Segment, number: str, parent: str, level: str, root: Loop
    ) -> tuple[Loop, str]:
        if parent and parent in self._by_number and parent != number:
            return self._by_number[parent]
        guessed = self._nearest(level)
        place = segment.place.at(int(self._rules.parent))
        if parent:
            self._fault(place, f"parent {parent!r}", "an earlier number")
        elif guessed:
            self._fault(place, "no parent", guessed, Severity.WARNING)
        return self._by_number[guessed] if guessed else (root, "")

    def _nearest(self, level: str) -> str:
        """The number of the nearest earlier occurrence that may be the parent."""
        allowed = self._rules.levels.get(level)
        if not allowed or "" in allowed:
            return ""
        for number, above in reversed(self._open):
            if above in allowed:
                return number
        return ""

    def _check_level(self, segment: Segment, level: str, above: str) -> None:
        allowed = self._rules.levels.get(level)
        if allowed is None or above in allowed:
            return
        place = segment.place.at(int(self._rules.level or self._rules.id))
        names = " or ".join(name or "the top" for name in allowed)
        self._fault(place, f"level {level} below {above or 'the top'}", names)

    def _fault(
        self,
        place: Place,
        seen: str,
        expected: str,
        severity: Severity | None = None,
    ) -> None:
        self._report(
            "hierarchy_invalid", place, seen=seen, expected=expected, severity=severity
        )
