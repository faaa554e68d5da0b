"""Field types of the profile language, for pydantic and for editors."""

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from .expressions import Expression, compile_expression
from .mapping import MapError, Node, compile_map
from .templates import Template

_DURATION = re.compile(r"(\d{1,6})\s*(seconds?|minutes?|hours?|days?|s|min|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_CLASS = re.compile(r"[1-5]xx")


def _expression(value: Any) -> Expression:
    if isinstance(value, Expression):
        return value
    if not isinstance(value, str):
        raise ValueError("is not an expression")
    return compile_expression(value)


def _template(value: Any) -> Template:
    if isinstance(value, Template):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise ValueError("is not text")
    return Template(value)


def _map(value: Any) -> Node:
    if isinstance(value, Node):
        return value
    try:
        return compile_map(value)
    except MapError as exc:
        raise PydanticCustomError("map", "{text}", {"text": str(exc), "map": exc})


def read_duration(value: Any) -> dt.timedelta:
    """Read ``10 minutes``, ``2 hours``, ``7 days``.

    :raises ValueError: for anything else
    """
    if isinstance(value, dt.timedelta):
        return value
    match = _DURATION.fullmatch(str(value).strip())
    if not match:
        raise ValueError("is not a duration such as 10 minutes")
    return dt.timedelta(seconds=int(match[1]) * _SECONDS[match[2][0]])


def _statuses(value: Any) -> frozenset[int]:
    if isinstance(value, frozenset):
        return value
    found: set[int] = set()
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, str) and _CLASS.fullmatch(entry):
            first = int(entry[0]) * 100
            found.update(range(first, first + 100))
        elif isinstance(entry, int) and 100 <= entry <= 599:
            found.add(entry)
        else:
            raise ValueError(f"{entry!r} is not an HTTP status such as 201 or 2xx")
    return frozenset(found)


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_TEXT = {"type": "string"}
_ONE_STATUS = {
    "anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^[1-5]xx$"}]
}

Expr = Annotated[
    Expression,
    PlainValidator(_expression),
    WithJsonSchema({**_TEXT, "description": "JMESPath expression"}),
]
"""A JMESPath expression over the document."""

Text = Annotated[
    Template,
    PlainValidator(_template),
    WithJsonSchema({**_TEXT, "description": "text with {expressions}"}),
]
"""Text with holes, see :mod:`.templates`."""

Map = Annotated[
    Node,
    PlainValidator(_map),
    WithJsonSchema({"description": "a form whose leaves are expressions"}),
]
"""A form with expressions, see :mod:`.mapping`."""

Duration = Annotated[
    dt.timedelta,
    PlainValidator(read_duration),
    WithJsonSchema({**_TEXT, "description": "10 minutes, 2 hours, 7 days"}),
]
"""A span of time such as ``10 minutes``."""

Statuses = Annotated[
    frozenset[int],
    PlainValidator(_statuses),
    WithJsonSchema({"anyOf": [*_ONE_STATUS["anyOf"], {"type": "array"}]}),
]
"""HTTP statuses: ``201``, ``[400, 422]``, ``2xx``."""

Words = Annotated[
    list[str], BeforeValidator(_as_list, json_schema_input_type=list[str] | str)
]
"""A list of texts; a single text may stand alone."""
