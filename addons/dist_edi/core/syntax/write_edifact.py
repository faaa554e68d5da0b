"""The envelopes of EDIFACT: UNA, UNB, UNG, UNH and their trailers."""

from .findings import Level
from .segment import Place, Segment
from .writer import GroupHead, InterchangeWriter, OutgoingMessage


class EdifactWriter(InterchangeWriter):
    """Write an EDIFACT interchange."""

    def _header(self) -> bytes:
        agreement = self.agreement
        sender, receiver = agreement.sender, agreement.receiver
        long_date = agreement.envelope_version >= "4"
        date = f"{self.now:%Y%m%d}" if long_date else f"{self.now:%y%m%d}"
        unb = Segment.of(
            "UNB",
            [agreement.syntax_id, agreement.envelope_version],
            [
                self.fit(sender.identifier, 35, "UNB 0004"),
                self.fit(sender.qualifier, 4, "UNB 0007"),
                self.fit(sender.routing, 35, "UNB 0008"),
            ],
            [
                self.fit(receiver.identifier, 35, "UNB 0010"),
                self.fit(receiver.qualifier, 4, "UNB 0007"),
                self.fit(receiver.routing, 35, "UNB 0014"),
            ],
            [date, f"{self.now:%H%M}"],
            self.result.reference,
            "",
            self.fit(agreement.application_reference, 14, "UNB 0026"),
            "",
            "1" if agreement.ack_requested else "",
            "",
            "1" if agreement.test else "",
        )
        data, _count = self.encoder.encode([unb], Place(1))
        return self._service_string() + data

    def _service_string(self) -> bytes:
        delimiters = self.delimiters
        usual = ("+", ":", "'", "?", ".")
        if not self.agreement.service_string and usual == (
            delimiters.element,
            delimiters.component,
            delimiters.segment,
            delimiters.release,
            delimiters.decimal,
        ):
            return b""
        text = "UNA" + delimiters.component + delimiters.element
        text += delimiters.decimal + (delimiters.release or " ")
        text += (delimiters.repetition or " ") + delimiters.segment
        return (text + self.agreement.line_end).encode(self.agreement.codec, "replace")

    def _trailer(self, count: int) -> Segment:
        return Segment.of("UNZ", str(count), self.result.reference)

    def interchange_count(self, groups: int, messages: int) -> int:
        """UNZ counts groups where there are any, messages otherwise."""
        return groups if self.agreement.explicit_groups else messages

    def group_code(self, message: OutgoingMessage) -> str:
        """A group holds messages of one type."""
        return message.type if self.agreement.explicit_groups else ""

    def open_group(self, head: GroupHead, place: Place) -> str:
        """Write UNG if the agreement wants groups; give its reference."""
        agreement = self.agreement
        if not agreement.explicit_groups:
            return ""
        reference = str(self.numbers.next(Level.GROUP))
        version, _, release = head.version.partition(".")
        header = Segment.of(
            "UNG",
            head.code,
            [head.sender, agreement.sender.qualifier],
            [head.receiver, agreement.receiver.qualifier],
            [f"{self.now:%y%m%d}", f"{self.now:%H%M}"],
            reference,
            agreement.agency or "UN",
            [version, release, agreement.association],
        )
        self._put([header], place)
        return reference

    def close_group(self, reference: str, count: int, place: Place) -> None:
        """Write UNE if the agreement wants groups."""
        if self.agreement.explicit_groups:
            self._put([Segment.of("UNE", str(count), reference)], place)

    def message_reference(self, number: int) -> str:
        """UNH 0062."""
        return str(number)

    def message_header(self, message: OutgoingMessage, reference: str) -> Segment:
        """UNH."""
        agreement = self.agreement
        version, _, release = (message.version or agreement.version).partition(".")
        identifier = [
            message.type,
            version,
            release,
            agreement.agency or "UN",
            message.association or agreement.association,
        ]
        return Segment.of("UNH", reference, identifier)

    def message_trailer(self, reference: str, count: int) -> Segment:
        """UNT."""
        return Segment.of("UNT", str(count), reference)
