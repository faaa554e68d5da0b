"""What is already built: stamp files with a hash, and a lock around building."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .progress import say


def digest(*parts: str | bytes) -> str:
    """Short hash of strings and bytes, the same on every machine."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        sha.update(len(data).to_bytes(8, "big") + data)
    return sha.hexdigest()[:12]


def digest_files(files: Iterable[Path], root: Path) -> str:
    """Hash of the files' relative names and contents, in sorted order."""
    parts: list[str | bytes] = []
    for path in sorted(files):
        parts += [str(path.relative_to(root)), path.read_bytes()]
    return digest(*parts)


def is_stamped(folder: Path, name: str, value: str) -> bool:
    """Whether step `name` was finished for exactly this `value`."""
    path = folder / name
    return path.is_file() and path.read_text() == value


def stamp(folder: Path, name: str, value: str) -> None:
    """Note that step `name` is finished; renamed into place, so never half written."""
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{name}.new"
    temporary.write_text(value)
    temporary.rename(folder / name)


@contextmanager
def build_lock(path: Path) -> Iterator[None]:
    """Let one process build at a time; released by the kernel if we are killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another process is building; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
