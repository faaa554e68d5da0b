"""What an attempt keeps of a request and its answer: no secrets, no personal data.

The structure stays readable, the size is bounded. The raw payload itself is kept by
the ledger under its own access rules; this is the copy that people read in lists.
"""

import hmac
import json
import re
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

from .wire import HttpRequest, HttpResponse

MASK = "***"


@dataclass(frozen=True)
class Rule:
    """What stays of a value, by where it stands; goes before the names of a policy.

    Secrets are masked whatever the rules say.

    :ivar kind: ``header``, ``field`` (the name of a field, parameter or element) or
        ``path`` (names from the outside in, with dots, without list positions:
        ``order.lines.remark``)
    :ivar pattern: the name or path, in any case; ``*`` stands for any letters
    :ivar action: mask all, keep a hash that equal values share, keep the last four
        characters, or show
    """

    kind: Literal["header", "field", "path"]
    pattern: str
    action: Literal["mask", "hash", "last4", "show"]

    def fits(self, kind: str, name: str) -> bool:
        """Say whether the rule speaks of a name or path."""
        return self.kind == kind and fnmatchcase(name.lower(), self.pattern.lower())


@dataclass(frozen=True)
class Policy:
    """What is masked, by the name of a header, parameter or field; and how much stays.

    :ivar secret: names of secrets, matched anywhere in a name, in any case
    :ivar personal: names of personal data, matched as a whole
    :ivar rules: exceptions from both, the first that fits counts
    :ivar salt: key of hashes, so that nobody can look a hash up elsewhere
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
        r"|street_?name|address|address[_-]?(line)?[_-]?\d|house_?number|iban|vat"
        r"|tele_?phone|mobile_?phone|zip|zip_?code|post(al)?_?code|tax_?id)",
        re.IGNORECASE,
    )
    rules: tuple[Rule, ...] = ()
    salt: str = ""
    limit: int = 20_000
    parse_limit: int = 1_000_000
    depth: int = 40

    def rule(self, kind: str, name: str) -> Rule | None:
        """Give the rule that fits a name or path."""
        return next((rule for rule in self.rules if rule.fits(kind, name)), None)

    def apply(self, rule: Rule, value: Any) -> Any:
        """Give what a rule leaves of a value."""
        text = str(value)
        if rule.action == "show":
            return value
        if rule.action == "last4" and len(text) >= 8:
            return MASK + text[-4:]
        if rule.action == "hash":
            digest = hmac.digest(self.salt.encode(), text.encode(), "sha256")
            return f"#{digest.hex()[:12]}"
        return MASK


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
    return {name: _header(name, str(value), policy) for name, value in headers.items()}


def mask_params(params: Mapping[str, Any], policy: Policy = DEFAULT) -> dict[str, Any]:
    """Give query or form parameters with secrets and personal data masked."""
    return {n: _field(n, value, policy, 0, n) for n, value in params.items()}


def mask_url(url: str, policy: Policy = DEFAULT) -> str:
    """Give an address without the user, secrets and personal data in it."""
    parts = urllib.parse.urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    pairs = urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
    query = "&".join(
        f"{name}={_field(name, value, policy, 0, name)}" for name, value in pairs
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
    masked = _tree(data, policy, 0, "")
    return _cut(json.dumps(masked, indent=1, ensure_ascii=False), policy)


def mask_request(
    request: HttpRequest, *, secrets: Iterable[str] = (), policy: Policy = DEFAULT
) -> str:
    """Give a request as text, as an attempt keeps it.

    :param secrets: secret values that are masked wherever they stand
    """
    lines = [f"{request.method} {mask_url(request.url, policy)}"]
    lines += [f"?{name}={v}" for name, v in mask_params(request.params, policy).items()]
    headers = mask_headers(request.headers, policy)
    lines += [f"{name}: {value}" for name, value in headers.items()]
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


def mask_text(
    text: str,
    *,
    secrets: Iterable[str] = (),
    personal: Iterable[str] = (),
    policy: Policy = DEFAULT,
) -> str:
    """Give a sentence, such as a partner's reason, without secrets and personal data.

    :param personal: personal data that may stand in it, in any case
    """
    return without_personal(without(_free_text(text, policy), secrets), personal)


def without_personal(text: str, values: Iterable[str]) -> str:
    """Give a text in which personal data are masked wherever they stand as words."""
    parts = sorted({value for value in values if len(value) >= 4}, key=len)
    if not parts:
        return text
    words = "|".join(re.escape(part) for part in reversed(parts))
    return re.sub(rf"(?<!\w)(?:{words})(?!\w)", MASK, text, flags=re.IGNORECASE)


def personal_values(data: Any, policy: Policy = DEFAULT) -> Iterator[str]:
    """Give the personal data of a document, by the names of its fields."""
    if isinstance(data, dict):
        for name, value in data.items():
            if isinstance(value, str) and policy.personal.fullmatch(name):
                yield value.strip()
            else:
                yield from personal_values(value, policy)
    elif isinstance(data, list):
        for value in data:
            yield from personal_values(value, policy)


def _header(name: str, value: str, policy: Policy) -> str:
    if policy.secret.search(name):
        return MASK
    rule = policy.rule("header", name)
    return policy.apply(rule, value) if rule else _free_text(value, policy)


def _tree(data: Any, policy: Policy, depth: int, path: str) -> Any:
    if depth > policy.depth:
        return "…"
    if isinstance(data, dict):
        return {
            name: _field(name, value, policy, depth, f"{path}.{name}" if path else name)
            for name, value in data.items()
        }
    if isinstance(data, list):
        return [_tree(value, policy, depth + 1, path) for value in data]
    if isinstance(data, str):
        return _EMAIL.sub(MASK, _SCHEME.sub(rf"\1{MASK}", data))
    return data


def _field(name: str, value: Any, policy: Policy, depth: int, path: str) -> Any:
    """Mask a named value. A personal name masks no object: its own fields tell."""
    empty = value is None or value == "" or isinstance(value, bool)
    if empty:
        return value
    if policy.secret.search(name):
        return MASK
    rule = policy.rules and (policy.rule("path", path) or policy.rule("field", name))
    if rule and (rule.action == "mask" or not isinstance(value, (dict, list))):
        return policy.apply(rule, value)
    if isinstance(value, (dict, list)):
        return _tree(value, policy, depth + 1, path)
    if policy.personal.fullmatch(name):
        return MASK
    return _tree(value, policy, depth + 1, path)


def _free_text(text: str, policy: Policy) -> str:
    def shown(name: str, value: str) -> str:
        if policy.secret.search(name):
            return MASK
        if rule := policy.rule("field", name):
            return str(policy.apply(rule, value))
        return MASK if policy.personal.fullmatch(name) else value

    def leaf(match: re.Match) -> str:
        return match[1] + shown(match[2], match[3])

    def pair(match: re.Match) -> str:
        return match[1] + match[2] + shown(match[1], match[3])

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


#: What is erased at a person's request: more than is masked where people must still be
#: able to understand a failure.
ERASE = Policy(
    personal=re.compile(
        f"(?:{DEFAULT.personal.pattern})|city|town|remark|comment|instructions?|note",
        re.IGNORECASE,
    ),
    depth=200,
)


def erased(data: Any) -> Any:
    """Give a document without personal data; keys, quantities and codes stay."""
    return _tree(data, ERASE, 0, "")
