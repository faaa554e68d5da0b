"""Sign and verify webhooks over their raw bytes."""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ..errors import ConfigurationError, SecurityError
from .public_keys import PublicKey
from .scheme import SCHEMES, Scheme

MISSING_HEADER = "missing_header"
BAD_SIGNATURE = "bad_signature"
STALE_TIMESTAMP = "stale_timestamp"
UNKNOWN_KEY = "unknown_key"
UNTRUSTED_PROXY = "untrusted_proxy"

#: Unix times above this are milliseconds: in seconds it is the year 5138.
_MILLISECONDS_FROM = 1e11

_TEXTS = {
    MISSING_HEADER: "the webhook lacks a header of its signature scheme",
    BAD_SIGNATURE: "the webhook's signature does not hold",
    STALE_TIMESTAMP: "the webhook's time is too old, in the future or unreadable",
    UNKNOWN_KEY: "the webhook is signed with a key that the partner does not list",
    UNTRUSTED_PROXY: "the webhook did not come through a trusted proxy",
}


class SignatureRefused(SecurityError):
    """A webhook that cannot be trusted.

    Its text names neither the secret nor the expected signature nor what was sent.

    :ivar reason: missing_header, bad_signature, stale_timestamp, unknown_key or
        untrusted_proxy
    """

    default_next_step = (
        "Compare the webhook secret with the partner's. If it is right, somebody else "
        "posts to the address."
    )

    def __init__(self, reason: str, *, path: str = "") -> None:
        super().__init__(_TEXTS[reason], path=path)
        self.reason = reason


class Accepted(NamedTuple):
    """A webhook whose proof holds.

    :ivar delivery_id: the partner's id of the event or delivery; empty where it sends
        none
    :ivar secret_index: which of the live secrets or keys matched; 0 is the newest
    """

    delivery_id: str
    secret_index: int


def verify(
    scheme: Scheme | str,
    headers: Mapping[str, str],
    body: bytes,
    secrets: Iterable[str],
    *,
    now: float,
    keys: Sequence[PublicKey] = (),
    trusted_proxy: bool = False,
) -> Accepted:
    """Check that a webhook is the partner's.

    :param scheme: the scheme, or the name of one in ``SCHEMES``
    :param headers: HTTP headers, in any case
    :param body: the raw body, before any decoding
    :param secrets: live secrets, the newest first: two while one replaces the other
    :param now: Unix time
    :param keys: the partner's public keys, for ``rsa``
    :param trusted_proxy: the connection is from one of our proxies
    :raises SignatureRefused: (a SecurityError) with the reason code
    :raises ConfigurationError: no secret is set, or one cannot be read
    """
    scheme = find_scheme(scheme)
    lowered = {name.lower(): value for name, value in headers.items()}
    delivery_id = _header(lowered, scheme.id_header, needed=scheme.signs_id)
    timestamp = _part(_header(lowered, scheme.timestamp_header), scheme.timestamp_part)
    if scheme.kind == "unsigned":
        matched = 0
    elif scheme.kind == "rsa":
        content = scheme.content(delivery_id, timestamp, body)
        matched = _match_key(scheme, lowered, content, keys)
    elif scheme.kind == "hmac":
        content = scheme.content(delivery_id, timestamp, body)
        matched = _match(scheme, _keys(scheme, secrets), content, lowered)
    else:
        if scheme.kind == "certificate":
            _check_proxy(scheme, lowered, trusted_proxy)
        matched = _match_word(scheme, _header(lowered, scheme.header), secrets)
    if matched is None:
        raise SignatureRefused(BAD_SIGNATURE)
    if scheme.timestamp_header and not _fresh(timestamp, now, scheme.tolerance):
        raise SignatureRefused(STALE_TIMESTAMP, path=scheme.timestamp_header)
    event_id = _header(lowered, scheme.event_header, needed=False)
    return Accepted(event_id or delivery_id, matched)


def sign(
    scheme: Scheme | str,
    body: bytes,
    secret: str,
    *,
    delivery_id: str = "",
    timestamp: float = 0.0,
) -> dict[str, str]:
    """Give the headers with which a partner would post a body.

    :param scheme: an ``hmac`` or ``token`` scheme
    :param timestamp: Unix time of sending; written in whole seconds
    """
    scheme = find_scheme(scheme)
    stamp = str(int(timestamp))
    if scheme.kind == "token":
        signature = scheme.prefix + secret
    else:
        content = scheme.content(delivery_id, stamp, body)
        signature = _signature(scheme, _key(scheme, secret), content)
    if scheme.part:
        signature = f"{scheme.part}={signature}"
    if scheme.timestamp_part:
        signature = f"{scheme.timestamp_part}={stamp},{signature}"
    headers = {scheme.header: signature}
    if scheme.id_header:
        headers[scheme.id_header] = delivery_id
    if scheme.timestamp_header and not scheme.timestamp_part:
        headers[scheme.timestamp_header] = stamp
    return headers


def find_scheme(scheme: Scheme | str) -> Scheme:
    """Give a scheme by its name.

    :raises ConfigurationError: for a name that is not in ``SCHEMES``
    """
    if isinstance(scheme, Scheme):
        return scheme
    if scheme not in SCHEMES:
        raise ConfigurationError(
            f"there is no webhook scheme {scheme!r}",
            next_step=f"Use one of: {', '.join(sorted(SCHEMES))}, or state your own.",
        )
    return SCHEMES[scheme]


# ------------------------------------------------------------------- reading


