"""Lists of a partner: from page to page, and how far they were read."""

import dataclasses
import datetime as dt
import email.utils
import re
import urllib.parse
from collections.abc import Sequence
from typing import Any

from ..errors import ConfigurationError, DataError, SecurityError
from ..wire import HttpRequest, HttpResponse, Outcome, SoapRequest
from .answers import judge
from .context import Context
from .dates import iso_text, read_moment
from .functions import as_text
from .inbound import decode_format
from .lists import CursorSpec, PagingSpec
from .numbers import number
from .outbound import http_request, soap_request
from .scope import Scope
from .specs import Operation
from .types import read_duration

_NEXT_LINK = re.compile(r'<([^<>]*)>[^,]*?;\s*rel="?next"?', re.IGNORECASE)


def first_page(
    operation: Operation, cursor: str, ctx: Context
) -> HttpRequest | SoapRequest:
    """Ask for the first page after a cursor; an empty one begins at ``start``.

    The arguments of a SOAP call find the cursor as ``cursor``.

    :raises ConfigurationError: for a setting that is not filled in
    """
    data = {"settings": dict(ctx.settings), "cursor": cursor}
    if operation.soap:
        if operation.cursor:
            start = cursor or _start(operation.cursor, ctx)
            data["cursor"] = _written(operation.cursor, start)
        return soap_request(operation, data, Scope(ctx, "out", data))
    request = http_request(operation, data, Scope(ctx, "out", data))
    params = dict(request.params)
    paging = operation.paging
    if paging:
        if paging.size_param:
            params[paging.size_param] = str(paging.size)
        if paging.style == "number":
            params[paging.param] = str(paging.first)
        elif paging.style == "offset":
            params[paging.param] = "0"
    if operation.cursor:
        start = cursor or _start(operation.cursor, ctx)
        if start:
            params[operation.cursor.param] = _written(operation.cursor, start)
    return dataclasses.replace(request, params=params)


def _start(spec: CursorSpec, ctx: Context) -> str:
    if spec.kind == "moment":
        return iso_text(ctx.now() - read_duration(spec.start))
    return spec.start


def _written(spec: CursorSpec, cursor: str) -> str:
    if spec.kind != "moment" or not spec.format:
        return cursor
    return read_moment(cursor, None, "UTC").strftime(spec.format)


def page_items(operation: Operation, response: HttpResponse) -> list[Any]:
    """Give the entries of a page.

    :raises TransientError: the partner failed; the same page can be asked for again
    :raises LimitError: slow down
    :raises ConfigurationError: not let in, or a web page came
    :raises DataError: unreadable, or no list where the profile says
    """
    verdict = judge(operation, response)
    if verdict.outcome is not Outcome.ACCEPTED:
        raise ConfigurationError(
            f"the partner refuses the list: {verdict.message or verdict.code}",
            path=f"operations.{operation.name}",
        )
    if not operation.paging:
        return [response.body] if response.body.strip() else []
    found = _run(operation.paging.items, operation, response)
    if not isinstance(found, list):
        raise DataError("has no list of entries", path=operation.paging.items.text)
    return found


def _run(expression: Any, operation: Operation, response: HttpResponse) -> Any:
    data = decode_format(operation.format, response.body)
    return expression.run(data, Scope(Context(), "in", data))


def next_page(
    operation: Operation, request: HttpRequest, response: HttpResponse
) -> HttpRequest | None:
    """Ask for the page after this one; None at the end of the list.

    :raises SecurityError: the partner's link leads to another host
    :raises DataError: the partner gives the same page again for ever
    """
    paging = operation.paging
    if paging is None:
        return None
    items = page_items(operation, response)
    if not items and paging.style != "token" and paging.style != "link":
        return None
    if paging.style in ("number", "offset"):
        if paging.stop == "short_page" and len(items) < paging.size:
            return None
        step = 1 if paging.style == "number" else len(items)
        place = int(request.params[paging.param]) + step
        return _with_param(request, paging.param, str(place))
    token = _next_token(paging, operation, response)
    if not token:
        return None
    if paging.style == "link":
        linked = follow_link(request, token)
        if (linked.url, dict(linked.params)) == (request.url, dict(request.params)):
            raise DataError("the partner gives the same page again", path=token[:200])
        return linked
    if request.params.get(paging.param) == token:
        raise DataError("the partner gives the same page again", path=paging.param)
    if paging.alone:
        return dataclasses.replace(request, params={paging.param: token})
    return _with_param(request, paging.param, token)


def _with_param(request: HttpRequest, name: str, value: str) -> HttpRequest:
    return dataclasses.replace(request, params={**request.params, name: value})


def _next_token(
    paging: PagingSpec, operation: Operation, response: HttpResponse
) -> str:
    if paging.next_header:
        text = response.header(paging.next_header)
        if paging.next_header.lower() != "link":
            return text.strip()
        match = _NEXT_LINK.search(text)
        return match[1] if match else ""
    if paging.next is None:
        return ""
    return as_text(_run(paging.next, operation, response))


def follow_link(request: HttpRequest, link: str) -> HttpRequest:
    """Follow a link of the partner's: its query replaces ours, its host must be ours.

    :raises SecurityError: the link leads to another host
    """
    url = urllib.parse.urljoin(request.url, link)
    there, here = urllib.parse.urlsplit(url), urllib.parse.urlsplit(request.url)
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        raise SecurityError("the partner's link leads to another host")
    params = dict(urllib.parse.parse_qsl(there.query, keep_blank_values=True))
    address = urllib.parse.urlunsplit((*there[:3], "", ""))
    return dataclasses.replace(request, url=address, params=params)


def advance_cursor(
    operation: Operation,
    responses: Sequence[HttpResponse],
    cursor: str,
    ctx: Context,
) -> str:
    """Give how far the list was read with these pages. It never goes back.

    :param responses: all pages of this poll, in order; none leaves the cursor
    """
    spec = operation.cursor
    if spec is None or not responses:
        return cursor
    if spec.advance == "started":
        return _later(spec, cursor, iso_text(_asked_at(responses, ctx) - spec.overlap))
    found: list[Any] = []
    for response in responses:
        value = _run(spec.advance, operation, response)
        found += value if isinstance(value, list) else [value]
    texts = [as_text(value) for value in found if value not in (None, "")]
    if not texts:
        return cursor
    if spec.kind == "token":
        return texts[-1]
    if spec.kind == "number":
        return _later(spec, cursor, max(texts, key=number))
    moments = [read_moment(text, spec.format or None, "UTC") for text in texts]
    return _later(spec, cursor, iso_text(max(moments) - spec.overlap))


def _later(spec: CursorSpec, old: str, new: str) -> str:
    if not old:
        return new
    if spec.kind == "number":
        return max(old, new, key=number)
    if spec.kind == "moment":
        return max(old, new, key=lambda text: read_moment(text, None, "UTC"))
    return new


def _asked_at(responses: Sequence[HttpResponse], ctx: Context) -> dt.datetime:
    """Give when the list was asked for: by the partner's clock where it tells."""
    first = responses[0]
    ours = ctx.now() - dt.timedelta(seconds=sum(r.seconds for r in responses))
    text = first.header("Date")
    if not text:
        return ours
    try:
        theirs = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return ours
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=dt.timezone.utc)
    # ``Date`` is when it answered, in whole seconds
    return theirs - dt.timedelta(seconds=first.seconds + 1)
