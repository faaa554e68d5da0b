"""OpenSSH's own server on a loopback port: a real SFTP partner.

    with Sshd(state, root=folder) as server:
        SftpSettings(host=server.host, port=server.port, user=server.user, ...)

Runs as whoever starts it, and lets in that user alone, by one RSA and one Ed25519 key.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

START_SECONDS = 10.0


def find_sshd() -> str:
    """Path of OpenSSH's server, or an empty string."""
    return (
        shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") or ""
    )


class Sshd:
    """One server: its own host keys, its users' keys, its folder.

    :param state: folder for keys, configuration and log; made if missing
    :param root: folder in which a session begins; made if missing
    :param port: 0 takes a free one
    :param stays: the server goes on after this process ends
    """

    host = "127.0.0.1"

    def __init__(
        self, state: Path, *, root: Path, port: int = 0, stays: bool = False
    ) -> None:
        self.state, self.root = Path(state).resolve(), Path(root).resolve()
        self.port = port or _free_port()
        self.stays = stays
        #: Options of the file server, as ``-R`` (may read only); taken with a start.
        self.options = ""
        self.user = getpass.getuser()
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> Sshd:
        return self.start()

    def __exit__(self, *_exc_info) -> None:
        self.stop()

    # ------------------------------------------------------------------ life

    def start(self) -> Sshd:
        """Start and wait until it greets; RuntimeError with its log if it does not."""
        program = find_sshd()
        if not program:
            raise RuntimeError("OpenSSH's sshd is missing; install openssh-server")
        self.root.mkdir(parents=True, exist_ok=True)
        self.state.mkdir(parents=True, exist_ok=True)
        for name, kind in self._keys():
            if not (self.state / name).exists():
                _make_key(self.state / name, kind)
        self._write_config()
        if os.geteuid() == 0:  # OpenSSH's privilege separation wants it
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        with (self.state / "sshd.log").open("ab") as log:
            self._process = subprocess.Popen(
                [program, "-D", "-e", "-f", str(self.state / "sshd_config")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()
        return self

    def stop(self) -> None:
        """End the server and its sessions."""
        if self._process is None:
            return
        self.kill_sessions()
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(timeout=5)
        self._process = None

    @property
    def pid(self) -> int:
        """Id of the server's process, which leads a process group of its own."""
        if self._process is None:
            raise RuntimeError("the server is not running")
        return self._process.pid

    def kill_sessions(self) -> int:
        """Cut all connections as a failing line would; give how many processes died."""
        killed = 0
        for pid in _descendants(self.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed += 1
        return killed

    def change_host_keys(self) -> None:
        """Become another server at the same address. Takes effect with a restart."""
        for name, _kind in self._keys():
            if name.startswith("host_"):
                (self.state / name).unlink(missing_ok=True)
                (self.state / f"{name}.pub").unlink(missing_ok=True)

    # ------------------------------------------------------------------ keys

    def host_keys(self, *kinds: str) -> str:
        """Public host keys, one a line; of all kinds, or of those named."""
        return "\n".join(
            (self.state / f"host_{kind}.pub").read_text().rpartition(" ")[0]
            for kind in kinds or ("ed25519", "rsa")
        )

    def user_key(self, kind: str = "ed25519") -> str:
        """Private key of the user, in OpenSSH's form: ed25519 or rsa."""
        return (self.state / f"user_{kind}").read_text()

    def settings(self) -> dict[str, str]:
        """What a backend must know to sign in here, by setting."""
        return {
            "host": self.host,
            "port": str(self.port),
            "user": self.user,
            "host_key": self.host_keys(),
        }

    def secrets(self) -> dict[str, str]:
        """What a backend must prove to sign in here, by credential."""
        return {"private_key": self.user_key()}

    # -------------------------------------------------------------- internals

    @staticmethod
    def _keys() -> list[tuple[str, str]]:
        kinds = ("ed25519", "rsa")
        return [
            (f"{whose}_{kind}", kind) for whose in ("host", "user") for kind in kinds
        ]

    def _write_config(self) -> None:
        allowed = self.state / "authorized_keys"
        allowed.write_text(
            "".join(
                (self.state / f"user_{kind}.pub").read_text()
                for kind in ("ed25519", "rsa")
            )
        )
        lines = [
            f"ListenAddress {self.host}",
            f"Port {self.port}",
            f"HostKey {self.state / 'host_ed25519'}",
            f"HostKey {self.state / 'host_rsa'}",
            f"AuthorizedKeysFile {allowed}",
            f"PidFile {self.state / 'sshd.pid'}",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "PubkeyAuthentication yes",
            "PermitRootLogin prohibit-password",
            "UsePAM no",
            "StrictModes no",  # the keys lie in a folder for tests, not in a home
            "UseDNS no",
            "PrintMotd no",
            "AllowTcpForwarding no",
            "X11Forwarding no",
            "MaxStartups 50",
            "Subsystem sftp internal-sftp",
            f"ForceCommand internal-sftp -d {self.root} {self.options}".rstrip(),
        ]
        (self.state / "sshd_config").write_text("\n".join(lines) + "\n")

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            with (
                contextlib.suppress(OSError),
                socket.create_connection((self.host, self.port), timeout=1) as sock,
            ):
                if sock.recv(4) == b"SSH-":
                    return
            time.sleep(0.05)
        told = (self.state / "sshd.log").read_text(errors="replace")[-1000:]
        self.stop()
        raise RuntimeError(f"sshd does not answer on port {self.port}: {told}")


def _make_key(path: Path, kind: str) -> None:
    bits = ["-b", "2048"] if kind == "rsa" else []
    subprocess.run(
        [
            "ssh-keygen",
            "-q",
            "-t",
            kind,
            *bits,
            "-N",
            "",
            "-C",
            "test",
            "-f",
            str(path),
        ],
        check=True,
        stdin=subprocess.DEVNULL,
    )


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind((Sshd.host, 0))
        return sock.getsockname()[1]


def _descendants(pid: int) -> list[int]:
    """Processes below one, from /proc; a session of sshd is a child and its child."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                told = (folder / "stat").read_text().rpartition(")")[2].split()
                parents.setdefault(int(told[1]), []).append(int(folder.name))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found
