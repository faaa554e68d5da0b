"""What every file transport can do, and rules that hold for all of them."""

from __future__ import annotations

import datetime as dt
import fnmatch
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from ..core.errors import ConfigurationError, DataError, DistError
from ..core.wire import FileDrop, RemoteFile

MAX_FILE = 100 * 1024 * 1024
TEMPORARY = ".part"
#: Endings of files that their writer has not finished.
UNFINISHED = (TEMPORARY, ".tmp", ".filepart", ".partial")

#: What became of a file: its bytes, or the error of this file alone.
Reading = tuple[RemoteFile, bytes | DistError]
#: Where a file was archived, or the error of this file alone.
Move = tuple[RemoteFile, str | DistError]


class FileTransport(Protocol):
    """Files at a partner. A context manager, for one thread.

    Errors of one file are given with the file; the errors that are raised are those
    of the connection or the folder.
    """

    def __enter__(self) -> FileTransport: ...

    def __exit__(self, *exc_info) -> None: ...

    def list(self, folder: str, pattern: str) -> list[RemoteFile]:
        """Give the finished files of a folder, the oldest first.

        Folders, links, hidden files and names that end like an unfinished file are
        left out.

        :param pattern: shell pattern for the name, upper and lower case told apart
        :raises ConfigurationError: the folder is not there or may not be read
        :raises TransientError: the partner cannot be reached
        """

    def stable(self, files: Sequence[RemoteFile], seconds: float) -> list[RemoteFile]:
        """Give those whose size and time stand still between two looks.

        :param seconds: from now until the second look
        """

    def read_many(self, files: Sequence[RemoteFile]) -> Iterator[Reading]:
        """Give each file with its bytes, or with its error, in the order asked for.

        The error of a file: DataError (over the size limit, a name that is none),
        TransientError (gone, or still growing), ConfigurationError (may not be read).

        :raises TransientError: the connection is lost
        """

    def move_many(self, files: Sequence[RemoteFile], target_folder: str) -> list[Move]:
        """Archive files; never overwrites: a taken name gets the time as a suffix.

        :return: each file with where it stands now, or with its error. What was not
            moved comes again with the next listing.
        :raises TransientError: the connection is lost
        """

    def put(self, drop: FileDrop) -> None:
        """Write a file under a temporary name, then give it its name.

        The same file already there is a success; another one is never overwritten.

        :raises TransientError: nothing is visible at the partner
        :raises UnknownOutcomeError: the renaming was sent, and no answer came
        :raises ConflictError: another file of this name is there
        :raises DataError: the name is none
        :raises ConfigurationError: the folder is not there or may not be written
        """

    def exists(self, folders: Sequence[str], name: str) -> str:
        """Give the folder in which a file of this name stands, or an empty string.

        :raises ConfigurationError: a folder is not there, so "absent" would be a guess
        """


def check_name(name: str) -> str:
    """Give a file name back if it is one.

    :raises DataError: for a path, ``..``, control characters, a name that is not
        UTF-8 or longer than 200 bytes
    """
    reason = ""
    if not name or name in (".", ".."):
        reason = "is empty or names a folder"
    elif "/" in name or "\\" in name:
        reason = "contains a path"
    elif any(
        unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") for letter in name
    ):
        reason = "contains control characters"
    elif any(unicodedata.category(letter) == "Cs" for letter in name):
        reason = "is not UTF-8"
    elif len(name.encode()) > 200:
        reason = "is longer than 200 bytes"
    if reason:
        raise DataError(f"the file name {name[:80]!r} {reason}", path="file name")
    return name


def check_folder(folder: str, *, absolute: bool = True) -> str:
    """Give a folder back, without a slash at its end.

    :param absolute: whether it may begin with a slash
    :raises ConfigurationError: it is empty, climbs with ``..`` or is absolute
    """
    plain = folder.rstrip("/") or folder[:1]
    parts = plain.split("/")
    reason = ""
    if not plain:
        reason = "is empty"
    elif ".." in parts or "\\" in plain:
        reason = "leaves the place it lies in"
    elif not plain.isprintable():
        reason = "contains control characters"
    elif plain.startswith("/") and not absolute:
        reason = "must lie below the root folder"
    if reason:
        raise ConfigurationError(
            f"the folder {folder[:200]!r} {reason}",
            next_step="Correct the folder on the backend or in the profile.",
        )
    return plain


def is_wanted(name: str, pattern: str) -> bool:
    """Say whether an entry of a folder is a finished file that is asked for."""
    hidden = name.startswith(".")
    unfinished = name.lower().endswith(UNFINISHED)
    return not hidden and not unfinished and fnmatch.fnmatchcase(name, pattern)


def oldest_first(files: Iterable[RemoteFile]) -> list[RemoteFile]:
    """Sort files by time, then by name: a partner numbers what it writes at once."""
    return sorted(files, key=lambda file: (file.mtime, file.name))


def standing_still(
    files: Sequence[RemoteFile],
    seconds: float,
    look: Callable[[str, str], list[RemoteFile]],
    sleep: Callable[[float], None],
) -> list[RemoteFile]:
    """Give the files that look the same after so many seconds.

    :param look: ``(folder, pattern)`` to a listing, as the transport's ``list``
    :param sleep: waits; not called when there is nothing to wait for
    """
    if not files:
        return []
    sleep(seconds)
    folders = dict.fromkeys(file.folder for file in files)
    later = {file for folder in folders for file in look(folder, "*")}
    return [file for file in files if file in later]


def temporary_name(name: str) -> str:
    """Give the name a file has while it is written: hidden, and the same each try."""
    return f".{name}{TEMPORARY}"


def archive_names(name: str, now: dt.datetime) -> Iterator[str]:
    """Give names for the archive: its own, then with the time, then numbered too.

    The time comes before any number, so that a file that has the same name every day
    needs two tries and not as many as there are files of that name.
    """
    yield name
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    yield f"{stem}.{stamp}{dot}{ending}"
    for number in range(2, 1000):
        yield f"{stem}.{stamp}.{number}{dot}{ending}"


def too_large(file: RemoteFile, limit: int) -> DataError:
    """Give the error of a file over the limit."""
    return DataError(
        f"the file has {file.size:,} bytes; the limit is {limit:,}",
        path=f"{file.folder}/{file.name}",
        next_step="Ask the sender for smaller files, or raise the limit.",
    )
