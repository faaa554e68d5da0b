"""Packed files: unpacked in memory, within a size and a ratio, never onto a disk."""

import io
import zipfile
import zlib
from typing import Any

from ..errors import DataError
from .bytes_text import MAX_SIZE

#: How many times larger than packed a content may be. Text packs 5 to 20 times.
MAX_RATIO = 200
#: Unpacked bytes below which the ratio says nothing.
RATIO_FROM = 1024 * 1024
MAX_MEMBERS = 1000

_CHUNK = 64 * 1024


def gunzip(payload: bytes, limit: int = MAX_SIZE) -> bytes:
    """Unpack gzip.

    :raises DataError: broken, cut, over the limit, or packed beyond all proportion
    """
    packer = zlib.decompressobj(zlib.MAX_WBITS | 16)
    plain = bytearray()
    left = payload
    try:
        while left and not packer.eof:
            plain += packer.decompress(left, _CHUNK)
            left = packer.unconsumed_tail
            check_size(len(plain), len(payload), limit)
    except zlib.error as exc:
        raise DataError("is not gzip, or broken") from exc
    if not packer.eof:
        raise DataError("the gzip file is cut")
    if packer.unused_data:
        raise DataError("something follows the end of the gzip file")
    return bytes(plain)


def unzip(payload: bytes, limit: int = MAX_SIZE) -> list[tuple[str, bytes]]:
    """Unpack zip; what the archive says of sizes is not believed.

    :param limit: bytes of all contents together
    :return: ``(name, content)`` of its files, in the order of the archive
    :raises DataError: broken, encrypted, too many files, over the limit, or packed
        beyond all proportion
    """
    files: list[tuple[str, bytes]] = []
    size = 0
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            entries = [info for info in archive.infolist() if not info.is_dir()]
            if len(entries) > MAX_MEMBERS:
                raise DataError(f"holds {len(entries)} files, {MAX_MEMBERS} at most")
            for info in entries:
                if info.flag_bits & 1:
                    raise DataError("is encrypted", path=info.filename[:120])
                content = bytearray()
                with archive.open(info) as stream:
                    while chunk := stream.read(_CHUNK):
                        content += chunk
                        check_size(size + len(content), len(payload), limit)
                size += len(content)
                files.append((info.filename, bytes(content)))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as exc:
        raise DataError(f"is not a zip file that can be read ({exc})") from exc
    if not files:
        raise DataError("holds no file")
    return files


def check_size(plain: int, packed: int, limit: int) -> None:
    """Refuse a content that grows too much.

    :param plain: bytes unpacked so far
    :param packed: bytes of the whole packed content
    :raises DataError: over the limit or the ratio
    """
    if plain > limit:
        raise DataError(
            f"holds more than {limit:,} bytes when unpacked",
            next_step="Ask the sender for smaller files.",
        )
    if is_bomb(plain, packed):
        raise DataError(
            f"unpacks to more than {MAX_RATIO} times its size",
            next_step="Ask the sender what this file is; no document packs so well.",
        )


def is_bomb(plain: int, packed: int) -> bool:
    """Say whether a content grows beyond all proportion."""
    return plain > RATIO_FROM and plain > MAX_RATIO * max(packed, 1)


def unpack(payload: bytes, kind: str, read: Any) -> Any:
    """Unpack and read.

    :param kind: ``gzip`` or ``zip``
    :param read: reads the bytes of one file
    :return: what the one file holds; for a zip, ``[{name, content}]``
    """
    if kind == "gzip":
        return read(gunzip(payload))
    return [{"name": name, "content": read(held)} for name, held in unzip(payload)]
