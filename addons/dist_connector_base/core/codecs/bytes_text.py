"""Bytes to text: the charset as agreed, a byte order mark tolerated, a size limit."""

import codecs

from ..errors import ConfigurationError, DataError

#: A stock snapshot of 100,000 lots is about 20 MB; what is larger is a mistake.
MAX_SIZE = 32 * 1024 * 1024

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode_text(payload: bytes, charset: str = "utf-8") -> str:
    """Decode, strictly.

    :raises DataError: too large, another charset than agreed (with the position)
    :raises ConfigurationError: a charset that does not exist
    """
    if len(payload) > MAX_SIZE:
        raise DataError(
            f"has {len(payload):,} bytes, more than the {MAX_SIZE:,} that are taken",
            next_step="Ask the sender for smaller documents.",
        )
    try:
        name = codecs.lookup(charset).name
    except LookupError as exc:
        raise ConfigurationError(
            f"{charset!r} is not a charset", path="format.charset"
        ) from exc
    for mark, marked in _MARKS:
        if payload.startswith(mark):
            if marked == "utf-8":
                payload, name = payload[len(mark) :], "utf-8"
            elif not name.startswith(marked):
                raise DataError(f"is {marked}, {name} was agreed", path="line 1")
            break
    try:
        return payload.decode(name)
    except UnicodeDecodeError as exc:
        line = payload.count(b"\n", 0, exc.start) + 1
        value = payload[exc.start]
        raise DataError(
            f"the byte 0x{value:02x} at position {exc.start} is not {name}",
            path=f"line {line}",
            next_step="Ask the sender to write the charset that was agreed, or "
            "correct the charset in the profile.",
        ) from exc


def looks_like_html(payload: bytes) -> bool:
    """Say whether a body is a web page: an error page or a login form."""
    head = payload[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))
