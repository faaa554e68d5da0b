"""Lists of a partner: from page to page, and how far they were read."""

import dataclasses
import datetime as dt
import email.utils
import re
import urllib.parse
from collections.abc import Sequence
from typing import Any

from ..codecs import json_codec
from ..errors import ConfigurationError, DataError, SecurityError
from ..wire import HttpRequest, HttpResponse, Outcome, SoapRequest
from .answers import judge
from .context import Context
from .dates import iso_text, read_moment
from .functions import as_text
from .inbound import decode_format
from .lists import CursorSpec, PagingSpec
from .numbers import number
from .outbound import http_request, request_body, soap_request
from .scope import Scope
from .specs import Operation
from .types import read_duration

_NEXT_LINK = re.compile(r'<([^<>]*)>[^,]*?;\s*rel="?next"?', re.IGNORECASE)


def first_page(
    operation: Operation, cursor: str, ctx: Context
) -> HttpRequest | SoapRequest:
    """Ask for the first page after a cursor; an empty one begins at ``start``.

    The texts and the body of the operation find the cursor as ``cursor``.

    :raises ConfigurationError: for a setting that is not filled in
    """
    spec = operation.cursor
    if spec:
        start = cursor or _start(spec, ctx)
        cursor = _written(spec, start) if start else ""
    data = {"settings": dict(ctx.settings), "cursor": cursor}
    request = page_request(operation, data, Scope(ctx, "out", data))
    if spec and spec.param and cursor and not operation.soap:
        request = _with_param(request, spec.param, cursor)
    return request


def page_request(
    operation: Operation, data: Any, scope: Scope
) -> HttpRequest | SoapRequest:
    """Build the call for the first page of a list that is asked for with data.

    :raises ConfigurationError: for a setting that is not filled in
    """
    if operation.soap:
        return soap_request(operation, data, scope)
    body = request_body(operation, data, scope)
    request = http_request(operation, data, scope, body)
    paging = operation.paging
    if paging is None:
        return request
    if paging.size_param:
        request = _with_place(paging, request, paging.size_param, paging.size)
    if paging.style in ("number", "offset"):
        first = paging.first if paging.style == "number" else 0
        request = _with_place(paging, request, paging.param, first)
    return request


def swept(operation: Operation, cursor: str, back: dt.timedelta, ctx: Context) -> str:
    """Give the cursor of a sweep: so far back from now, or where it stands."""
    spec = operation.cursor
    if spec is None or spec.kind != "moment" or not cursor:
        return cursor
    earlier = iso_text(ctx.now() - back)
    return min(cursor, earlier, key=lambda text: read_moment(text, None, "UTC"))


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
        place = int(_at_place(paging, request)) + step
        return _with_place(paging, request, paging.param, place)
    token = _next_token(paging, operation, response)
    if token in (None, ""):
        return None
    if paging.style == "link":
        link = as_text(token)
        linked = follow_link(request, link)
        if (linked.url, dict(linked.params)) == (request.url, dict(request.params)):
            raise DataError("the partner gives the same page again", path=link[:200])
        return linked
    if _at_place(paging, request) in (token, as_text(token)):
        raise DataError("the partner gives the same page again", path=paging.param)
    if paging.alone:
        request = _bare(paging, request)
    return _with_place(paging, request, paging.param, token)


def _bare(paging: PagingSpec, request: HttpRequest) -> HttpRequest:
    if paging.place == "body":
        return dataclasses.replace(request, body=json_codec.encode({}))
    return dataclasses.replace(request, params={})


def _at_place(paging: PagingSpec, request: HttpRequest) -> Any:
    """Give the page, offset or token that a request asks for; None for none."""
    if paging.place == "body":
        return json_codec.decode(request.body).get(paging.param)
    return request.params.get(paging.param)


def _with_place(
    paging: PagingSpec, request: HttpRequest, name: str, value: Any
) -> HttpRequest:
    """Set a parameter where the partner reads it; numbers stay numbers in a body."""
    if paging.place == "query":
        return _with_param(request, name, as_text(value))
    held = json_codec.decode(request.body)
    return dataclasses.replace(request, body=json_codec.encode({**held, name: value}))


def _with_param(request: HttpRequest, name: str, value: str) -> HttpRequest:
    return dataclasses.replace(request, params={**request.params, name: value})


def _next_token(
    paging: PagingSpec, operation: Operation, response: HttpResponse
) -> Any:
    if paging.next_header:
        text = response.header(paging.next_header)
        if paging.next_header.lower() != "link":
            return text.strip()
        match = _NEXT_LINK.search(text)
        return match[1] if match else ""
    if paging.next is None:
        return ""
    return _run(paging.next, operation, response)


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
