"""The loop tree: one message as its guide sees it.

A reader gives a flat run of segments; the guide turns it into loops (X12) or
segment groups (EDIFACT).  Maps read this tree, writers write it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    from ..syntax.segment import Segment

Item = Union["Segment", "Loop"]


class Loop:
    """One occurrence of a loop: its segments and its child loops, in order.

    ``id`` is the loop's identity in the guide (``PO1``, ``HL:S``, ``SG25``);
    the root carries the message (``850``, ``ORDERS``).  ``items`` holds
    segments and child loops as they came, so that writing the tree gives the
    same message back.
    """

    __slots__ = ("id", "items", "name")

    def __init__(
        self, id: str, name: str = "", items: list[Item] | None = None
    ) -> None:
        self.id = id
        self.name = name
        self.items: list[Item] = [] if items is None else items

    def __repr__(self) -> str:
        return f"<Loop {self.id} {len(self.items)} items>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Loop):
            return NotImplemented
        return self.id == other.id and self.items == other.items

    __hash__ = None  # type: ignore[assignment]

    def append(self, item: Item) -> None:
        """Add a segment or a child loop at the end."""
        self.items.append(item)

    @property
    def segments(self) -> list[Segment]:
        """The loop's own segments, those of child loops left out."""
        return [item for item in self.items if not isinstance(item, Loop)]

    @property
    def loops(self) -> list[Loop]:
        """The child loops, in order of occurrence."""
        return [item for item in self.items if isinstance(item, Loop)]

    def children(self, id: str) -> Iterator[Loop]:
        """Child loops with this id; ``HL`` also takes ``HL:S``, ``HL:O``..."""
        levels = id + ":"
        return (
            item
            for item in self.items
            if item.__class__ is Loop
            and (item.id == id or (item.id[0] == id[0] and item.id.startswith(levels)))
        )

    def all(self, tag: str) -> Iterator[Segment]:
        """The loop's own segments with this tag."""
        for item in self.items:
            if (
                item.__class__ is not Loop
                and item[0].startswith(tag)
                and item.tag == tag
            ):
                yield item

    def first(self, tag: str) -> Segment | None:
        """The first own segment with this tag, or None."""
        return next(self.all(tag), None)

    @property
    def trigger(self) -> Segment | None:
        """The segment that opened the loop, or None in an empty loop."""
        item = self.items[0] if self.items else None
        return None if isinstance(item, Loop) else item

    def walk(self) -> Iterator[Loop]:
        """This loop and every loop below it, depth first, in document order."""
        stack = [self]
        while stack:
            loop = stack.pop()
            yield loop
            stack.extend(reversed(loop.loops))

    def flat(self) -> Iterator[Segment]:
        """Every segment of the loop and of those below it, in document order."""
        stack: list[Iterator[Item]] = [iter(self.items)]
        while stack:
            for item in stack[-1]:
                if isinstance(item, Loop):
                    stack.append(iter(item.items))
                    break
                yield item
            else:
                stack.pop()

    def find(self, path: str) -> list[Loop]:
        """Loops at a path of ids below this one.

        ``find("PO1/N1")`` gives the N1 loops of all PO1 loops; ``**`` stands
        for any depth (``find("**/HL:I")``); ``"."`` is the loop itself.
        """
        found = [self]
        for step in path.split("/"):
            if step in ("", "."):
                continue
            if step == "**":
                found = _unique(below for loop in found for below in loop.walk())
            else:
                found = [child for loop in found for child in loop.children(step)]
        return found

    def find_first(self, path: str) -> Loop | None:
        """The first loop at the path, or None."""
        found = self.find(path)
        return found[0] if found else None

    def find_segments(self, path: str) -> list[Segment]:
        """Segments at a path whose last step is a tag: ``PO1/N1/N3``."""
        parent, _, tag = path.rpartition("/")
        return [
            segment for loop in self.find(parent or ".") for segment in loop.all(tag)
        ]


def _unique(loops: Iterator[Loop]) -> list[Loop]:
    return list({id(loop): loop for loop in loops}.values())
