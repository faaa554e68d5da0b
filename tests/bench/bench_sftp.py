"""Picking files up over SFTP: list, read, keep, archive; against pysftp's own loop.

`pick_up` takes what keeps the files as a function, so that the same measurement works
with and without the ledger.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pysftp

from addons.dist_connector_base.core.wire import RemoteFile
from addons.dist_connector_base.transports.sftp import SftpSettings, SftpTransport
from setup.lib.build import Build

from ..partners.latency_proxy import LatencyProxy
from ..partners.sshd import Sshd
from .figure import Figure, medians

FILES, SIZE = 1_000, 4_096
FAR_FILES, ROUND_TRIP = 50, 0.020
PATTERN, ARCHIVE = "SHP_*.csv", "out/archive"

#: Keeps what was read, before anything is archived.
Commit = Callable[[Sequence[tuple[RemoteFile, bytes]]], None]


class Warehouse:
    """A partner behind OpenSSH that puts files out.

    :ivar server: the SSH server; its `root` has the folder `out`
    :ivar port: where it is reached: its own, or the one of a longer line
    """

    def __init__(self, server: Sshd, port: int) -> None:
        self.server, self.port = server, port
        self._round = 0

    def put_out(self, number: int) -> None:
        """Write so many new files of 4 kB and forget those of earlier runs."""
        self._round += 1
        shutil.rmtree(self.server.root / "out", ignore_errors=True)
        (self.server.root / ARCHIVE).mkdir(parents=True)
        for index in range(number):
            path = self.server.root / "out" / f"SHP_{index:04d}.csv"
            head = b"%04d;%04d;" % (self._round, index)
            path.write_bytes(head.ljust(SIZE, b"x"))

    def check(self, number: int) -> None:
        """RuntimeError unless all files are in the archive."""
        archived = sum(1 for _path in (self.server.root / ARCHIVE).iterdir())
        if archived != number:
            raise RuntimeError(f"{archived} of {number} files were archived")

    def settings(self) -> SftpSettings:
        """How to sign in."""
        return SftpSettings(
            host=self.server.host,
            port=self.port,
            user=self.server.user,
            host_keys=self.server.host_keys("ed25519"),
            private_key=self.server.user_key("rsa"),
            allow_private_network=True,
        )


@contextlib.contextmanager
def warehouse(delay: float = 0.0) -> Iterator[Warehouse]:
    """Start one; `delay` in seconds lies on the line in each direction."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Sshd(Path(folder) / "sshd", root=Path(folder) / "root") as server,
    ):
        if not delay:
            yield Warehouse(server, server.port)
            return
        with LatencyProxy(server.port, delay) as line:
            yield Warehouse(server, line.port)


def pick_up(house: Warehouse, number: int, commit: Commit) -> float:
    """Seconds per file: ours, sign-in included."""
    house.put_out(number)
    start = time.perf_counter()
    with SftpTransport(house.settings()) as files:
        taken = list(files.read_many(files.list("out", PATTERN)))
        wrong = [content for _file, content in taken if not isinstance(content, bytes)]
        if wrong or len(taken) != number:
            raise RuntimeError(f"{len(taken)} files read, errors: {wrong[:3]}")
        commit(taken)
        files.move_many([file for file, _content in taken], ARCHIVE)
    seconds = time.perf_counter() - start
    house.check(number)
    return seconds / number


def loop(house: Warehouse, number: int) -> float:
    """Seconds per file: pysftp's own list, get and rename, sign-in included."""
    house.put_out(number)
    # pysftp complains where the user has no file of known hosts
    known_hosts = house.server.state / "known_hosts"
    known_hosts.write_text(f"{house.server.host} {house.server.host_keys('ed25519')}\n")
    options = pysftp.CnOpts(str(known_hosts))
    start = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        pysftp.Connection(
            house.server.host,
            username=house.server.user,
            private_key=str(house.server.state / "user_rsa"),
            port=house.port,
            cnopts=options,
        ) as sftp,
    ):
        for name in sftp.listdir("out"):
            if name.startswith("SHP_"):
                sftp.get(f"out/{name}", f"{folder}/{name}")
                sftp.rename(f"out/{name}", f"{ARCHIVE}/{name}")
        seconds = time.perf_counter() - start
    house.check(number)
    return seconds / number


def keep_nothing(_taken: Sequence[tuple[RemoteFile, bytes]]) -> None:
    """Stand for a ledger that costs nothing."""


def compare(
    number: int, delay: float = 0.0, commit: Commit = keep_nothing
) -> tuple[float, float]:
    """Medians in seconds per file, ours and the loop's, measured in turns."""
    with warehouse(delay) as house:
        return medians(
            lambda: pick_up(house, number, commit), lambda: loop(house, number)
        )


def sftp_transport(_build: Build) -> Figure:
    """The transport alone, next door."""
    ours, reference = compare(FILES)
    return Figure(
        "sftp_transport",
        ours,
        reference,
        "s/file",
        0.6,
        f"{FILES} files of 4 kB listed, read and archived over one connection to a "
        "local OpenSSH, against pysftp's listdir, get and rename loop; nothing kept",
    )


def sftp_transport_far(_build: Build) -> Figure:
    """The transport alone, from 20 ms away."""
    ours, reference = compare(FAR_FILES, ROUND_TRIP / 2)
    return Figure(
        "sftp_transport_far",
        ours,
        reference,
        "s/file",
        0.2,
        f"{FAR_FILES} files of 4 kB as in sftp_transport, over a round trip of 20 ms",
    )


FIGURES = {
    "sftp_transport": sftp_transport,
    "sftp_transport_far": sftp_transport_far,
}
