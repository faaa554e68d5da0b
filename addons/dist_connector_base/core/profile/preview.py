"""What a profile makes of a document, with every fault; nothing is stored or sent.

The pipeline stops at the first fault of a document. Whoever writes a profile wants all
of them at once, and wants to know which codes were looked up. A document without a
fault went through the very functions that the pipeline calls.
"""

import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from pydantic import ValidationError

from .. import masking
from ..canonical import DOCUMENTS, Document, problems
from ..codecs import json_codec
from ..errors import ConfigurationError, DataError, DistError, MappingError
from ..wire import FileDrop, HttpRequest, Item, SoapRequest
from .context import Context, FileSearch
from .expand import cut_expanded
from .inbound import dated, decode, keys, map_in, skip_reason, split
from .lines import path_text
from .mapping import Each, Group, Listed, Node, When
from .operators import is_false
from .outbound import build
from .scope import Scope
from .specs import FlowSpec, Operation, Profile

#: Documents of one transmission that are shown, and faults of each.
SHOWN_DOCUMENTS = 20
SHOWN_FAULTS = 100

Location = tuple[int | str, ...]
Translate = Callable[[str, str, str], str]


class Fault(NamedTuple):
    """One thing that is wrong.

    :ivar path: place in the partner's document, or in the canonical one (out)
    :ivar field: field of the canonical document, where that is known
    :ivar kind: class of the error: ``data``, ``mapping``, ``configuration`` ...
    """

    path: str
    message: str
    next_step: str = ""
    field: str = ""
    kind: str = "data"


class CodeUse(NamedTuple):
    """A code that was looked up. ``found`` is None when it is not mapped."""

    vocabulary: str
    code: str
    direction: str
    found: str | None


@dataclasses.dataclass
class Read:
    """One document of what came in.

    :ivar content: the canonical document as plain data; with faults, as far as it went
    """

    path: str = ""
    key: str = ""
    skipped: str = ""
    content: Any = None
    faults: list[Fault] = dataclasses.field(default_factory=list)
    document: Document | None = None


@dataclasses.dataclass
class Sending:
    """What would leave: a call or a file. ``body`` is bytes as they would be sent."""

    method: str = ""
    address: str = ""
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    params: dict[str, Any] = dataclasses.field(default_factory=dict)
    body: bytes = b""
    look_up: str = ""


@dataclasses.dataclass
class Preview:
    """The whole of a preview. ``more`` documents are not shown."""

    read: list[Read] = dataclasses.field(default_factory=list)
    sending: Sending | None = None
    faults: list[Fault] = dataclasses.field(default_factory=list)
    codes: list[CodeUse] = dataclasses.field(default_factory=list)
    more: int = 0

    @property
    def all_faults(self) -> list[Fault]:
        """Give the faults of the whole, then those of each document."""
        return [*self.faults, *(fault for read in self.read for fault in read.faults)]


def preview_in(
    profile: Profile,
    message_type: str,
    payload: bytes,
    ctx: Context,
    source: str = "",
    *,
    alone: bool = False,
) -> Preview:
    """Read bytes of the partner as the pipeline would.

    :param source: webhook, poll or file; may be left out where a flow has one way
    :param alone: the bytes are one document of a transmission already, as JSON
    """
    seen: list[CodeUse] = []
    preview = Preview(codes=seen)
    ctx = dataclasses.replace(ctx, translate=_Recorder(ctx.translate, seen))
    try:
        flow = _flow(profile, message_type, "in")
        source = source or (flow.sources[0] if flow.sources else "")
        if source == "webhook" and flow.webhook and flow.webhook.fetch:
            # a thin event holds no document; the sample is what it leads to
            source = "fetch"
        if alone:
            items = [Item("", json_codec.decode(payload))]
        else:
            items = split(flow, decode(flow, payload, ctx, source), source)
            items = [part for item in items for part in _parts(flow, item, ctx)]
    except DistError as exc:
        preview.faults.append(_fault(exc))
        return preview
    preview.more = max(len(items) - SHOWN_DOCUMENTS, 0)
    preview.read = [read_item(flow, item, ctx) for item in items[:SHOWN_DOCUMENTS]]
    preview.codes = list(dict.fromkeys(seen))
    return preview


def _parts(flow: FlowSpec, item: Item, ctx: Context) -> list[Item]:
    """Cut a document whose parts the sample holds, as if they had been asked for."""
    if flow.expand is None or skip_reason(flow, item, ctx):
        return [item]
    if not isinstance(item.data, dict) or flow.expand.into not in item.data:
        raise DataError(
            f"lacks {flow.expand.into!r}: a sample holds what is asked for with it",
            path=item.path,
        )
    return cut_expanded(flow, item)


