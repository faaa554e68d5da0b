"""Who may post: the schemes by which webhooks prove where they come from."""

from .check import (
    BAD_SIGNATURE,
    MISSING_HEADER,
    STALE_TIMESTAMP,
    UNKNOWN_KEY,
    UNTRUSTED_PROXY,
    Accepted,
    SignatureRefused,
    find_scheme,
    sign,
    verify,
)
from .proxies import is_trusted
from .public_keys import PublicKey, read_jwks
from .scheme import (
    GENERIC,
    SCHEMES,
    STANDARD_WEBHOOKS,
    Scheme,
    make_scheme,
    plain_hmac,
)

__all__ = [
    "BAD_SIGNATURE",
    "GENERIC",
    "MISSING_HEADER",
    "SCHEMES",
    "STALE_TIMESTAMP",
    "STANDARD_WEBHOOKS",
    "UNKNOWN_KEY",
    "UNTRUSTED_PROXY",
    "Accepted",
    "PublicKey",
    "Scheme",
    "SignatureRefused",
    "find_scheme",
    "is_trusted",
    "make_scheme",
    "plain_hmac",
    "read_jwks",
    "sign",
    "verify",
]
