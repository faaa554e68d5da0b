"""Write interchanges: envelopes, counts and control numbers around messages.

What cannot be written as it is becomes a finding. With an error among the findings
nothing may be sent, and no data is given.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import NamedTuple, Protocol

from .agreement import ControlNumbers, WriteAgreement
from .encode import Encoder
from .findings import Finding, Level, finding
from .segment import X12, Place, Segment
from .x12 import GROUP_CODES


class Tree(Protocol):
    """A loop tree: gives its segments in order."""

    def flat(self) -> Iterator[Segment]:
        """Every segment, depth first."""
        ...


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message to be written.

    :param type: 850, ORDERS, ...
    :param content: its loop tree, or its segments without header and trailer
    :param association: instead of the agreement's (ST03, UNH's association code)
    :param version: instead of the agreement's
    :param sender: of the group, instead of the agreement's (GS02)
    :param receiver: of the group, instead of the agreement's (GS03)
    """

    type: str
    content: Tree | Iterable[Segment]
    association: str = ""
    version: str = ""
    sender: str = ""
    receiver: str = ""

    def segments(self) -> Iterable[Segment]:
        """The segments between header and trailer."""
        flat = getattr(self.content, "flat", None)
        return flat() if flat else self.content


class GroupHead(NamedTuple):
    """What messages of one group have in common."""

    code: str
    version: str
    sender: str
    receiver: str


class WrittenMessage(NamedTuple):
    """How one message left: its references, by which it will be acknowledged."""

    type: str
    group_code: str
    group_reference: str
    reference: str
    segment_count: int


@dataclass
class WrittenInterchange:
    """An interchange as written.

    ``data`` is empty if a finding is an error. ``messages`` are in the order given.
    """

    data: bytes = b""
    reference: str = ""
    messages: list[WrittenMessage] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether something could not be written."""
        return any(found.is_error for found in self.findings)


def write(
    messages: Iterable[OutgoingMessage],
    agreement: WriteAgreement,
    numbers: ControlNumbers,
    now: datetime,
    notes: Iterable[Segment] = (),
) -> WrittenInterchange:
    """Write one interchange that holds the messages in the order given.

    X12 messages of one group code that follow each other share a functional group.

    :param numbers: asked once for the interchange, each group and each message
    :param now: date and time of the envelope, in the zone agreed on
    :param notes: segments of the interchange itself, such as TA1
    """
    from .write_edifact import EdifactWriter
    from .write_x12 import X12Writer

    kind = X12Writer if agreement.standard == X12 else EdifactWriter
    return kind(agreement, numbers, now).write(messages, notes)


class InterchangeWriter:
    """What writing X12 and EDIFACT have in common; the standards fill in segments."""

    def __init__(
        self, agreement: WriteAgreement, numbers: ControlNumbers, now: datetime
    ) -> None:
        self.agreement = agreement
        self.numbers = numbers
        self.now = now
        self.delimiters = agreement.usual_delimiters()
        level = agreement.syntax_id if agreement.standard != X12 else ""
        self.encoder = Encoder(
            agreement.standard,
            self.delimiters,
            agreement.codec,
            level=level if level in ("UNOA", "UNOB") and not agreement.charset else "",
            replace=agreement.replace_characters,
            line_end=agreement.line_end,
        )
        self.result = WrittenInterchange(findings=self.encoder.findings)
        self.parts: list[bytes] = []

    def write(
        self, messages: Iterable[OutgoingMessage], notes: Iterable[Segment] = ()
    ) -> WrittenInterchange:
        """Write everything; see :func:`write`."""
        self.result.reference = str(self.numbers.next(Level.INTERCHANGE))
        self._put(list(notes), Place(1))
        groups = self._write_groups(messages)
        self.parts.insert(0, self._header())
        self._put([self._trailer(groups)], Place(1))
        if not self.result.refused:
            self.result.data = b"".join(self.parts)
        return self.result

    def _write_groups(self, messages: Iterable[OutgoingMessage]) -> int:
        """Write all groups; give the count the interchange trailer states."""
        ordinal = total = 0
        for head, together in groupby(messages, self._group_head):
            code = head.code
            ordinal += 1
            reference = self.open_group(head, Place(1, ordinal))
            count = 0
            for message in together:
                count += 1
                place = Place(1, ordinal, count)
                self._write_message(message, code, reference, place)
            self.close_group(reference, count, Place(1, ordinal))
            total += count
        return self.interchange_count(ordinal, total)

    def _group_head(self, message: OutgoingMessage) -> "GroupHead":
        agreement = self.agreement
        sender = agreement.application_sender or agreement.sender.identifier
        receiver = agreement.application_receiver or agreement.receiver.identifier
        return GroupHead(
            self.group_code(message),
            message.version or agreement.version,
            (message.sender or sender).strip(),
            (message.receiver or receiver).strip(),
        )

    def _write_message(
        self, message: OutgoingMessage, code: str, group: str, place: Place
    ) -> None:
        number = self.numbers.next(Level.TRANSACTION)
        reference = self.message_reference(number)
        body = list(message.segments())
        count = len(body) + 2
        header = self.message_header(message, reference)
        trailer = self.message_trailer(reference, count)
        self._put([header, *body, trailer], place)
        self.result.messages.append(
            WrittenMessage(message.type, code, group, reference, count)
        )

    def _put(self, segments: list[Segment], place: Place) -> None:
        data, _count = self.encoder.encode(segments, place)
        self.parts.append(data)

    def fit(self, value: str, length: int, name: str) -> str:
        """A value of the envelope; a finding if it is too long."""
        if len(value) > length:
            expected = f"{name} has room for {length} characters"
            self.encoder.findings.append(
                finding("write_too_long", Place(1), seen=value, expected=expected)
            )
            value = value[:length]
        return value

    def _header(self) -> bytes:
        raise TypeError("a standard says how its interchanges begin")

    def _trailer(self, count: int) -> Segment:
        raise TypeError("a standard says how its interchanges end")

    def group_code(self, message: OutgoingMessage) -> str:
        """What puts messages into one group."""
        agreed = self.agreement.group_codes.get(message.type)
        return agreed or GROUP_CODES.get(message.type, "")
