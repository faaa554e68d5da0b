"""Running other programs: output to a log, failures as one clear line."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from .errors import SetupError

NO_NETWORK_SIGNS = (
    "temporary failure resolving",
    "could not resolve",
    "name or service not known",
    "temporary failure in name resolution",
    "network is unreachable",
    "failed to establish a new connection",
    "connection timed out",
)
NO_DISK_SIGNS = ("no space left on device", "disk quota exceeded")
ERROR_LINES = (
    re.compile(r"^[A-Za-z_][\w.]*(Error|Exception)\b"),
    re.compile(r"\s(ERROR|CRITICAL)\s"),
    re.compile(r"^(ERROR|E|fatal): "),
)


def run_logged(
    command: Sequence[str | Path],
    log: Path,
    *,
    what: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    """Run `command` with its output appended to `log`.

    Raises SetupError with one line (`what`, the likely cause, the log's path)
    when it exits other than zero.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        start = out.tell()
        out.write(f"$ {' '.join(map(str, command))}\n".encode())
        out.flush()
        code = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=None if env is None else dict(env),
            cwd=cwd,
            check=False,
        ).returncode
    if code:
        with log.open("rb") as written:
            written.seek(start)
            text = written.read().decode(errors="replace")
        raise SetupError(f"{what} failed: {likely_cause(text, code)} (log: {log})")


def capture(
    command: Sequence[str | Path],
    *,
    what: str,
    env: Mapping[str, str] | None = None,
) -> str:
    """Standard output of `command`; SetupError with its last error line otherwise."""
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=None if env is None else dict(env),
        check=False,
    )
    if done.returncode:
        raise SetupError(f"{what} failed: {likely_cause(done.stderr, done.returncode)}")
    return done.stdout


def likely_cause(output: str, code: int) -> str:
    """One line out of a failed program's output.

    Known causes first, then the end of a traceback, an error line of Odoo, pip or apt,
    and at last the last line.
    """
    lowered = output.lower()
    if any(sign in lowered for sign in NO_DISK_SIGNS):
        return "no space left on the disk"
    if any(sign in lowered for sign in NO_NETWORK_SIGNS):
        return "no network (a host could not be reached)"
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for pattern in ERROR_LINES:
        matching = [line for line in lines if pattern.search(line)]
        if matching:
            return matching[-1]
    return lines[-1] if lines else f"exit code {code}"


def is_root() -> bool:
    """Whether this process may install packages and has to give up its rights."""
    return os.geteuid() == 0
