"""Filters: one translation between wire text and canonical value, both ways.

A filter is a pair of functions. ``read(text, argument, cell)`` gives the canonical
value; ``write(value, argument, cell)`` gives the text, or None to write nothing.
Both raise ``ValueError`` with plain words, or ``UnknownCodeError``.
"""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, Protocol

from ....dist_connector_base.core.canonical.base import decimal_text


class Cell(Protocol):
    """What a filter may know of the place where it works."""

    #: IANA name of the zone in which the partner writes times
    zone: str
    #: ``number``, ``day``, ``moment`` or ``text``: what the field holds
    kind: str
    #: what the field holds already (an earlier element may have filled it)
    current: Any

    def code_in(self, table: str, code: str) -> str:
        """Translate a partner's code."""

    def code_out(self, table: str, value: str) -> str:
        """Translate a canonical code."""

    def beside(self) -> str:
        """Give the text of the next component."""

    def put_beside(self, text: str) -> None:
        """Write the next component."""

    def parts(self) -> list[str]:
        """Give all components of the element."""


class UnknownCodeError(ValueError):
    """A code that the table does not hold.

    :param table: the code table, such as ``unit``
    :param value: the code
    """

    def __init__(self, table: str, value: str) -> None:
        super().__init__(f"code {value!r} is not in the code table {table!r}")
        self.table = table
        self.value = value


class FilterPair(NamedTuple):
    """Both directions of a filter, and whether it needs an argument."""

    read: Callable[[Any, str, Cell], Any]
    write: Callable[[Any, str, Cell], Any]
    argument: str = "none"


#: EDIFACT code list 2379, the formats in use for orders and despatches.
DTM_FORMATS = {
    "101": "%y%m%d",
    "102": "%Y%m%d",
    "201": "%y%m%d%H%M",
    "202": "%y%m%d%H%M%S",
    "203": "%Y%m%d%H%M",
    "204": "%Y%m%d%H%M%S",
}
_DIGITS = {"%y%m%d": 6, "%Y%m%d": 8, "%H%M": 4, "%H%M%S": 6}


def _parse(text: str, form: str) -> dt.datetime:
    """Read digits by a format; strptime alone would take ``2026131`` for a date."""
    width = sum(count for part, count in _DIGITS.items() if part == form) or len(
        dt.datetime(2026, 1, 1).strftime(form)
    )
    if len(text) != width or not (text.isascii() and text.isdigit()):
        raise ValueError(f"{text!r} is not a date or time of {width} digits")
    try:
        return dt.datetime.strptime(text, form)
    except ValueError as exc:
        raise ValueError(f"{text!r} is not in the calendar or on the clock") from exc


def _local(value: dt.datetime | dt.date, cell: Cell) -> dt.datetime:
    """Give a moment in the partner's zone; a day as its midnight."""
    if isinstance(value, dt.datetime):
        return value.astimezone(zoneinfo.ZoneInfo(cell.zone))
    return dt.datetime(value.year, value.month, value.day)


def _year(moment: dt.datetime) -> str:
    """Four digits for every year: strftime writes year 999 as ``999``."""
    return f"{moment.year:04d}"


def _iso(moment: dt.datetime, cell: Cell) -> str:
    return moment.isoformat() if cell.kind == "moment" else moment.date().isoformat()


def _read_date(text: str, _argument: str, cell: Cell) -> str:
    if not text.strip("0"):
        # Many systems write an empty date as zeros
        return ""
    form = "%y%m%d" if len(text) == 6 else "%Y%m%d"
    return _iso(_parse(text, form), cell)


def _write_date(value: dt.date, argument: str, cell: Cell) -> str:
    local = _local(value, cell)
    text = f"{_year(local)}{local:%m%d}"
    return text[2:] if argument == "6" else text


def _read_clock(text: str, _argument: str, cell: Cell) -> str:
    if not cell.current:
        raise ValueError("a time stands without its date")
    # X12 TM: HHMM, HHMMSS, and decimals of a second that nobody needs
    clock = _parse(text[:6], "%H%M%S" if len(text) > 4 else "%H%M")
    return f"{str(cell.current)[:10]}T{clock:%H:%M:%S}"


def _write_clock(value: dt.datetime, _argument: str, cell: Cell) -> str:
    local = _local(value, cell)
    return f"{local:%H%M%S}" if local.second else f"{local:%H%M}"


