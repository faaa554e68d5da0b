"""Who may post: signature schemes of webhooks, over the raw body."""

from .check import (
    BAD_SIGNATURE,
    MISSING_HEADER,
    STALE_TIMESTAMP,
    Accepted,
    SignatureRefused,
    find_scheme,
    sign,
    verify,
)
from .scheme import SCHEMES, STANDARD_WEBHOOKS, Part, Scheme, plain_hmac

__all__ = [
    "BAD_SIGNATURE",
    "MISSING_HEADER",
    "SCHEMES",
    "STALE_TIMESTAMP",
    "STANDARD_WEBHOOKS",
    "Accepted",
    "Part",
    "Scheme",
    "SignatureRefused",
    "find_scheme",
    "plain_hmac",
    "sign",
    "verify",
]
