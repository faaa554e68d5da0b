"""Read a CSV file of code maps; every fault with its line."""

import csv
import datetime as dt
import io
import re
from typing import NamedTuple

from .codes import CodeRow

#: Lines of one file: a code list is never longer.
MAX_LINES = 20_000

_PLAIN = re.compile(r"[^a-z]")
#: What people and our own export call the columns.
_COLUMNS = {
    "vocabulary": ("vocabulary", "codelist", "list"),
    "theirs": ("partnercode", "partnerscode", "theirs", "theircode"),
    "ours": ("canonicalcode", "ourcode", "ours"),
    "preferred": ("preferred",),
    "start": ("validfrom", "from", "start"),
    "end": ("validto", "to", "until", "end"),
}
_YES = {"", "1", "true", "yes", "y", "x"}
_NO = {"0", "false", "no", "n"}


class CodeLine(NamedTuple):
    """One row of the file and the line it ends on."""

    line: int
    row: CodeRow


class CodeFault(NamedTuple):
    """What is wrong with a line."""

    line: int
    message: str


class CodeFile(NamedTuple):
    """A file as it was read. With faults, nothing of it may be used."""

    lines: list[CodeLine]
    faults: list[CodeFault]


def read_code_file(content: bytes, vocabulary: str = "") -> CodeFile:
    """Read a file of codes: comma, semicolon or tab; a header row; UTF-8.

    :param vocabulary: the code list of rows that name none
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        return CodeFile([], [CodeFault(line, "is not UTF-8 text")])
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[CodeLine] = []
    faults: list[CodeFault] = []
    try:
        places = _places(next(reader, []))
        missing = [name for name in ("theirs", "ours") if name not in places]
        if missing:
            words = "needs the columns partner_code and our_code in its first line"
            return CodeFile([], [CodeFault(1, words)])
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if reader.line_num > MAX_LINES:
                faults.append(
                    CodeFault(reader.line_num, f"is beyond the limit of {MAX_LINES}")
                )
                break
            found = _row(cells, places, vocabulary)
            if isinstance(found, CodeRow):
                lines.append(CodeLine(reader.line_num, found))
            else:
                faults.append(CodeFault(reader.line_num, found))
    except csv.Error as exc:
        faults.append(CodeFault(reader.line_num, f"is not CSV: {exc}"))
    return CodeFile(lines, sorted(faults + _twice(lines)))


def _places(header: list[str]) -> dict[str, int]:
    """Give the position of each column that the header names."""
    names = [_PLAIN.sub("", cell.lower()) for cell in header]
    return {
        column: names.index(word)
        for column, words in _COLUMNS.items()
        for word in words
        if word in names
    }


def _row(cells: list[str], places: dict[str, int], vocabulary: str) -> CodeRow | str:
    """Make a row, or say what is wrong with it."""

    def cell(name: str) -> str:
        place = places.get(name)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    words = cell("vocabulary") or vocabulary
    for text, what in (
        (words, "names no code list"),
        (cell("theirs"), "has no partner code"),
        (cell("ours"), "has no code of ours"),
    ):
        if not text:
            return what
    preferred = cell("preferred").lower()
    if preferred not in _YES | _NO:
        return f"{preferred[:20]!r} is neither yes nor no"
    days = []
    for name in ("start", "end"):
        try:
            days.append(dt.date.fromisoformat(cell(name)) if cell(name) else None)
        except ValueError:
            return f"{cell(name)[:20]!r} is no day such as 2026-01-31"
    start, end = days
    if start and end and end < start:
        return f"ends on {end}, before it begins"
    return CodeRow(words, cell("theirs"), cell("ours"), preferred in _YES, start, end)


def _twice(lines: list[CodeLine]) -> list[CodeFault]:
    """Find the rows that say again what an earlier line said."""
    first: dict[tuple, int] = {}
    faults = []
    for line, row in lines:
        place = (row.vocabulary, row.theirs, row.start)
        if place in first:
            words = (
                f"maps {row.vocabulary} {row.theirs!r} again, as line {first[place]}"
            )
            faults.append(CodeFault(line, words))
        else:
            first[place] = line
    return faults
