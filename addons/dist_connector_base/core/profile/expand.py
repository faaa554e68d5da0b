"""Documents that are told in parts: what belongs to one is asked for by itself.

A list of invoices does not hold their fees, a receiving order not what was in its
boxes. The document is on record first; then its parts are asked for, and both together
are what the map sees.
"""

from typing import Any

from ..errors import ConfigurationError, DataError
from ..wire import HttpRequest, HttpResponse, Item, SoapRequest
from .context import Context
from .inbound import decode_format, places
from .lists import ExpandSpec
from .paging import page_items, page_request
from .scope import Scope, trace
from .specs import FlowSpec, Operation


def expand_request(
    flow: FlowSpec, operation: Operation, item: Item, ctx: Context
) -> HttpRequest | SoapRequest:
    """Build the call for the (first page of the) parts of a document.

    :raises DataError: the document lacks what the call needs
    :raises ConfigurationError: the flow expands nothing
    """
    _spec(flow)
    fields = item.data if isinstance(item.data, dict) else {"document": item.data}
    data = {**fields, "settings": dict(ctx.settings)}
    return page_request(operation, data, Scope(ctx, "in", data, item.path))


def expand_entries(flow: FlowSpec, operation: Operation, response: HttpResponse) -> Any:
    """Give what an answer holds: the entries of a page, or all of it.

    :raises TransientError: the partner failed; it can be asked again
    :raises ConfigurationError: not let in, or there are no such parts
    :raises DataError: unreadable, or no entries where the profile says
    """
    if response.status in _spec(flow).absent:
        return []
    entries = page_items(operation, response)
    if operation.paging:
        return entries
    return decode_format(operation.format, response.body)


def joined(pages: list[Any]) -> Any:
    """Put together what the pages of one document's parts held."""
    if len(pages) == 1:
        return pages[0]
    return [entry for page in pages for entry in page]


def expanded(flow: FlowSpec, item: Item, parts: Any) -> list[Item]:
    """Give the documents that a document and its parts make.

    :raises DataError: it is no group, or has no documents where the profile says
    """
    spec = _spec(flow)
    if not isinstance(item.data, dict):
        raise DataError("is no group, and cannot be expanded", path=item.path)
    return cut_expanded(flow, Item(item.path, {**item.data, spec.into: parts}))


def cut_expanded(flow: FlowSpec, item: Item) -> list[Item]:
    """Cut a document that holds its parts into the documents that the map reads.

    :raises DataError: when they are not where the profile says
    """
    spec, data = _spec(flow), item.data
    if spec.documents is None:
        return [Item(item.path, data, True)]
    found = spec.documents.run(data, Scope(Context(), "in", data, item.path))
    if not isinstance(found, list):
        raise DataError(
            f"has no documents at {spec.documents.text!r}",
            path=trace(data, item.path, spec.documents.steps),
        )
    above = f"{item.path}." if item.path else ""
    return [
        Item(f"{above}{path}" if path else item.path, entry, True)
        for path, entry in places(data, found)
    ]


def _spec(flow: FlowSpec) -> ExpandSpec:
    if flow.expand is None:
        raise ConfigurationError(
            "the flow expands nothing", path=f"flows.{flow.message_type}.expand"
        )
    return flow.expand
