"""What a map made of a message, and what it could not make of it."""

from dataclasses import dataclass, field
from typing import Any

from ....dist_connector_base.core.canonical.base import Document
from ....dist_connector_base.core.errors import DataError, DistError, MappingError
from ..syntax.segment import Place, Segment


@dataclass(frozen=True)
class MapProblem:
    """One fault found while mapping.

    :ivar path: the canonical field, ``lines[2].quantity``
    :ivar place: where in the interchange, when it came from there
    """

    path: str
    message: str
    place: Place | None = None
    table: str = ""
    code: str = ""

    def __str__(self) -> str:
        where = f" ({self.place})" if self.place else ""
        return f"{self.path} {self.message}{where}"

    def error(self) -> DistError:
        """The classified error: a missing code is mapping, all else is data."""
        if self.table:
            return MappingError(
                self.message, path=self.path, vocabulary=self.table, value=self.code
            )
        return DataError(self.message, path=self.path)


@dataclass
class Mapped:
    """What a map made of a message.

    :ivar data: plain canonical data, also when it is not a valid document
    :ivar unread: segments that the map has no place for
    """

    data: dict[str, Any]
    document: Document | None = None
    problems: list[MapProblem] = field(default_factory=list)
    unread: list[Segment] = field(default_factory=list)

    def require(self) -> Document:
        """Give the document.

        :raises MappingError: when a code is in no table
        :raises DataError: for any other fault; all faults are in the message
        """
        if self.problems:
            first = self.problems[0].error()
            first.message = "; ".join(str(problem) for problem in self.problems[:20])
            first.args = (first.message,)
            raise first
        assert self.document is not None
        return self.document
