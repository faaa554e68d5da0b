"""Read one interchange from a scanner: find its service segments, cut the rest.

Only service segments are looked at one by one. What stands between them is cut as a
whole, so that the checks of the envelope cost next to nothing for each segment.
"""

from collections.abc import Iterator

from .charset import detect
from .cut import Cutter
from .dialect import Dialect, Role
from .envelope import Envelope
from .findings import finding
from .marks import Marks
from .model import Event, Interchange
from .options import ReadOptions
from .scanner import FILE_END, Scanner
from .segment import RELEASED, Run, Segment

#: Characters looked at first. Many interchanges are small, and what follows is not
#: theirs.
_FIRST_REACH = 4096


class InterchangeReader:
    """Read one interchange whose delimiters are known.

    :param scanner: stands behind the header segment
    :param interchange: with delimiters, charset and what its header says
    """

    def __init__(
        self,
        scanner: Scanner,
        dialect: Dialect,
        interchange: Interchange,
        options: ReadOptions,
    ) -> None:
        self._scanner = scanner
        self._dialect = dialect
        self._options = options
        self._interchange = interchange
        self._envelope = Envelope(dialect, interchange)
        self._promised = options.charset or interchange.charset
        delimiters = interchange.delimiters
        self._cutter = Cutter(delimiters, self._promised, options, dialect.tag_pattern)
        self._marks = Marks(dialect, delimiters.element, delimiters.component)
        self._lie = ""
        self._terminator = delimiters.segment
        self._delimiters = delimiters
        self._ends_empty = False
        self._ended = False
        self._reach = _FIRST_REACH

    def events(self) -> Iterator[Event]:
        """Give everything up to the interchange trailer, or the end of the file."""
        envelope = self._envelope
        yield from envelope.open_interchange()
        while not self._ended and (piece := self._next_piece()):
            yield from self._read_piece(piece)
        if not self._ended:
            yield from self._read_tail()
        if not self._ended:
            yield from envelope.close_interchange(None, self._offset(0))
        self._interchange.charset = self._cutter.codec

    def _offset(self, position: int) -> int:
        scanner = self._scanner
        return scanner.byte_offset(scanner.base + position)

    def _next_piece(self) -> str:
        """All complete segments in the window, packed; "" at the end of the file."""
        scanner, terminator = self._scanner, self._terminator
        while True:
            text = self._cutter.pack(scanner.text[: self._reach])
            end = text.rfind(terminator)
            if end >= 0:
                break
            if len(text) > self._options.max_segment:
                self._give_up()
                return ""
            if len(text) < len(scanner.text):
                self._reach *= 2
            elif not scanner.more() and len(text) == len(scanner.text):
                return ""
        self._reach = min(self._reach * 2, self._options.chunk_size * 2)
        end += len(terminator)
        if terminator not in "\r\n":
            end += len(text[end : end + 2]) - len(text[end : end + 2].lstrip("\r\n"))
        return text[:end]

    def _give_up(self) -> None:
        """Stop at a segment that is longer than anybody's."""
        place = self._envelope.place(self._offset(0))
        limit = self._options.max_segment
        found = finding("segment_too_long", place, expected=limit)
        self._interchange.findings.append(found)
        self._scanner.drain()

    def _read_piece(self, piece: str) -> Iterator[Event]:
        """Read complete segments and move the window behind them."""
        if self._terminator not in "\r\n" and piece[0] in "\r\n":
            lead = len(piece) - len(piece.lstrip("\r\n"))
            self._scanner.skip(lead)
            piece = piece[lead:]
        separator, marks = self._find_marks(piece)
        gap = len(separator or self._terminator)
        envelope, roles = self._envelope, self._dialect.roles
        body = 0
        for start, tag in marks:
            role = roles[tag]
            end = min(piece.index(self._terminator, start) + gap, len(piece))
            if role is Role.TRANSACTION_CLOSE and envelope.transaction:
                run = self._cut(piece, body, end, separator)
                yield envelope.run(run)
                yield envelope.end_transaction(self._trailer(run, start))
                body = end
                continue
            if start > body:
                yield from self._read_body(piece, body, start, separator)
            body = start if role is Role.TRANSACTION_OPEN else end
            yield from self._service(role, piece, start, separator)
            if self._ended:
                body = start if role is Role.INTERCHANGE_OPEN else end
                break
        else:
            if body < len(piece):
                yield from self._read_body(piece, body, len(piece), separator)
            body = len(piece)
        self._scanner.skip(body)

    def _find_marks(self, piece: str) -> tuple[str | None, list[tuple[int, str]]]:
        """Find service segments, and the separator if the piece is clean."""
        window = self._scanner.text[: len(piece)]
        high = not window.isascii()
        if high:
            self._cutter.codec, lie = detect(window, self._promised)
            self._cutter.lying = bool(lie)
            self._lie = lie or self._lie
        self._ends_empty = self._delimiters.element + self._terminator in piece
        clean = not (high or self._scanner.wrapped)
        if clean and not self._cutter.has_controls(window):
            separator = self._cutter.line_end(piece)
            if separator and (marks := self._marks.clean(piece, separator)) is not None:
                return separator, marks
        return None, self._marks.odd(piece, self._terminator)

    def _cut(self, piece: str, start: int, end: int, separator: str | None) -> Run:
        """Cut a part of the piece into segments of what is open."""
        envelope = self._envelope
        transaction = envelope.transaction
        first = transaction.segment_count + 1 if transaction else 0
        offset = self._offset(start)
        if separator:
            last = separator if piece.endswith(separator, start, end) else ""
            text = piece[start : end - len(last or self._terminator)]
            run = self._cutter.cut_clean(text, separator, envelope.scope, first, offset)
            oddities = []
        else:
            text = piece[start:end]
            run, oddities = self._cutter.cut_odd(text, envelope.scope, first, offset)
        if self._ends_empty:
            oddities += self._cutter.trailing_empty(run)
        if self._scanner.wrapped:
            move = self._scanner.base + start - offset
            byte_offset = self._scanner.byte_offset
            run.starts = [byte_offset(each + move) for each in run.offsets]
        if oddities:
            promised = self._interchange.syntax_id or self._promised
            envelope.odd(oddities, {"charset_lie": (promised, self._lie)})
        return run

    def _trailer(self, run: Run, start: int) -> Segment:
        """The last segment of a run, which does not keep the others in memory."""
        number = run.first + len(run.raws) - 1
        alone = Run(run.raws[-1:], run.scope, number, self._offset(start))
        return Segment((run.raws[-1], number, alone))

    def _read_body(
        self, piece: str, start: int, end: int, separator: str | None
    ) -> Iterator[Event]:
        run = self._cut(piece, start, end, separator)
        if not run.raws:
            return
        if self._envelope.transaction:
            yield self._envelope.run(run)
        else:
            self._envelope.outside(run)

    def _service(
        self, role: Role, piece: str, start: int, separator: str | None
    ) -> Iterator[Event]:
        """Read a service segment other than the trailer of an open transaction."""
        envelope = self._envelope
        offset = self._offset(start)
        if role is Role.INTERCHANGE_OPEN:
            self._ended = True
            yield from envelope.close_interchange(None, offset)
            return
        if role is Role.TRANSACTION_OPEN and envelope.transaction:
            yield from envelope.close_transaction(None, offset)
        stop = piece.index(self._terminator, start)
        if separator:
            run = self._cutter.cut_clean(
                piece[start:stop], separator, envelope.scope, 1, offset
            )
        else:
            run, _ = self._cutter.cut_odd(piece[start:stop], envelope.scope, 1, offset)
        segment = run.last
        if role is Role.TRANSACTION_OPEN and envelope.group:
            yield envelope.begin_transaction(segment)
        elif role is Role.TRANSACTION_OPEN:
            yield from envelope.open_transaction(segment)
        elif role is Role.TRANSACTION_CLOSE:
            yield from envelope.close_transaction(segment, offset)
        elif role is Role.GROUP_OPEN:
            yield from envelope.open_group(segment, offset)
        elif role is Role.GROUP_CLOSE:
            yield from envelope.close_group(segment, offset)
        elif role is Role.NOTE:
            self._interchange.service_segments.append(segment)
        else:
            self._ended = True
            yield from envelope.close_interchange(segment, offset)

    def _read_tail(self) -> Iterator[Event]:
        """Read what follows the last terminator at the end of the file."""
        tail = self._scanner.text.rstrip(FILE_END)
        text = self._cutter.pack(tail)
        start = len(text) - len(text.lstrip(" \t\r\n"))
        if start == len(text):
            return
        tag = self._marks.tag_at(text, start)
        role = self._dialect.roles.get(tag)
        if role is Role.INTERCHANGE_OPEN:
            return
        place = self._envelope.place(self._offset(start), 0, tag)
        code = "interchange_truncated"
        if role is Role.INTERCHANGE_CLOSE:
            code = "final_terminator_missing"
        self._interchange.findings.append(finding(code, place, seen=tail[start:]))
        if text[-1] == chr(RELEASED + ord(self._terminator[0])) or (
            self._delimiters.release and tail.endswith(self._delimiters.release)
        ):
            self._interchange.findings.append(finding("release_at_end", place))
        text += self._terminator
        if role and role is not Role.TRANSACTION_CLOSE:
            yield from self._service(role, text, start, None)
        if role in (None, Role.TRANSACTION_OPEN, Role.TRANSACTION_CLOSE):
            yield from self._read_body(text, start, len(text), None)
        self._scanner.skip(len(self._scanner.text))
