"""Checks of what is asked for: lists, their pages and cursors, parts of documents."""

from collections.abc import Iterator

from ..canonical import Part
from .expressions import Expression
from .formats import Json
from .lines import Path
from .mapping import Each, Group, Leaf, Listed, When
from .mapping import Node as MapNode
from .references import Fault, check_fields, fields_of
from .specs import FlowSpec, Operation, Profile
from .words import did_you_mean


class Polled(Part):
    """What a polled call knows beside the settings: how far it was read."""

    cursor: str = ""


def check_lists(op: Operation, path: Path) -> Iterator[Fault]:
    """Check how an operation asks for lists, and that asking does no harm."""
    for key in ("look_up", "paging", "cursor"):
        if getattr(op, key) is not None and not op.safe:
            yield (*path, key), "stands only on an operation with safe: true"
    if op.paging:
        yield from _check_paging(op, path)
    if op.cursor and not op.cursor.param and not _names_cursor(op):
        words = "has no param, and neither the texts nor the body name {}"
        yield (*path, "cursor"), words.format("{cursor}" if not op.body else "cursor")


def _check_paging(op: Operation, path: Path) -> Iterator[Fault]:
    paging = op.paging
    if paging.style != "link" and not paging.param:
        yield (*path, "paging"), f"style {paging.style} needs param"
    told = paging.next is not None or bool(paging.next_header)
    if paging.style in ("token", "link") and not told:
        yield (*path, "paging"), f"style {paging.style} needs next or next_header"
    if paging.place == "body" and (
        op.body is None or op.method == "GET" or not isinstance(op.format, Json)
    ):
        words = "is for calls with a JSON body"
        yield (*path, "paging", "place"), words


def _names_cursor(op: Operation) -> bool:
    """Say whether a call tells the partner its cursor by itself."""
    texts = [*op.params.values(), *op.headers.values(), *([op.path] if op.path else [])]
    holes = [hole for text in texts for hole in text.holes]
    expressions = [*holes, *(_leaves(op.body) if op.body else ())]
    return any(
        node["value"] == "cursor"
        for expression in expressions
        for node, _kind in fields_of(expression.node, None)
    )


def _leaves(node: MapNode) -> Iterator[Expression]:
    if isinstance(node, Leaf):
        yield node.expression
    elif isinstance(node, Group):
        for child in node.fields.values():
            yield from _leaves(child)
    elif isinstance(node, Listed):
        for child in node.entries:
            yield from _leaves(child)
    elif isinstance(node, When):
        yield node.test
        yield from _leaves(node.inner)
    elif isinstance(node, Each):
        yield node.over
        yield from _leaves(node.entry)


def check_expand(profile: Profile, flow: FlowSpec, path: Path) -> Iterator[Fault]:
    """What is asked for with each document is a question, and no file."""
    if flow.expand is None:
        return
    where = (*path, "expand", "operation")
    operation = profile.operations.get(flow.expand.operation)
    if operation is None:
        hint = did_you_mean(flow.expand.operation, profile.operations)
        yield where, f"{flow.expand.operation!r} is not an operation{hint}"
    elif operation.kind not in ("http", "soap"):
        yield where, "is asked for with each document, so it has to be a call"
    elif not operation.safe:
        yield where, "is called for every document, so it needs safe: true"
    elif operation.cursor:
        yield where, "is asked for from its beginning, so it has no cursor"


def check_code_lists(profile: Profile) -> Iterator[Fault]:
    """A list of codes is a question, about a vocabulary that the profile maps."""
    for name, spec in profile.code_lists.items():
        path: Path = ("code_lists", name)
        if name not in profile.code_maps:
            hint = did_you_mean(name, profile.code_maps)
            yield path, f"{name!r} is no code map of the profile{hint}"
        operation = profile.operations.get(spec.operation)
        where = (*path, "operation")
        if operation is None:
            hint = did_you_mean(spec.operation, profile.operations)
            yield where, f"{spec.operation!r} is not an operation{hint}"
        elif operation.kind not in ("http", "soap") or not operation.safe:
            yield where, "is asked each day, so it has to be a call with safe: true"
        else:
            yield from check_fields(operation, Polled, ("operations", operation.name))
