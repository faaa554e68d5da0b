"""Functions on days and moments. Moments are UTC; a local time names its zone."""

import datetime as dt
import functools
import zoneinfo
from typing import Any

from .function import Function, refusal, shown
from .scope import Scope

UTC = dt.timezone.utc


@functools.lru_cache(maxsize=64)
def _zone(name: str) -> dt.tzinfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as exc:
        raise refusal(f"{shown(name)} is not a time zone", 2) from exc


def read_moment(value: Any, form: str | None, zone: str) -> dt.datetime:
    """Read a moment; one that names no zone is taken in ``zone``.

    :param form: as for ``strptime``; None reads ISO 8601
    :raises DataError: when the text has another form
    """
    when = value
    if isinstance(value, str):
        text = value.strip()
        try:
            if form:
                when = dt.datetime.strptime(text, form)
            else:
                when = dt.datetime.fromisoformat(_iso(text))
        except ValueError as exc:
            wanted = form or "2026-01-31T10:00:00Z"
            raise refusal(f"{shown(value)} is not a time such as {wanted}") from exc
    elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        when = dt.datetime.combine(value, dt.time())
    if not isinstance(when, dt.datetime):
        raise refusal(f"{shown(value)} is not a time")
    if when.tzinfo is None:
        when = when.replace(tzinfo=_zone(zone))
    try:
        return when.astimezone(UTC)
    except OverflowError as exc:
        raise refusal(f"{shown(value)} is outside the calendar") from exc


def _iso(text: str) -> str:
    """Make what partners write readable for Python 3.10: ``Z``, 7 decimals."""
    if text.endswith(("Z", "z")):
        text = text[:-1] + "+00:00"
    head, dot, rest = text.partition(".")
    if dot and ("T" in head.upper() or " " in head):
        digits = len(rest) - len(rest.lstrip("0123456789"))
        text = f"{head}.{rest[:digits][:6].ljust(6, '0')}{rest[digits:]}"
    return text


def _moment(scope: Scope, value: Any, form: Any = None, zone: Any = None) -> Any:
    """``moment(shipped_at, '%d.%m.%Y %H:%M')``: a moment, in UTC."""
    if value is None or value == "":
        return None
    return read_moment(value, form, zone or scope.ctx.timezone)


def _date(scope: Scope, value: Any, form: Any = None) -> dt.date | None:
    """``date(expiry, '%d.%m.%Y')``: a day; the day of a moment as it is written."""
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if not isinstance(value, str):
        raise refusal(f"{shown(value)} is not a date")
    text = value.strip()
    try:
        if form:
            return dt.datetime.strptime(text, form).date()
        return dt.datetime.fromisoformat(_iso(text)).date()
    except ValueError as exc:
        wanted = form or "2026-01-31"
        raise refusal(f"{shown(value)} is not a date such as {wanted}") from exc


def _format_date(scope: Scope, value: Any, form: Any, zone: Any = None) -> str | None:
    """``format_date(requested_ship_date, '%d.%m.%Y')``."""
    if value is None or value == "":
        return None
    if isinstance(value, str) and len(value) == 10:
        value = _date(scope, value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.strftime(form)
    when = read_moment(value, None, scope.ctx.timezone)
    return when.astimezone(_zone(zone or scope.ctx.timezone)).strftime(form)


def iso_text(value: dt.date) -> str:
    """Write a day or a moment as ISO 8601; moments with ``Z``."""
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(UTC)
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat()


def _received_at(scope: Scope) -> dt.datetime:
    return scope.ctx.received_at or scope.ctx.now()


FUNCTIONS = {
    "moment": Function(_moment, 1, 3),
    "date": Function(_date, 1, 2),
    "format_date": Function(_format_date, 2, 3),
    "now": Function(lambda scope: scope.ctx.now(), 0, 0),
    "received_at": Function(_received_at, 0, 0),
}
