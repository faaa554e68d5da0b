"""What the types cannot say: that names lead somewhere and maps fit their documents."""

import re
import types
import typing
from collections.abc import Iterator
from typing import Any

from ..canonical import DOCUMENTS, Part
from .expect import check_expectations
from .expressions import Expression, Node
from .formats import Csv, Json, Xml
from .functions import setting_problem
from .lines import Path
from .mapping import Each, Group, Leaf, Listed, When
from .mapping import Node as MapNode
from .specs import AuthSpec, FlowSpec, Operation, Profile
from .templates import Template
from .words import did_you_mean

Fault = tuple[Path, str]

_SETTING = re.compile(r"\bsetting\('([^']*)'\)|\{settings\.(\w+)\}")


def check_profile(profile: Profile, raw: dict[str, Any]) -> list[Fault]:
    """Give every fault of a profile whose parts are well-formed."""
    faults = list(_check_settings(profile, raw))
    for name, operation in profile.operations.items():
        faults += _check_operation(profile, operation, ("operations", name))
    for name, flow in profile.flows.items():
        faults += _check_flow(profile, flow, ("flows", name))
    faults += check_expectations(profile)
    for index, sample in enumerate(profile.samples):
        if sample.flow not in profile.flows:
            hint = did_you_mean(sample.flow, profile.flows)
            words = f"{sample.flow!r} is not a flow of the profile{hint}"
            faults.append((("samples", index, "flow"), words))
    if profile.transport in ("rest", "soap") and profile.base_url is None:
        faults.append((("base_url",), "is missing"))
    if profile.transport == "soap" and not profile.wsdl:
        faults.append((("wsdl",), "is missing: the name of the partner's WSDL"))
    faults += _check_auth(profile.auth)
    if profile.pace and not (profile.pace.remaining or profile.pace.rate):
        faults.append((("pace",), "names neither remaining nor rate"))
    return faults


def _check_auth(auth: AuthSpec) -> Iterator[Fault]:
    """Say what a way to sign in lacks."""
    needed = {
        "basic": ("credential", "user"),
        "bearer": ("credential",),
        "header": ("credential", "name"),
        "query": ("credential", "name"),
        "oauth2": ("credential", "user", "token_url"),
        "password": ("credential", "user"),
        "ssh_key": ("credential", "user"),
        "arguments": ("credential", "secret_argument"),
    }
    for key in needed.get(auth.scheme, ()):
        if not getattr(auth, key):
            yield ("auth",), f"scheme {auth.scheme} needs {key}"


# ------------------------------------------------------------------ operations


def _check_operation(profile: Profile, op: Operation, path: Path) -> Iterator[Fault]:
    kinds = [bool(op.method or op.path), op.file is not None, op.find_file is not None]
    if op.soap:
        yield from _check_soap(profile, op, any(kinds), path)
    elif sum(kinds) != 1:
        yield path, "is exactly one of: method and path, soap, file, find_file"
    elif kinds[0] and not (op.method and op.path):
        yield path, "needs both method and path"
    if kinds[0] and profile.transport != "rest":
        yield path, f"is an HTTP call, and the transport is {profile.transport}"
    if (kinds[1] or kinds[2]) and profile.transport in ("rest", "soap"):
        yield path, f"is about files, and the transport is {profile.transport}"
    if op.path is not None and not op.path.text.startswith("/"):
        yield (*path, "path"), "does not begin with /"
    for key in ("look_up", "paging", "cursor"):
        if getattr(op, key) is not None and not op.safe:
            yield (*path, key), "stands only on an operation with safe: true"
    if op.paging:
        yield from _check_paging(op, path)
    if isinstance(op.format, Xml) and op.body is not None and not op.format.root:
        yield (*path, "format"), "writes XML and names no root"
    if op.file and op.body is None:
        yield path, "writes a file and has no body"


