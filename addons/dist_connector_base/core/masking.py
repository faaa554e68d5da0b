"""What an attempt keeps of a request and its answer: no secrets, no personal data.

The structure stays readable, the size is bounded. The raw payload itself is kept by
the ledger under its own access rules; this is the copy that people read in lists.
"""

import json
import re
import urllib.parse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .wire import HttpRequest, HttpResponse

MASK = "***"


@dataclass(frozen=True)
class Policy:
    """What is masked, by the name of a header, parameter or field; and how much stays.

    :ivar secret: names of secrets, matched anywhere in a name, in any case
    :ivar personal: names of personal data, matched as a whole
    :ivar limit: characters of a masked text that are kept
    :ivar parse_limit: bytes of a body above which it is not read at all
    :ivar depth: levels of a document that are shown
    """

    secret: re.Pattern = re.compile(
        r"auth|token|secret|passw|pwd|api[-_. ]?key|access[-_. ]?key|private[-_. ]?key"
        r"|signature|cookie|credential|session|hmac",
        re.IGNORECASE,
    )
    personal: re.Pattern = re.compile(
        r"(ship_?to_?|bill_?to_?|recipient_?|contact_?|customer_?|buyer_?)?"
        r"(name|first_?name|last_?name|full_?name|company_?name|contact|attention"
        r"|e_?mail|email_?address|phone|phone_?number|mobile|fax|street[_-]?\d?"
        r"|street_?name|address|address[_-]?(line)?[_-]?\d|house_?number|iban|vat)",
        re.IGNORECASE,
    )
    limit: int = 20_000
    parse_limit: int = 1_000_000
    depth: int = 40


DEFAULT = Policy()

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_PHONE = re.compile(r"(?<![\w.:-])\+\d[\d ()/-]{6,18}\d(?![\w:])")
_SCHEME = re.compile(r"\b((?:(?:Bearer|Basic|Token)\s+)+)[\w.~+/=-]{6,}", re.IGNORECASE)
_XML_LEAF = re.compile(r"(<(?:\w+:)?([\w.-]+)(?:\s[^<>]*)?>)([^<]+)(?=</)")
_PAIR = re.compile(r"([\w.-]{2,40})(\s*[=:]\s*)(\"[^\"\r\n]*\"|[^\s&;,\"]+)")


def mask_headers(
    headers: Mapping[str, str], policy: Policy = DEFAULT
) -> dict[str, str]:
    """Give headers with their secrets masked."""
    return {
        name: MASK if policy.secret.search(name) else _free_text(str(value), policy)
        for name, value in headers.items()
    }


def mask_params(params: Mapping[str, Any], policy: Policy = DEFAULT) -> dict[str, Any]:
    """Give query or form parameters with secrets and personal data masked."""
    return {name: _field(name, value, policy, 0) for name, value in params.items()}


def mask_url(url: str, policy: Policy = DEFAULT) -> str:
    """Give an address without the user, secrets and personal data in it."""
    parts = urllib.parse.urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    pairs = urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
    query = "&".join(
        f"{name}={_field(name, value, policy, 0)}" for name, value in pairs
    )
    path = _free_text(parts.path, policy)
    return urllib.parse.urlunsplit((parts.scheme, host, path, query, ""))


def mask_body(body: bytes, policy: Policy = DEFAULT) -> str:
    """Give a body as text without secrets and personal data.

    JSON keeps its structure; XML, forms and ``name: value`` text are masked by the
    names in them; anything else keeps no e-mail address, phone number or bearer token.
    """
    if not body:
        return ""
    if len(body) > policy.parse_limit:
        return f"{len(body):,} bytes, too many to show"
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return f"{len(body):,} bytes that are not UTF-8 text"
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return _free_body(text, policy)
    masked = _tree(data, policy, 0)
    return _cut(json.dumps(masked, indent=1, ensure_ascii=False), policy)


def mask_request(
    request: HttpRequest, *, secrets: Iterable[str] = (), policy: Policy = DEFAULT
) -> str:
    """Give a request as text, as an attempt keeps it.

    :param secrets: secret values that are masked wherever they stand
    """
    lines = [f"{request.method} {mask_url(request.url, policy)}"]
    lines += [f"?{name}={v}" for name, v in mask_params(request.params, policy).items()]
    lines += [f"{name}: {v}" for name, v in mask_headers(request.headers).items()]
    text = "\n".join([*lines, "", mask_body(request.body, policy)])
    return _cut(without(text, secrets), policy)


def mask_response(
    response: HttpResponse, *, secrets: Iterable[str] = (), policy: Policy = DEFAULT
) -> str:
    """Give an answer's body as text, as an attempt keeps it."""
    return without(mask_body(response.body, policy), secrets)


def without(text: str, secrets: Iterable[str]) -> str:
    """Give a text in which the given secrets are masked, plain or URL-encoded.

    Values below four characters are left: masking them would blank the text itself.
    """
    for secret in secrets:
        if len(secret) >= 4:
            text = text.replace(secret, MASK)
            text = text.replace(urllib.parse.quote(secret, safe=""), MASK)
    return text


def _tree(data: Any, policy: Policy, depth: int) -> Any:
    if depth > policy.depth:
        return "…"
    if isinstance(data, dict):
        return {key: _field(key, value, policy, depth) for key, value in data.items()}
    if isinstance(data, list):
        return [_tree(value, policy, depth + 1) for value in data]
    if isinstance(data, str):
        return _EMAIL.sub(MASK, _SCHEME.sub(rf"\1{MASK}", data))
    return data


def _field(name: str, value: Any, policy: Policy, depth: int) -> Any:
    """Mask a named value. A personal name masks no object: its own fields tell."""
    empty = value is None or value == "" or isinstance(value, bool)
    if empty:
        return value
    if policy.secret.search(name):
        return MASK
    if isinstance(value, (dict, list)):
        return _tree(value, policy, depth + 1)
    if policy.personal.fullmatch(name):
        return MASK
    return _tree(value, policy, depth + 1)


def _free_text(text: str, policy: Policy) -> str:
    def hidden(name: str) -> bool:
        return bool(policy.secret.search(name) or policy.personal.fullmatch(name))

    def leaf(match: re.Match) -> str:
        return match[1] + (MASK if hidden(match[2]) else match[3])

    def pair(match: re.Match) -> str:
        return match[1] + match[2] + (MASK if hidden(match[1]) else match[3])

    text = _SCHEME.sub(rf"\1{MASK}", text)
    text = _PAIR.sub(pair, _XML_LEAF.sub(leaf, text))
    return _PHONE.sub(MASK, _EMAIL.sub(MASK, text))


def _free_body(text: str, policy: Policy) -> str:
    """Mask only as much of a long text as may be shown."""
    part = text[: 2 * policy.limit]
    masked = _free_text(part, policy)
    if len(part) == len(text):
        return _cut(masked, policy)
    # the cut may have gone through an address, which then is not known as one
    shown = masked[:-200][: policy.limit].replace("\x00", "")
    return f"{shown}\n… of {len(text):,} characters"


def _cut(text: str, policy: Policy) -> str:
    """Bound a text; PostgreSQL takes no NUL in one."""
    text = text.replace("\x00", "")
    if len(text) <= policy.limit:
        return text
    return f"{text[: policy.limit]}\n… of {len(text):,} characters"
