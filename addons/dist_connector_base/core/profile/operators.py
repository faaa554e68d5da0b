"""JMESPath's comparisons and truth, for data whose numbers are exact."""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any


def is_number(value: Any) -> bool:
    """Say whether a value is a number; true and false are none."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def is_false(value: Any) -> bool:
    """Say whether JMESPath takes a value for false: null, false, empty; not 0."""
    return value is None or value is False or value in ("", [], {})


def equals(left: Any, right: Any) -> bool:
    """Compare for equality: 1 is not true, and 1 is 1.0."""
    if isinstance(left, bool) is not isinstance(right, bool):
        return False
    return left == right


def negate(value: Any) -> bool:
    """Give JMESPath's ``!``."""
    return is_false(value)


def flatten(value: Any) -> list[Any] | None:
    """Merge the lists of a list into one."""
    if not isinstance(value, list):
        return None
    merged: list[Any] = []
    for entry in value:
        if isinstance(entry, list):
            merged.extend(entry)
        else:
            merged.append(entry)
    return merged


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool | None]:
    def run(left: Any, right: Any) -> bool | None:
        same_kind = (is_number(left) and is_number(right)) or (
            isinstance(left, str) and isinstance(right, str)
        )
        return compare(left, right) if same_kind else None

    return run


#: By the names that jmespath's parser gives them.
OPERATORS: dict[str, Callable[[Any, Any], bool | None]] = {
    "eq": equals,
    "ne": lambda left, right: not equals(left, right),
    "lt": _ordered(operator.lt),
    "lte": _ordered(operator.le),
    "gt": _ordered(operator.gt),
    "gte": _ordered(operator.ge),
}
