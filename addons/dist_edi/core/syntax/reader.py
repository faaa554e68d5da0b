"""Read a file of X12 or EDIFACT interchanges: the entry points of the syntax layer.

``read`` streams, ``documents`` gives one whole transaction at a time, ``read_all``
keeps everything. None of them raises on bad input: what is wrong comes as findings.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from . import edifact, isa, unb, x12
from .findings import Finding, Severity, finding
from .interchange import FILE_END, InterchangeReader
from .model import (
    Document,
    Event,
    FileContent,
    Group,
    Interchange,
    Kind,
    gather,
)
from .options import DEFAULTS, ReadOptions
from .scanner import UTF8_MARK, Scanner
from .segment import EDIFACT, X12, Delimiters, Place, Run, Scope, Segment

Source = bytes | BinaryIO

#: Junk before the first header may be this long.
JUNK = 1024
_WINDOW = 4096
#: A header is not preceded by what separates its own elements: that were data.
_HEADER = re.compile(
    r"(?:\A|(?<=([^A-Za-z0-9])))(?:ISA(?=[^A-Za-z0-9\r\n])(?!\1)"
    r"|UNA(?=[^A-Za-z0-9])|UNB(?=[+*|^\x1d])(?!\1))"
)
_X12_LATER = re.compile(r"(GS|GE|ST|SE|TA1|IEA)[^A-Za-z0-9\s]")
_EDIFACT_LATER = re.compile(r"(UN[GHTEZ])[+*|^\x1d]")
_CLOSING = {"IEA", "GE", "SE", "UNZ", "UNE", "UNT"}


def read(source: Source, options: ReadOptions = DEFAULTS) -> Iterator[Event]:
    """Stream a file of one or more interchanges of either standard.

    :param source: bytes, or a binary stream which is read once, from where it stands
    :param options: what the agreement says
    """
    return _FileReader(Scanner(source, options), options).events()


def documents(source: Source, options: ReadOptions = DEFAULTS) -> Iterator[Document]:
    """Give each transaction when it is complete; only one is kept at a time.

    Findings of group and interchange are complete when their last document has been
    followed by the next (or by the end). A file without any document gives nothing
    here: use :func:`read_all` or :func:`read` where findings matter.
    """
    interchange, group, document = Interchange(), Group(), None
    for kind, subject in read(source, options):
        if kind is Kind.RUN and document:
            document.runs.append(subject)
        elif kind is Kind.INTERCHANGE:
            interchange = subject
        elif kind is Kind.GROUP:
            group = subject
        elif kind is Kind.TRANSACTION:
            document = Document(interchange, group, subject)
        elif kind is Kind.TRANSACTION_END and document:
            yield document
            document = None


def read_all(source: Source, options: ReadOptions = DEFAULTS) -> FileContent:
    """Read a file that fits in memory, with all documents and findings."""
    return gather(read(source, options))


class _FileReader:
    """Find one interchange header after the other and read what it opens."""

    def __init__(self, scanner: Scanner, options: ReadOptions) -> None:
        self._scanner = scanner
        self._options = options
        self._ordinal = 0
        self._pending: list[Finding] = []
        self._seen: set[tuple[str, ...]] = set()
        self._broken = False

    def events(self) -> Iterator[Event]:
        scanner = self._scanner
        if scanner.transcoded:
            self._note("byte_order_mark", seen=scanner.transcoded)
        while True:
            scanner.ensure(_WINDOW)
            if not self._find_header():
                break
            if scanner.text.startswith("ISA"):
                yield from self._x12()
            else:
                yield from self._edifact()
        for found in self._pending:
            yield Event(Kind.FINDING, found)

    def _place(self, ordinal: int = 0, tag: str = "") -> Place:
        scanner = self._scanner
        return Place(ordinal, offset=scanner.byte_offset(scanner.base), tag=tag)

    def _note(
        self, code: str, *, severity: Severity | None = None, **details: object
    ) -> None:
        """Keep a finding for the next interchange, or for the end if none follows."""
        found = finding(code, self._place(), severity=severity, **details)
        self._pending.append(found)

    def _find_header(self) -> bool:
        """Move to the next header; say what was skipped. False at the end."""
        scanner = self._scanner
        skipped = self._skip_blanks()
        text = scanner.text
        if not text:
            if not self._ordinal and not self._pending_errors():
                self._note("file_empty")
            return False
        match = _HEADER.search(text)
        if match and match.start() == 0:
            if skipped and not self._ordinal:
                self._note("blanks_before_header", seen=skipped)
            return True
        if not self._broken:
            later = _X12_LATER.match(text) or _EDIFACT_LATER.match(text)
            if later and later.group(1) in _CLOSING:
                self._note("interchange_trailer_unopened", seen=later.group(1))
                self._broken = True
            elif later and not self._ordinal:
                return self._without_header(later.group(1))
        return self._skip_junk(match)

    def _pending_errors(self) -> bool:
        return any(found.is_error for found in self._pending)

    def _skip_blanks(self) -> int:
        """Skip blanks and byte order marks; give the number of blanks."""
        scanner = self._scanner
        blanks = skipped = 0
        while True:
            text = scanner.text
            if text.startswith(UTF8_MARK):
                self._note("byte_order_mark", seen="UTF-8")
                scanner.skip(len(UTF8_MARK))
                continue
            step = len(text) - len(text.lstrip(FILE_END))
            lead = text[:step]
            skipped += step
            blanks += step - lead.count("\n") - lead.count("\r")
            if step:
                scanner.skip(step)
            elif scanner.text or not scanner.more():
                break
        if blanks and self._ordinal and not scanner.text:
            self._note("blanks_after_trailer", seen=blanks)
        return skipped

    def _skip_junk(self, match: re.Match | None) -> bool:
        """Skip what is no interchange, up to the header that ``match`` found."""
        scanner = self._scanner
        text = scanner.text
        if match and (self._ordinal or match.start() <= JUNK):
            if not self._broken:
                junk = text[: match.start()]
                self._note("junk_before_header", expected=len(junk), seen=junk.strip())
            scanner.skip(match.start())
            return True
        if not self._ordinal and not self._broken:
            self._note("not_edi", expected=JUNK, seen=text[:20])
            scanner.drain()
            return False
        if not self._broken:
            self._note("junk_after_trailer", seen=text.strip()[:40])
        while not match:
            keep = 10 if not scanner.ended else 0
            scanner.skip(max(len(scanner.text) - keep, 0))
            if not scanner.more() and not scanner.text:
                return False
            match = _HEADER.search(scanner.text)
        scanner.skip(match.start())
        return True

    def _without_header(self, tag: str) -> bool:
        """The file starts inside an interchange: read on if that is possible."""
        if not tag.startswith("UN"):
            self._note("no_interchange_header", seen=tag, expected="ISA")
            self._broken = True
            return self._skip_junk(_HEADER.search(self._scanner.text))
        return True

    def _register(self, interchange: Interchange) -> None:
        """Number an interchange and look whether its reference came before."""
        self._ordinal += 1
        interchange.ordinal = self._ordinal
        interchange.place = interchange.place._replace(interchange=self._ordinal)
        interchange.findings[:0] = self._pending
        self._pending = []
        self._broken = False
        key = (interchange.standard, interchange.sender, interchange.reference)
        if interchange.reference and key in self._seen:
            found = finding(
                "interchange_duplicate", interchange.place, seen=interchange.reference
            )
            interchange.findings.append(found)
        self._seen.add(key)

    def _x12(self) -> Iterator[Event]:
        scanner = self._scanner
        place = self._place(self._ordinal + 1, "ISA")
        self._unwrap()
        strict = self._options.strict_isa_width
        header = isa.read_isa(scanner.text, place, strict_width=strict)
        elements = header.elements + [""] * (16 - len(header.elements))
        interchange = x12.interchange(elements)
        interchange.place = place
        interchange.findings = header.findings
        self._register(interchange)
        if header.delimiters is None:
            # The last character stays: it tells whether what follows is data.
            scanner.skip(header.length - 1)
            yield from self._unreadable(interchange)
            return
        interchange.delimiters = header.delimiters
        separator = header.delimiters.element
        raw = separator.join(["ISA", *header.elements])
        interchange.opening = self._header_segment(interchange, raw)
        scanner.skip(header.length)
        yield from InterchangeReader(
            scanner, x12.DIALECT, interchange, self._options
        ).events()

    def _edifact(self) -> Iterator[Event]:
        scanner = self._scanner
        place = self._place(self._ordinal + 1, "UNB")
        self._unwrap()
        head = unb.read_head(scanner.text, place, self._options)
        if head.delimiters is None:
            interchange = edifact.interchange(None)
            interchange.findings = head.findings
            interchange.place = place
            self._register(interchange)
            scanner.skip(head.length)
            yield from self._unreadable(interchange)
            return
        una = scanner.text[: min(head.length, 9)]
        scanner.skip(head.length)
        yield from self._edifact_interchange(head, place, una)

    def _edifact_interchange(
        self, head: unb.Head, place: Place, una: str
    ) -> Iterator[Event]:
        scanner, delimiters = self._scanner, head.delimiters
        header, length = unb.cut_header(scanner, delimiters, self._options)
        scope = Scope(EDIFACT, delimiters, self._ordinal + 1)
        segment = None
        if header:
            offset = scanner.byte_offset(scanner.base)
            segment = Segment((header, 0, Run([header], scope, 0, offset)))
        interchange = edifact.interchange(segment)
        interchange.delimiters = delimiters
        interchange.service_string = una
        interchange.findings = head.findings
        interchange.place = place
        if segment is None:
            seen = scanner.text[:3]
            found = finding("no_interchange_header", place, seen=seen, expected="UNB")
            interchange.findings.append(found)
        self._register(interchange)
        scanner.skip(length)
        yield from InterchangeReader(
            scanner, edifact.DIALECT, interchange, self._options
        ).events()

    def _header_segment(self, interchange: Interchange, raw: str) -> Segment:
        scope = Scope(X12, interchange.delimiters, interchange.ordinal)
        return Segment((raw, 0, Run([raw], scope, 0, interchange.place.offset)))

    def _unwrap(self) -> None:
        if width := self._scanner.unwrap():
            self._note("file_wrapped", seen=width)

    def _unreadable(self, interchange: Interchange) -> Iterator[Event]:
        """An interchange whose header says too little: look for the next one."""
        interchange.delimiters = Delimiters("", "", "")
        self._broken = True
        yield Event(Kind.INTERCHANGE, interchange)
        yield Event(Kind.INTERCHANGE_END, interchange)
