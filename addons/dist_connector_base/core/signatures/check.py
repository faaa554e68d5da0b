"""Sign and verify webhooks over their raw bytes."""

import base64
import binascii
import datetime as dt
import hmac
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ..errors import ConfigurationError, SecurityError
from .scheme import SCHEMES, Scheme

MISSING_HEADER = "missing_header"
BAD_SIGNATURE = "bad_signature"
STALE_TIMESTAMP = "stale_timestamp"

_TEXTS = {
    MISSING_HEADER: "the webhook lacks a header of its signature scheme",
    BAD_SIGNATURE: "the webhook's signature does not hold",
    STALE_TIMESTAMP: "the webhook's time is too old, in the future or unreadable",
}


class SignatureRefused(SecurityError):
    """A webhook that cannot be trusted.

    Its text names neither the secret nor the expected signature nor what was sent.

    :ivar reason: missing_header, bad_signature or stale_timestamp
    """

    default_next_step = (
        "Compare the webhook secret with the partner's. If it is right, somebody else "
        "posts to the address."
    )

    def __init__(self, reason: str, *, path: str = "") -> None:
        super().__init__(_TEXTS[reason], path=path)
        self.reason = reason


class Accepted(NamedTuple):
    """A webhook whose signature holds.

    :ivar delivery_id: the partner's id of the delivery; empty where it sends none
    :ivar secret_index: which of the live secrets matched; 0 is the newest
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
) -> Accepted:
    """Check the signature of a webhook.

    :param scheme: the scheme, or the name of one in ``SCHEMES``
    :param headers: HTTP headers, in any case
    :param body: the raw body, before any decoding
    :param secrets: live secrets, the newest first: two while one replaces the other
    :param now: Unix time
    :raises SignatureRefused: (a SecurityError) with the reason code
    :raises ConfigurationError: no secret is set, or one cannot be read
    """
    scheme = find_scheme(scheme)
    lowered = {name.lower(): value for name, value in headers.items()}
    given = _header(lowered, scheme.signature_header)
    delivery_id = _header(lowered, scheme.id_header, needed="id" in scheme.content)
    timestamp = _header(lowered, scheme.timestamp_header)
    keys = [_key(scheme, secret) for secret in secrets]
    if not keys:
        raise ConfigurationError(
            "the backend has no webhook secret, so no webhook can be accepted",
            next_step="Enter the secret that the partner shows for this webhook.",
        )
    candidates = given.split() if scheme.several else [given.strip()]
    content = _content(scheme, delivery_id, timestamp, body)
    matched = _match(scheme, keys, content, candidates)
    if matched is None:
        raise SignatureRefused(BAD_SIGNATURE)
    if scheme.timestamp_header and not _fresh(timestamp, now, scheme.tolerance):
        raise SignatureRefused(STALE_TIMESTAMP, path=scheme.timestamp_header)
    return Accepted(delivery_id, matched)


def sign(
    scheme: Scheme | str,
    body: bytes,
    secret: str,
    *,
    delivery_id: str = "",
    timestamp: float = 0.0,
) -> dict[str, str]:
    """Give the headers with which a partner would post a body.

    :param timestamp: Unix time of sending; written in whole seconds
    """
    scheme = find_scheme(scheme)
    stamp = str(int(timestamp))
    content = _content(scheme, delivery_id, stamp, body)
    signature = _signature(scheme, _key(scheme, secret), content)
    headers = {scheme.signature_header: signature}
    if scheme.id_header:
        headers[scheme.id_header] = delivery_id
    if scheme.timestamp_header:
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
            next_step=f"Use one of: {', '.join(sorted(SCHEMES))}, or a plain HMAC.",
        )
    return SCHEMES[scheme]


def _header(lowered: Mapping[str, str], name: str, needed: bool = True) -> str:
    value = lowered.get(name.lower(), "")
    if name and needed and not value:
        raise SignatureRefused(MISSING_HEADER, path=name)
    return value


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


def _content(scheme: Scheme, delivery_id: str, timestamp: str, body: bytes) -> bytes:
    parts = {
        "id": delivery_id.encode(errors="replace"),
        "timestamp": timestamp.encode(errors="replace"),
        "body": body,
    }
    return b".".join(parts[part] for part in scheme.content)


def _signature(scheme: Scheme, key: bytes, content: bytes) -> str:
    digest = hmac.digest(key, content, scheme.algorithm)
    if scheme.encoding == "hex":
        return scheme.prefix + digest.hex()
    return scheme.prefix + base64.b64encode(digest).decode()


def _match(
    scheme: Scheme, keys: list[bytes], content: bytes, candidates: list[str]
) -> int | None:
    """Give the index of the key that made one of the signatures.

    Compares every pair, always in constant time, and never stops early.
    """
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


def _fresh(timestamp: str, now: float, tolerance: float) -> bool:
    try:
        sent = float(timestamp)
    except ValueError:
        try:
            parsed = dt.datetime.fromisoformat(timestamp.replace("Z", "+00:00"))
        except ValueError:
            return False
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=dt.timezone.utc)
        sent = parsed.timestamp()
    return abs(now - sent) <= tolerance  # False for "nan" too
