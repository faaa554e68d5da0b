"""The functions of the expression language: JMESPath's own and the trade's."""

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Any

from ..errors import ConfigurationError, MappingError
from . import dates, numbers
from .function import Function, refusal, shown
from .operators import is_false, is_number
from .scope import Scope
from .words import did_you_mean


def as_text(value: Any, argument: int = 0) -> str:
    """Write a value as a partner reads it: 12.50, true, 2026-01-31.

    :raises DataError: for lists and groups
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, dt.date):
        return dates.iso_text(value)
    raise refusal(f"{shown(value)} is not text", argument)


def _entries(value: Any, argument: int = 0) -> list[Any]:
    if not isinstance(value, list):
        raise refusal("is not a list", argument)
    return value


def _code(scope: Scope, vocabulary: str, value: Any) -> str | None:
    """``code('carrier', tracking.carrier)``: translate by the backend's code map."""
    if value is None or value == "":
        return None
    text = as_text(value, 1).strip()
    try:
        return scope.ctx.translate(vocabulary, text, scope.direction)
    except MappingError as exc:
        exc.argument = 1
        raise


def _setting(scope: Scope, name: str) -> str | None:
    """``setting('warehouse')``: a setting of the backend; null when it is empty."""
    return scope.ctx.settings.get(name) or None


def _parent(scope: Scope, levels: int = 1) -> Any:
    if not 1 <= levels <= len(scope.parents):
        raise ConfigurationError("parent() stands only inside 'each'")
    return scope.parents[-levels]


def _group_by(scope: Scope, value: Any, key: Any) -> list[dict[str, Any]] | None:
    """``group_by(@, &shipment_no)``: groups ``{key, rows}`` in order of appearance."""
    if value is None:
        return None
    groups: dict[Any, list[Any]] = {}
    for entry in _entries(value):
        groups.setdefault(as_text(key(entry, scope)), []).append(entry)
    return [{"key": name, "rows": rows} for name, rows in groups.items()]


def _spread(
    scope: Scope, value: Any, inner: Any, keep: Any = None
) -> list[dict[str, Any]] | None:
    """``spread(invoices, &rows)``: each row with what it stands in, ``{of, row}``.

    A third argument, ``&{no: number}``, says what is kept of the outer one.
    """
    if value is None:
        return None
    return [
        {"of": of, "row": row}
        for entry in _entries(value)
        for of in [keep(entry, scope) if keep else entry]
        for row in _entries(inner(entry, scope) or [], 1)
    ]


def _having(scope: Scope, value: Any, key: Any, wanted: Any) -> list[Any] | None:
    """``having(root().lots, &id, id)``: the entries whose key is the value, as text."""
    if value is None:
        return None
    text = as_text(wanted, 2)
    return [entry for entry in _entries(value) if as_text(key(entry, scope)) == text]


def _distinct(scope: Scope, value: Any) -> list[Any] | None:
    if value is None:
        return None
    found: list[Any] = []
    seen = set()
    for entry in _entries(value):
        mark = as_text(entry)
        if mark not in seen:
            seen.add(mark)
            found.append(entry)
    return found


def _text_of(work) -> Any:
    def call(scope: Scope, value: Any, *more: Any) -> Any:
        return None if value is None else work(as_text(value), *more)

    return call


def _part(text: str, separator: Any, position: Any) -> str | None:
    if not isinstance(separator, str) or not separator:
        raise refusal("is not a separator", 1)
    pieces = text.split(separator)
    fits = isinstance(position, int) and -len(pieces) <= position < len(pieces)
    return pieces[position] if fits else None


def _join(scope: Scope, glue: Any, value: Any) -> str | None:
    if value is None:
        return None
    return as_text(glue).join(
        as_text(e, 1) for e in _entries(value, 1) if e is not None
    )


def _length(scope: Scope, value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, (str, list, dict)):
        raise refusal(f"{shown(value)} has no length")
    return len(value)


def _contains(scope: Scope, value: Any, wanted: Any) -> bool | None:
    if value is None:
        return None
    if isinstance(value, str):
        return isinstance(wanted, str) and wanted in value
    return wanted in _entries(value)


