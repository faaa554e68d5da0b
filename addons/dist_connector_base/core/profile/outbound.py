"""What goes out: a canonical document becomes a call, a file, or a search."""

import re
import urllib.parse
from typing import Any

from ..canonical import Document
from ..codecs import csv_codec, json_codec, xml_codec
from ..errors import ConfigurationError, DataError
from ..wire import FileDrop, HttpRequest, SoapRequest
from .context import Context, FileSearch
from .formats import Csv, Format, Xml
from .functions import as_text
from .inbound import csv_form, xml_form
from .scope import Scope
from .specs import Operation
from .templates import Template

MAX_FILE_NAME = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BAD_IN_NAME = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')


def build(
    operation: Operation, document: Document, ctx: Context
) -> HttpRequest | SoapRequest | FileDrop | FileSearch:
    """Build what an operation sends for a document.

    :raises DataError: the document lacks what the operation needs, or holds what
        would break out of a header, a path or a file name
    :raises MappingError: for a code without a counterpart at the partner
    :raises ConfigurationError: for a setting that is not filled in
    """
    data = {**_filled(document.model_dump()), "settings": dict(ctx.settings)}
    # the partner reads a code as of the day it gets it
    scope = Scope(ctx.dated(ctx.now()), "out", data)
    if operation.find_file:
        folders = tuple(
            _folder(folder, data, scope) for folder in operation.find_file.folders
        )
        return FileSearch(folders, file_name(operation.find_file.name, data, scope))
    if operation.soap:
        return soap_request(operation, data, scope)
    body = request_body(operation, data, scope)
    if operation.file:
        return FileDrop(
            _folder(operation.file.folder, data, scope),
            file_name(operation.file.name, data, scope),
            body,
        )
    return http_request(operation, data, scope, body)


def _filled(value: Any) -> Any:
    """Make empty texts null: an empty e-mail address is none, and leaves no field."""
    if isinstance(value, dict):
        return {name: _filled(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_filled(held) for held in value]
    return None if value == "" else value


def soap_request(operation: Operation, data: Any, scope: Scope) -> SoapRequest:
    """Build the call of a SOAP operation.

    :raises DataError: the arguments are no group
    """
    arguments = operation.body.fill(data, scope) if operation.body else {}
    if not isinstance(arguments, dict):
        raise DataError("is no group of arguments", path=operation.name)
    return SoapRequest(operation.soap, arguments, safe=operation.safe)


def http_request(
    operation: Operation, data: Any, scope: Scope, body: bytes = b""
) -> HttpRequest:
    """Build the call of an operation.

    :raises ConfigurationError: when the profile names no method, path or base_url
    """
    if not (operation.method and operation.path and operation._base_url):
        raise ConfigurationError(
            "has no method, path or base_url", path=f"operations.{operation.name}"
        )
    base = _setting_text(operation._base_url, data, scope).rstrip("/")
    path = operation.path.render(data, scope, _path_part)
    params = {
        name: text
        for name, template in operation.params.items()
        if (text := template.render_or_none(data, scope)) is not None
    }
    headers = {}
    if body:
        headers["Content-Type"] = _content_type(operation.format)
    for name, template in operation.headers.items():
        if (text := template.render_or_none(data, scope)) is not None:
            headers[name] = _header_value(name, text)
    return HttpRequest(
        operation.method, f"{base}{path}", headers, params, body, safe=operation.safe
    )


def _content_type(form: Format) -> str:
    kind = {"csv": "text/csv", "xml": "application/xml"}.get(form.codec)
    return f"{kind or 'application/json'}; charset={form.charset or 'utf-8'}"


def file_name(template: Template, data: Any, scope: Scope) -> str:
    """Make a file name; what comes from data cannot leave the folder.

    :raises DataError: for separators, control characters, ``..`` and long names
    """
    name = template.render(data, scope, _name_part)
    if len(name.encode()) > MAX_FILE_NAME:
        raise DataError(f"the file name is longer than {MAX_FILE_NAME} bytes")
    return name


def _name_part(text: str, path: str) -> str:
    if _BAD_IN_NAME.search(text) or text.startswith("."):
        raise DataError(f"{text[:60]!r} cannot be part of a file name", path=path)
    return text


def _path_part(text: str, path: str) -> str:
    if text in (".", "..") or _CONTROL.search(text):
        raise DataError(f"{text[:60]!r} cannot be part of an address", path=path)
    return urllib.parse.quote(text, safe="")


def _header_value(name: str, text: str) -> str:
    """Refuse what would end a header and begin another one (CR, LF).

    :raises DataError: also for characters that HTTP headers cannot carry
    """
    if _CONTROL.search(text) or not text.isascii():
        raise DataError(
            f"{text[:60]!r} cannot stand in a header", path=f"headers.{name}"
        )
    return text.strip()


def _setting_text(template: Template, data: Any, scope: Scope) -> str:
    try:
        return template.render(data, scope)
    except DataError as exc:
        raise ConfigurationError(
            exc.message, path=exc.path, next_step="Fill it in on the backend."
        ) from exc


def _folder(template: Template, data: Any, scope: Scope) -> str:
    text = _setting_text(template, data, scope)
    if _CONTROL.search(text) or ".." in text.split("/"):
        raise ConfigurationError(f"{text[:60]!r} is not a folder", path="settings")
    return text


def request_body(operation: Operation, data: Any, scope: Scope) -> bytes:
    """Write the body of an operation in its form; empty when it has none."""
    if operation.body is None:
        return b""
    content = operation.body.fill(data, scope)
    form = operation.format
    if isinstance(form, Xml):
        return xml_codec.encode(content, xml_form(form))
    if not isinstance(form, Csv):
        return json_codec.encode(content, form.charset)
    rows = content if isinstance(content, list) else [content]
    return csv_codec.encode(
        [{name: as_text(cell) for name, cell in row.items()} for row in rows],
        csv_form(form),
    )
