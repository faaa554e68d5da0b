"""Scalar types shared by all canonical documents.

Numbers are exact: a quantity or an amount is a ``Decimal``, made from text, an int
or the shortest text of a float. They are bounded, because an absurd number is a
fault of the sender, and a number with a million digits is an attack.
"""

import datetime as dt
import math
import re
import zoneinfo
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

#: No trade document of a distributor speaks of more units, or more money, than this.
MAX_QUANTITY = 10**9
MAX_AMOUNT = 10**12
#: More decimals than any price or weight in the trade needs.
MAX_DECIMALS = 10

_DECIMAL_TEXT = re.compile(r"[+-]?(\d{1,40}(\.\d{0,20})?|\.\d{1,20})", re.ASCII)


def exact_number(value: Any) -> Any:
    """Refuse what only looks like a number; leave real numbers to pydantic.

    ``Decimal`` itself would take ``1_000``, ``1E+400`` and full-width digits.

    :raises PydanticCustomError: for booleans and text that is not a plain number
    """
    if isinstance(value, bool):
        raise PydanticCustomError("number", "is true or false, a number is expected")
    if isinstance(value, str):
        value = value.strip()
        if not _DECIMAL_TEXT.fullmatch(value):
            raise PydanticCustomError(
                "number", "is not a plain number such as 12 or 12.5"
            )
        return Decimal(value)
    if isinstance(value, float) and math.isfinite(value) and abs(value) < 1e15:
        # 0.1 + 0.2 is 0.3 for the trade; a float never meant its last digits
        return Decimal(format(round(value, MAX_DECIMALS), "f")).normalize()
    return value


def plain_number(value: Decimal) -> Decimal:
    """Give a number without an exponent: 1E+3 and 0E+99 are read back as no number."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -MAX_DECIMALS <= exponent <= 0:
        return value
    return value.quantize(Decimal(1)) if value else Decimal(0)


def key_text(value: Any) -> Any:
    """Take whole numbers as keys and codes: partners count their orders."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def in_utc(value: dt.datetime, info: ValidationInfo) -> dt.datetime:
    """Give a moment in UTC; a moment without a zone takes the context's ``zone``.

    :raises PydanticCustomError: when neither the text nor the context names a zone
    """
    if value.tzinfo is None:
        zone = (info.context or {}).get("zone")
        if not zone:
            raise PydanticCustomError(
                "zone", "has no time zone; write it as 2026-01-31T10:00:00+00:00"
            )
        value = value.replace(tzinfo=zoneinfo.ZoneInfo(zone))
    try:
        return value.astimezone(dt.timezone.utc)
    except OverflowError as exc:
        raise PydanticCustomError("zone", "is outside the calendar") from exc


def _moment(value: Any) -> Any:
    """Refuse bare numbers: seconds or milliseconds, nobody can tell."""
    if isinstance(value, (int, float)):
        raise PydanticCustomError("moment", "is a number, a date and time is expected")
    return value


def _day(value: Any) -> Any:
    """Take the day of a text or a date; refuse bare numbers and moments in time."""
    if isinstance(value, (int, float)):
        raise PydanticCustomError("day", "is a number, a date is expected")
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise PydanticCustomError("day", "is not a date such as 2026-01-31")
    return value


# PostgreSQL cannot store NUL in text; nothing else is refused here.
_NO_NUL = r"^[^\x00]*$"

Key = Annotated[
    str,
    BeforeValidator(key_text),
    Field(min_length=1, max_length=200, pattern=_NO_NUL),
]
"""A business key: stable, compared as it stands."""

Code = Annotated[
    str,
    BeforeValidator(key_text),
    Field(min_length=1, max_length=64, pattern=_NO_NUL),
]
"""A canonical code: unit, carrier, service, reason, warehouse."""

Text = Annotated[str, Field(max_length=10_000, pattern=_NO_NUL)]
"""Words for people. May be empty."""


def _number(**bounds: int) -> Any:
    """Make the type of an exact, bounded number.

    The bounds stand next to ``Decimal``: pydantic then checks them in its own code,
    which is several times faster than behind a function of ours.
    """
    return Annotated[
        Decimal,
        Field(
            allow_inf_nan=False, max_digits=25, decimal_places=MAX_DECIMALS, **bounds
        ),
        BeforeValidator(exact_number),
        AfterValidator(plain_number),
    ]


Qty = _number(ge=0, le=MAX_QUANTITY)
"""A quantity that cannot be negative, in the unit that stands beside it."""

SignedQty = _number(ge=-MAX_QUANTITY, le=MAX_QUANTITY)
"""A quantity that may be negative: a change of stock, stock sold before receipt."""

Amount = _number(ge=-MAX_AMOUNT, le=MAX_AMOUNT)
"""Money in the currency that stands beside it; negative in credits."""

Rate = _number(ge=-1000, le=1000)
"""A percentage: 19 is 19 %."""

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""ISO 4217 code."""

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2 code."""

Moment = Annotated[dt.datetime, BeforeValidator(_moment), AfterValidator(in_utc)]
"""A point in time, always held in UTC."""

Day = Annotated[dt.date, BeforeValidator(_day)]
"""A calendar day, where no hour is meant."""
