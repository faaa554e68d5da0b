"""Thin events: the post says what happened to what, and the thing itself is fetched."""

from ..errors import ConfigurationError
from ..wire import HttpRequest, HttpResponse, Item
from .context import Context
from .functions import as_text
from .inbound import decode_format, split
from .outbound import http_request
from .paging import follow_link, page_items
from .scope import Scope
from .specs import FlowSpec, Operation


def fetch_request(
    flow: FlowSpec, operation: Operation, event: Item, ctx: Context
) -> HttpRequest:
    """Build the call that asks for the resource of an event.

    :raises DataError: the event lacks what the call needs
    :raises SecurityError: the event's link leads to another host than the partner's
    :raises ConfigurationError: the flow has no thin events
    """
    spec = flow.webhook.fetch if flow.webhook else None
    if spec is None:
        raise ConfigurationError(
            "the flow fetches nothing back", path=f"flows.{flow.message_type}.webhook"
        )
    fields = event.data if isinstance(event.data, dict) else {"event": event.data}
    data = {**fields, "settings": dict(ctx.settings)}
    scope = Scope(ctx, "in", data, event.path)
    request = http_request(operation, data, scope)
    link = as_text(spec.link.run(data, scope)) if spec.link else ""
    return follow_link(request, link) if link else request


def fetched_items(
    flow: FlowSpec, operation: Operation, response: HttpResponse
) -> list[Item]:
    """Cut a fetched resource into its documents.

    :raises TransientError: the partner failed; it can be asked again
    :raises ConfigurationError: not let in, or the resource is not there
    :raises DataError: unreadable, or no documents where the profile says
    """
    page_items(operation, response)  # refuses what is no good answer
    return split(flow, decode_format(operation.format, response.body), "fetch")
