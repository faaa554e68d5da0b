"""CSV as agreed with a partner: declared delimiter, quoting, charset and columns.

Read rows are dicts of text; an empty cell is None. Under ``#`` stands the row's
number as a spreadsheet counts it (the header is row 1), so a fault can be found.
"""

import csv
import difflib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import DataError
from .bytes_text import decode_text

ROW = "#"
_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
#: First characters that make a spreadsheet take a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class CsvForm:
    """What was agreed.

    :ivar columns: must be there
    :ivar optional: may be there
    :ivar refuse_others: whether a column that is neither is a fault
    :ivar bom: whether we write a byte order mark
    """

    columns: tuple[str, ...]
    optional: tuple[str, ...] = ()
    delimiter: str = ","
    quote: str = '"'
    charset: str = "utf-8"
    refuse_others: bool = True
    bom: bool = False
    line_end: str = "\r\n"


def decode(payload: bytes, form: CsvForm) -> list[dict[str, Any]]:
    """Read rows.

    :raises DataError: with row and column: another delimiter or charset, a column
        missing or unknown, a row with too many or too few cells, an open quote
    """
    text = decode_text(payload, form.charset)
    if "\x00" in text:
        row = text.count("\n", 0, text.index("\x00")) + 1
        raise DataError("holds a NUL character", path=f"row {row}")
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=form.delimiter,
        quotechar=form.quote,
        strict=True,
    )
    number = 0
    rows: list[dict[str, Any]] = []
    header: list[str] = []
    try:
        for number, cells in enumerate(reader, 1):
            if not header:
                header = _header(cells, text, form)
            elif cells:
                rows.append(_row(number, header, cells))
    except csv.Error as exc:
        raise DataError(f"is not CSV: {exc}", path=f"row {number + 1}") from exc
    if not header:
        raise DataError("is empty; a header row is expected", path="row 1")
    return rows


def _row(number: int, header: Sequence[str], cells: list[str]) -> dict[str, Any]:
    if len(cells) != len(header):
        raise DataError(
            f"has {len(cells)} cells, the header has {len(header)}",
            path=f"row {number}",
        )
    row: dict[str, Any] = {ROW: number}
    for name, cell in zip(header, cells, strict=True):
        row[name] = cell if cell and not cell.isspace() else None
    return row


def _header(cells: list[str], text: str, form: CsvForm) -> list[str]:
    """Check the header row.

    :raises DataError: naming the column, or the delimiter that was used instead
    """
    header = [cell.strip() for cell in cells]
    missing = [name for name in form.columns if name not in header]
    if missing:
        _refuse_delimiter(text, form, len(form.columns) - len(missing))
        raise DataError(
            _with_hint("is missing", missing[0], header),
            path=f"row 1, column {missing[0]}",
        )
    known = (*form.columns, *form.optional)
    for position, name in enumerate(header):
        path = f"row 1, column {name or position + 1}"
        if name in header[:position]:
            raise DataError("stands twice", path=path)
        if name == ROW or (form.refuse_others and name not in known):
            raise DataError(
                _with_hint("is not a column that was agreed", name, known), path=path
            )
    return header


def _refuse_delimiter(text: str, form: CsvForm, fitting: int) -> None:
    """Find out whether another delimiter makes sense of the header.

    :raises DataError: when one does
    """
    line = text.splitlines()[0] if text else ""
    for other, name in _DELIMITERS.items():
        if other == form.delimiter:
            continue
        cells = {cell.strip(" " + form.quote) for cell in line.split(other)}
        if sum(column in cells for column in form.columns) > fitting:
            agreed = _DELIMITERS.get(form.delimiter, repr(form.delimiter))
            raise DataError(
                f"the columns are separated by {name} ({other!r}); {agreed} "
                f"({form.delimiter!r}) was agreed",
                path="row 1",
                next_step="Ask the sender for the agreed delimiter, or correct the "
                "profile.",
            )


def _with_hint(words: str, name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, [n for n in known if n], n=1)
    return f"{words}; there is {near[0]!r}" if near else words


def encode(
    rows: Iterable[Mapping[str, str]], form: CsvForm, *, for_people: bool = False
) -> bytes:
    """Write rows under a header of the form's columns.

    :param for_people: the file is opened in a spreadsheet: a cell that would run as
        a formula gets an apostrophe. Never for partners, who would read it as data.
    :raises DataError: with row and column, when the charset has no such character
    """
    columns = (*form.columns, *form.optional)
    out = io.StringIO(newline="")
    writer = csv.writer(
        out,
        delimiter=form.delimiter,
        quotechar=form.quote,
        lineterminator=form.line_end,
    )
    writer.writerow(columns)
    for number, row in enumerate(rows, 2):
        cells = [row.get(name) or "" for name in columns]
        if for_people:
            cells = [f"'{c}" if c.startswith(_FORMULA) else c for c in cells]
        _refuse_unwritable(number, columns, cells, form.charset)
        writer.writerow(cells)
    mark = "\ufeff" if form.bom else ""
    return (mark + out.getvalue()).encode(form.charset)


def _refuse_unwritable(number, columns, cells, charset: str) -> None:
    for name, cell in zip(columns, cells, strict=True):
        try:
            cell.encode(charset)
        except UnicodeEncodeError as exc:
            raise DataError(
                f"{charset} has no character {cell[exc.start]!r}",
                path=f"row {number}, column {name}",
            ) from exc
