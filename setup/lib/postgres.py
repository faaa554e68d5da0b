"""A private PostgreSQL cluster on a port of its own; the machine's stays untouched.

The cluster trades safety against power loss for speed (`fsync = off`): a killed Odoo
or a killed PostgreSQL loses nothing, a machine that loses power may lose the cluster.
It holds demo and test data only.
"""

from __future__ import annotations

import csv
import io
import os
import pwd
import secrets
import shutil
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import SetupError
from .packages import postgres_bin
from .process import is_root, likely_cause, run_logged
from .progress import step
from .stamps import digest

SERVER_ACCOUNT = "postgres"
SETTINGS = """\
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 200
shared_buffers = 256MB
work_mem = 16MB
max_wal_size = 2GB
# See setup/lib/postgres.py: fast, and safe against everything but power loss.
fsync = off
synchronous_commit = off
full_page_writes = off
"""


@dataclass(frozen=True)
class Cluster:
    """Where the cluster lives and how to talk to it.

    `role` owns the databases; it may create databases and is no superuser, as on a
    sound production system. `password_file` is in libpq's own format.
    """

    data: Path
    port: int
    password_file: Path
    log: Path
    host: str = "127.0.0.1"
    role: str = "odoo"

    @property
    def password(self) -> str:
        """The role's password; the same one for the superuser `dist_admin`."""
        return self.password_file.read_text().split(":", 4)[4].strip()

    def env(self) -> dict[str, str]:
        """The environment in which psql, createdb and the like reach this cluster."""
        return {
            **os.environ,
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.role,
            "PGPASSFILE": str(self.password_file),
            "PATH": f"{postgres_bin()}:{os.environ.get('PATH', '')}",
        }

    def sql(self, statement: str, database: str = "postgres") -> list[list[str]]:
        """Rows of one statement as text, NULL as "", through psql (no driver needed).

        Raises SetupError when PostgreSQL refuses the statement.
        """
        command = ["psql", "-Xqt", "--csv", "-v", "ON_ERROR_STOP=1"]
        command += ["-d", database, "-c", statement]
        done = subprocess.run(
            command, env=self.env(), capture_output=True, text=True, check=False
        )
        if done.returncode:
            cause = likely_cause(done.stderr, done.returncode)
            raise SetupError(f"PostgreSQL refused `{statement[:60]}`: {cause}")
        return [row or [""] for row in csv.reader(io.StringIO(done.stdout))]

    def is_running(self) -> bool:
        """Whether our server answers on our port (pg_ctl, so not a stranger's)."""
        status = as_server([postgres_bin() / "pg_ctl", "status", "-D", self.data])
        return status.returncode == 0

    def stop(self) -> None:
        """Stop the server; connections are cut, transactions rolled back."""
        as_server([postgres_bin() / "pg_ctl", "stop", "-m", "fast", "-D", self.data])


def as_server(command: Sequence[str | Path]) -> subprocess.CompletedProcess[bytes]:
    """Run a command as the account that owns the cluster (never root)."""
    return subprocess.run(
        server_command(command),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        cwd="/",
    )


def server_command(command: Sequence[str | Path]) -> list[str]:
    """The command, as another user when we are root: PostgreSQL refuses root."""
    words = [str(part) for part in command]
    if not is_root():
        return words
    return ["runuser", "-u", SERVER_ACCOUNT, "--", *words]


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(candidates: Sequence[int], *, fixed: int | None, variable: str) -> int:
    """The first free port among `candidates`, or `fixed` if the user chose one.

    Raises SetupError when the chosen one, or every candidate, is in use.
    """
    if fixed is not None:
        if not port_is_free(fixed):
            raise SetupError(f"port {fixed} ({variable}) is in use; choose another")
        return fixed
    for port in candidates:
        if port_is_free(port):
            return port
    raise SetupError(
        f"ports {candidates[0]} to {candidates[-1]} are in use; set {variable}"
    )