def _check_soap(profile, op: Operation, also: bool, path: Path) -> Iterator[Fault]:
    if profile.transport != "soap":
        yield (
            (*path, "soap"),
            f"is a SOAP call, and the transport is {profile.transport}",
        )
    if also or op.params or op.headers:
        yield path, "is a SOAP call, which has neither path, params, headers nor files"
    if op.paging:
        yield (*path, "paging"), "is not for SOAP calls"
    if not isinstance(op.format, Json):
        yield (*path, "format"), "is not for SOAP calls: the WSDL says it"


def _check_paging(op: Operation, path: Path) -> Iterator[Fault]:
    paging = op.paging
    if paging.style != "link" and not paging.param:
        yield (*path, "paging"), f"style {paging.style} needs param"
    told = paging.next is not None or bool(paging.next_header)
    if paging.style in ("token", "link") and not told:
        yield (*path, "paging"), f"style {paging.style} needs next or next_header"


# ----------------------------------------------------------------------- flows


def _check_flow(profile: Profile, flow: FlowSpec, path: Path) -> Iterator[Fault]:
    model = DOCUMENTS.get(path[-1])
    if model is None:
        hint = did_you_mean(str(path[-1]), DOCUMENTS)
        yield path, f"is not a canonical document{hint}"
        return
    if flow.direction == "out":
        yield from _check_out(profile, flow, model, path)
    else:
        yield from _check_in(profile, flow, model, path)


def _check_out(profile, flow: FlowSpec, model, path: Path) -> Iterator[Fault]:
    for key in ("map", "poll", "file", "webhook", "documents", "dated"):
        if getattr(flow, key) is not None:
            yield (*path, key), "belongs to incoming flows only"
    if not flow.send:
        yield path, "names no operation under send"
    for key in ("send", "look_up"):
        name = getattr(flow, key)
        if not name:
            continue
        operation = profile.operations.get(name)
        if operation is None:
            hint = did_you_mean(name, profile.operations)
            yield (*path, key), f"{name!r} is not an operation{hint}"
            continue
        yield from _check_fields(operation, model, ("operations", name))
        asks = operation.kind in ("http", "soap")
        if key == "look_up" and asks and not operation.look_up:
            yield ("operations", name), "is used as a look-up and has no look_up"


def _check_in(profile, flow: FlowSpec, model, path: Path) -> Iterator[Fault]:
    for key in ("send", "look_up"):
        if getattr(flow, key):
            yield (*path, key), "belongs to outgoing flows only"
    if not flow.sources:
        yield path, "comes from nowhere: name webhook, poll or file"
    if flow.webhook and profile.webhook is None:
        yield (*path, "webhook"), "needs the profile's own webhook section"
    yield from _check_fetch_back(profile, flow, path)
    if flow.poll:
        operation = profile.operations.get(flow.poll.operation)
        where = (*path, "poll", "operation")
        if operation is None:
            hint = did_you_mean(flow.poll.operation, profile.operations)
            yield where, f"{flow.poll.operation!r} is not an operation{hint}"
        elif not operation.safe:
            yield where, "is polled, so it needs safe: true"
    if flow.file and profile.transport in ("rest", "soap"):
        yield (
            (*path, "file"),
            f"is about files, and the transport is {profile.transport}",
        )
    if flow.map is None:
        yield path, "has no map"
    else:
        yield from _check_map(flow.map, model, (*path, "map"))


def _check_fetch_back(profile, flow: FlowSpec, path: Path) -> Iterator[Fault]:
    """An unsigned post may only say that something is to be asked for."""
    if not flow.webhook:
        return
    fetch = flow.webhook.fetch
    if fetch is None:
        if profile.webhook and profile.webhook.scheme.kind == "unsigned":
            words = "is not signed, so it may not be believed: it needs fetch"
            yield (*path, "webhook"), words
        return
    operation = profile.operations.get(fetch.operation)
    where = (*path, "webhook", "fetch")
    if operation is None:
        hint = did_you_mean(fetch.operation, profile.operations)
        yield where, f"{fetch.operation!r} is not an operation{hint}"
    elif not operation.safe:
        yield where, "is called for every event, so it needs safe: true"


