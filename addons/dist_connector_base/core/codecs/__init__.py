"""Codecs: bytes as a partner sends them, and plain data."""

from . import archive, csv_codec, json_codec, xml_codec
from .bytes_text import MAX_SIZE, decode_text, looks_like_html

__all__ = [
    "MAX_SIZE",
    "archive",
    "csv_codec",
    "decode_text",
    "json_codec",
    "looks_like_html",
    "xml_codec",
]
