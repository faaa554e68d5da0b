"""A call to the partner and its answer, without sockets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """One call, read to its end. ``body`` is decoded JSON, None when there is none."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True)
class Answer:
    """Status and body; ``body`` None = empty."""

    status: int
    body: Any = None
