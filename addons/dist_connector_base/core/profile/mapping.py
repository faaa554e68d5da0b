"""Maps: a form of groups and lists whose leaves are expressions.

A leaf is an expression (``tracking.carrier``), a fixed text (``=DTC``), or a number,
true or false. ``{each: products, map: {...}}`` makes a list, one entry per entry;
``{each: ..., where: ..., map: ...}`` leaves entries out; ``{when: ..., map: {...}}``
makes a group only when the condition holds. Null makes no field. The entries of an
``each`` inside an ``each`` make one list.
"""

from typing import Any

from ..errors import DataError
from .expressions import Expression, ExpressionError, compile_expression
from .lines import Path
from .operators import is_false
from .scope import Scope
from .words import did_you_mean

_EACH = {"each", "where", "map"}
_WHEN = {"when", "map"}


class MapError(ValueError):
    """Faults of a map: where in it, and what."""

    def __init__(self, faults: list[tuple[Path, str]]) -> None:
        super().__init__("; ".join(message for _path, message in faults))
        self.faults = faults


class Node:
    """A part of a map."""

    __slots__ = ()

    def fill(self, value: Any, scope: Scope) -> Any:
        """Make this part's value of the data at hand; None makes no field."""
        raise TypeError(type(self).__name__)

    def place(self, loc: tuple[int | str, ...], value: Any, scope: Scope) -> str:
        """Say from where in the partner's document ``loc`` of the result came."""
        return scope.path_of(value)


class Fixed(Node):
    """A constant."""

    __slots__ = ("constant",)

    def __init__(self, constant: Any) -> None:
        self.constant = constant

    def fill(self, value: Any, scope: Scope) -> Any:
        return self.constant


class Leaf(Node):
    """An expression."""

    __slots__ = ("expression", "fill")

    def __init__(self, expression: Expression) -> None:
        self.expression = expression
        # the compiled function itself: leaves are what a map mostly is
        self.fill = expression.run

    def place(self, loc: tuple[int | str, ...], value: Any, scope: Scope) -> str:
        return scope.path_of(value, self.expression.steps)


class Group(Node):
    """Named parts."""

    __slots__ = ("_fills", "fields")

    def __init__(self, fields: dict[str, Node]) -> None:
        self.fields = fields
        self._fills = [(name, node.fill) for name, node in fields.items()]

    def fill(self, value: Any, scope: Scope) -> dict[str, Any]:
        result = {}
        for name, fill in self._fills:
            found = fill(value, scope)
            if found is not None:
                result[name] = found
        return result

    def place(self, loc: tuple[int | str, ...], value: Any, scope: Scope) -> str:
        node = self.fields.get(str(loc[0])) if loc else None
        if node is None:
            return scope.path_of(value)
        return node.place(loc[1:], value, scope)


class Listed(Node):
    """A list whose entries are written out; the entries of an ``each`` join it."""

    __slots__ = ("entries",)

    def __init__(self, entries: list[Node]) -> None:
        self.entries = entries

    def fill(self, value: Any, scope: Scope) -> list[Any]:
        return [found for _node, found in self._filled(value, scope)]

    def _filled(self, value: Any, scope: Scope) -> list[tuple[Node, Any]]:
        result: list[tuple[Node, Any]] = []
        for node in self.entries:
            found = node.fill(value, scope)
            if isinstance(node, Each):
                result += [(node, entry) for entry in found or []]
            elif found is not None:
                result.append((node, found))
        return result

    def place(self, loc: tuple[int | str, ...], value: Any, scope: Scope) -> str:
        nodes = [node for node, _found in self._filled(value, scope)]
        if not (loc and isinstance(loc[0], int) and loc[0] < len(nodes)):
            return scope.path_of(value)
        node, rest = nodes[loc[0]], loc[1:]
        if isinstance(node, Each):
            rest = (loc[0] - nodes.index(node), *rest)
        return node.place(rest, value, scope)


