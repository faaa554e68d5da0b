"""Odoo's configuration file; channels and server-wide modules have their place here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

SERVER_WIDE_MODULES = "base,rpc,web,queue_job"
# Realtime work never waits behind bulk work: each has slots of its own.
CHANNELS = (
    "root:4",
    "root.dist:4",
    "root.dist.realtime:2",
    "root.dist.batch:2",
    "root.dist.bulk:1",
)


@dataclass(frozen=True)
class OdooConfig:
    """One Odoo server's settings; `extra` goes into the file's `[options]` as it is."""

    database: str
    http_port: int
    addons_path: tuple[Path, ...]
    data_dir: Path
    db_host: str
    db_port: int
    db_user: str
    db_password: str
    workers: int = 0
    gevent_port: int = 0
    channels: tuple[str, ...] = CHANNELS
    server_wide_modules: str = SERVER_WIDE_MODULES
    run_jobs: bool = True
    log_level: str = "info"
    extra: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """The file's content."""
        options = {
            "addons_path": ",".join(map(str, self.addons_path)),
            "data_dir": self.data_dir,
            "db_host": self.db_host,
            "db_port": self.db_port,
            "db_user": self.db_user,
            "db_password": self.db_password,
            "db_name": self.database,
            # No dbfilter beside it: with both, Odoo lists the databases at each request
            # without a session (webhooks, jobs), over a connection of its own.
            "list_db": False,
            "http_interface": "127.0.0.1",
            "http_port": self.http_port,
            "gevent_port": self.gevent_port or self.http_port + 1000,
            "workers": self.workers,
            "max_cron_threads": 1,
            "db_maxconn": 64,
            "log_level": self.log_level,
            "server_wide_modules": self.server_wide_modules
            if self.run_jobs
            else self.server_wide_modules.replace(",queue_job", ""),
            # Seconds. Long batches are legitimate here; queue_job's own limits apply.
            "limit_time_real": 600,
            "limit_time_cpu": 600,
            **self.extra,
        }
        lines = ["[options]", *(f"{key} = {value}" for key, value in options.items())]
        lines += ["", "[queue_job]", f"channels = {','.join(self.channels)}"]
        # The runner calls Odoo over HTTP; without these it tries port 8069.
        lines += ["host = 127.0.0.1", f"port = {self.http_port}", "scheme = http"]
        return "\n".join(lines) + "\n"

    def write(self, path: Path) -> Path:
        """Write the file, readable by us alone: it holds the database password."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(self.text())
        return path
