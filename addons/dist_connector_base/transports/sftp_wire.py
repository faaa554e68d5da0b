"""SFTP version 3 in packets, with many requests on the way at once.

Source: draft-ietf-secsh-filexfer-02. A step of work is a generator: it yields a list of
requests and is resumed with their replies. ``Pipeline.run`` keeps many of them going
over one channel and sends what is ready in one piece: a partner is 20 ms away, and a
packet each costs more than the file in it.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from typing import Any, NamedTuple

OPEN, CLOSE, READ, WRITE, LSTAT, FSTAT = 3, 4, 5, 6, 7, 8
OPENDIR, READDIR, REMOVE, MKDIR, STAT, RENAME, EXTENDED = 11, 12, 13, 14, 17, 18, 200
STATUS, HANDLE, DATA, NAME, ATTRS = 101, 102, 103, 104, 105

OK, EOF, NO_SUCH_FILE, PERMISSION_DENIED, FAILURE = 0, 1, 2, 3, 4
ALREADY_EXISTS = 11  # of later versions; some servers send it anyway

FLAG_READ, FLAG_WRITE, FLAG_CREATE, FLAG_TRUNCATE = 0x01, 0x02, 0x08, 0x10

#: Bytes asked for in one READ or sent in one WRITE: what every server must take.
CHUNK = 32768
_LARGEST_PACKET = 1024 * 1024
_U32, _U64 = struct.Struct(">I"), struct.Struct(">Q")
_HEAD = struct.Struct(">IBI")


class ProtocolBroken(Exception):
    """The server sent what SFTP does not allow; the connection is of no more use."""


class Request(NamedTuple):
    """A packet without its number."""

    kind: int
    payload: bytes


class Reply(NamedTuple):
    """An answer.

    :ivar status: the status code; OK for an answer that carries data
    """

    kind: int
    payload: bytes
    status: int

    @property
    def ok(self) -> bool:
        return self.status == OK


Steps = Generator[list[Request], list[Reply], Any]


def text(value: str | bytes) -> bytes:
    """Write a string with its length; a name that is not UTF-8 goes back as it came."""
    raw = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    return _U32.pack(len(raw)) + raw


def open_file(path: str, flags: int) -> Request:
    return Request(OPEN, text(path) + _U32.pack(flags) + _U32.pack(0))


def on_path(kind: int, path: str) -> Request:
    """LSTAT, STAT, OPENDIR or REMOVE of a path."""
    return Request(kind, text(path))


def on_handle(kind: int, handle: bytes) -> Request:
    """CLOSE, FSTAT or READDIR of a handle."""
    return Request(kind, text(handle))


def make_folder(path: str) -> Request:
    return Request(MKDIR, text(path) + _U32.pack(0))


def read(handle: bytes, offset: int, length: int) -> Request:
    return Request(READ, text(handle) + _U64.pack(offset) + _U32.pack(length))


def write(handle: bytes, offset: int, content: bytes) -> Request:
    return Request(WRITE, text(handle) + _U64.pack(offset) + text(content))


def rename(source: str, target: str) -> Request:
    """Rename; it is an error if the target is there (draft, 6.5)."""
    return Request(RENAME, text(source) + text(target))


def posix_rename(source: str, target: str) -> Request:
    """Rename over whatever is there (OpenSSH, PROTOCOL, 4.3)."""
    name = text("posix-rename@openssh.com")
    return Request(EXTENDED, name + text(source) + text(target))


def take_text(payload: bytes, at: int = 0) -> tuple[bytes, int]:
    """Give the string at a place, and the place after it."""
    (length,) = _U32.unpack_from(payload, at)
    end = at + 4 + length
    if end > len(payload):
        raise ProtocolBroken("a string is longer than its packet")
    return payload[at + 4 : end], end


class Attributes(NamedTuple):
    """What a listing tells; ``mode`` is None where the server does not say."""

    size: int
    mode: int | None
    mtime: int


def take_attributes(payload: bytes, at: int = 0) -> tuple[Attributes, int]:
    """Give the attributes at a place, and the place after them (draft, 5)."""
    (flags,) = _U32.unpack_from(payload, at)
    at += 4
    size, mode, mtime = 0, None, 0
    if flags & 0x1:
        (size,) = _U64.unpack_from(payload, at)
        at += 8
    if flags & 0x2:
        at += 8  # user and group
    if flags & 0x4:
        (mode,) = _U32.unpack_from(payload, at)
        at += 4
    if flags & 0x8:
        (mtime,) = _U32.unpack_from(payload, at + 4)
        at += 8
    if flags & 0x80000000:
        (count,) = _U32.unpack_from(payload, at)
        at += 4
        for _pair in range(2 * count):
            _ignored, at = take_text(payload, at)
    return Attributes(size, mode, mtime), at


def take_names(payload: bytes) -> Iterator[tuple[str, Attributes]]:
    """Give the entries of a NAME reply."""
    (count,) = _U32.unpack_from(payload)
    at = 4
    for _entry in range(count):
        name, at = take_text(payload, at)
        _long_name, at = take_text(payload, at)
        attributes, at = take_attributes(payload, at)
        yield name.decode("utf-8", "surrogateescape"), attributes


class Job(NamedTuple):
    """One piece of work of a run.

    :ivar steps: what is done
    :ivar weight: bytes it will hold in memory
    """

    steps: Steps
    weight: int = 0


class _Active:
    """A job on its way: which of its replies are still missing, how it ended."""

    def __init__(self, job: Job) -> None:
        self.steps, self.weight = job.steps, job.weight
        self.replies: list[Reply | None] = []
        self.missing = 0
        self.ended = False
        self.result: Any = None


class _Queue:
    """Jobs begun and not yet handed over, in order; bounded in number and size."""

    def __init__(self, waiting: Iterator[Job], jobs: int, weight: int) -> None:
        self._waiting, self._most_jobs, self._most_weight = waiting, jobs, weight
        self._begun: deque[_Active] = deque()
        self._weight = 0
        self._more = True

    def begin(self) -> Iterator[_Active]:
        """Give the jobs for which there is room now."""
        while self._more and len(self._begun) < self._most_jobs:
            if self._begun and self._weight > self._most_weight:
                return
            job = next(self._waiting, None)
            if job is None:
                self._more = False
                return
            active = _Active(job)
            self._weight += active.weight
            self._begun.append(active)
            yield active

    def finished(self) -> Iterator[Any]:
        """Hand over the results of all that ended before the first that did not."""
        while self._begun and self._begun[0].ended:
            active = self._begun.popleft()
            self._weight -= active.weight
            yield active.result

    def is_empty(self) -> bool:
        return not self._begun and not self._more


class Pipeline:
    """Many requests on the way over one channel.

    :param channel: anything with ``sendall`` and ``recv``
    :param jobs: most jobs begun and not yet handed over
    :param weight: most bytes of them, unless one alone is heavier
    """

    def __init__(
        self, channel, *, jobs: int = 64, weight: int = 16 * 1024 * 1024
    ) -> None:
        self._channel = channel
        self._most_jobs, self._most_weight = jobs, weight
        self._buffer = bytearray()
        self._unheard: set[int] = set()
        # far from the numbers of the SFTP client that opened the channel
        self._number = 0x40000000

    def do(self, steps: Steps) -> Any:
        """Do one piece of work and give its result."""
        (result,) = self.run([Job(steps)])
        return result

    def run(self, jobs: Iterable[Job]) -> Iterator[Any]:
        """Do many, and give their results in the order of the jobs.

        An error of a job leaves here. What was on the way then, or when the caller
        stops listening, is answered to nobody.
        """
        queue = _Queue(iter(jobs), self._most_jobs, self._most_weight)
        asked: dict[int, tuple[_Active, int]] = {}
        outgoing: list[bytes] = []
        try:
            while True:
                for active in queue.begin():
                    self._advance(active, None, asked, outgoing)
                if outgoing:
                    self._channel.sendall(b"".join(outgoing))
                    outgoing.clear()
                yield from queue.finished()
                if asked:
                    for active in self._receive(asked):
                        self._advance(active, active.replies, asked, outgoing)
                elif queue.is_empty():
                    return
        finally:
            self._unheard.update(asked)

    def _advance(self, active, replies, asked, outgoing) -> None:
        """Resume a job until it asks for something, or ends."""
        try:
            requests = active.steps.send(replies)
            while not requests:
                requests = active.steps.send([])
        except StopIteration as end:
            active.result, active.ended = end.value, True
            return
        active.replies, active.missing = [None] * len(requests), len(requests)
        for index, request in enumerate(requests):
            self._number = 0x40000000 | (self._number + 1) & 0x3FFFFFFF
            asked[self._number] = active, index
            size = len(request.payload) + 5
            outgoing.append(_HEAD.pack(size, request.kind, self._number))
            outgoing.append(request.payload)

    def _receive(self, asked) -> list[_Active]:
        """Wait for replies; give the jobs that have all theirs."""
        ready = []
        for number, reply in self._packets():
            if number in self._unheard:
                self._unheard.discard(number)
                continue
            if number not in asked:
                raise ProtocolBroken(f"an answer to a question nobody asked: {number}")
            active, index = asked.pop(number)
            active.replies[index] = reply
            active.missing -= 1
            if not active.missing:
                ready.append(active)
        return ready

    def _packets(self) -> list[tuple[int, Reply]]:
        """Wait for at least one packet; give all that are here."""
        packets: list[tuple[int, Reply]] = []
        buffer = self._buffer
        while not packets:
            received = self._channel.recv(256 * 1024)
            if not received:
                raise EOFError("the server closed the connection")
            buffer += received
            at = 0
            while len(buffer) - at >= 9:
                size, kind, number = _HEAD.unpack_from(buffer, at)
                if not 5 <= size <= _LARGEST_PACKET:
                    raise ProtocolBroken(f"a packet of {size} bytes")
                end = at + 4 + size
                if len(buffer) < end:
                    break
                packets.append((number, _reply(kind, bytes(buffer[at + 9 : end]))))
                at = end
            del buffer[:at]
        return packets


def _reply(kind: int, payload: bytes) -> Reply:
    if kind != STATUS:
        return Reply(kind, payload, OK)
    if len(payload) < 4:
        raise ProtocolBroken("a status without a code")
    return Reply(kind, payload, _U32.unpack_from(payload)[0])