def cluster_folder(wanted: Path) -> Path:
    """Where the cluster can live: `wanted`, unless the server's account cannot enter.

    A clone below /root is closed to that account; opening somebody's home would be
    worse than keeping the cluster in that account's own.
    """
    if not is_root():
        return wanted
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if as_server(["test", "-x", wanted.parent]).returncode == 0:
        return wanted
    try:
        home = Path(pwd.getpwnam(SERVER_ACCOUNT).pw_dir)
    except KeyError as error:
        raise SetupError(
            f"PostgreSQL refuses root and there is no account {SERVER_ACCOUNT}; "
            "run this as an ordinary user"
        ) from error
    return home / f"dist-{digest(str(wanted))}"


def ensure_cluster(cluster: Cluster) -> None:
    """Create the cluster if it is not finished, and start it if it does not run."""
    finished = (cluster.data / "finished").exists()
    # A cluster outside the build folder outlives it, but not its password.
    if not (finished and cluster.password_file.exists()):
        where = f"on port {cluster.port} in {cluster.data}"
        with step(f"creating a PostgreSQL cluster {where}"):
            create_cluster(cluster)
    if not cluster.is_running():
        start_cluster(cluster)


def create_cluster(cluster: Cluster) -> None:
    """initdb in a new folder, rename it into place, create the role.

    Whatever an interrupted attempt left behind is removed first.
    """
    if cluster.data.exists():
        cluster.stop()
        shutil.rmtree(cluster.data)
    new = cluster.data.with_name(cluster.data.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    password = secrets.token_hex(16)
    secret = new / "password"
    secret.write_text(password + "\n")
    secret.chmod(0o600)
    if is_root():
        shutil.chown(new, SERVER_ACCOUNT)
        shutil.chown(secret, SERVER_ACCOUNT)
    initdb = [postgres_bin() / "initdb", "-D", new / "data", "-U", "dist_admin"]
    initdb += ["-E", "UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", "--no-sync"]
    initdb += [f"--pwfile={secret}"]
    run_logged(server_command(initdb), cluster.log, what="initdb", cwd=Path("/"))
    secret.unlink()
    (new / "data").rename(cluster.data)
    new.rmdir()
    cluster.password_file.unlink(missing_ok=True)
    cluster.password_file.touch(mode=0o600)
    cluster.password_file.write_text(f"*:*:*:*:{password}\n")
    start_cluster(cluster)
    create_role(cluster)
    (cluster.data / "finished").touch()


def create_role(cluster: Cluster) -> None:
    """The role that owns Odoo's databases.

    It may signal backends: else a database in which autovacuum is at work cannot be
    dropped, not even by force.
    """
    rights = "LOGIN CREATEDB IN ROLE pg_signal_backend"
    statement = f"CREATE ROLE {cluster.role} {rights} PASSWORD '{{}}'"
    done = subprocess.run(
        ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", "postgres"],
        env={**cluster.env(), "PGUSER": "dist_admin"},
        # By standard input: a command line is readable by every process.
        input=statement.format(cluster.password),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SetupError(f"creating the role failed: {done.stderr.strip()}")


def start_cluster(cluster: Cluster) -> None:
    """Start the server with our settings; SetupError when its port is taken."""
    if not port_is_free(cluster.port):
        raise SetupError(
            f"port {cluster.port} is in use, PostgreSQL cannot start; "
            "set DIST_PG_PORT to another"
        )
    settings = cluster.data / "postgresql.auto.conf"
    settings.write_text(SETTINGS.format(port=cluster.port))
    server_log = cluster.data / "server.log"
    start = [postgres_bin() / "pg_ctl", "start", "-w", "-t", "60", "-s"]
    start += ["-D", cluster.data, "-l", server_log]
    run_logged(
        server_command(start), cluster.log, what="starting PostgreSQL", cwd=Path("/")
    )