def _check_map(node: MapNode, kind: Any, path: Path) -> Iterator[Fault]:
    """Hold a map against the canonical document it makes."""
    part = _part(kind)
    if isinstance(node, When):
        yield from _check_map(node.inner, kind, (*path, "map"))
    elif isinstance(node, Each):
        yield from _check_map(node.entry, kind, (*path, "map"))
    elif isinstance(node, Listed):
        for index, entry in enumerate(node.entries):
            yield from _check_map(entry, kind, (*path, index))
    elif isinstance(node, Group) and part is not None:
        for name, child in node.fields.items():
            field = part.model_fields.get(name)
            if field is None:
                hint = did_you_mean(name, part.model_fields)
                yield (*path, name), f"is not a field of {part.__name__}{hint}"
            else:
                yield from _check_map(child, field.annotation, (*path, name))
        for name, field in part.model_fields.items():
            if field.is_required() and name not in node.fields:
                yield path, f"lacks {name!r}, which {part.__name__} needs"
    elif isinstance(node, Group):
        yield path, "is a group, and the field is none"


# ------------------------------------------------- references to our documents


def _check_fields(op: Operation, model: type[Part], path: Path) -> Iterator[Fault]:
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
    entry = op.body.entry if isinstance(op.body, Each) else op.body
    if not isinstance(entry, Group):
        return
    known = [*op.format.columns, *op.format.optional]
    for name in entry.fields:
        if name not in known:
            hint = did_you_mean(name, known)
            yield (*path, "body"), f"{name!r} is not a column of the format{hint}"


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
    for node, inside in _fields(expression.node, kind):
        name, part = node["value"], _part(inside)
        if part and name != "settings" and name not in part.model_fields:
            hint = did_you_mean(name, part.model_fields)
            hint = hint or f"; a fixed text is written ={name}"
            yield path, f"{name!r} is not a field of {part.__name__}{hint}"


def _fields(node: Node, kind: Any) -> Iterator[tuple[Node, Any]]:
    """Give the field references of an expression with the type they are read from."""
    if node["type"] == "field":
        yield node, kind
        return
    if node["type"] in ("slice", "literal"):
        return
    kind_of_node = node["type"]
    here = kind
    for position, child in enumerate(node.get("children") or []):
        yield from _fields(child, here)
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
        part = _part(kind)
        field = part.model_fields.get(node["value"]) if part else None
        return field.annotation if field else None
    if name in ("subexpression", "index_expression", "projection", "pipe"):
        for child in node["children"]:
            kind = _type_of(child, kind)
        return kind
    if name in ("flatten", "filter_projection"):
        return _type_of(node["children"][0], kind)
    return None


def _part(kind: Any) -> type[Part] | None:
    """Give the canonical part inside an annotation: ``list[X]``, ``X | None``."""
    if isinstance(kind, type) and not isinstance(kind, types.GenericAlias):
        return kind if issubclass(kind, Part) else None
    for inner in typing.get_args(kind):
        if (found := _part(inner)) is not None:
            return found
    return None


# -------------------------------------------------------------------- settings


def _check_settings(profile: Profile, raw: Any, path: Path = ()) -> Iterator[Fault]:
    """Find settings that are used and not declared."""
    if isinstance(raw, dict):
        for name, held in raw.items():
            yield from _check_settings(profile, held, (*path, name))
    elif isinstance(raw, list):
        for index, held in enumerate(raw):
            yield from _check_settings(profile, held, (*path, index))
    elif isinstance(raw, str) and "setting" in raw:
        for name in _used_settings(raw):
            if problem := setting_problem(name, profile.settings):
                yield path, problem


def _used_settings(text: str) -> list[str]:
    return [first or second for first, second in _SETTING.findall(text)]
