"""Functions on numbers: exact, and never guessing what only looks like a number."""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, DecimalException
from typing import Any

from .function import Function, refusal, shown
from .scope import Scope

_PLAIN = re.compile(r"[+-]?(\d{1,40}(\.\d{0,20})?|\.\d{1,20})", re.ASCII)
MAX_PLACES = 10

#: Kilograms and metres of a unit. Sources: international avoirdupois pound
#: (0.45359237 kg) and international inch (25.4 mm), both exact by definition.
_FACTORS: dict[str, tuple[str, Decimal]] = {
    "kg": ("weight", Decimal(1)),
    "g": ("weight", Decimal("0.001")),
    "lb": ("weight", Decimal("0.45359237")),
    "oz": ("weight", Decimal("0.028349523125")),
    "m": ("length", Decimal(1)),
    "cm": ("length", Decimal("0.01")),
    "mm": ("length", Decimal("0.001")),
    "in": ("length", Decimal("0.0254")),
    "ft": ("length", Decimal("0.3048")),
}


def number(value: Any, argument: int = 0, index: int | None = None) -> Decimal:
    """Read a number.

    :raises DataError: when it is none, or only looks like one (``1e3``, ``=1+1``)
    """
    if isinstance(value, str):
        value = value.strip()
        if _PLAIN.fullmatch(value):
            return Decimal(value)
    elif isinstance(value, Decimal):
        return value
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        return Decimal(str(value))
    raise refusal(
        f"{shown(value)} is not a plain number such as 12 or 12.5", argument, index
    )


def _blank(value: Any) -> bool:
    return value is None or value == ""


def _decimal(scope: Scope, value: Any, mark: Any = ".") -> Decimal | None:
    """``decimal(text, ',')``: a number whose decimal mark is not a point."""
    if _blank(value):
        return None
    if isinstance(value, str) and mark != ".":
        other = "." if mark == "," else ","
        value = value.replace(other, "").replace(mark, ".")
    return number(value)


def _integer(scope: Scope, value: Any) -> int | None:
    if _blank(value):
        return None
    result = number(value)
    if result != result.to_integral_value():
        raise refusal(f"{shown(value)} is not a whole number")
    return int(result)


def _round(scope: Scope, value: Any, places: Any = 0) -> Decimal | None:
    if _blank(value):
        return None
    try:
        step = Decimal(1).scaleb(-_places(places))
        return number(value).quantize(step, rounding=ROUND_HALF_UP)
    except DecimalException as exc:
        raise refusal(f"{shown(value)} cannot be rounded") from exc


def _places(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value <= MAX_PLACES:
        raise refusal(f"{shown(value)} is not a number of decimals", 1)
    return value


def _convert(scope: Scope, value: Any, unit: Any, wanted: Any) -> Decimal | None:
    """``convert(weight, 'oz', 'kg')``: weights and lengths."""
    if _blank(value):
        return None
    known = ", ".join(_FACTORS)
    for position, name in ((1, unit), (2, wanted)):
        if name not in _FACTORS:
            raise refusal(f"{shown(name)} is not one of {known}", position)
    kind, factor = _FACTORS[unit]
    other, divisor = _FACTORS[wanted]
    if kind != other:
        raise refusal(f"a {kind} cannot be given in {wanted}", 2)
    result = number(value) * factor / divisor
    return result.quantize(Decimal("0.000001")).normalize()


def _pair(work: Callable[[Decimal, Decimal], Decimal]) -> Callable[..., Any]:
    def call(scope: Scope, left: Any, right: Any) -> Decimal | None:
        if _blank(left) or _blank(right):
            return None
        try:
            return work(number(left), number(right, 1))
        except DecimalException as exc:
            raise refusal("cannot be reckoned with") from exc

    return call


def numbers(value: Any) -> list[Decimal]:
    """Read a list of numbers; blanks do not count."""
    if not isinstance(value, list):
        raise refusal("is not a list of numbers")
    return [
        number(entry, index=index)
        for index, entry in enumerate(value)
        if not _blank(entry)
    ]


def _over(work: Callable[[list[Decimal]], Any]) -> Callable[..., Any]:
    def call(scope: Scope, value: Any) -> Any:
        return None if value is None else work(numbers(value))

    return call


def _sum_by(scope: Scope, value: Any, of: Any) -> Decimal | None:
    """``sum_by(rows, &quantity)``: unlike ``sum``, an entry without it is a fault."""
    if not value:
        return None
    if not isinstance(value, list):
        raise refusal("is not a list")
    total = Decimal(0)
    for index, entry in enumerate(value):
        found = of(entry, scope)
        if _blank(found):
            raise refusal("is missing", index=index)
        total += number(found, index=index)
    return total


FUNCTIONS = {
    "decimal": Function(_decimal, 1, 2),
    "integer": Function(_integer, 1, 1),
    "round": Function(_round, 1, 2),
    "convert": Function(_convert, 3, 3),
    "add": Function(_pair(lambda a, b: a + b), 2, 2),
    "subtract": Function(_pair(lambda a, b: a - b), 2, 2),
    "multiply": Function(_pair(lambda a, b: a * b), 2, 2),
    "divide": Function(_pair(lambda a, b: a / b), 2, 2),
    "sum": Function(_over(lambda found: sum(found, Decimal(0))), 1, 1),
    "sum_by": Function(_sum_by, 2, 2, frozenset({1})),
    "avg": Function(_over(lambda f: sum(f) / len(f) if f else None), 1, 1),
    "abs": Function(lambda s, v: None if _blank(v) else abs(number(v)), 1, 1),
    "to_number": Function(_decimal, 1, 1),
}
