"""The envelopes of X12: ISA, GS, ST and their trailers."""

from .findings import Level, finding
from .isa import WIDTHS
from .segment import Place, Segment
from .writer import GroupHead, InterchangeWriter, OutgoingMessage


class X12Writer(InterchangeWriter):
    """Write an X12 interchange."""

    def _header(self) -> bytes:
        agreement, delimiters = self.agreement, self.delimiters
        repetition = delimiters.repetition
        values = [
            "00",
            "",
            "00",
            "",
            agreement.sender.qualifier,
            agreement.sender.identifier,
            agreement.receiver.qualifier,
            agreement.receiver.identifier,
            f"{self.now:%y%m%d}",
            f"{self.now:%H%M}",
            repetition or "U",
            agreement.envelope_version,
            self.result.reference.zfill(9),
            "1" if agreement.ack_requested else "0",
            "T" if agreement.test else "P",
        ]
        padded = [
            self._fixed(value, width, f"ISA{number:02d}")
            for number, (value, width) in enumerate(
                zip(values, WIDTHS, strict=False), start=1
            )
        ]
        text = delimiters.element.join(["ISA", *padded, delimiters.component])
        text += delimiters.segment + agreement.line_end
        return text.encode(agreement.codec, "replace")

    def _fixed(self, value: str, width: int, name: str) -> str:
        value = self.fit(value, width, name)
        for character in self.delimiters.all():
            if character in value and name != "ISA11":
                place = Place(1, tag="ISA", element=int(name[3:]))
                self.encoder.findings.append(
                    finding("write_delimiter_in_data", place, seen=character)
                )
        return value.ljust(width)

    def _trailer(self, count: int) -> Segment:
        return Segment.of("IEA", str(count), self.result.reference.zfill(9))

    def interchange_count(self, groups: int, messages: int) -> int:
        """IEA01 counts groups."""
        return groups

    def open_group(self, head: GroupHead, place: Place) -> str:
        """Write GS; give its reference."""
        agreement = self.agreement
        reference = str(self.numbers.next(Level.GROUP))
        century = agreement.envelope_version >= "00400" or head.version >= "004"
        header = Segment.of(
            "GS",
            head.code,
            self.fit(head.sender, 15, "GS02"),
            self.fit(head.receiver, 15, "GS03"),
            f"{self.now:%Y%m%d}" if century else f"{self.now:%y%m%d}",
            f"{self.now:%H%M}",
            reference,
            agreement.agency or "X",
            head.version,
        )
        self._put([header], place)
        return reference

    def close_group(self, reference: str, count: int, place: Place) -> None:
        """Write GE."""
        self._put([Segment.of("GE", str(count), reference)], place)

    def message_reference(self, number: int) -> str:
        """ST02: at least four digits."""
        return f"{number:04d}"

    def message_header(self, message: OutgoingMessage, reference: str) -> Segment:
        """ST, with ST03 (from 004020 on) if there is one."""
        association = message.association or self.agreement.association
        return Segment.of("ST", message.type, reference, association)

    def message_trailer(self, reference: str, count: int) -> Segment:
        """SE."""
        return Segment.of("SE", str(count), reference)
