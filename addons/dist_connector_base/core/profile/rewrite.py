"""Change the head of a profile's text, and leave every other character as it is.

A profile is written by people: comments and order are theirs. So a new version, a clone
or a contract pin replaces single top-level lines of the text instead of writing the
YAML anew.
"""

import json
import re
from collections.abc import Collection, Mapping

_LAST_NUMBER = re.compile(r"(\d+)(?!.*\d)")
_TOP_KEY = re.compile(r"^([A-Za-z_]\w*)[ \t]*:", re.MULTILINE)


def next_version(version: str, taken: Collection[str] = ()) -> str:
    """Give the version that follows: its last number, raised until it is free.

    ``2026-01.1`` is followed by ``2026-01.2``, a text without a number by ``text.2``.

    :param taken: versions that exist already
    """
    while True:
        match = _LAST_NUMBER.search(version)
        if match is None:
            version = f"{version}.2"
        else:
            raised = str(int(match[1]) + 1).zfill(len(match[1]))
            version = f"{version[: match.start()]}{raised}{version[match.end() :]}"
        if version not in taken:
            return version


def with_head(text: str, values: Mapping[str, str]) -> str:
    """Give the text with other top-level values, such as ``version`` or ``title``.

    :param values: key → new text; a key that stands nowhere is added at the top
    """
    for key, value in values.items():
        text = with_block(text, key, json.dumps(value, ensure_ascii=False))
    return text


def with_block(text: str, key: str, value: str) -> str:
    """Give the text with one top-level key replaced, lines below it included.

    :param value: YAML on one line
    """
    line = f"{key}: {value}"
    found = _block(text, key)
    if found is None:
        place = _block(text, "title") or _block(text, "version") or (0, 0)
        start = end = place[1]
        line = f"{line}\n" if not start or text[start - 1] == "\n" else f"\n{line}"
    else:
        start, end = found
        line += "\n"
    return f"{text[:start]}{line}{text[end:]}"


def _block(text: str, key: str) -> tuple[int, int] | None:
    """Give start and end of a top-level key with all that is indented below it."""
    for match in _TOP_KEY.finditer(text):
        if match[1] != key:
            continue
        end = _line_end(text, match.start())
        while end < len(text) and _belongs(text, end):
            end = _line_end(text, end)
        return match.start(), end
    return None


def _line_end(text: str, start: int) -> int:
    found = text.find("\n", start)
    return len(text) if found < 0 else found + 1


def _belongs(text: str, start: int) -> bool:
    """Say whether a line is part of the block above: indented, or a list entry."""
    line = text[start : _line_end(text, start)]
    return line[:1] in (" ", "\t", "-") and bool(line.strip())
