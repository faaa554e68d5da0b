"""Open and close interchange, group and transaction, and check what they promise.

Every control number and every count is compared here, for both standards. A fault
rejects the smallest thing that it spoils: a wrong segment count one transaction, a
wrong group reference one group.
"""

from collections.abc import Iterator

from .cut import Oddity
from .dialect import Dialect, Problem, Role
from .findings import finding
from .model import Event, Group, Interchange, Kind, Transaction
from .segment import Place, Run, Scope, Segment, unpack

#: Oddities of one kind told of one transaction; all further ones are alike.
MANY = 20
_ONCE = {
    "segment_indented",
    "segment_trailing_empty",
    "charset_lie",
    "control_character",
}


class Envelope:
    """The state of one interchange while it is read.

    Methods that open or close something give the events of it, including those of what
    had to be closed because its trailer is missing.
    """

    def __init__(self, dialect: Dialect, interchange: Interchange) -> None:
        self.dialect = dialect
        self.interchange = interchange
        self.group: Group | None = None
        self.transaction: Transaction | None = None
        self.scope = self._group_scope = self._scope()
        self._group_references: set[str] = set()
        self._transaction_references: set[str] = set()
        self._messages = self._opened_groups = 0
        self._transaction_tag = dialect.tag(Role.TRANSACTION_OPEN)
        self._told: dict[str, int] = {}
        self._explicit_groups = False

    def _scope(self) -> Scope:
        return Scope(
            self.dialect.standard,
            self.interchange.delimiters,
            self.interchange.ordinal,
            self.group.ordinal if self.group else 0,
            self.transaction.ordinal if self.transaction else 0,
        )

    @property
    def innermost(self) -> Interchange | Group | Transaction:
        """What is open at this point."""
        return self.transaction or self.group or self.interchange

    def place(self, offset: int, number: int = 0, tag: str = "") -> Place:
        """A place in what is open at this point."""
        scope = self.scope
        ordinals = (scope.interchange, scope.group, scope.transaction)
        return Place(*ordinals, number, offset, tag)

    def open_interchange(self) -> Iterator[Event]:
        """Check the header of the interchange."""
        self._report(self.interchange, self.dialect.check_interchange(self.interchange))
        yield Event(Kind.INTERCHANGE, self.interchange)

    def open_group(self, header: Segment | None, offset: int) -> Iterator[Event]:
        """A group header came; None where a transaction stands outside any group."""
        if self.group:
            yield from self.close_group(None, offset)
        interchange = self.interchange
        mixed = interchange.groups_seen and bool(header) != self._explicit_groups
        if mixed and not self.dialect.groups_required:
            place = self.place(offset)
            self._tell("interchange_groups_mixed", place, of=interchange)
        self._explicit_groups = self._explicit_groups or header is not None
        group = self.dialect.group(header) if header else Group(self.dialect.standard)
        interchange.groups_seen += 1
        self._opened_groups += header is not None
        group.ordinal = interchange.groups_seen
        group.opening = header
        self.group = group
        self.scope = self._group_scope = self._scope()
        tag = self.dialect.tag(Role.GROUP_OPEN)
        group.place = self.place(offset, 0, tag if header else "")
        if header:
            self._transaction_references.clear()
            self._report(group, self.dialect.check_group(group))
            self._tell_duplicate(
                group, self._group_references, "group_duplicate", "interchange"
            )
        yield Event(Kind.GROUP, group)

    def open_transaction(self, header: Segment) -> Iterator[Event]:
        """A transaction header came."""
        offset = header.offset
        if self.transaction:
            yield from self.close_transaction(None, offset)
        if self.group is None:
            yield from self.open_group(None, offset)
            if self.dialect.groups_required:
                self._tell("group_header_missing", self.group.place, seen=header.tag)
        yield self.begin_transaction(header)

    def begin_transaction(self, header: Segment) -> Event:
        """Open a transaction where a group is open and no transaction is."""
        group = self.group
        transaction = self.dialect.transaction(header, group)
        group.transactions_seen += 1
        self._messages += 1
        transaction.ordinal = group.transactions_seen
        transaction.opening = header
        self.transaction = transaction
        self._told.clear()
        standard, delimiters, *outer, _none = self._group_scope
        scope = Scope(standard, delimiters, *outer, transaction.ordinal)
        self.scope = header.run.scope = scope
        tag = self._transaction_tag
        transaction.place = Place(*scope[2:], 1, header.run.offset, tag)
        self._report(transaction, self.dialect.check_transaction(transaction, group))
        where = "group" if group.opening else "interchange"
        self._tell_duplicate(
            transaction, self._transaction_references, "transaction_duplicate", where
        )
        return Event(Kind.TRANSACTION, transaction)

    def run(self, run: Run) -> Event:
        """Segments of the open transaction came."""
        self.transaction.segment_count += len(run.raws)
        return Event(Kind.RUN, run)

    def close_transaction(
        self, trailer: Segment | None, offset: int
    ) -> Iterator[Event]:
        """A transaction trailer came; None where it is missing."""
        transaction = self.transaction
        if transaction is None:
            seen = self.dialect.tag(Role.TRANSACTION_CLOSE)
            place = self.place(offset, 0, seen)
            self._tell("transaction_header_missing", place, seen=seen)
            return
        if trailer is None:
            place = self.place(offset, transaction.segment_count)
            expected = self.dialect.tag(Role.TRANSACTION_CLOSE)
            self._tell("transaction_trailer_missing", place, expected=expected)
        yield self.end_transaction(trailer)

    def end_transaction(self, trailer: Segment | None) -> Event:
        """Close the open transaction."""
        transaction = self.transaction
        count = transaction.segment_count
        if trailer is not None:
            transaction.closing = trailer
            self._check_trailer(transaction, trailer, count, "transaction")
            if count <= 2:
                self._tell("transaction_empty", transaction.place)
        self.transaction = None
        self.scope = self._group_scope
        self._told.clear()
        return Event(Kind.TRANSACTION_END, transaction)

    def close_group(self, trailer: Segment | None, offset: int) -> Iterator[Event]:
        """A group trailer came; None where it is missing (or there never was one)."""
        if self.transaction:
            yield from self.close_transaction(None, offset)
        group = self.group
        if group is None:
            seen = self.dialect.tag(Role.GROUP_CLOSE)
            place = self.place(offset, 0, seen)
            self._tell("group_trailer_unopened", place, seen=seen)
            return
        group.closing = trailer
        if trailer and not group.opening:
            self._tell("group_trailer_unopened", trailer.place, seen=trailer.tag)
        elif trailer:
            self._check_trailer(group, trailer, group.transactions_seen, "group")
        elif group.opening:
            expected = self.dialect.tag(Role.GROUP_CLOSE)
            place = self.place(offset)
            self._tell("group_trailer_missing", place, expected=expected)
        if not group.transactions_seen:
            self._tell("group_empty", group.place)
        yield Event(Kind.GROUP_END, group)
        self.group = None
        self.scope = self._scope()
        self._told.clear()

    def close_interchange(
        self, trailer: Segment | None, offset: int
    ) -> Iterator[Event]:
        """The interchange trailer came; None where it is missing."""
        if self.group:
            yield from self.close_group(None, offset)
        interchange = self.interchange
        interchange.closing = trailer
        if trailer is None:
            expected = self.dialect.tag(Role.INTERCHANGE_CLOSE)
            place = self.place(offset)
            self._tell("interchange_trailer_missing", place, expected=expected)
        elif interchange.opening:
            self._check_interchange_count(trailer)
        if not interchange.groups_seen and not interchange.service_segments:
            self._tell("interchange_empty", interchange.place)
        yield Event(Kind.INTERCHANGE_END, interchange)

    def _check_interchange_count(self, trailer: Segment) -> None:
        interchange = self.interchange
        counted = self._opened_groups
        if not self.dialect.groups_required and not self._explicit_groups:
            counted = self._messages
        if not counted and interchange.service_segments and trailer.get(1) == "1":
            counted = 1  # Many send 1 for an interchange that holds TA1 alone.
        self._check_trailer(interchange, trailer, counted, "interchange")

    def outside(self, run: Run) -> None:
        """Segments came where no transaction is open."""
        code = "segment_outside" if self.group else "segment_outside_interchange"
        for segment in run:
            told = self._told.get("outside", 0)
            self._told["outside"] = told + 1
            if told < MANY:
                place = segment.place._replace(segment=0)
                expected = self.dialect.segment_name
                self._tell(code, place, seen=segment.tag, expected=expected)

    def odd(self, oddities: list[Oddity], details: dict[str, tuple[str, str]]) -> None:
        """Report what was odd about segments of what is open.

        :param details: what was expected and seen, by finding code
        """
        for code, number, offset, seen in oddities:
            told = self._told.get(code, 0)
            self._told[code] = told + 1
            if told < (1 if code in _ONCE else MANY):
                place = self.place(offset, number if self.transaction else 0)
                expected, seen = details.get(code, ("", seen))
                self._tell(code, place, seen=seen, expected=expected)

    def _check_trailer(self, envelope, trailer: Segment, counted: int, name: str):
        elements = trailer.elements
        elements += ("", "")
        sent, reference = elements[1].strip(), unpack(elements[2]).strip()
        if not (sent.isdigit() and sent.isascii() and int(sent[-9:]) == counted):
            code, place = f"{name}_count_wrong", trailer.place.at(1)
            self._tell(code, place, expected=counted, seen=sent, of=envelope)
        if not self.dialect.same_reference(envelope.reference, reference):
            code, place = f"{name}_reference_mismatch", trailer.place.at(2)
            expected = envelope.reference
            self._tell(code, place, expected=expected, seen=reference, of=envelope)

    def _tell_duplicate(self, envelope, seen: set[str], code: str, where: str) -> None:
        reference = envelope.reference
        if reference and reference in seen:
            self._tell(
                code, envelope.place, seen=reference, expected=where, of=envelope
            )
        seen.add(reference)

    def _report(self, envelope, problems: Iterator[Problem]) -> None:
        for code, details in problems:
            self._tell(code, envelope.place, of=envelope, **details)

    def _tell(self, code: str, place: Place, *, of=None, **details: object) -> None:
        target = of or self.innermost
        target.findings.append(finding(code, place, **details))
