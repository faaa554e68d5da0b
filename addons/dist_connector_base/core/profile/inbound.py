"""What came in: bytes to data, data to documents, documents to canonical ones."""

import datetime as dt
import functools
import zoneinfo
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ..canonical import DOCUMENTS, Document, problems
from ..codecs import archive, csv_codec, json_codec, xml_codec
from ..errors import ConfigurationError, DataError
from ..wire import Item
from .context import Context, FilePlace, Keys
from .expressions import Expression
from .formats import Csv, Format, Xml
from .functions import as_text
from .operators import is_false
from .scope import Scope, trace, walk
from .specs import FlowSpec

_DAY = TypeAdapter(dt.date)
_MOMENT = TypeAdapter(dt.datetime)

#: Faults that one message names; the rest is counted.
SHOWN_FAULTS = 20

#: Where ordering and correlation of a document type come from, unless the profile
#: says otherwise: documents of one request are applied in order.
_PARTITION_FIELDS = ("request_key", "order_key", "receipt_key", "warehouse")


def decode(flow: FlowSpec, payload: bytes, ctx: Context, source: str = "") -> Any:
    """Read bytes in the flow's form.

    :param source: webhook, poll or file: files may be packed
    :raises DataError: with the position of the fault
    """
    packed = flow.file.unpack if flow.file and source in ("", "file") else None
    if packed:
        return archive.unpack(
            payload, packed, functools.partial(decode_format, flow.format)
        )
    return decode_format(flow.format, payload)


def decode_format(form: Format, payload: bytes) -> Any:
    """Read bytes in a form.

    :raises DataError: with the position of the fault
    """
    if isinstance(form, Csv):
        return csv_codec.decode(payload, csv_form(form))
    if isinstance(form, Xml):
        return xml_codec.decode(payload, xml_form(form))
    return json_codec.decode(payload, form.charset)


def csv_form(form: Csv) -> csv_codec.CsvForm:
    """Give a CSV form as the codec takes it."""
    return csv_codec.CsvForm(
        columns=tuple(form.columns),
        optional=tuple(form.optional),
        delimiter=form.delimiter,
        quote=form.quote,
        charset=form.charset,
        refuse_others=form.others == "refuse",
        bom=form.bom,
        line_end="\r\n" if form.line_end == "crlf" else "\n",
    )


def xml_form(form: Xml) -> xml_codec.XmlForm:
    """Give an XML form as the codec takes it."""
    return xml_codec.XmlForm(
        root=form.root,
        namespaces=form.namespaces,
        lists=tuple(form.lists),
        charset=form.charset,
        declaration=form.declaration,
    )


def split(flow: FlowSpec, data: Any, source: str = "") -> list[Item]:
    """Cut what came into its documents.

    :param source: webhook, poll, file, or fetch (what a thin event led to); may be
        left out where a flow has one way
    :raises DataError: when the documents are not where the profile says
    """
    if not source and len(flow.sources) == 1:
        source = flow.sources[0]
    expression = _documents(flow, source)
    if expression is None:
        return [Item("", data)]
    found = expression.run(data, Scope(Context(), "in", data))
    if found is None:
        raise DataError(
            f"has no documents at {expression.text!r}",
            path=trace(data, "", expression.steps),
        )
    entries = found if isinstance(found, list) else [found]
    return [Item(path, entry) for path, entry in places(data, entries)]


def places(data: Any, entries: list[Any]) -> list[tuple[str, Any]]:
    """Give entries of the data with the places at which they stand in it."""
    paths = {id(value): path for value, path in walk(data)} if entries else {}
    return [(_entry_path(paths, entry), entry) for entry in entries]


def _documents(flow: FlowSpec, source: str) -> Expression | None:
    """Give where the documents stand in what came this way.

    A thin event holds none: what is cut there are the events.
    """
    thin = flow.webhook.fetch if flow.webhook else None
    if source == "fetch":
        return (thin.documents if thin else None) or flow.documents
    if source == "webhook" and thin:
        return flow.webhook.documents
    way = getattr(flow, source, None) if source else None
    return (way.documents if way else None) or flow.documents


def _entry_path(paths: dict[int, str], entry: Any) -> str:
    """Give the place of a document.

    A group of rows stands where its first row does, a row of ``spread`` where it did.
    """
    if id(entry) not in paths and isinstance(entry, dict):
        rows = entry.get("rows")
        entry = rows[0] if rows else entry.get("row", entry)
    return paths.get(id(entry), "")


def map_in(flow: FlowSpec, item: Item, ctx: Context) -> Document:
    """Map one document of the partner to its canonical form.

    :raises DataError: with the path of the fault in the partner's document
    :raises MappingError: for a code that is not mapped, with vocabulary and value
    :raises ConfigurationError: when the flow has no map
    """
    model = DOCUMENTS[flow.message_type]
    if flow.map is None:
        raise ConfigurationError(
            "the flow has no map", path=f"flows.{flow.message_type}.map"
        )
    scope = Scope(dated(flow, item, ctx), "in", item.data, item.path)
    content = flow.map.fill(item.data, scope)
    try:
        return model.model_validate(content, context={"zone": ctx.timezone})
    except ValidationError as exc:
        raise _fault(flow, item, scope, exc) from exc


