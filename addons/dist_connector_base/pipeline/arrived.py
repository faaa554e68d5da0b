"""An incoming document on its way from the ledger to its handler."""

from dataclasses import dataclass, field

from ..core.canonical import Document
from ..core.errors import DistError
from .ledger import Row
from .trace import correlation_of


@dataclass(slots=True)
class Inbound:
    """One incoming document, as a handler gets it."""

    row: Row
    backend: object
    document: Document
    key: str
    partition: str
    correlation: str
    content_hash: str
    error: DistError | None = None
    _links: list = field(default_factory=list)
    _warnings: list = field(default_factory=list)

    @property
    def message_id(self) -> int:
        return self.row.id

    def link(self, record) -> None:
        """Say which record the message is about."""
        self._links[:] = [(record._name, record.id)]
        self.correlation = correlation_of(record) or self.correlation

    def warn(self, error: DistError) -> None:
        """Open an exception although the message itself is done."""
        self._warnings.append(error)

    def reset(self) -> None:
        """Forget what a failed try noted."""
        self._links.clear()
        self._warnings.clear()
