"""Deadlines that a profile names: what must follow what, and what must come by when."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from typing_extensions import Self

from .types import Words
from .words import did_you_mean

_WITHIN = re.compile(r"(\d{1,5})\s*(working\s+)?(minute|hour|day)s?")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

#: Units of a deadline; the working ones follow a calendar.
UNITS = ("minutes", "hours", "days", "working_hours", "working_days")
Severity = Literal["low", "medium", "high", "critical"]


@dataclass(frozen=True)
class Within:
    """How long something may take: ``30 minutes``, ``2 working days``."""

    amount: int
    unit: str

    def __str__(self) -> str:
        words = self.unit.replace("_", " ")
        return f"{self.amount} {words if self.amount != 1 else words[:-1]}"


def read_within(value: Any) -> Within:
    """Read ``30 minutes``, ``4 working hours``, ``2 working days``.

    :raises ValueError: for anything else
    """
    if isinstance(value, Within):
        return value
    match = _WITHIN.fullmatch(str(value).strip())
    unit = match and f"{'working_' if match[2] else ''}{match[3]}s"
    if not match or unit not in UNITS or not int(match[1]):
        raise ValueError("is not a deadline such as 30 minutes or 2 working days")
    return Within(int(match[1]), unit)


def read_clock(value: Any) -> str:
    """Read a time of day, ``06:00``.

    :raises ValueError: for anything else; YAML reads an unquoted 06:00 as a number
    """
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise ValueError('is not a time of day such as "06:00", in quotes')
    return value


_Within = Annotated[
    Within,
    PlainValidator(read_within),
    WithJsonSchema({"type": "string", "description": "30 minutes, 2 working days"}),
]
_Clock = Annotated[
    str,
    PlainValidator(read_clock),
    WithJsonSchema({"type": "string", "pattern": _CLOCK.pattern}),
]


class _Spec(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
    )


class ExpectationSpec(_Spec):
    """One message must be followed by another.

    :ivar opened_by: message type after which the time runs
    :ivar when: ``done`` (sent, or handled here) or ``stored`` (put into the ledger)
    :ivar met_by: message types of which any one will do
    :ivar match: what both messages have in common
    :ivar message: what is missing, as people read it when the time is over
    """

    opened_by: str
    when: Literal["done", "stored"] = "done"
    met_by: Words = Field(min_length=1)
    match: Literal["partition", "key", "correlation"] = "partition"
    within: _Within
    severity: Severity = "high"
    message: str = Field(min_length=1, max_length=200)


class HeartbeatSpec(_Spec):
    """Something should have arrived by now.

    :ivar within: since the last arrival; with ``at``, how late it may be
    :ivar at: times of day, in the calendar's time zone, on its working days
    """

    within: _Within
    at: list[_Clock] = Field(default_factory=list)
    severity: Severity = "high"
    message: str = Field(default="", max_length=200)

    @model_validator(mode="after")
    def _plain_tolerance(self) -> Self:
        if self.at and self.within.unit.startswith("working"):
            raise ValueError("beside times of day is a plain span, such as 2 hours")
        return self


def check_expectations(profile: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find expectations about message types that the profile does not exchange."""
    for name, spec in profile.expectations.items():
        path = ("expectations", name)
        yield from _check_type(spec.opened_by, profile.flows, (*path, "opened_by"))
        for message_type in spec.met_by:
            yield from _check_type(message_type, profile.flows, (*path, "met_by"))
    for name, flow in profile.flows.items():
        if flow.heartbeat and flow.direction == "out":
            yield ("flows", name, "heartbeat"), "belongs to incoming flows only"


def _check_type(
    name: str, flows: Iterable[str], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    if name not in flows:
        yield path, f"{name!r} is not a flow of this profile{did_you_mean(name, flows)}"
