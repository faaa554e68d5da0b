"""Show the bytes of a payload to a person, and take them back without other change.

A text area of a browser knows one line end only, and one line of JSON cannot be read.
So the text that a person edits is not always the text that came: what was lost on the
way to the screen is put back.
"""

import difflib
import json
import re
from typing import NamedTuple

from .errors import DataError

#: A JSON text: strings, marks, and everything else (numbers, true, false, null).
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_LINE_END = re.compile(r"\r\n|\r|\n")
#: Lines of a difference that are kept; the versions themselves are kept in full.
DIFF_LINES = 2000


class Editable(NamedTuple):
    """A payload as text that a person can edit.

    :ivar text: with ``\\n`` at the end of each line
    :ivar encoding: how the bytes were read
    :ivar line_end: what the payload had at the end of its lines
    """

    text: str
    encoding: str
    line_end: str


def editable(payload: bytes) -> Editable:
    """Give a payload as text for an editor; JSON is set out in lines.

    Bytes that are no UTF-8 are read as Latin-1, which gives each byte back.

    :raises DataError: no text editor can give these bytes back unchanged
    """
    try:
        text, encoding = payload.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text, encoding = payload.decode("latin-1"), "latin-1"
    ends = set(_LINE_END.findall(text))
    if "\x00" in text or len(ends) > 1:
        raise DataError(
            "this payload cannot be edited as text",
            next_step="Download the file, correct it, and upload the corrected file.",
        )
    line_end = ends.pop() if ends else "\n"
    return Editable(pretty(text.replace(line_end, "\n")), encoding, line_end)


def restore(text: str, like: Editable) -> bytes:
    """Give the bytes of an edited text, with the encoding and line ends it came with.

    :raises DataError: the text has characters that the encoding does not know
    """
    unified = _LINE_END.sub("\n", text)
    try:
        return unified.replace("\n", like.line_end).encode(like.encoding)
    except UnicodeEncodeError as exc:
        raise DataError(
            f"the file is written in {like.encoding}, which has no "
            f"{exc.object[exc.start]!r}",
            next_step="Use characters that occur in the file, or upload a file.",
        ) from exc


def pretty(text: str) -> str:
    """Set JSON out in lines; every number and string stays as it was written.

    :return: the text itself when it is no JSON object or list
    """
    if text.lstrip()[:1] not in ("{", "["):
        return text
    try:
        json.loads(text)
    except ValueError:
        return text
    return "".join(_laid_out(_TOKEN.findall(text)))


def _laid_out(tokens: list[str]):
    depth = 0
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        if token in ("}", "]"):
            depth -= 1
            yield token
        elif token in ("{", "["):
            depth += 1
            yield token
        elif token == ":":
            yield ": "
            continue
        else:
            yield token
        empty = token in ("{", "[") and following in ("}", "]")
        ends = following in ("}", "]", "")
        if empty or following in (",", ":", ""):
            continue
        yield "\n" + "  " * (depth - 1 if ends else depth)


def difference(before: str, after: str) -> str:
    """Give what differs between two texts, as a unified diff without file names."""
    lines = list(
        difflib.unified_diff(
            pretty(before).splitlines(), pretty(after).splitlines(), lineterm="", n=2
        )
    )[2:]
    if len(lines) > DIFF_LINES:
        lines = [*lines[:DIFF_LINES], f"… {len(lines) - DIFF_LINES} more lines"]
    return "\n".join(lines)
