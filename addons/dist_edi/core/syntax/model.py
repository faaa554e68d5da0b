"""What readers give: interchanges, groups and transactions with their findings.

The stream of a reader is a sequence of :class:`Event`. Nothing in it is kept by the
reader, so a file of any size is read in constant memory; who wants a whole transaction
at a time asks for :class:`Document` (``reader.documents``), who wants everything for
``reader.read_all``.
"""

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from .findings import Finding, Severity
from .segment import Delimiters, Place, Run, Segment

NO_DELIMITERS = Delimiters("", "", "")
NOWHERE = Place()


@dataclass(slots=True)
class _Envelope:
    """What interchange, group and transaction have in common.

    ``opening`` and ``closing`` are the service segments (ISA/IEA, UNB/UNZ, ...), None
    where they are missing. ``findings`` are those that judge this envelope or what is
    directly in it; ``reference`` is the control number as sent.
    """

    standard: str = ""
    ordinal: int = 0
    reference: str = ""
    opening: Segment | None = None
    closing: Segment | None = None
    place: Place = NOWHERE
    findings: list[Finding] = field(default_factory=list)

    @property
    def rejected(self) -> bool:
        """Whether a finding of error severity stands against it."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


@dataclass(slots=True)
class Interchange(_Envelope):
    """ISA..IEA or UNB..UNZ.

    ``version`` is ISA12 or UNB's syntax version; ``charset`` the Python codec in use;
    ``syntax_id`` UNOA to UNOY. ``test`` is ISA15 = T or UNB 0035 = 1. ``date`` and
    ``time`` are as sent. ``ack_requested`` is ISA14 or UNB 0031. ``service_segments``
    are TA1, ISB and the like. ``service_string`` is UNA as sent.
    """

    sender: str = ""
    sender_qualifier: str = ""
    receiver: str = ""
    receiver_qualifier: str = ""
    date: str = ""
    time: str = ""
    version: str = ""
    syntax_id: str = ""
    charset: str = "ascii"
    delimiters: Delimiters = NO_DELIMITERS
    service_string: str = ""
    test: bool = False
    ack_requested: bool = False
    service_segments: list[Segment] = field(default_factory=list)
    groups_seen: int = 0


@dataclass(slots=True)
class Group(_Envelope):
    """GS..GE or UNG..UNE. EDIFACT without UNG has one group whose opening is None.

    ``code`` is GS01 (PO, SH, ...) or UNG's message type; ``version`` GS08 such as
    ``004010VICS``; sender and receiver are the application's.
    """

    code: str = ""
    sender: str = ""
    receiver: str = ""
    date: str = ""
    time: str = ""
    version: str = ""
    agency: str = ""
    transactions_seen: int = 0


@dataclass(slots=True)
class Transaction(_Envelope):
    """ST..SE or UNH..UNT.

    ``type`` is 850 or ORDERS. ``version`` is GS08's (004010) or UNH's version and
    release (``D.96A``); ``agency`` GS07 or UNH's (UN); ``association`` ST03, or
    UNH's association code (``EAN008``). ``segment_count`` counts all its segments.
    """

    type: str = ""
    version: str = ""
    agency: str = ""
    association: str = ""
    segment_count: int = 0


class Kind(enum.Enum):
    """What an event tells."""

    INTERCHANGE = "interchange"
    GROUP = "group"
    TRANSACTION = "transaction"
    RUN = "run"
    TRANSACTION_END = "transaction end"
    GROUP_END = "group end"
    INTERCHANGE_END = "interchange end"
    FINDING = "finding"


class Event(NamedTuple):
    """One step of a reader.

    ``INTERCHANGE``, ``GROUP`` and ``TRANSACTION`` open one (its header is filled in);
    ``RUN`` carries the next segments of the open transaction, opening and closing
    service segment included; the ``_END`` kinds close it, and only then are its
    findings complete. ``FINDING`` carries a finding that belongs to no interchange.
    """

    kind: Kind
    subject: "Interchange | Group | Transaction | Run | Finding"


@dataclass
class Document:
    """One whole transaction with the envelopes around it.

    ``findings`` are the transaction's own (the same list, so that later layers add to
    it); those of group and interchange are complete only when these have ended.
    """

    interchange: Interchange
    group: Group
    transaction: Transaction
    runs: list[Run] = field(default_factory=list)

    @property
    def standard(self) -> str:
        """``x12`` or ``edifact``."""
        return self.transaction.standard

    @property
    def message_type(self) -> str:
        """850, ORDERS, ..."""
        return self.transaction.type

    @property
    def version(self) -> str:
        """``004010`` (``004010VICS`` if sent so) or ``D.96A``."""
        return self.transaction.version

    @property
    def findings(self) -> list[Finding]:
        """What is wrong with the transaction."""
        return self.transaction.findings

    @property
    def segments(self) -> Iterator[Segment]:
        """All segments, ST or UNH and SE or UNT included."""
        return (segment for run in self.runs for segment in run)

    @property
    def body(self) -> Iterator[Segment]:
        """The segments between header and trailer."""
        service = {"ST", "SE", "UNH", "UNT"}
        return (segment for segment in self.segments if segment.tag not in service)


@dataclass
class GroupContent:
    """A group with the documents in it."""

    group: Group
    documents: list[Document] = field(default_factory=list)


@dataclass
class InterchangeContent:
    """An interchange with its groups."""

    interchange: Interchange
    groups: list[GroupContent] = field(default_factory=list)

    @property
    def documents(self) -> Iterator[Document]:
        """All documents of all groups."""
        return (document for content in self.groups for document in content.documents)

    def all_findings(self) -> Iterator[Finding]:
        """Findings of the interchange, its groups and transactions, in that order."""
        yield from self.interchange.findings
        for content in self.groups:
            yield from content.group.findings
            for document in content.documents:
                yield from document.findings


@dataclass
class FileContent:
    """Everything read from one file; ``findings`` belong to no interchange."""

    interchanges: list[InterchangeContent] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def documents(self) -> Iterator[Document]:
        """All documents of all interchanges."""
        return (document for each in self.interchanges for document in each.documents)

    def all_findings(self) -> Iterator[Finding]:
        """Every finding of the file."""
        yield from self.findings
        for content in self.interchanges:
            yield from content.all_findings()


def gather(events: Iterable[Event]) -> FileContent:
    """Keep everything a reader gives. For files that fit in memory."""
    content = FileContent()
    for event in events:
        match event.kind:
            case Kind.INTERCHANGE:
                content.interchanges.append(InterchangeContent(event.subject))
            case Kind.GROUP:
                content.interchanges[-1].groups.append(GroupContent(event.subject))
            case Kind.TRANSACTION:
                envelope = content.interchanges[-1]
                envelope.groups[-1].documents.append(
                    Document(
                        envelope.interchange, envelope.groups[-1].group, event.subject
                    )
                )
            case Kind.RUN:
                document = content.interchanges[-1].groups[-1].documents[-1]
                document.runs.append(event.subject)
            case Kind.FINDING:
                content.findings.append(event.subject)
    return content