def _read_dtm(text: str, _argument: str, cell: Cell) -> str:
    if not text.strip("0"):
        return ""
    form = DTM_FORMATS.get(cell.beside() or "102")
    if form is None:
        raise UnknownCodeError("date format 2379", cell.beside())
    return _iso(_parse(text, form), cell)


def _write_dtm(value: dt.date, argument: str, cell: Cell) -> str:
    local = _local(value, cell)
    code = argument or ("102" if cell.kind == "day" else "203")
    if code == "203" and local.second:
        code = "204"
    cell.put_beside(code)
    return f"{_year(local)}{local:%m%d%H%M%S}"[: _DTM_WIDTH[code]]


_DTM_WIDTH = {"102": 8, "203": 12, "204": 14}


def _read_implied(text: str, argument: str, _cell: Cell) -> str:
    digits = text[1:] if text[:1] in "+-" else text
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 30:
        raise ValueError(f"{text!r} is not digits with {argument} implied decimals")
    return decimal_text(Decimal(text).scaleb(-int(argument)))


def _write_implied(value: Decimal, argument: str, _cell: Cell) -> str:
    scaled = value.scaleb(int(argument))
    if scaled != scaled.to_integral_value():
        raise ValueError(
            f"{decimal_text(value)} has more than {argument} decimals and would be cut"
        )
    return decimal_text(scaled.to_integral_value())


def _write_rounded(value: Decimal, argument: str, _cell: Cell) -> Decimal:
    try:
        return value.quantize(Decimal(1).scaleb(-int(argument)))
    except InvalidOperation as exc:
        raise ValueError(f"{decimal_text(value)} is too large") from exc


def _read_spread(text: str, argument: str, cell: Cell) -> str:
    # Senders cut in the middle of a word where the first component is full
    rest = cell.beside()
    return text + rest if len(text) >= int(argument) else f"{text} {rest}".strip()


def _write_spread(value: str, argument: str, cell: Cell) -> str:
    width = int(argument)
    if len(value) > 2 * width:
        raise ValueError(f"is longer than the {2 * width} characters it has room for")
    if len(value) > width:
        cell.put_beside(value[width:])
    return value[:width]


def _read_sscc(text: str, _argument: str, _cell: Cell) -> str:
    # Labels print the application identifier (00) before the 18 digits
    return text[2:] if len(text) == 20 and text.startswith("00") else text


def _keep(value: Any, _argument: str, _cell: Cell) -> Any:
    return value


FILTERS: dict[str, FilterPair] = {
    # code unit: through a code table, both ways
    "code": FilterPair(
        lambda text, table, cell: cell.code_in(table, text),
        lambda value, table, cell: cell.code_out(table, value),
        "code table",
    ),
    # date: CCYYMMDD (YYMMDD is read as well; "date 6" writes it)
    "date": FilterPair(_read_date, _write_date, "optional"),
    # clock: HHMM or HHMMSS beside a date that fills the same field
    "clock": FilterPair(_read_clock, _write_clock),
    # dtm: EDIFACT date whose format stands in the next component
    "dtm": FilterPair(_read_dtm, _write_dtm, "optional"),
    # implied 2: N2, digits of which the last two are decimals
    "implied": FilterPair(_read_implied, _write_implied, "number"),
    # round 2: written with so many decimals at most
    "round": FilterPair(_keep, _write_rounded, "number"),
    # length 12: written only when the value has that many characters
    "length": FilterPair(
        _keep,
        lambda value, length, cell: value if len(value) == int(length) else None,
        "number",
    ),
    # sscc: with or without the label's prefix 00; "sscc 00" writes the prefix
    "sscc": FilterPair(
        _read_sscc, lambda value, prefix, cell: prefix + value, "optional"
    ),
    # spread 35: a text that goes on in the next component
    "spread": FilterPair(_read_spread, _write_spread, "number"),
    # join: reads all components of a text, writes the first
    "join": FilterPair(
        lambda text, _argument, cell: " ".join(filter(None, cell.parts())), _keep
    ),
    # position: where nothing stands, the number of the entry in its list
    "position": FilterPair(_keep, _keep),
    # if 1.2: written only beside a value there, or at one of several places
    "if": FilterPair(_keep, _keep, "elements"),
    # or 92: written where the field is empty
    "or": FilterPair(_keep, _keep, "code"),
    # read: never written (another place writes the field)
    "read": FilterPair(_keep, lambda value, _argument, cell: None),
}
