"""References of a profile to fields of our documents: do they exist?"""

import types
import typing
from collections.abc import Iterator
from typing import Any

from ..canonical import Part
from .expressions import Expression, Node
from .formats import Csv
from .lines import Path
from .mapping import Each, Group, Leaf, Listed, When
from .mapping import Node as MapNode
from .specs import Operation
from .templates import Template
from .words import did_you_mean

Fault = tuple[Path, str]


def check_fields(op: Operation, model: type[Part], path: Path) -> Iterator[Fault]:
    """Find references to fields that the canonical document does not have."""
    places: list[tuple[Path, Template]] = (
        [((*path, "path"), op.path)] if op.path else []
    )
    for key in ("params", "headers"):
        places += [((*path, key, n), t) for n, t in getattr(op, key).items()]
    for key in ("file", "find_file"):
        if target := getattr(op, key):
            places.append(((*path, key, "name"), target.name))
    for where, template in places:
        for hole in template.holes:
            yield from _check_reference(hole, model, where)
    if op.body is not None:
        yield from _check_body(op.body, model, (*path, "body"))
    if isinstance(op.format, Csv):
        yield from _check_columns(op, path)
    if op.look_up:
        for name, expression in op.look_up.match.items():
            yield from _check_reference(
                expression, model, (*path, "look_up", "match", name)
            )


def _check_columns(op: Operation, path: Path) -> Iterator[Fault]:
    known = [*op.format.columns, *op.format.optional]
    for entry in op.body.entries if isinstance(op.body, Listed) else [op.body]:
        row = entry.entry if isinstance(entry, Each) else entry
        for name in row.fields if isinstance(row, Group) else ():
            if name not in known:
                hint = did_you_mean(name, known)
                words = f"{name!r} is not a column of the format{hint}"
                yield (*path, "body"), words


def _check_body(node: MapNode, kind: Any, path: Path) -> Iterator[Fault]:
    if isinstance(node, Leaf):
        yield from _check_reference(node.expression, kind, path)
    elif isinstance(node, Group):
        for name, child in node.fields.items():
            yield from _check_body(child, kind, (*path, name))
    elif isinstance(node, When):
        yield from _check_reference(node.test, kind, (*path, "when"))
        yield from _check_body(node.inner, kind, (*path, "map"))
    elif isinstance(node, Each):
        yield from _check_reference(node.over, kind, (*path, "each"))
        entry = _type_of(node.over.node, kind)
        yield from _check_body(node.entry, entry, (*path, "map"))
    elif isinstance(node, Listed):
        for index, part in enumerate(node.entries):
            yield from _check_body(part, kind, (*path, index))


def _check_reference(expression: Expression, kind: Any, path: Path) -> Iterator[Fault]:
    for node, inside in fields_of(expression.node, kind):
        name, part = node["value"], part_of(inside)
        if part and name != "settings" and name not in part.model_fields:
            hint = did_you_mean(name, part.model_fields)
            hint = hint or f"; a fixed text is written ={name}"
            yield path, f"{name!r} is not a field of {part.__name__}{hint}"


def fields_of(node: Node, kind: Any) -> Iterator[tuple[Node, Any]]:
    """Give the field references of an expression with the type they are read from."""
    if node["type"] == "field":
        yield node, kind
        return
    if node["type"] in ("slice", "literal"):
        return
    kind_of_node = node["type"]
    here = kind
    for position, child in enumerate(node.get("children") or []):
        yield from fields_of(child, here)
        if kind_of_node in ("subexpression", "index_expression", "pipe"):
            here = _type_of(child, here)
        elif kind_of_node in ("projection", "filter_projection") and not position:
            here = _type_of(child, kind)


def _type_of(node: Node, kind: Any) -> Any:
    """Give the type that an expression leads to; None where it cannot be told."""
    name = node["type"]
    if name in ("current", "identity", "index", "slice"):
        return kind
    if name == "field":
        part = part_of(kind)
        field = part.model_fields.get(node["value"]) if part else None
        return field.annotation if field else None
    if name in ("subexpression", "index_expression", "projection", "pipe"):
        for child in node["children"]:
            kind = _type_of(child, kind)
        return kind
    if name in ("flatten", "filter_projection"):
        return _type_of(node["children"][0], kind)
    return None


def part_of(kind: Any) -> type[Part] | None:
    """Give the canonical part inside an annotation: ``list[X]``, ``X | None``."""
    if isinstance(kind, type) and not isinstance(kind, types.GenericAlias):
        return kind if issubclass(kind, Part) else None
    for inner in typing.get_args(kind):
        if (found := part_of(inner)) is not None:
            return found
    return None