def dated(flow: FlowSpec, item: Item, ctx: Context) -> Context:
    """Give the context with the codes of the document's day.

    :raises DataError: when what the profile calls its date is none
    """
    if flow.dated is None or not getattr(ctx.translate, "dated", False):
        return ctx.dated()
    scope = Scope(ctx, "in", item.data, item.path)
    told = flow.dated.run(item.data, scope)
    if told is None or told == "":
        return ctx.dated()
    path = scope.path_of(item.data, flow.dated.steps)
    try:
        day = _DAY.validate_python(told) if _is_day(told) else None
        moment = day or _MOMENT.validate_python(told)
    except ValidationError as exc:
        raise DataError("is no date", path=path) from exc
    if day is None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=zoneinfo.ZoneInfo(ctx.timezone))
    return ctx.dated(moment)


def _is_day(told: Any) -> bool:
    return len(told) == 10 if isinstance(told, str) else type(told) is dt.date


def _fault(flow: FlowSpec, item: Item, scope: Scope, exc: ValidationError) -> DataError:
    """Say what is wrong in the words and places of the partner's document."""
    found = problems(exc)
    details = exc.errors(include_url=False, include_input=False, include_context=False)
    told, paths = [], []
    # finding a place costs a walk through the document: not for every fault of many
    for problem, detail in zip(found[:SHOWN_FAULTS], details, strict=False):
        path = flow.map.place(detail["loc"], item.data, scope)
        paths.append(path)
        ours = f" ({problem.path})" if problem.path and problem.path != path else ""
        told.append(f"{path}{ours} {problem.message}".strip())
    more = len(found) - len(told)
    text = "; ".join(told) + (f"; and {more} more" if more else "")
    name = flow.message_type.replace("_", " ")
    return DataError(f"not a valid {name}: {text}", path=paths[0])


def keys(flow: FlowSpec, document: Document) -> Keys:
    """Give the ledger keys of a document: the profile's, else its type's own."""
    spec = flow.keys
    partition = next(
        (
            str(value)
            for name in _PARTITION_FIELDS
            if (value := getattr(document, name, None))
        ),
        document.key,
    )
    found = Keys(_own_key(document), partition, partition)
    if spec.key is None and spec.partition is None and spec.correlation is None:
        return found
    data = document.model_dump(mode="python")
    scope = Scope(Context(), "in", data)
    told = {
        name: as_text(expression.run(data, scope))
        for name in Keys._fields
        if (expression := getattr(spec, name)) is not None
    }
    return found._replace(**{name: text for name, text in told.items() if text})


def _own_key(document: Document) -> str:
    """Give the key of a document; the answers to one request differ by status.

    A partner may hold and release an order as often as it likes: the moment tells
    one hold from the next.
    """
    if document.doc_type in ("fulfilment_response", "receipt_response"):
        asked = (
            getattr(document, "change_key", None)
            or getattr(document, "hold_key", None)
            or document.key
        )
        key = f"{asked}:{document.status}"
        again = document.status in ("on_hold", "released") and document.responded_at
        return f"{key}:{again:%Y%m%dT%H%M%S}" if again else key
    return document.key


def skip_reason(flow: FlowSpec, item: Item, ctx: Context) -> str:
    """Say why a document needs no action; empty when it is to be handled.

    :raises DataError: when a condition meets data that it cannot take
    """
    scope = Scope(ctx, "in", item.data, item.path)
    for rule in flow.skip:
        if not is_false(rule.when.run(item.data, scope)):
            return rule.reason
    return ""


def item_to_json(item: Item) -> bytes:
    """Write one document of a transmission, so that it can be kept on its own."""
    held = {"path": item.path, "data": item.data}
    return json_codec.encode(held | ({"expanded": True} if item.expanded else {}))


def item_from_json(payload: bytes | str | memoryview) -> Item:
    """Read what :func:`item_to_json` wrote, or a person corrected.

    :raises DataError: when it is not JSON, or has no ``data``
    """
    content = payload.encode() if isinstance(payload, str) else bytes(payload)
    held = json_codec.decode(content)
    if not isinstance(held, dict) or "data" not in held:
        raise DataError("is no document of a transmission: it has no 'data'")
    expanded = held.get("expanded") is True
    return Item(str(held.get("path") or ""), held["data"], expanded)


def file_place(flow: FlowSpec, ctx: Context) -> FilePlace:
    """Give where a flow finds its files.

    :raises ConfigurationError: when the flow takes no files, or a folder is not set
    """
    spec = flow.file
    if spec is None:
        raise ConfigurationError(
            "the flow takes no files", path=f"flows.{flow.message_type}.file"
        )
    data = {"settings": dict(ctx.settings)}
    scope = Scope(ctx, "in", data)
    try:
        folder, archive = (
            part.render(data, scope) for part in (spec.folder, spec.archive)
        )
    except DataError as exc:
        raise ConfigurationError(exc.message, path=exc.path) from exc
    return FilePlace(folder, spec.pattern, archive, _seconds(spec.stable))


def _seconds(span: dt.timedelta) -> int:
    return int(span.total_seconds())