def read_item(flow: FlowSpec, item: Item, ctx: Context) -> Read:
    """Read one document, with all its faults."""
    read = Read(item.path)
    try:
        read.skipped = skip_reason(flow, item, ctx)
        if read.skipped:
            return read
        read.document = map_in(flow, item, ctx)
        read.key = keys(flow, read.document).key
        read.content = json.loads(read.document.to_json())
    except DistError as exc:
        _tell_all(flow, item, ctx, read)
        if not read.faults:
            read.faults.append(_fault(exc))
    return read


def preview_out(
    profile: Profile, message_type: str, canonical: str | bytes, ctx: Context
) -> Preview:
    """Show what a canonical document would become on its way to the partner."""
    seen: list[CodeUse] = []
    preview = Preview()
    ctx = dataclasses.replace(ctx, translate=_Recorder(ctx.translate, seen))
    try:
        flow = _flow(profile, message_type, "out")
        document = DOCUMENTS[message_type].model_validate_json(
            canonical, context={"zone": ctx.timezone}
        )
    except ValidationError as exc:
        preview.faults = [
            Fault(problem.path, problem.message, field=problem.path)
            for problem in problems(exc)[:SHOWN_FAULTS]
        ]
        return preview
    except DistError as exc:
        preview.faults.append(_fault(exc))
        return preview
    preview.read.append(Read(key=document.key, content=json.loads(document.to_json())))
    try:
        preview.sending = _sending(profile, flow, document, ctx)
    except DistError as exc:
        preview.faults.append(_fault(exc))
    preview.codes = list(dict.fromkeys(seen))
    return preview


def _flow(profile: Profile, message_type: str, direction: str) -> FlowSpec:
    flow = profile.flows.get(message_type)
    words = message_type.replace("_", " ") or "document"
    if flow is None:
        raise ConfigurationError(
            f"the profile has no flow for {words}",
            path=f"flows.{message_type}",
            next_step="Choose a document that the profile names under flows.",
        )
    if flow.direction != direction:
        way = "goes out" if flow.direction == "out" else "comes in"
        raise ConfigurationError(f"{words} {way}", path=f"flows.{message_type}")
    return flow


def _fault(exc: DistError) -> Fault:
    return Fault(exc.path, exc.message, exc.next_step, kind=exc.code)


class _Recorder:
    """A translator that remembers what it was asked for."""

    def __init__(self, translate: Translate, seen: list[CodeUse]) -> None:
        self._translate = translate
        self._seen = seen
        self.dated = getattr(translate, "dated", False)

    def on(self, day: dt.date) -> "_Recorder":
        """Give the recorder of another day; it remembers in the same list."""
        return _Recorder(self._translate.on(day), self._seen)

    def __call__(self, vocabulary: str, code: str, direction: str) -> str:
        try:
            found = self._translate(vocabulary, code, direction)
        except MappingError:
            self._seen.append(CodeUse(vocabulary, code, direction, None))
            raise
        self._seen.append(CodeUse(vocabulary, code, direction, found))
        return found


# ------------------------------------------------------------------- incoming


def _tell_all(flow: FlowSpec, item: Item, ctx: Context, read: Read) -> None:
    """Fill the map part by part: a fault leaves its part out, and is told."""
    if flow.map is None:
        return
    try:
        ctx = dated(flow, item, ctx)
    except DataError as exc:
        read.faults.append(_fault(exc))
    scope = Scope(ctx, "in", item.data, item.path)
    patient = _Patient()
    content = patient.fill(flow.map, item.data, scope, ())
    read.content = json.loads(json.dumps(content, default=str))
    read.faults += [fault for _loc, fault in patient.faults[:SHOWN_FAULTS]]
    failed = {loc for loc, _fault in patient.faults}
    try:
        DOCUMENTS[flow.message_type].model_validate(
            content, context={"zone": ctx.timezone}
        )
    except ValidationError as exc:
        details = exc.errors(include_url=False, include_input=False)
        for problem, detail in zip(problems(exc), details, strict=True):
            if detail["loc"] in failed or len(read.faults) >= SHOWN_FAULTS:
                continue
            place = patient.place(detail["loc"])
            read.faults.append(Fault(place, problem.message, field=problem.path))


