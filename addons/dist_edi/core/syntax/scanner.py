"""A moving window over a file: bytes in, text of one character for each byte out.

Tokenising happens on Latin-1 text, whatever the file's character set: one byte is one
character, nothing is lost, and byte offsets are character offsets. Delimiters longer
than one byte are then simply longer strings. Data is decoded after it has been cut.
"""

import codecs
import re
from io import BytesIO
from typing import BinaryIO

from .options import ReadOptions

UTF8_MARK = codecs.BOM_UTF8.decode("latin-1")
_WIDE_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
#: What may stand behind the last segment of a file without meaning anything.
FILE_END = " \t\r\n\0\x1a"
_MINIMUM_WRAP = 10


class Scanner:
    """Give the text of a binary source piece by piece.

    ``text`` is what is in the window, ``base`` the position of its first character,
    ``ended`` whether the source has no more. ``transcoded`` names the codec of a UTF-16
    file, which is read as UTF-8.
    """

    def __init__(self, source: bytes | BinaryIO, options: ReadOptions) -> None:
        self._source = BytesIO(source) if isinstance(source, bytes) else source
        self._chunk_size = max(options.chunk_size, 64)
        self._size = self._chunk_size
        self._decoder: codecs.IncrementalDecoder | None = None
        self._unwrap: _Unwrapper | None = None
        self.text = ""
        self.base = 0
        self.ended = False
        self.transcoded = ""
        self._detect_wide()

    def _detect_wide(self) -> None:
        data = self._read(self._chunk_size)
        for mark, codec in _WIDE_MARKS.items():
            if data.startswith(mark):
                self.transcoded = codec
                self._decoder = codecs.getincrementaldecoder(codec)("replace")
                data = data[len(mark) :]
        self._append(data)

    def _read(self, size: int) -> bytes:
        data = self._source.read(size)
        if not data:
            self.ended = True
        return data or b""

    def _append(self, data: bytes) -> None:
        if self._decoder:
            data = self._decoder.decode(data, self.ended).encode("utf-8")
        text = data.decode("latin-1")
        if self._unwrap:
            text = self._unwrap.feed(text)
        self.text += text

    def more(self) -> bool:
        """Read on; False at the end. Reads twice as much each time nothing is used."""
        if self.ended:
            return False
        self._append(self._read(self._size))
        self._size *= 2
        return not self.ended

    def ensure(self, length: int) -> None:
        """Have at least so many characters in the window, if the source has them."""
        while len(self.text) < length and self.more():
            pass

    def skip(self, length: int) -> None:
        """Drop the first characters of the window."""
        self.text = self.text[length:]
        self.base += length
        self._size = self._chunk_size

    def drain(self) -> None:
        """Read to the end without keeping anything."""
        while self.more():
            self.skip(len(self.text))
        self.skip(len(self.text))

    def byte_offset(self, position: int) -> int:
        """Byte in the file of a position (``base`` plus an index of the window)."""
        return self._unwrap.byte_offset(position) if self._unwrap else position

    @property
    def wrapped(self) -> bool:
        """Whether line breaks of a hard-wrapped file are being taken out."""
        return self._unwrap is not None

    def unwrap(self) -> int:
        """Join lines from here on if the file is cut into lines of one width.

        :return: that width, or 0 if the file is not wrapped
        """
        # A byte order mark was counted into the first line, and is gone from the text
        gone = 1 if self.transcoded else min(self.base, len(UTF8_MARK))
        if self._unwrap or not (found := wrap_of(self.text, gone)):
            return 0
        width, line_end, column = found
        self._unwrap = _Unwrapper(width, line_end, self.base, column)
        text, self.text = self.text, ""
        self.text = self._unwrap.feed(text)
        return width


def wrap_of(text: str, gone: int = 0) -> tuple[int, str, int] | None:
    """Tell whether text is cut into lines of one width, and what ends them.

    Lines that all end in the same mark are segments of one length, not a wrap.

    :param gone: by how many characters at most the first line may be too short
    :return: width, line end, and the column in which the text starts
    """
    first = re.search(r"\r\n|\n|\r", text)
    if not first or first.start() < _MINIMUM_WRAP:
        return None
    line_end = first.group()
    lines = text.split(line_end)
    last = lines.pop()
    while lines and not last.strip(FILE_END):
        last = lines.pop()
    if not lines:
        return None
    width = len(lines[1]) if len(lines) > 1 else first.start()
    column = width - first.start()
    if not 0 <= column <= gone or any(len(line) != width for line in lines[1:]):
        return None
    # One line alone may be a segment of its own, unless it ends inside a header.
    alone = len(lines) < 2 and not 60 <= width < 106
    if alone or len(last.rstrip(FILE_END)) > width:
        return None
    ends = {line[-1] for line in lines}
    if len(lines) > 1 and len(ends) == 1 and not ends.pop().isalnum():
        return None
    return width, line_end, column


class _Unwrapper:
    """Take line ends out of text that has one after every ``width`` characters.

    :param start: position of the first character, which stands in ``column``
    """

    def __init__(self, width: int, line_end: str, start: int, column: int) -> None:
        self._width = width
        self._line_end = line_end
        self._start = start
        self._first = column
        self._period = width + len(line_end)
        self._column = column

    def feed(self, text: str) -> str:
        parts = []
        position = 0
        while position < len(text):
            if self._column < self._width:
                piece = text[position : position + self._width - self._column]
                parts.append(piece)
                step = len(piece)
            else:
                step = min(self._period - self._column, len(text) - position)
            position += step
            self._column = (self._column + step) % self._period
        return "".join(parts)

    def byte_offset(self, position: int) -> int:
        if position < self._start:
            return position
        lines = (position - self._start + self._first) // self._width
        return position + lines * len(self._line_end)
