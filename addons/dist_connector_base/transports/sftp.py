"""Files at a partner over SFTP: one connection, many requests on the way at once."""

from __future__ import annotations

import contextlib
import datetime as dt
import stat
import time
from collections.abc import Callable, Iterator, Sequence

import paramiko

from ..core.errors import DistError, TransientError, UnknownOutcomeError
from ..core.wire import FileDrop, RemoteFile
from . import sftp_steps as steps
from .files import (
    Move,
    Reading,
    check_folder,
    check_name,
    is_wanted,
    oldest_first,
    standing_still,
)
from .sftp_session import SftpSettings, open_session
from .sftp_wire import Job, Pipeline, ProtocolBroken, Steps

__all__ = ["SftpSettings", "SftpTransport"]

_LOST = (paramiko.SSHException, OSError, EOFError, ProtocolBroken)


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc)


class SftpTransport:
    """Files over SFTP; see ``files.FileTransport`` for what each verb promises.

    Opens its connection with the first use, or with ``with``.
    """

    def __init__(
        self,
        settings: SftpSettings,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], dt.datetime] = _utc_now,
    ) -> None:
        self.settings = settings
        self._sleep, self._now = sleep, now
        self._session = None
        self._pipeline: Pipeline | None = None
        self._careful = True

    def __enter__(self) -> SftpTransport:
        self._open()
        return self

    def __exit__(self, *_exc_info) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; also one that is lost already."""
        session, self._session, self._pipeline = self._session, None, None
        if session is not None:
            # paramiko says goodbye first, which fails on a line that is cut
            with contextlib.suppress(*_LOST):
                session.close()

    def list(self, folder: str, pattern: str) -> list[RemoteFile]:
        """Give the finished files of a folder, the oldest first."""
        entries = self._do(steps.list_folder(self._folder(folder)))
        return oldest_first(
            RemoteFile(folder, name, attributes.size, float(attributes.mtime))
            for name, attributes in entries
            if is_wanted(name, pattern)
            and (attributes.mode is None or stat.S_ISREG(attributes.mode))
        )

    def stable(self, files: Sequence[RemoteFile], seconds: float) -> list[RemoteFile]:
        """Give those that look the same after so many seconds."""
        return standing_still(files, seconds, self.list, self._sleep)

    def read_many(self, files: Sequence[RemoteFile]) -> Iterator[Reading]:
        """Give each file with its bytes or its error, in the order asked for."""
        limit = self.settings.max_file
        jobs = (
            Job(steps.read_file(file, self._folder(file.folder), limit), file.size)
            for file in files
        )
        with self._watched("reading files"):
            yield from zip(files, self._open().run(jobs), strict=True)

    def move_many(self, files: Sequence[RemoteFile], target_folder: str) -> list[Move]:
        """Archive files; a name that is taken gets the time as a suffix."""
        if not files:
            return []
        target = self._folder(target_folder)
        self._do(steps.ensure_folder(target))
        now = self._now()
        jobs = (
            Job(
                steps.move_file(
                    file, self._folder(file.folder), target, now, self._careful
                )
            )
            for file in files
        )
        with self._watched("archiving files"):
            return list(zip(files, self._open().run(jobs), strict=True))

    def put(self, drop: FileDrop) -> None:
        """Write under a temporary name, then rename; never over another file."""
        check_name(drop.name)
        progress = steps.Progress()
        work = steps.put_file(self._folder(drop.folder), drop, progress)
        try:
            self._do(work)
        except TransientError as exc:
            if not progress.renaming:
                raise
            raise UnknownOutcomeError(
                f"the connection was lost while {drop.name} was given its name"
            ) from exc

    def exists(self, folders: Sequence[str], name: str) -> str:
        """Give the folder in which a file of this name stands, or an empty string."""
        check_name(name)
        paths = [self._folder(folder) for folder in folders]
        place = self._do(steps.find_file(paths, name))
        return "" if place is None else folders[place]

    def _folder(self, folder: str) -> str:
        root = self.settings.root.rstrip("/")
        if not self.settings.root:
            return check_folder(folder)
        return f"{root}/{check_folder(folder, absolute=False)}"

    def _open(self) -> Pipeline:
        if self._pipeline is None:
            self._session = open_session(self.settings)
            channel = self._session.sftp_client.get_channel()
            self._pipeline = Pipeline(channel)
            # OpenSSH renames by a link and never overwrites, as the draft asks; of
            # others it is not known, so they are asked first
            version = channel.get_transport().remote_version
            self._careful = "OpenSSH" not in version
        return self._pipeline

    def _do(self, work: Steps):
        with self._watched("a request"):
            result = self._open().do(work)
        if isinstance(result, DistError):
            raise result
        return result

    @contextlib.contextmanager
    def _watched(self, action: str) -> Iterator[None]:
        """Classify a lost connection, and close what is left of it."""
        try:
            yield
        except _LOST as exc:
            self.close()
            raise TransientError(
                f"the connection to {self.settings.host} was lost during {action} "
                f"({exc or type(exc).__name__})"
            ) from exc
