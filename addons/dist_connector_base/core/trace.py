"""Trace context of the W3C: one id for a case, read from and written into a header.

Source: https://www.w3.org/TR/trace-context/ (version 00).
"""

import hashlib
import re
import urllib.parse
from collections.abc import Mapping
from typing import NamedTuple

TRACEPARENT = "traceparent"
_HEADER = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace_id>[0-9a-f]{32})-(?P<span_id>[0-9a-f]{16})"
    r"-(?P<flags>[0-9a-f]{2})(?P<rest>-.*)?"
)


class TraceParent(NamedTuple):
    """A place in a trace.

    :ivar trace_id: 32 hex digits; the same for all that belongs to one case
    :ivar span_id: 16 hex digits; this step of it
    """

    trace_id: str
    span_id: str

    def __str__(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-01"


def read_traceparent(text: str) -> TraceParent | None:
    """Read a header; None for one that the standard tells us to pass over."""
    match = _HEADER.fullmatch(text.strip()) if text else None
    if not match or match["version"] == "ff":
        return None
    if match["version"] == "00" and match["rest"]:
        return None
    if not int(match["trace_id"], 16) or not int(match["span_id"], 16):
        return None
    return TraceParent(match["trace_id"], match["span_id"])


def find_traceparent(headers: Mapping[str, str]) -> TraceParent | None:
    """Read the trace context of a request, in whatever case its header is written."""
    for name, value in headers.items():
        if name.lower() == TRACEPARENT:
            return read_traceparent(value)
    return None


def trace_id_of(*parts: object) -> str:
    """Give the trace id of a case: the same parts always give the same id."""
    return _digest(parts)[:32]


def span_id_of(*parts: object) -> str:
    """Give the id of one step of a case."""
    return _digest(parts)[:16]


def header_text(correlation: str) -> str:
    """Give a correlation id as a header can carry it: ASCII, no line breaks."""
    return urllib.parse.quote(correlation, safe=" /:;,.+-_#()&=@~*'!|")


def _digest(parts: tuple[object, ...]) -> str:
    text = "\x1f".join(str(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()
