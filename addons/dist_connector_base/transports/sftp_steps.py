"""What is done with one file over SFTP, step by step, as ``sftp_wire`` runs it.

Each function is a generator: it yields requests, gets their replies, and returns a
result or the error of this one file. Errors of the connection are not caught here.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ..core.errors import (
    ConfigurationError,
    ConflictError,
    DataError,
    DistError,
    TransientError,
)
from ..core.wire import FileDrop, RemoteFile
from . import sftp_wire as wire
from .files import archive_names, check_name, temporary_name, too_large
from .sftp_wire import Reply, Steps

#: READs or WRITEs of one file that are on the way at once.
_BURST = 32
#: READDIRs on the way at once; a reply holds about 100 names.
_LISTING_BURST = 16


def refused(reply: Reply, path: str, action: str) -> DistError:
    """Give the error of a status other than OK."""
    if reply.status == wire.PERMISSION_DENIED:
        return ConfigurationError(
            f"the server does not allow {action}",
            path=path,
            next_step="Ask the partner for the right to do it, or correct the folder.",
        )
    if reply.status == wire.NO_SUCH_FILE:
        return TransientError(f"{action} failed: it is no longer there", path=path)
    return TransientError(f"{action} failed (SFTP status {reply.status})", path=path)


def _missing_folder(folder: str) -> ConfigurationError:
    return ConfigurationError(
        f"there is no folder {folder!r} at the partner",
        path=folder,
        next_step="Correct the folder on the backend, or ask the partner to make it.",
    )


def list_folder(folder: str) -> Steps:
    """Return ``[(name, attributes)]`` of all entries, or an error."""
    (opened,) = yield [wire.on_path(wire.OPENDIR, folder)]
    if opened.status == wire.NO_SUCH_FILE:
        return _missing_folder(folder)
    if not opened.ok:
        return refused(opened, folder, "listing the folder")
    handle, _end = wire.take_text(opened.payload)
    entries: list[tuple[str, wire.Attributes]] = []
    failed: Reply | None = None
    ended = False
    while not ended:
        replies = yield [wire.on_handle(wire.READDIR, handle)] * _LISTING_BURST
        for reply in replies:
            if reply.kind == wire.NAME:
                entries += wire.take_names(reply.payload)
                continue
            ended = True
            if reply.status != wire.EOF:
                failed = reply
    yield [wire.on_handle(wire.CLOSE, handle)]
    return refused(failed, folder, "listing the folder") if failed else entries


def read_file(file: RemoteFile, folder: str, limit: int) -> Steps:
    """Return the bytes, or the file's error.

    The last READ asks for one byte more than the listing told: a file that has grown
    meanwhile shows itself without another question.
    """
    path = f"{folder}/{file.name}"
    try:
        check_name(file.name)
    except DataError as exc:
        return exc
    if file.size > limit:
        return too_large(file, limit)
    (opened,) = yield [wire.open_file(path, wire.FLAG_READ)]
    if not opened.ok:
        return refused(opened, path, "reading the file")
    handle, _end = wire.take_text(opened.payload)
    content = bytearray()
    while True:
        requests = _reads(handle, len(content), file.size + 1)
        # requests of one handle are done in order (draft, 4.1): CLOSE need not wait
        last = len(content) + _BURST * wire.CHUNK > file.size
        replies = yield requests + [wire.on_handle(wire.CLOSE, handle)] * last
        complete, error = _gather(replies[: len(requests)], requests, content, path)
        if error is None and complete and not last:
            continue
        if not last:
            yield [wire.on_handle(wire.CLOSE, handle)]
        if error is None and len(content) != file.size:
            error = TransientError(
                f"the file had {file.size:,} bytes and now has another size: it is "
                "still being written",
                path=path,
            )
        return error or bytes(content)


def _reads(handle: bytes, begin: int, end: int) -> list[wire.Request]:
    stop = min(end, begin + _BURST * wire.CHUNK)
    return [
        wire.read(handle, offset, min(wire.CHUNK, stop - offset))
        for offset in range(begin, stop, wire.CHUNK)
    ]


def _gather(
    replies: Sequence[Reply], requests, content: bytearray, path: str
) -> tuple[bool, DistError | None]:
    """Add the data of READs; say whether all came full, and what went wrong."""
    for reply, request in zip(replies, requests, strict=True):
        if reply.kind != wire.DATA:
            if reply.status == wire.EOF:
                return False, None
            return False, refused(reply, path, "reading the file")
        data, _end = wire.take_text(reply.payload)
        content += data
        if len(data) != int.from_bytes(request.payload[-4:], "big"):
            return False, None
    return True, None


def ensure_folder(folder: str) -> Steps:
    """Make a folder if it is not there; return None, or an error."""
    (seen,) = yield [wire.on_path(wire.STAT, folder)]
    if seen.ok:
        return None
    (made,) = yield [wire.make_folder(folder)]
    if made.ok:
        return None
    (seen,) = yield [wire.on_path(wire.STAT, folder)]  # another worker may have made it
    return None if seen.ok else _missing_folder(folder)


def move_file(
    file: RemoteFile, folder: str, target: str, now: dt.datetime, careful: bool
) -> Steps:
    """Return the path the file has now, or its error.

    :param careful: look for the target first, as the server may overwrite it
    """
    path = f"{folder}/{file.name}"
    try:
        check_name(file.name)
    except DataError as exc:
        return exc
    for name in archive_names(file.name, now):
        goal = f"{target}/{name}"
        if careful:
            (seen,) = yield [wire.on_path(wire.LSTAT, goal)]
            if seen.ok:
                continue
        (renamed,) = yield [wire.rename(path, goal)]
        if renamed.ok:
            return goal
        if renamed.status in (wire.NO_SUCH_FILE, wire.PERMISSION_DENIED):
            return refused(renamed, path, "archiving the file")
        (seen,) = yield [wire.on_path(wire.LSTAT, goal)]
        if not seen.ok:
            return refused(renamed, path, "archiving the file")
    return TransientError("the archive has too many files of this name", path=path)


@dataclass
class Progress:
    """How far a ``put_file`` came, for whoever must classify a lost connection."""

    renaming: bool = False


def put_file(folder: str, drop: FileDrop, progress: Progress) -> Steps:
    """Return None when the file stands there under its name, or an error."""
    goal = f"{folder}/{drop.name}"
    temporary = f"{folder}/{temporary_name(drop.name)}"
    there = yield from _compare(goal, drop.content)
    if there is not None:
        return _conflict(goal) if there is False else None
    error = yield from _write(folder, temporary, drop.content)
    if error:
        return error
    progress.renaming = True
    (renamed,) = yield [wire.rename(temporary, goal)]
    progress.renaming = False
    if renamed.ok:
        return None
    there = yield from _compare(goal, drop.content)
    if there is not None:  # somebody was faster
        yield [wire.on_path(wire.REMOVE, temporary)]
        return _conflict(goal) if there is False else None
    # the server cannot rename by link: the other way, now that nothing is there
    progress.renaming = True
    (forced,) = yield [wire.posix_rename(temporary, goal)]
    progress.renaming = False
    return None if forced.ok else refused(renamed, goal, "renaming the new file")


def _conflict(path: str) -> ConflictError:
    return ConflictError(
        "another file of this name is at the partner; it was not overwritten", path=path
    )


def _write(folder: str, path: str, content: bytes) -> Steps:
    """Write a whole file; return None or an error."""
    flags = wire.FLAG_WRITE | wire.FLAG_CREATE | wire.FLAG_TRUNCATE
    (opened,) = yield [wire.open_file(path, flags)]
    if opened.status == wire.NO_SUCH_FILE:
        return _missing_folder(folder)
    if not opened.ok:
        return refused(opened, path, "writing a new file")
    handle, _end = wire.take_text(opened.payload)
    wrong: Reply | None = None
    step = _BURST * wire.CHUNK
    for begin in range(0, len(content), step):
        stop = min(len(content), begin + step)
        replies = yield [
            wire.write(handle, offset, content[offset : min(stop, offset + wire.CHUNK)])
            for offset in range(begin, stop, wire.CHUNK)
        ]
        wrong = next((reply for reply in replies if not reply.ok), None)
        if wrong:
            break
    told, closed = yield [
        wire.on_handle(wire.FSTAT, handle),
        wire.on_handle(wire.CLOSE, handle),
    ]
    wrong = wrong or next((reply for reply in (told, closed) if not reply.ok), None)
    if wrong:
        return refused(wrong, path, "writing a new file")
    attributes, _end = wire.take_attributes(told.payload)
    if attributes.size != len(content):
        return TransientError("the new file did not arrive whole", path=path)
    return None


def _compare(path: str, content: bytes) -> Steps:
    """Return None if nothing is there, else whether it is the same content."""
    (seen,) = yield [wire.on_path(wire.LSTAT, path)]
    if not seen.ok:
        return None
    attributes, _end = wire.take_attributes(seen.payload)
    if attributes.size != len(content):
        return False
    folder, _slash, name = path.rpartition("/")
    there = yield from read_file(
        RemoteFile(folder, name, attributes.size, 0.0), folder, attributes.size
    )
    return there == content


def find_file(folders: Sequence[str], name: str) -> Steps:
    """Return the index of the folder that has the file, None, or an error."""
    requests = [wire.on_path(wire.LSTAT, f"{folder}/{name}") for folder in folders]
    requests += [wire.on_path(wire.STAT, folder) for folder in folders]
    replies = yield requests
    for index, reply in enumerate(replies[: len(folders)]):
        if reply.ok:
            return index
    for index, folder in enumerate(folders):
        file_reply, folder_reply = replies[index], replies[len(folders) + index]
        if folder_reply.status == wire.NO_SUCH_FILE:
            return _missing_folder(folder)
        for reply in (folder_reply, file_reply):
            if not reply.ok and reply.status != wire.NO_SUCH_FILE:
                return refused(reply, folder, "looking into the folder")
    return None
