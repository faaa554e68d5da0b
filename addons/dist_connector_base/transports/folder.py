"""Files in a local or mounted folder; the same verbs as over SFTP."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import (
    ConfigurationError,
    ConflictError,
    DataError,
    DistError,
    SecurityError,
    TransientError,
)
from ..core.wire import FileDrop, RemoteFile
from .files import (
    MAX_FILE,
    Move,
    Reading,
    archive_names,
    check_folder,
    check_name,
    is_wanted,
    oldest_first,
    standing_still,
    temporary_name,
    too_large,
)

#: Failures that a person must mend; all others of the file system may pass.
_LASTING = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EXDEV)
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc)


@dataclass(frozen=True)
class FolderSettings:
    """Where the folders lie.

    :ivar root: absolute path; nothing outside it is read or written
    :ivar max_file: bytes of a file that is read
    """

    root: str
    max_file: int = MAX_FILE


class FolderTransport:
    """Files in a folder; see ``files.FileTransport`` for what each verb promises."""

    def __init__(
        self,
        settings: FolderSettings,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], dt.datetime] = _utc_now,
    ) -> None:
        self.settings = settings
        self._sleep, self._now = sleep, now

    def __enter__(self) -> FolderTransport:
        root = Path(self.settings.root)
        if not root.is_absolute() or not root.is_dir():
            raise ConfigurationError(
                f"{self.settings.root!r} is no folder of this server",
                next_step="Enter the absolute path of a folder that exists.",
            )
        return self

    def __exit__(self, *_exc_info) -> None:
        """Nothing is held open."""

    def list(self, folder: str, pattern: str) -> list[RemoteFile]:
        """Give the finished files of a folder, the oldest first."""
        place = self._folder(folder)
        found = []
        with _classified(folder, "listing the folder"), os.scandir(place) as entries:
            for entry in entries:
                if not is_wanted(entry.name, pattern):
                    continue
                with contextlib.suppress(FileNotFoundError):  # taken away meanwhile
                    # links are listed: reading tells whether they leave the root
                    seen = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(seen.st_mode) or stat.S_ISLNK(seen.st_mode):
                        found.append(_remote_file(folder, entry, seen))
        return oldest_first(found)

    def stable(self, files: Sequence[RemoteFile], seconds: float) -> list[RemoteFile]:
        """Give those that look the same after so many seconds."""
        return standing_still(files, seconds, self.list, self._sleep)

    def read_many(self, files: Sequence[RemoteFile]) -> Iterator[Reading]:
        """Give each file with its bytes or its error, in the order asked for."""
        for file in files:
            try:
                yield file, self._read(file)
            except DistError as exc:
                yield file, exc

    def move_many(self, files: Sequence[RemoteFile], target_folder: str) -> list[Move]:
        """Archive files; a name that is taken gets the time as a suffix."""
        if not files:
            return []
        path = f"{target_folder}"
        with _classified(path, "making the archive folder"):
            target = self._folder(target_folder, make=True)
        moved: list[Move] = []
        for file in files:
            try:
                moved.append((file, self._move(file, target, target_folder)))
            except DistError as exc:
                moved.append((file, exc))
        if moved:
            _sync_folder(target)
        return moved

    def put(self, drop: FileDrop) -> None:
        """Write under a temporary name, make it durable, give it its name."""
        check_name(drop.name)
        place = self._folder(drop.folder)
        goal, temporary = place / drop.name, place / temporary_name(drop.name)
        with _classified(f"{drop.folder}/{drop.name}", "writing a new file"):
            if os.path.lexists(goal):
                return _same_or_conflict(goal, drop)
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()  # of a try that was cut off
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with os.fdopen(os.open(temporary, flags, 0o660), "wb") as file:
                file.write(drop.content)
                file.flush()
                os.fsync(file.fileno())
            try:
                _rename_to_new(temporary, goal)
            except FileExistsError:  # somebody was faster
                temporary.unlink()
                return _same_or_conflict(goal, drop)
            _sync_folder(place)
        return None

    def exists(self, folders: Sequence[str], name: str) -> str:
        """Give the folder in which a file of this name stands, or an empty string."""
        check_name(name)
        for folder in folders:
            with _classified(folder, "looking into the folder"):
                if os.path.lexists(self._folder(folder) / name):
                    return folder
        return ""

    def _folder(self, folder: str, *, make: bool = False) -> Path:
        """Give the real path of a folder below the root."""
        root = Path(self.settings.root).resolve()
        place = (root / check_folder(folder, absolute=False)).resolve()
        if not place.is_relative_to(root):
            raise SecurityError(
                f"the folder {folder!r} is a link that leaves the root folder",
                path=folder,
                next_step="Find out who made the link; files lie below the root only.",
            )
        if make:
            place.mkdir(exist_ok=True)
        if not place.is_dir():
            raise ConfigurationError(
                f"there is no folder {folder!r}",
                path=folder,
                next_step="Correct the folder on the backend, or make it.",
            )
        return place

    def _read(self, file: RemoteFile) -> bytes:
        check_name(file.name)
        shown = f"{file.folder}/{file.name}"
        limit = self.settings.max_file
        if file.size > limit:
            raise too_large(file, limit)
        path = self._inside(self._folder(file.folder) / file.name, shown)
        with _classified(shown, "reading the file"):
            # the path holds no link any more; one that appears now is refused
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as stream:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise DataError("this is no plain file", path=shown)
                content = stream.read(limit + 1)
        if path.name == file.name and len(content) != file.size:
            raise TransientError("the file is still being written", path=shown)
        if len(content) > limit:
            raise too_large(file, limit)
        return content

    def _inside(self, path: Path, shown: str) -> Path:
        real = path.resolve()
        if not real.is_relative_to(Path(self.settings.root).resolve()):
            raise SecurityError(
                "the file is a link that leaves the root folder",
                path=shown,
                next_step="Find out who made the link, and remove it.",
            )
        return real

    def _move(self, file: RemoteFile, target: Path, target_folder: str) -> str:
        check_name(file.name)
        source = self._folder(file.folder) / file.name
        with _classified(f"{file.folder}/{file.name}", "archiving the file"):
            for name in archive_names(file.name, self._now()):
                try:
                    _rename_to_new(source, target / name)
                except FileExistsError:
                    continue
                return f"{target_folder}/{name}"
        raise TransientError(
            "the archive has too many files of this name",
            path=f"{file.folder}/{file.name}",
        )


def _remote_file(folder: str, entry: os.DirEntry, seen: os.stat_result) -> RemoteFile:
    return RemoteFile(folder, entry.name, seen.st_size, seen.st_mtime)


def _rename_to_new(source: Path, target: Path) -> None:
    """Rename; FileExistsError if the target is there, decided by the file system.

    Where there are no hard links (network drives), the target is looked for first:
    only there another writer could come in between.
    """
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as exc:
        if exc.errno not in _NO_LINKS:
            raise
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "is there", str(target)) from exc
        source.rename(target)
        return
    source.unlink()


def _same_or_conflict(goal: Path, drop: FileDrop) -> None:
    same = goal.is_file() and not goal.is_symlink()
    if not same or goal.read_bytes() != drop.content:
        raise ConflictError(
            "another file of this name is there; it was not overwritten",
            path=f"{drop.folder}/{drop.name}",
        )


def _sync_folder(folder: Path) -> None:
    """Make a rename durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _classified(path: str, action: str) -> Iterator[None]:
    """Give the file system's errors their class."""
    try:
        yield
    except FileNotFoundError as exc:
        raise TransientError(f"{action} failed: it is not there", path=path) from exc
    except OSError as exc:
        reason = exc.strerror or type(exc).__name__
        text = f"{action} failed: {reason.lower()}"
        if exc.errno in _LASTING:
            raise ConfigurationError(
                text,
                path=path,
                next_step="Give the server's user the right to it, or correct the "
                "folder on the backend.",
            ) from exc
        raise TransientError(text, path=path) from exc
