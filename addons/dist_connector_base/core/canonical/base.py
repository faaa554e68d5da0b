"""What every canonical document can do: be checked, hashed, written and read.

A document is a value: it cannot be changed after it was made
(``doc.model_copy(update=...)`` makes another one), unknown fields are refused, and
two documents that mean the same have the same ``content_hash()``.
"""

import datetime as dt
import enum
import hashlib
import json
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError
from typing_extensions import Self

from ..errors import DataError

#: All document classes by ``doc_type``; filled as the classes are made.
DOCUMENTS: dict[str, type["Document"]] = {}


class Problem(NamedTuple):
    """One fault of a document: where (``lines[2].quantity``) and what, in words."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path} {self.message}" if self.path else self.message


class Part(BaseModel):
    """A part of a document: an address, a line, a parcel."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, ser_json_bytes="utf8"
    )

    #: Fields that say nothing about the business content: when it was received,
    #: the partner's raw status text. They do not count in ``content_hash()``.
    volatile: ClassVar[frozenset[str]] = frozenset()


class Document(Part):
    """Base of all canonical documents.

    A concrete class sets ``doc_type`` and names its key field in ``key_field``.
    """

    #: A picture of the moment: polled again, the same content is news.
    momentary: ClassVar[bool] = False
    doc_type: ClassVar[str] = ""
    key_field: ClassVar[str] = ""
    registry: ClassVar[dict[str, type["Document"]]] = DOCUMENTS

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if not cls.doc_type:
            return
        if cls.key_field not in cls.model_fields:
            raise TypeError(f"{cls.__name__}.key_field names no field of the document")
        known = DOCUMENTS.setdefault(cls.doc_type, cls)
        if known.__qualname__ != cls.__qualname__:
            raise TypeError(f"two classes for the document type {cls.doc_type!r}")
        DOCUMENTS[cls.doc_type] = cls

    @property
    def key(self) -> str:
        """The business key: the same document sent again has the same key."""
        return getattr(self, self.key_field)

    @classmethod
    def parse(cls, data: Any, *, zone: str | None = None) -> Self:
        """Make a document of plain data (dicts, lists, text, numbers).

        :param zone: IANA name of the zone of moments that carry none
        :raises DataError: with every fault in the message, ``path`` of the first
        """
        try:
            return cls.model_validate(data, context={"zone": zone})
        except ValidationError as exc:
            raise data_error(exc, cls.doc_type) from exc

    @classmethod
    def from_json(cls, text: str | bytes, *, zone: str | None = None) -> Self:
        """Make a document of JSON text; see :meth:`parse`.

        :raises DataError: when it is not JSON, or not this document
        """
        try:
            return cls.model_validate_json(text, context={"zone": zone})
        except ValidationError as exc:
            raise data_error(exc, cls.doc_type) from exc

    def to_json(self, *, indent: int | None = None) -> str:
        """Write JSON text that :meth:`from_json` reads back to an equal document."""
        return self.model_dump_json(exclude_none=True, indent=indent)

    def content_hash(self) -> str:
        """Give the sha256 (hex) of the meaningful content.

        Fields in ``volatile`` do not count, nor does it matter whether a default
        was written out, in which order fields came, or how many zeros a number
        ends with (1.0 is 1.00). A new optional field keeps all stored hashes.
        """
        content = {"doc_type": self.doc_type, "content": _content(self)}
        text = json.dumps(
            content, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        return hashlib.sha256(text.encode()).hexdigest()


@cache
def defaults(cls: type[Part]) -> dict[str, Any]:
    """Give the default of every field that has one, to compare with only."""
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in cls.model_fields.items()
        if not field.is_required()
    }


def _content(value: Any) -> Any:
    """Give a value as plain JSON data in which equal content looks equal."""
    if isinstance(value, Part):
        cls = type(value)
        usual = defaults(cls)
        return {
            name: _content(held)
            for name in cls.model_fields
            if name not in cls.volatile
            and (held := getattr(value, name)) is not None
            and not (name in usual and held == usual[name])
        }
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _content(held) for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [_content(held) for held in value]
    return value


def decimal_text(value: Decimal) -> str:
    """Give a number as plain digits without exponent and without closing zeros."""
    if not value:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


#: pydantic's error types in words a warehouse clerk understands. ``{...}`` is
#: filled from the error's context. The value itself is not repeated: it may be
#: personal data, and the path leads to it.
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field of this document",
    "string_type": "is not text",
    "string_too_short": "is empty",
    "string_too_long": "is longer than {max_length} characters",
    "string_unicode": "is not valid text",
    "decimal_type": "is not a number",
    "decimal_parsing": "is not a number",
    "finite_number": "is not a finite number",
    "decimal_max_digits": "has more than {max_digits} digits",
    "decimal_max_places": "has more than {decimal_places} decimals",
    "decimal_whole_digits": "has more than {whole_digits} digits before the point",
    "greater_than_equal": "is less than {ge}",
    "greater_than": "is not greater than {gt}",
    "less_than_equal": "is more than {le}",
    "enum": "is not one of {expected}",
    "literal_error": "is not one of {expected}",
    "too_short": "has fewer entries than {min_length}",
    "too_long": "has more entries than {max_length}",
    "list_type": "is not a list",
    "model_type": "is not a group of fields",
    "model_attributes_type": "is not a group of fields",
    "dict_type": "is not a group of fields",
    "bool_parsing": "is not true or false",
    "bool_type": "is not true or false",
    "json_invalid": "is not readable JSON: {error}",
}


def problems(exc: ValidationError) -> list[Problem]:
    """Give the faults of a pydantic error in plain words, in document order."""
    found = []
    for error in exc.errors(include_url=False, include_input=False):
        context = error.get("ctx", {})
        if error["type"] == "string_pattern_mismatch":
            words = _pattern_words(context["pattern"])
        elif template := _WORDS.get(error["type"]):
            words = template.format_map(context)
        else:
            words = error["msg"].removeprefix("Value error, ")
        found.append(Problem(path_text(error["loc"]), words))
    return found


def _pattern_words(pattern: str) -> str:
    """Say what a pattern of ``fields.py`` asks for."""
    return {
        r"^[^\x00]*$": "contains a NUL character",
        r"^[A-Z]{3}$": "is not a code of three capital letters",
        r"^[A-Z]{2}$": "is not a code of two capital letters",
    }.get(pattern, f"does not have the form {pattern}")


def path_text(loc: tuple[int | str, ...]) -> str:
    """Write a location as people do: ``lines[2].quantity``."""
    text = ""
    for step in loc:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def data_error(exc: ValidationError, what: str) -> DataError:
    """Turn a pydantic error into ours: the first fault's path, all faults named.

    :param what: the document type, for the message
    """
    found = problems(exc)
    shown = "; ".join(str(problem) for problem in found[:20])
    more = f"; and {len(found) - 20} more" if len(found) > 20 else ""
    title = what.replace("_", " ") or "document"
    return DataError(f"not a valid {title}: {shown}{more}", path=found[0].path)
