"""A running Odoo server: wait until it answers, stop it, or kill it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType

from .errors import SetupError


class OdooServer:
    """Handle on one Odoo process and its children, in a process group of its own.

    `url` is its address, `log` its log file. As a context manager it stops at the end.
    """

    def __init__(
        self, command: list[str], url: str, log: Path, env: dict[str, str]
    ) -> None:
        self.url = url
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=env,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The main process; with workers it is their parent."""
        return self.process.pid

    def is_running(self) -> bool:
        """Whether the main process lives."""
        return self.process.poll() is None

    def wait_ready(self, seconds: float = 120) -> OdooServer:
        """Return once the server answers over HTTP with its database loaded.

        Raises SetupError with the log's last error when it ends or stays silent.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.is_running():
                raise SetupError(f"Odoo ended at once: {self.last_error()}")
            try:
                address = f"{self.url}/web/login"
                with urllib.request.urlopen(address, timeout=seconds) as answer:
                    if answer.status == 200:
                        return self
            except urllib.error.HTTPError as error:
                if error.code >= 500:
                    raise SetupError(f"Odoo fails: {self.last_error()}") from error
            except OSError:
                pass  # Not listening yet: the loop's deadline decides.
            time.sleep(0.2)
        raise SetupError(f"Odoo gave no answer in {seconds:.0f} s (log: {self.log})")

    def last_error(self) -> str:
        """The last error line of the log, or its last line; with the log's path."""
        lines = self.log.read_text(errors="replace").splitlines() or ["empty log"]
        errors = [line for line in lines if " ERROR " in line or " CRITICAL " in line]
        return f"{(errors or lines)[-1].strip()} (log: {self.log})"

    def stop(self, seconds: float = 20) -> None:
        """End the server in an orderly way, by force after `seconds`."""
        if self.is_running():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill9()
        self._kill_group()

    def kill9(self) -> None:
        """Kill the server and all its workers at once, as a crash would."""
        self._kill_group()
        self.process.wait()

    def _kill_group(self) -> None:
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return  # Nobody of the group is left, which is what we want.
        # A killed worker holds the port until the kernel is done with it.
        deadline = time.monotonic() + 10
        while group_lives(self.process.pid) and time.monotonic() < deadline:
            time.sleep(0.02)

    def __enter__(self) -> OdooServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def group_lives(group: int) -> bool:
    """Whether a thread of this group still runs (a zombie does not).

    By thread, because a process whose first thread is gone looks like a zombie while
    its other threads still hold the port.
    """
    for stat in Path("/proc").glob("[0-9]*/task/[0-9]*/stat"):
        try:
            # The name in parentheses may hold anything; state and group follow it.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # It ended while we looked.
        if int(fields[2]) == group and fields[0] != "Z":
            return True
    return False
