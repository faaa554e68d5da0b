"""What two parties agreed on about the interchanges one of them writes."""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from .charset import CODECS
from .findings import Level
from .segment import EDIFACT, X12, Delimiters


class Party(NamedTuple):
    """One side of an interchange: ISA05/06 or UNB S002 (with routing address 0008)."""

    identifier: str
    qualifier: str = ""
    routing: str = ""


class ControlNumbers(Protocol):
    """Gives control numbers. The caller keeps them, gap-free, for each partner."""

    def next(self, level: Level) -> int:
        """The next number of an interchange, group or transaction (1 to 999999999)."""
        ...


class CountingNumbers:
    """Control numbers counted in memory, for the command line and for tests.

    Transactions are counted on through all groups.
    """

    HIGHEST = 999_999_999

    def __init__(self, interchange: int = 1, group: int = 1, transaction: int = 1):
        self._next = {
            Level.INTERCHANGE: interchange,
            Level.GROUP: group,
            Level.TRANSACTION: transaction,
        }

    def next(self, level: Level) -> int:
        """The next number; after the highest follows 1."""
        number = self._next[level]
        self._next[level] = number + 1 if number < self.HIGHEST else 1
        return number


@dataclass(frozen=True, slots=True)
class WriteAgreement:
    """How interchanges to one partner are written.

    :param standard: ``x12`` or ``edifact``
    :param version: of messages: GS08 such as ``004010``, or ``D.96A``
    :param interchange_version: ISA12 (default: that of ``version``), or UNB's syntax
        version 1 to 4
    :param syntax_id: UNOA to UNOY
    :param agency: GS07, or UNH's controlling agency
    :param association: UNH's association code such as ``EAN008``; ST03 in X12
    :param application_sender: GS02 (default: the sender's identifier)
    :param application_receiver: GS03 (default: the receiver's identifier)
    :param application_reference: UNB 0026
    :param delimiters: default: the usual ones of the standard
    :param charset: Python codec (default: ASCII for X12, what syntax_id says)
    :param line_end: written after every segment terminator
    :param service_string: write UNA even where all delimiters are the default
    :param explicit_groups: write UNG and UNE
    :param replace_characters: transliterate what the charset lacks, or refuse it
    """

    standard: str
    sender: Party
    receiver: Party
    version: str
    interchange_version: str = ""
    syntax_id: str = "UNOC"
    agency: str = ""
    association: str = ""
    application_sender: str = ""
    application_receiver: str = ""
    application_reference: str = ""
    delimiters: Delimiters | None = None
    charset: str = ""
    line_end: str = ""
    service_string: bool = True
    explicit_groups: bool = False
    replace_characters: bool = True
    test: bool = False
    ack_requested: bool = False
    group_codes: dict[str, str] = field(default_factory=dict)

    @property
    def codec(self) -> str:
        """The Python codec to encode with."""
        if self.charset:
            return self.charset
        return "ascii" if self.standard == X12 else CODECS.get(self.syntax_id, "ascii")

    @property
    def envelope_version(self) -> str:
        """ISA12, or the syntax version of UNB."""
        if self.interchange_version:
            return self.interchange_version
        return self.version[:5] if self.standard == X12 else "3"

    def usual_delimiters(self) -> Delimiters:
        """The delimiters of the agreement, or those everybody uses."""
        if self.delimiters:
            return self.delimiters
        if self.standard == EDIFACT:
            repetition = "*" if self.envelope_version >= "4" else ""
            return Delimiters("+", ":", "'", repetition, "?")
        repetition = "^" if self.envelope_version >= "00402" else ""
        return Delimiters("*", ">", "~", repetition)