class _Patient:
    """Fills a map and goes on behind a fault.

    :ivar faults: where in the result a value is missing for it, and the fault
    """

    def __init__(self) -> None:
        self.faults: list[tuple[Location, Fault]] = []
        self._parts: dict[Location, tuple[Node, Any, Scope]] = {}

    def place(self, loc: Location) -> str:
        """Say from where in the partner's document a part of the result came."""
        for end in range(len(loc), -1, -1):
            if loc[:end] in self._parts:
                node, value, scope = self._parts[loc[:end]]
                if isinstance(node, (Group, Each, Listed, When)):
                    return scope.path_of(value)
                return node.place((), value, scope)
        return ""

    def fill(self, node: Node, value: Any, scope: Scope, loc: Location) -> Any:
        """Give what a part makes of the data, as far as it can be made."""
        self._parts[loc] = (node, value, scope)
        try:
            if isinstance(node, Group):
                return self._group(node, value, scope, loc)
            if isinstance(node, Each):
                return self._each(node, value, scope, loc)
            if isinstance(node, Listed):
                return self._listed(node, value, scope, loc)
            if isinstance(node, When):
                absent = is_false(node.test.run(value, scope))
                return None if absent else self.fill(node.inner, value, scope, loc)
            return node.fill(value, scope)
        except DistError as exc:
            field = path_text(loc)
            self.faults.append((loc, _fault(exc)._replace(field=field)))
            return None

    def _group(self, node: Group, value: Any, scope: Scope, loc: Location) -> Any:
        found = {
            name: self.fill(part, value, scope, (*loc, name))
            for name, part in node.fields.items()
        }
        return {name: held for name, held in found.items() if held is not None}

    def _each(self, node: Each, value, scope, loc: Location, start: int = 0) -> Any:
        entries = node._entries(value, scope)
        if isinstance(node.entry, Each):
            found: list[Any] = []
            for entry, inner in entries or ():
                below = start + len(found)
                found += self._each(node.entry, entry, inner, loc, below) or []
            return found
        return entries and [
            self.fill(node.entry, entry, inner, (*loc, index))
            for index, (entry, inner) in enumerate(entries, start)
        ]

    def _listed(self, node: Listed, value: Any, scope: Scope, loc: Location) -> Any:
        result: list[Any] = []
        for part in node.entries:
            if isinstance(part, Each):
                result += self._each(part, value, scope, loc, len(result)) or []
                continue
            found = self.fill(part, value, scope, (*loc, len(result)))
            if found is not None:
                result.append(found)
        return result


# ------------------------------------------------------------------- outgoing


def _sending(
    profile: Profile, flow: FlowSpec, document: Document, ctx: Context
) -> Sending:
    content = build(_operation(profile, flow.sent_by(document)), document, ctx)
    sending = _told(content, profile)
    if flow.look_up:
        try:
            asked = _told(build(_operation(profile, flow.look_up), document, ctx))
            pairs = "&".join(f"{name}={told}" for name, told in asked.params.items())
            sending.look_up = f"{asked.method} {asked.address}{pairs and '?' + pairs}"
        except DataError as exc:
            # a cancel is looked up by what the answer to it tells
            sending.look_up = str(exc)
    return sending


def _operation(profile: Profile, name: str) -> Operation:
    try:
        return profile.operations[name]
    except KeyError:
        raise ConfigurationError(
            "is not an operation of the profile", path=f"operations.{name}"
        ) from None


def _told(
    content: HttpRequest | SoapRequest | FileDrop | FileSearch,
    profile: Profile | None = None,
) -> Sending:
    """Tell what was built: headers and parameters with secrets masked."""
    if isinstance(content, FileDrop):
        return Sending("FILE", f"{content.folder}/{content.name}", body=content.content)
    if isinstance(content, FileSearch):
        return Sending("FIND", f"{content.name} in {', '.join(content.folders)}")
    if isinstance(content, SoapRequest):
        # the envelope is written by the partner's WSDL; these are its arguments
        body = json.dumps(content.arguments, default=str, ensure_ascii=False)
        return Sending("SOAP", content.operation, body=body.encode())
    headers = masking.mask_headers(content.headers)
    params = masking.mask_params(content.params)
    auth = profile.auth if profile else None
    if auth and auth.scheme in ("bearer", "basic"):
        headers = {"Authorization": f"{auth.scheme.title()} {masking.MASK}", **headers}
    elif auth and auth.scheme == "header":
        headers = {auth.name: masking.MASK, **headers}
    elif auth and auth.scheme == "query":
        params[auth.name] = masking.MASK
    return Sending(
        content.method, masking.mask_url(content.url), headers, params, content.body
    )
