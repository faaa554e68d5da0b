"""Read an HTTP answer to its end: within a size, within a time, whole.

The body is unpacked here and not by urllib3, so that a small packed answer cannot
become gigabytes in one step, whatever urllib3 is installed.
"""

import time
import zlib

import requests

from ..core.codecs.archive import MAX_RATIO, is_bomb

_CHUNK = 64 * 1024


class TooLarge(Exception):
    """The answer, unpacked, is over the limit."""


class TooSlow(Exception):
    """The answer trickles in for longer than a whole call may take."""


class Unreadable(Exception):
    """The answer is packed in a way we did not ask for, or broken."""


def read_body(response: requests.Response, limit: int, deadline: float) -> bytes:
    """Give the unpacked body of a streamed answer.

    :param limit: bytes, unpacked
    :param deadline: ``time.monotonic()`` at which the call must be over
    :raises TooLarge, TooSlow, Unreadable: as their names say
    :raises urllib3.exceptions.HTTPError: the connection broke or the body is short
    """
    unpack = _unpacker(response.headers.get("Content-Encoding", ""))
    raw = response.raw
    # read1 gives what is there; read would wait for a full chunk and let a partner
    # that sends a byte a second pass every deadline (urllib3 below 2.1 has no read1)
    read = getattr(raw, "read1", None) or raw.read
    body, packed = bytearray(), 0
    while chunk := read(_CHUNK, decode_content=False):
        if time.monotonic() > deadline:
            raise TooSlow
        packed += len(chunk)
        body += unpack(chunk, limit - len(body))
        if is_bomb(len(body), packed):
            raise Unreadable(f"it unpacks to more than {MAX_RATIO} times its size")
        if len(body) > limit:
            raise TooLarge
    unpack(b"", 0)
    return bytes(body)


def _unpacker(encoding: str):
    """Give ``unpack(chunk, room)``: at most ``room`` + 1 bytes come out of a chunk.

    An empty chunk is the end: what is unfinished then was cut.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return lambda chunk, room: chunk
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise Unreadable(f"the answer is packed as {encoding[:40]!r}")
    packer = zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: gzip or zlib, by its header
    begun = False

    def unpack(chunk: bytes, room: int) -> bytes:
        nonlocal begun
        if not chunk and begun and not packer.eof:
            raise Unreadable("the packed answer is cut")
        begun = begun or bool(chunk)
        try:
            plain = packer.decompress(chunk, room + 1)
        except zlib.error:
            raise Unreadable("the packed answer is broken") from None
        if packer.unused_data:
            raise Unreadable("something follows the end of the packed answer")
        return plain

    return unpack