def _extreme(pick: Any) -> Any:
    def call(scope: Scope, value: Any) -> Any:
        if value is None or value == []:
            return None
        entries = _entries(value)
        if all(isinstance(entry, str) for entry in entries):
            return pick(entries)
        return pick(numbers.numbers(entries))

    return call


def _sort_key(value: Any) -> tuple[bool, Any]:
    if value is None:
        return (False, "")
    return (True, numbers.number(value) if is_number(value) else as_text(value))


def _sort(scope: Scope, value: Any, key: Any = None) -> list[Any] | None:
    if value is None:
        return None
    try:
        return sorted(
            _entries(value),
            key=lambda entry: _sort_key(key(entry, scope) if key else entry),
        )
    except TypeError as exc:
        raise refusal("holds text and numbers; they have no common order") from exc


def _fingerprint(scope: Scope, value: Any) -> str:
    """Give a short text that is the same for the same content."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:32]


def _choose(scope: Scope, test: Any, yes: Any, no: Any = None) -> Any:
    return no if is_false(test) else yes


def _type(scope: Scope, value: Any) -> str:
    kinds = {bool: "boolean", str: "string", list: "array", dict: "object"}
    return "number" if is_number(value) else kinds.get(type(value), "null")


def setting_problem(name: str, known: Any) -> str:
    """Say that a setting is not declared, or nothing."""
    if name in known:
        return ""
    return f"the setting {name!r} is not declared{did_you_mean(name, known)}"


FUNCTIONS: dict[str, Function] = {
    **numbers.FUNCTIONS,
    **dates.FUNCTIONS,
    "code": Function(_code, 2, 2),
    "setting": Function(_setting, 1, 1),
    "root": Function(lambda scope: scope.root, 0, 0),
    "parent": Function(_parent, 0, 1),
    "position": Function(lambda scope: scope.position, 0, 0),
    "file_name": Function(lambda scope: scope.ctx.file_name or None, 0, 0),
    "if": Function(_choose, 2, 3),
    "group_by": Function(_group_by, 2, 2, frozenset({1})),
    "spread": Function(_spread, 2, 3, frozenset({1, 2})),
    "having": Function(_having, 3, 3, frozenset({1})),
    "distinct": Function(_distinct, 1, 1),
    "fingerprint": Function(_fingerprint, 1, 1),
    "text": Function(_text_of(lambda text: text), 1, 1),
    "to_string": Function(_text_of(lambda text: text), 1, 1),
    "concat": Function(
        lambda scope, *parts: "".join(as_text(p, i) for i, p in enumerate(parts)),
        1,
        None,
    ),
    "join": Function(_join, 2, 2),
    "upper": Function(_text_of(str.upper), 1, 1),
    "lower": Function(_text_of(str.lower), 1, 1),
    "trim": Function(_text_of(str.strip), 1, 1),
    "left": Function(_text_of(lambda text, count: text[: int(count)]), 2, 2),
    "right": Function(
        _text_of(lambda text, count: text[max(len(text) - int(count), 0) :]), 2, 2
    ),
    "replace": Function(_text_of(lambda t, old, new: t.replace(old, new)), 3, 3),
    "part": Function(_text_of(_part), 3, 3),
    "starts_with": Function(_text_of(lambda t, w: t.startswith(as_text(w))), 2, 2),
    "ends_with": Function(_text_of(lambda t, w: t.endswith(as_text(w))), 2, 2),
    "contains": Function(_contains, 2, 2),
    "length": Function(_length, 1, 1),
    "keys": Function(lambda s, v: list(v) if isinstance(v, dict) else None, 1, 1),
    "values": Function(
        lambda s, v: list(v.values()) if isinstance(v, dict) else None, 1, 1
    ),
    "not_null": Function(
        lambda scope, *parts: next((p for p in parts if p is not None), None), 1, None
    ),
    "max": Function(_extreme(max), 1, 1),
    "min": Function(_extreme(min), 1, 1),
    "sort": Function(_sort, 1, 1),
    "sort_by": Function(_sort, 2, 2, frozenset({1})),
    "reverse": Function(lambda s, v: v[::-1] if v is not None else None, 1, 1),
    "type": Function(_type, 1, 1),
}
