"""Files that count only with a done-file beside them, over any file transport."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..core.wire import FileDrop, RemoteFile
from .files import FileTransport


class Listed(NamedTuple):
    """What a folder holds.

    :ivar whole: files that may be read, the oldest first
    :ivar done: the done-files that say so, to be archived with them
    :ivar waiting: files without a done-file
    """

    whole: list[RemoteFile]
    done: list[RemoteFile]
    waiting: list[RemoteFile]


def list_whole(
    files: FileTransport,
    folder: str,
    pattern: str,
    stable_seconds: float,
    done_of: Callable[[str], str],
) -> Listed:
    """List the files that their writer has finished.

    With done-files, those that have one: it may not be older than the file, so that one
    that was left behind does not vouch for a new file of the same name. Without, those
    that stand still.

    :param done_of: name of a file to the name of its done-file; empty: there are none
    """
    found = files.list(folder, pattern)
    if not any(done_of(file.name) for file in found):
        return Listed(files.stable(found, stable_seconds), [], [])
    # the done-files are listed after the files: what grows in between is noticed when
    # it is read, as its size is another than the first listing told
    there = {file.name: file for file in files.list(folder, "*")}
    done_names = {done_of(name) for name in there}
    listed = Listed([], [], [])
    for file in found:
        if file.name in done_names:
            continue
        done = there.get(done_of(file.name))
        if done and done.mtime >= file.mtime:
            listed.whole.append(file)
            listed.done.append(done)
        else:
            listed.waiting.append(file)
    return listed


def put_whole(files: FileTransport, drop: FileDrop, done: str) -> None:
    """Write a file, then its done-file if there is to be one.

    A try that failed between the two can be repeated: the same file already there is a
    success.

    :param done: name of the done-file, or empty
    """
    files.put(drop)
    if done:
        files.put(FileDrop(drop.folder, done, b""))


def find_whole(
    files: FileTransport, folders: Sequence[str], name: str, done: str
) -> str:
    """Give the folder in which a written file stands, or an empty string.

    In the first folder, which is the one we write to, a file without its done-file does
    not count: the partner would never take it, and writing it again completes it. From
    the others the partner may have removed the done-file.

    :param done: name of the done-file, or empty
    """
    found = files.exists(folders, name)
    if not done or found != folders[0]:
        return found
    return files.exists(folders[:1], done)
