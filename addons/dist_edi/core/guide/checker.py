"""Builds the loop tree of one transaction and finds what its guide does not allow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from ..syntax.findings import Finding, Severity, finding
from ..syntax.segment import Delimiters, Place, Run, Segment
from .automaton import Automaton, Matcher, Missing, State, Step
from .definition import LoopNode, MessageDefinition, Node, SegmentNode, SegmentSpec
from .diagnosis import Diagnosis
from .hierarchy import HierarchyCheck
from .patterns import segment_pattern
from .rules import check_rules
from .tree import Loop

_OPENING = {"ST", "UNH"}
_CLOSING = {"SE", "UNT"}
_SEVERITY = {severity.value: severity for severity in Severity}
#: Positions of a repeated fault beyond this many are counted, not listed.
MOST_FINDINGS = 10_000


@dataclass
class Checked:
    """A transaction as its guide sees it, and what is wrong with it."""

    tree: Loop
    findings: list[Finding]

    @property
    def ok(self) -> bool:
        """Whether nothing of error severity was found."""
        return not any(found.is_error for found in self.findings)


class Checker:
    """Takes one transaction's segments in any number of portions.

    ``_open`` are the open loops, outermost first; ``_counts`` says of each how often
    its current child came in a row. Two lists, because making an object for every
    loop of a large file would cost as much as matching its segment.
    """

    def __init__(self, definition: MessageDefinition, automaton: Automaton) -> None:
        self.definition = definition
        self._automaton = automaton
        self.tree = Loop(definition.message, definition.name)
        self.findings: list[Finding] = []
        self._open = [self.tree]
        self._counts = [1]
        self._state: State = automaton.start
        self._matchers: dict[int, Matcher] = {}
        self._delimiters: Delimiters | None = None
        self._diagnosis: Diagnosis | None = None
        self._hierarchies: dict[int, HierarchyCheck] = {}
        self._ended: Segment | None = None
        self._last: Segment | None = None
        self._passed: list[tuple[Loop, Node, Segment | None]] = []

    def feed(self, segments: Iterable[Segment]) -> None:
        """Take the next segments, ST and SE (UNH and UNT) included or not."""
        if isinstance(segments, Run):
            self._set_delimiters(segments.scope.delimiters)
            self._take_all(segments)
            return
        for delimiters, alike in groupby(segments, attrgetter("delimiters")):
            self._set_delimiters(delimiters)
            self._take_all(alike)

    def _take_all(self, segments: Iterable[Segment]) -> None:
        """The path of correct segments: one look-up, one match, no calls."""
        loops, counts, state = self._open, self._counts, self._state
        matchers, mark = self._matchers, self._delimiters.element
        loop, segment = loops[-1], self._last
        for segment in segments:
            raw = segment[0]
            step = state.plain.get(raw[: raw.find(mark)])
            if step is None:
                self._state = state
                self._unusual(segment)
                state, loop = self._state, loops[-1]
                continue
            state, spec, pops, opens, again, most, node, _missing = step
            if pops:
                del loops[-pops:], counts[-pops:]
                loop = loops[-1]
            if again:
                counts[-1] += 1
                if most is not None and counts[-1] > most:
                    self._over_max(segment, node, counts[-1])
            else:
                counts[-1] = 1
            if opens is None:
                loop.items.append(segment)
            else:
                opened = Loop(opens.id, opens.name, [segment])
                loop.items.append(opened)
                loop = opened
                loops.append(loop)
                counts.append(1)
            matcher = matchers.get(id(spec)) or self._matcher(spec)
            if matcher(raw) is None:
                self._diagnose(segment, spec)
        self._state = state
        self._last = segment

    def close(self) -> Checked:
        """The transaction has ended: report what is still missing, check totals."""
        self._note_missing(self._state.unfinished(), self._ended or self._last)
        self._report_missing()
        for hierarchy in self._hierarchies.values():
            hierarchy.finish()
        # These two know the checker; without them it is freed as soon as it is let go
        self._hierarchies.clear()
        self._diagnosis = None
        check_rules(self.definition.rules, self.tree, self._report, self._decimal())
        if self._ended is not None:
            self.tree.items.append(self._ended)
        self.findings.sort(key=lambda found: found.place.segment)
        return Checked(self.tree, self.findings)

    def _decimal(self) -> str:
        return self._delimiters.decimal if self._delimiters else "."

    def _set_delimiters(self, delimiters: Delimiters) -> None:
        if delimiters is not self._delimiters:
            self._delimiters = delimiters
            self._matchers = self._automaton.matchers(delimiters)
            self._diagnosis = None

    def _matcher(self, spec: SegmentSpec) -> Matcher:
        found = segment_pattern(spec, self._delimiters).match
        self._matchers[id(spec)] = found
        return found

    def _diagnose(self, segment: Segment, spec: SegmentSpec) -> None:
        """Made at the first fault: with it the checker is a cycle, freed late."""
        if self._diagnosis is None:
            self._diagnosis = Diagnosis(self._delimiters, self._report)
        self._diagnosis.segment(segment, spec)

    def _open_loop(self, segment: Segment, node: LoopNode) -> None:
        loop = Loop(node.id, node.name, [segment])
        if node.hierarchy is None:
            self._open[-1].items.append(loop)
        else:
            self._hierarchy(node).place(loop, segment, self._open[-1])
        self._open.append(loop)
        self._counts.append(1)

    def _hierarchy(self, node: LoopNode) -> HierarchyCheck:
        found = self._hierarchies.get(id(node))
        if found is None:
            found = HierarchyCheck(node.hierarchy, self._report)
            self._hierarchies[id(node)] = found
        return found

    def _unusual(self, segment: Segment) -> None:
        """Everything but the one plain step: choices, gaps, disorder, strangers."""
        tag = segment.tag
        if tag in _OPENING:
            self.tree.items.append(segment)
            return
        if tag in _CLOSING:
            self._ended = segment
            return
        step = self._choose(segment, self._state.steps(tag))
        if step is None:
            step = self._automaton.anywhere(self._state, tag)
            if step is None:
                self._stranger(segment, tag)
                return
            self._disorder(segment, step)
            if step.opens is None:
                self._open[-1 - step.pops].items.append(segment)
                self._check(segment, step.spec)
                return
        self._note_missing(step.missing, segment)
        self._take(segment, step)

    def _choose(self, segment: Segment, steps: tuple[Step, ...]) -> Step | None:
        """The first step whose condition holds and whose maximum is not used up."""
        fitting = [step for step in steps if _applies(step.node, segment)]
        for step in fitting:
            if not step.again or step.max is None:
                return step
            if self._counts[-1 - step.pops] < step.max:
                return step
        return fitting[0] if fitting else None

    def _take(self, segment: Segment, step: Step) -> None:
        loops, counts = self._open, self._counts
        if step.pops:
            del loops[-step.pops :], counts[-step.pops :]
        counts[-1] = counts[-1] + 1 if step.again else 1
        if step.node.unused:
            why = step.node.why or step.node.label
            self._report("segment_not_used", segment.place, expected=why)
        if step.again and step.max is not None and counts[-1] > step.max:
            self._over_max(segment, step.node, counts[-1])
        self._state = step.state
        if step.opens is None:
            loops[-1].items.append(segment)
        else:
            self._open_loop(segment, step.opens)
        self._check(segment, step.spec)

    def _check(self, segment: Segment, spec: SegmentSpec) -> None:
        self._last = segment
        matcher = self._matchers.get(id(spec)) or self._matcher(spec)
        if matcher(segment[0]) is None:
            self._diagnose(segment, spec)

    def _stranger(self, segment: Segment, tag: str) -> None:
        self._open[-1].items.append(segment)
        known = self.definition.known_tags
        if tag in known or tag in self.definition.other_tags:
            code = "segment_unexpected"
        else:
            code = "segment_unknown"
        self._report(code, segment.place, seen=tag)

    def _disorder(self, segment: Segment, step: Step) -> None:
        """Senders vary the order; a message without its start cannot be read."""
        beginning = step.node is self._automaton.root.children[0]
        self._report(
            "segment_out_of_order",
            segment.place,
            seen=step.node.label,
            severity=(
                None if beginning or self.definition.strict else Severity.WARNING
            ),
        )

    def _over_max(self, segment: Segment, node: Node, count: int) -> None:
        kind = "loop" if isinstance(node, LoopNode) else "segment"
        self._report(f"{kind}_over_max", segment.place, expected=node.max, seen=count)

    def _note_missing(self, missing: Iterable[Missing], before: Segment | None) -> None:
        for node, levels_up in missing:
            self._passed.append((self._open[-1 - levels_up], node, before))

    def _report_missing(self) -> None:
        """What was passed over is missing unless it came later, out of order."""
        for held, node, before in self._passed:
            if _holds(held, node):
                continue
            severity = None if node.required else Severity.WARNING
            is_loop = isinstance(node, LoopNode)
            self._report(
                "loop_under_min" if is_loop else "segment_missing",
                _place_of_missing(before, node),
                expected=node.tag,
                seen=before.tag if before else "the end",
                severity=severity,
            )

    def _report(
        self,
        code: str,
        place: Place,
        *,
        expected: object = "",
        seen: object = "",
        severity: Severity | None = None,
        reference: str = "",
    ) -> None:
        policy = self.definition.policy.get(code)
        if policy == "off" or len(self.findings) >= MOST_FINDINGS:
            return
        if policy and (severity is None or policy == "error"):
            severity = _SEVERITY[policy]
        self.findings.append(
            finding(
                code,
                place,
                expected=expected,
                seen=seen,
                severity=severity,
                reference=reference,
            )
        )


def _applies(node: Node, segment: Segment) -> bool:
    for where, values in node.when.items():
        place, _, component = where.partition("-")
        if segment.get(int(place), int(component or 1)) not in values:
            return False
    return True


def _holds(loop: Loop, node: Node) -> bool:
    """Whether the loop has it after all, because it came out of order."""
    if isinstance(node, SegmentNode):
        return loop.first(node.tag) is not None
    return next(loop.children(node.id), None) is not None


def _place_of_missing(before: Segment | None, node: Node) -> Place:
    place = before.place if before else Place()
    return place._replace(tag=node.tag)
