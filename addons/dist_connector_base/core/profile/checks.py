"""What the types cannot say: that names lead somewhere and maps fit their documents."""

import re
from collections.abc import Iterator
from typing import Any

from ..canonical import DOCUMENTS
from .check_lists import Polled, check_code_lists, check_expand, check_lists
from .expect import check_expectations
from .formats import Json, Xml
from .functions import setting_problem
from .lines import Path
from .mapping import Each, Group, Listed, When
from .mapping import Node as MapNode
from .references import Fault, check_fields, part_of
from .specs import AuthSpec, FlowSpec, Operation, Profile
from .stock import check_stock
from .words import did_you_mean

_SETTING = re.compile(r"\bsetting\('([^']*)'\)|\{settings\.(\w+)\}")


def check_profile(profile: Profile, raw: dict[str, Any]) -> list[Fault]:
    """Give every fault of a profile whose parts are well-formed."""
    faults = list(_check_settings(profile, raw))
    for name, operation in profile.operations.items():
        faults += _check_operation(profile, operation, ("operations", name))
    for name, flow in profile.flows.items():
        faults += _check_flow(profile, flow, ("flows", name))
    faults += check_code_lists(profile)
    faults += check_stock(profile)
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
    faults += _check_done_file(profile)
    faults += _check_auth(profile.auth)
    if profile.pace and not (profile.pace.remaining or profile.pace.rate):
        faults.append((("pace",), "names neither remaining nor rate"))
    return faults


def _check_done_file(profile: Profile) -> Iterator[Fault]:
    """Say why a done-file cannot be told from the file it is about."""
    done = profile.done_file
    if done is None:
        return
    if profile.transport not in ("sftp", "folder"):
        words = f"is about files, and the transport is {profile.transport}"
        yield ("done_file",), words
    holes = [hole.text for hole in done.holes]
    known = ("name", "stem")
    for text in holes:
        if text not in known and not text.startswith("settings."):
            hint = did_you_mean(text, known)
            yield ("done_file",), f"{text!r} is neither name, stem nor a setting{hint}"
    if not set(holes) & set(known) or done.text in ("{name}", "{stem}"):
        yield ("done_file",), "would be the same for every file, or the file itself"


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
    yield from check_lists(op, path)
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
    for key in ("map", "poll", "file", "webhook", "documents", "expand", "dated"):
        if getattr(flow, key) is not None:
            yield (*path, key), "belongs to incoming flows only"
    if not flow.send:
        yield path, "names no operation under send"
    if flow.change and "remote_id" not in model.model_fields:
        words = f"{model.__name__} has no remote_id, which would call for it"
        yield (*path, "change"), words
    for key in ("send", "change", "look_up"):
        name = getattr(flow, key)
        if not name:
            continue
        operation = profile.operations.get(name)
        if operation is None:
            hint = did_you_mean(name, profile.operations)
            yield (*path, key), f"{name!r} is not an operation{hint}"
            continue
        yield from check_fields(operation, model, ("operations", name))
        asks = operation.kind in ("http", "soap")
        if key == "look_up" and asks and not operation.look_up:
            yield ("operations", name), "is used as a look-up and has no look_up"


def _check_in(profile, flow: FlowSpec, model, path: Path) -> Iterator[Fault]:
    for key in ("send", "change", "look_up"):
        if getattr(flow, key):
            yield (*path, key), "belongs to outgoing flows only"
    if not flow.sources:
        yield path, "comes from nowhere: name webhook, poll or file"
    if flow.webhook and profile.webhook is None:
        yield (*path, "webhook"), "needs the profile's own webhook section"
    yield from _check_fetch_back(profile, flow, path)
    yield from check_expand(profile, flow, path)
    if flow.poll:
        operation = profile.operations.get(flow.poll.operation)
        where = (*path, "poll", "operation")
        if operation is None:
            hint = did_you_mean(flow.poll.operation, profile.operations)
            yield where, f"{flow.poll.operation!r} is not an operation{hint}"
        elif not operation.safe:
            yield where, "is polled, so it needs safe: true"
        else:
            yield from check_fields(operation, Polled, ("operations", operation.name))
            if flow.poll.sweep and getattr(operation.cursor, "kind", "") != "moment":
                words = "needs an operation whose cursor is a moment"
                yield (*path, "poll", "sweep"), words
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
    part = part_of(kind)
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