class Each(Node):
    """A list with one entry per entry of another."""

    __slots__ = ("entry", "over", "where")

    def __init__(self, over: Expression, where: Expression | None, entry: Node) -> None:
        self.over = over
        self.where = where
        self.entry = entry

    def fill(self, value: Any, scope: Scope) -> list[Any] | None:
        entries = self._entries(value, scope)
        if entries is None:
            return None
        fill = self.entry.fill
        if isinstance(self.entry, Each):
            return [f for entry, inner in entries for f in fill(entry, inner) or ()]
        return [fill(entry, inner) for entry, inner in entries]

    def _entries(self, value: Any, scope: Scope) -> list[tuple[Any, Scope]] | None:
        found = self.over.run(value, scope)
        if found is None:
            return None
        if not isinstance(found, list):
            path = scope.path_of(value, self.over.steps)
            raise DataError("is not a list", path=path)
        entries = [
            (entry, scope.inside(value, position))
            for position, entry in enumerate(found, 1)
        ]
        if self.where is None:
            return entries
        keep = self.where.run
        return [pair for pair in entries if not is_false(keep(*pair))]

    def place(self, loc: tuple[int | str, ...], value: Any, scope: Scope) -> str:
        entries = self._entries(value, scope) or []
        if isinstance(self.entry, Each) and loc and isinstance(loc[0], int):
            return self._place_below(entries, loc[0], loc[1:], value, scope)
        if loc and isinstance(loc[0], int) and loc[0] < len(entries):
            return self.entry.place(loc[1:], *entries[loc[0]])
        return scope.path_of(value, self.over.steps)

    def _place_below(self, entries, number: int, rest, value, scope: Scope) -> str:
        """Say where an entry of the one list that several lists make came from."""
        for entry, inner in entries:
            below = len(self.entry.fill(entry, inner) or ())
            if number < below:
                return self.entry.place((number, *rest), entry, inner)
            number -= below
        return scope.path_of(value, self.over.steps)


class When(Node):
    """A part that is there only when a condition holds."""

    __slots__ = ("inner", "test")

    def __init__(self, test: Expression, inner: Node) -> None:
        self.test = test
        self.inner = inner

    def fill(self, value: Any, scope: Scope) -> Any:
        if is_false(self.test.run(value, scope)):
            return None
        return self.inner.fill(value, scope)

    def place(self, loc: tuple[int | str, ...], value: Any, scope: Scope) -> str:
        return self.inner.place(loc, value, scope)


def compile_map(raw: Any) -> Node:
    """Compile a map.

    :raises MapError: with every fault in it
    """
    faults: list[tuple[Path, str]] = []
    node = _compile(raw, (), faults)
    if faults:
        raise MapError(faults)
    return node


def _compile(raw: Any, path: Path, faults: list[tuple[Path, str]]) -> Node:
    if isinstance(raw, str):
        if raw.startswith("="):
            return Fixed(raw[1:].strip())
        expression = _expression(raw, path, faults)
        return Leaf(expression) if expression else Fixed(None)
    if isinstance(raw, list):
        return Listed(
            [_compile(part, (*path, i), faults) for i, part in enumerate(raw)]
        )
    if not isinstance(raw, dict):
        return Fixed(raw)
    if "map" in raw and "each" in raw:
        return _compile_form(raw, _EACH, "each", path, faults)
    if "map" in raw and "when" in raw:
        return _compile_form(raw, _WHEN, "when", path, faults)
    return Group(
        {name: _compile(part, (*path, name), faults) for name, part in raw.items()}
    )


def _compile_form(raw, allowed, name: str, path: Path, faults) -> Node:
    for key in raw:
        if key not in allowed:
            words = f"is no key beside {name!r} and 'map'{did_you_mean(key, allowed)}"
            faults.append(((*path, key), words))
    head = _expression(raw[name], (*path, name), faults)
    where = None
    if "where" in raw:
        where = _expression(raw["where"], (*path, "where"), faults)
    inner = _compile(raw["map"], (*path, "map"), faults)
    if head is None:
        return Fixed(None)
    return Each(head, where, inner) if name == "each" else When(head, inner)


def _expression(raw: Any, path: Path, faults) -> Expression | None:
    if not isinstance(raw, str):
        faults.append((path, "is not an expression"))
        return None
    try:
        return compile_expression(raw)
    except ExpressionError as exc:
        faults.append((path, str(exc)))
        return None
