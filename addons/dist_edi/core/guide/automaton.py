"""The structure compiled to steps: from here, a segment with this tag leads there.

A *state* is a place in the structure (a loop and the child last seen in it). From it a
tag leads forward in the same loop, into a child loop, round again, or up to an
enclosing loop; everything mandatory that is passed over is missing. All of this is
known before any data is seen, so it is worked out once per state and tag.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..syntax.segment import Delimiters
from .definition import LoopNode, Node, SegmentNode, SegmentSpec

#: Gives a match for a correct segment, None for one to be taken apart.
Matcher = Callable[[str], re.Match[str] | None]


class Missing(NamedTuple):
    """A mandatory or expected child that a step passes over."""

    node: Node
    levels_up: int


class Step(NamedTuple):
    """What happens when a tag arrives in a state.

    :param pops: loops that are closed first
    :param opens: the loop that is opened, or None for a segment in the loop
    :param again: the same child once more, so its maximum counts
    :param missing: what is passed over
    """

    state: State
    spec: SegmentSpec
    pops: int
    opens: LoopNode | None
    again: bool
    max: int | None
    node: Node
    missing: tuple[Missing, ...]

    @property
    def is_plain(self) -> bool:
        """Whether nothing has to be asked, reported or put elsewhere."""
        node = self.node
        hierarchy = self.opens is not None and self.opens.hierarchy is not None
        return not (node.when or node.unused or self.missing or hierarchy)


class State:
    """A loop of the structure and the child last seen in it.

    ``plain`` holds, for each tag met so far, the only step it can mean, if it is plain.
    """

    __slots__ = ("_automaton", "_steps", "_unfinished", "loop", "place", "plain")

    def __init__(self, automaton: Automaton, loop: LoopNode, place: int) -> None:
        self.loop = loop
        self.place = place
        self.plain: dict[str, Step] = {}
        self._steps: dict[str, tuple[Step, ...]] = {}
        self._automaton = automaton
        self._unfinished: tuple[Missing, ...] | None = None

    def steps(self, tag: str) -> tuple[Step, ...]:
        """Every step the tag can mean, nearest first."""
        found = self._steps.get(tag)
        if found is None:
            found = self._steps[tag] = tuple(self._work_out(tag))
            if len(found) == 1 and found[0].is_plain:
                self.plain[tag] = found[0]
        return found

    def unfinished(self) -> tuple[Missing, ...]:
        """What is still missing if the message ends here."""
        if self._unfinished is None:
            missing: list[Missing] = []
            for level, loop, place in self._levels():
                missing.extend(_passed(loop, place + 1, len(loop.children), level))
            self._unfinished = tuple(missing)
        return self._unfinished

    def _levels(self) -> Iterator[tuple[int, LoopNode, int]]:
        level, loop, place = 0, self.loop, self.place
        while True:
            yield level, loop, place
            if loop.parent is None:
                return
            level, loop, place = level + 1, loop.parent, loop.place

    def _work_out(self, tag: str) -> Iterator[Step]:
        missing: list[Missing] = []
        for level, loop, place in self._levels():
            for at in range(max(place, 0), len(loop.children)):
                child = loop.children[at]
                if child.tag != tag or _is_own_trigger(loop, at):
                    continue
                is_single = child.max == 1 and isinstance(child, SegmentNode)
                if at == place and is_single and self._comes_later(loop, at, tag):
                    continue
                passed = _passed(loop, place + 1, at, level)
                yield self._automaton.step(
                    loop, at, level, at == place, (*missing, *passed)
                )
            missing.extend(_passed(loop, place + 1, len(loop.children), level))

    def _comes_later(self, loop: LoopNode, at: int, tag: str) -> bool:
        if any(child.tag == tag for child in loop.children[at + 1 :]):
            return True
        return loop.parent is not None and any(
            child.tag == tag for child in loop.parent.children[loop.place :]
        )


class Automaton:
    """All states of one structure, made as they are reached."""

    def __init__(self, root: LoopNode) -> None:
        self.root = root
        self._states: dict[tuple[int, int], State] = {}
        self._matchers: dict[Delimiters, dict[int, Matcher]] = {}
        self.start = self.state(root, -1)

    def state(self, loop: LoopNode, place: int) -> State:
        """The state of a loop (-1: nothing of it seen yet)."""
        key = (id(loop), place)
        found = self._states.get(key)
        if found is None:
            found = self._states[key] = State(self, loop, place)
        return found

    def matchers(self, delimiters: Delimiters) -> dict[int, Matcher]:
        """Compiled patterns by the identity of their segment specification."""
        return self._matchers.setdefault(delimiters, {})

    def step(
        self,
        loop: LoopNode,
        at: int,
        pops: int,
        again: bool,
        missing: tuple[Missing, ...],
    ) -> Step:
        """The step to the child at a place of a loop."""
        node = loop.children[at]
        if isinstance(node, LoopNode):
            state, spec, opens = self.state(node, 0), node.children[0].spec, node
        else:
            state, spec, opens = self.state(loop, at), node.spec, None
        return Step(state, spec, pops, opens, again, node.max, node, missing)

    def anywhere(self, state: State, tag: str) -> Step | None:
        """The step to an earlier place: in the open loop, else in one around it."""
        for level, loop, _place in state._levels():
            for at, child in enumerate(loop.children):
                if child.tag == tag and not _is_own_trigger(loop, at):
                    return self.step(loop, at, level, False, ())
        return None


def _is_own_trigger(loop: LoopNode, at: int) -> bool:
    return at == 0 and loop.parent is not None


def _passed(loop: LoopNode, start: int, stop: int, level: int) -> list[Missing]:
    return [
        Missing(child, level)
        for child in loop.children[max(start, 0) : stop]
        if child.required or child.expected
    ]
