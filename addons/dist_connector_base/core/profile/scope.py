"""What an expression can see beside its data, and where its data stands."""

from collections.abc import Iterator, Sequence
from typing import Any

from .context import Context

#: Key under which a CSV row carries its number; no column can have this name.
ROW = "#"

#: Steps of a reference: names, indexes, and None for "each of them".
Steps = tuple[str | int | None, ...]


class Scope:
    """One document at work: its backend, its whole, and the list entry at hand.

    :ivar direction: ``in`` or ``out``, for code maps
    :ivar root: the document as decoded
    :ivar prefix: where the document stands in its transmission
    :ivar position: number of the entry at hand, from 1
    :ivar parents: the documents and entries around the entry at hand
    """

    __slots__ = ("ctx", "direction", "parents", "position", "prefix", "root")

    def __init__(
        self,
        ctx: Context,
        direction: str,
        root: Any,
        prefix: str = "",
        position: int = 0,
        parents: tuple[Any, ...] = (),
    ) -> None:
        self.ctx = ctx
        self.direction = direction
        self.root = root
        self.prefix = prefix
        self.position = position
        self.parents = parents

    def inside(self, parent: Any, position: int) -> "Scope":
        """Give the scope of a list entry."""
        return Scope(
            self.ctx,
            self.direction,
            self.root,
            self.prefix,
            position,
            (*self.parents, parent),
        )

    def path_of(self, value: Any, steps: Steps = ()) -> str:
        """Say where ``steps`` from ``value`` lead in the partner's document."""
        if value is self.root:
            start = self.prefix
        else:
            start = find(self.root, value, self.prefix)
        return trace(value, self.prefix if start is None else start, steps)


def find(root: Any, value: Any, path: str = "") -> str | None:
    """Find a group or list inside a document by identity; None where it is not.

    Expressions pick entries of a document and do not copy them, so identity finds
    them again however they were picked.
    """
    return next((place for here, place in walk(root, path) if here is value), None)


def walk(root: Any, path: str = "") -> Iterator[tuple[Any, str]]:
    """Give every group and list of a document with its path."""
    waiting: list[tuple[Any, str]] = [(root, path)]
    while waiting:
        here, path = waiting.pop()
        yield here, path
        if isinstance(here, dict):
            waiting += [
                (held, extend(path, name))
                for name, held in here.items()
                if isinstance(held, (dict, list))
            ]
        elif isinstance(here, list):
            waiting += [
                (held, _entry(path, index, held))
                for index, held in enumerate(here)
                if isinstance(held, (dict, list))
            ]


def trace(value: Any, path: str, steps: Sequence[str | int | None]) -> str:
    """Follow steps from a value as far as they lead, and write the way."""
    here = value
    for step in steps:
        if step is None:
            if not (isinstance(here, list) and len(here) == 1):
                return path
            step = 0
        if isinstance(step, int):
            fits = isinstance(here, list) and -len(here) <= step < len(here)
            here = here[step] if fits else None
            path = _entry(path, step, here)
        else:
            path = extend(path, step)
            here = here.get(step) if isinstance(here, dict) else None
    return path


def extend(path: str, name: str) -> str:
    """Add a name to a path: ``row 14, column qty`` or ``products[2].quantity``."""
    if path.startswith("row ") and "," not in path:
        return f"{path}, column {name}" if name != "rows" else path
    return f"{path}.{name}" if path else name


def _entry(path: str, index: int, entry: Any) -> str:
    if isinstance(entry, dict) and ROW in entry:
        return f"row {entry[ROW]}"
    return f"{path}[{index}]"