def _header(lowered: Mapping[str, str], name: str, needed: bool = True) -> str:
    value = lowered.get(name.lower(), "")
    if name and needed and not value:
        raise SignatureRefused(MISSING_HEADER, path=name)
    return value


def _part(value: str, name: str) -> str:
    """Give the named part of ``t=170,v1=5257...``; the whole without a name."""
    return next(iter(_parts(value, name)), "") if name else value


def _parts(value: str, name: str) -> list[str]:
    pairs = (pair.strip().partition("=") for pair in value.split(","))
    return [held for key, _equals, held in pairs if key == name]


def _candidates(scheme: Scheme, lowered: Mapping[str, str]) -> list[str]:
    given = _header(lowered, scheme.header)
    if scheme.part:
        return _parts(given, scheme.part)
    return given.split() if scheme.several else [given.strip()]


def _key(scheme: Scheme, secret: str) -> bytes:
    if not scheme.secret_prefix:
        key = secret.encode()
    else:
        text = secret.strip().removeprefix(scheme.secret_prefix)
        try:
            key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        except (binascii.Error, ValueError):
            key = b""
    if not key:
        raise ConfigurationError(
            "the webhook secret is empty or not base64",
            next_step="Copy the secret again, with everything after the prefix.",
        )
    return key


def _keys(scheme: Scheme, secrets: Iterable[str]) -> list[bytes]:
    keys = [_key(scheme, secret) for secret in secrets]
    if not keys:
        raise ConfigurationError(
            "the backend has no webhook secret, so no webhook can be accepted",
            next_step="Enter the secret that the partner shows for this webhook.",
        )
    return keys


# ------------------------------------------------------------------ matching


def _signature(scheme: Scheme, key: bytes, content: bytes) -> str:
    digest = hmac.digest(key, content, scheme.algorithm)
    if scheme.encoding == "hex":
        return scheme.prefix + digest.hex()
    return scheme.prefix + base64.b64encode(digest).decode()


def _match(
    scheme: Scheme, keys: list[bytes], content: bytes, lowered: Mapping[str, str]
) -> int | None:
    """Give the index of the key that made one of the signatures.

    Compares every pair, always in constant time, and never stops early.
    """
    candidates = _candidates(scheme, lowered)
    matched = None
    for index, key in enumerate(keys):
        expected = _signature(scheme, key, content).encode()
        for candidate in candidates:
            if scheme.encoding == "hex":
                candidate = candidate.lower()
            same = hmac.compare_digest(expected, candidate.encode(errors="replace"))
            if same and matched is None:
                matched = index
    return matched


def _match_key(
    scheme: Scheme,
    lowered: Mapping[str, str],
    content: bytes,
    keys: Sequence[PublicKey],
) -> int | None:
    """Give the index of the partner's key that made the signature.

    :raises SignatureRefused: when the partner lists no such key
    """
    key_id = _header(lowered, scheme.key_id_header)
    given = _candidates(scheme, lowered)
    named = [(index, key) for index, key in enumerate(keys) if key.key_id == key_id]
    if not named:
        raise SignatureRefused(UNKNOWN_KEY, path=scheme.key_id_header)
    for index, key in named:
        for text in given:
            signature = _decoded(scheme, text.removeprefix(scheme.prefix))
            if signature and key.holds(signature, content, scheme.algorithm):
                return index
    return None


def _decoded(scheme: Scheme, text: str) -> bytes:
    try:
        if scheme.encoding == "hex":
            return bytes.fromhex(text)
        return base64.b64decode(text.encode(errors="replace"), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _match_word(scheme: Scheme, given: str, secrets: Iterable[str]) -> int | None:
    """Give the index of the secret that was sent as it is.

    Hashes are compared, so that not even the length is told by the time it takes.
    """
    clean = _fingerprint if scheme.kind == "certificate" else str.strip
    fitting = given.startswith(scheme.prefix)
    told = hashlib.sha256(_encoded(clean(given.removeprefix(scheme.prefix)))).digest()
    matched = None
    for index, key in enumerate(_keys(scheme, secrets)):
        expected = hashlib.sha256(_encoded(clean(key.decode()))).digest()
        if hmac.compare_digest(expected, told) and fitting and matched is None:
            matched = index
    return matched


def _encoded(text: str) -> bytes:
    return text.encode(errors="replace")


def _fingerprint(text: str) -> str:
    """Write a fingerprint in one way: proxies differ in colons and case."""
    return text.strip().replace(":", "").lower()


def _check_proxy(
    scheme: Scheme, lowered: Mapping[str, str], trusted_proxy: bool
) -> None:
    """See to it that the proxy is ours and found the certificate good.

    :raises SignatureRefused: when it is not, or did not
    """
    if not trusted_proxy:
        raise SignatureRefused(UNTRUSTED_PROXY)
    told = _header(lowered, scheme.verified_header)
    if not hmac.compare_digest(_encoded(told), scheme.verified_value.encode()):
        raise SignatureRefused(BAD_SIGNATURE, path=scheme.verified_header)


def _fresh(timestamp: str, now: float, tolerance: float) -> bool:
    try:
        sent = float(timestamp)
        if sent > _MILLISECONDS_FROM:
            sent /= 1000
    except ValueError:
        try:
            parsed = dt.datetime.fromisoformat(timestamp.replace("Z", "+00:00"))
        except ValueError:
            return False
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=dt.timezone.utc)
        sent = parsed.timestamp()
    return abs(now - sent) <= tolerance  # False for "nan" too
