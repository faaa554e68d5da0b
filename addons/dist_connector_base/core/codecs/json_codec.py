"""JSON: numbers stay exact, and what two readers could read differently is refused."""

import datetime as dt
import json
import threading
from collections.abc import Callable
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

from ..errors import DataError, FatalError
from .bytes_text import decode_text, looks_like_html

MAX_DEPTH = 60
#: Digits and exponent of a number; the canonical fields are narrower still.
MAX_DIGITS = 40
MAX_EXPONENT = 30


_kept = threading.local()


class _Fault:
    """Stands in the data where something was refused, so that its path is found."""

    __slots__ = ("message",)

    def __init__(self, message: str) -> None:
        self.message = message


def decode(payload: bytes, charset: str = "utf-8") -> Any:
    """Read JSON.

    :return: dicts, lists, text, int, Decimal, bool, None
    :raises DataError: malformed (line and column), a key twice, NaN, too deep, too
        large, another charset
    """
    text = decode_text(payload, charset)
    faults, decoder = _decoder()
    try:
        data = decoder.decode(text)
    except json.JSONDecodeError as exc:
        words = "is a web page" if looks_like_html(payload) else "is not JSON"
        raise DataError(
            f"{words}: {exc.msg}", path=f"line {exc.lineno}, column {exc.colno}"
        ) from exc
    except RecursionError as exc:
        raise DataError(f"is nested deeper than {MAX_DEPTH} levels") from exc
    except ValueError as exc:
        raise DataError("holds a number with too many digits") from exc
    if faults:
        path = _path_to(data, lambda value: value is faults[0])
        raise DataError(faults[0].message, path=path)
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _refuse_depth(data)
    if "\\ud" in text or "\\uD" in text:
        _refuse_half_characters(data)
    return data


def _decoder() -> tuple[list[_Fault], json.JSONDecoder]:
    """Give this thread's decoder and its empty list of faults.

    Making one costs as much as reading a small document, so it is kept.
    """
    kept = getattr(_kept, "decoder", None)
    if kept is None:
        faults: list[_Fault] = []
        kept = _kept.decoder = (faults, _make_decoder(faults))
    kept[0].clear()
    return kept


def _make_decoder(faults: list[_Fault]) -> json.JSONDecoder:
    def fault(message: str) -> _Fault:
        faults.append(_Fault(message))
        return faults[-1]

    def group(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        data = dict(pairs)
        if len(data) != len(pairs):
            names = [name for name, _value in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            data[twice] = fault(f"the key {twice!r} stands twice")
        return data

    def decimal(text: str) -> Any:
        if len(text) <= MAX_DIGITS:
            number = Decimal(text)
            if abs(number.adjusted()) <= MAX_EXPONENT or not number:
                return number
        return fault("is a number out of all proportion")

    def whole(text: str) -> Any:
        if len(text) > MAX_DIGITS:
            return fault("is a number out of all proportion")
        return int(text)

    return json.JSONDecoder(
        object_pairs_hook=group,
        parse_float=decimal,
        parse_int=whole,
        parse_constant=lambda word: fault(f"{word} is not a number"),
    )


def _path_to(data: Any, wanted: Callable[[Any], bool]) -> str:
    """Give the path of the first value that is wanted, by a walk without recursion."""
    waiting: list[tuple[Any, str]] = [(data, "")]
    while waiting:
        value, path = waiting.pop()
        if wanted(value):
            return path
        if isinstance(value, dict):
            waiting += [
                (held, f"{path}.{name}" if path else name)
                for name, held in value.items()
            ]
        elif isinstance(value, list):
            waiting += [(held, f"{path}[{i}]") for i, held in enumerate(value)]
    return ""


def _refuse_depth(data: Any) -> None:
    level = [data]
    for _depth in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += [v for v in value.values() if isinstance(v, (dict, list))]
            elif isinstance(value, list):
                below += [v for v in value if isinstance(v, (dict, list))]
        if not below:
            return
        level = below
    raise DataError(f"is nested deeper than {MAX_DEPTH} levels")


def _refuse_half_characters(data: Any) -> None:
    """Refuse lone surrogates: no database and no charset can hold them."""

    def broken(value: Any) -> bool:
        texts = list(value) if isinstance(value, dict) else [value]
        return any(
            isinstance(text, str) and any("\ud800" <= char <= "\udfff" for char in text)
            for text in texts
        )

    if broken(data) or (path := _path_to(data, broken)):
        raise DataError("holds half a character (a lone surrogate)", path=path or "")


def encode(data: Any, charset: str = "utf-8") -> bytes:
    """Write JSON: Decimals as plain numbers, moments as ISO 8601.

    :raises DataError: when the charset has no such character
    """
    parts: list[str] = []
    _write(data, parts.append)
    try:
        return "".join(parts).encode(charset)
    except UnicodeEncodeError as exc:
        raise DataError(
            f"{charset} has no character {exc.object[exc.start]!r}"
        ) from exc


def _write(value: Any, add: Callable[[str], None]) -> None:
    if isinstance(value, str):
        add(encode_basestring(value))
    elif value is None or isinstance(value, bool):
        add({None: "null", True: "true", False: "false"}[value])
    elif isinstance(value, (int, float)):
        add(json.dumps(value, allow_nan=False))
    elif isinstance(value, Decimal):
        add(format(value, "f"))
    elif isinstance(value, dict):
        add("{")
        for index, (name, held) in enumerate(value.items()):
            add(("," if index else "") + encode_basestring(str(name)) + ":")
            _write(held, add)
        add("}")
    elif isinstance(value, (list, tuple)):
        add("[")
        for index, held in enumerate(value):
            add("," if index else "")
            _write(held, add)
        add("]")
    elif isinstance(value, dt.date):
        add(encode_basestring(value.isoformat().replace("+00:00", "Z")))
    else:
        raise FatalError(f"{type(value).__name__} cannot be written as JSON")
