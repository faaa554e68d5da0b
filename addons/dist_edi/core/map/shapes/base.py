"""What a shape is."""

from collections.abc import Callable
from typing import Any, NamedTuple

from pydantic import BaseModel

Data = dict[str, Any]


class Shape(NamedTuple):
    """A regrouping and its way back; both work on plain data.

    ``to_document`` gets what was read, so any field may be missing or wrong: it
    leaves faults in place for the document's own check.
    """

    model: type[BaseModel]
    to_message: Callable[[Data], Data]
    to_document: Callable[[Data], Data]


def without(data: Data, *names: str) -> Data:
    """Give a copy without some fields."""
    return {name: held for name, held in data.items() if name not in names}
