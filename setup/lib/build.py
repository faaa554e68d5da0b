"""The built suite: paths, databases and servers, for demo, tests and benchmarks.

    from setup.lib.build import Build

    build = Build.prepare()                       # builds what is missing
    build.databases.drop("mine")
    build.createdb("mine", modules=["dist_3pl"])  # a copy of a template: seconds
    with build.start_odoo("mine", workers=2) as odoo:
        odoo.wait_ready()
        ...                                       # odoo.url, odoo.pid, odoo.log
        odoo.kill9()

`Build.prepare()` is cheap when all is built (under a second), so callers need not pass
a Build around between processes. Standard library only: it works in any Python.

Environment: DIST_BUILD_DIR (default `.build`), DIST_PG_PORT, DIST_HTTP_PORT, ODOO_SRC.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .config import OdooConfig
from .databases import BASE_MODULES, Databases
from .errors import SetupError
from .odoo_source import ensure_odoo, extra_addons_path
from .packages import NEEDS, chromium_path, ensure_packages, sshd_path
from .postgres import Cluster, cluster_folder, ensure_cluster, free_port
from .process import run_logged
from .server import OdooServer
from .stamps import build_lock, digest, digest_files
from .venv import add_odoo, ensure_requirements, ensure_venv

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = (
    "setup/odoo-requirements.txt",
    "requirements.txt",
    "test-requirements.txt",
)
PG_PORTS = range(5499, 5511)
HTTP_PORTS = range(8069, 8080)
LEAST_DISK = 4 * 1024**3


@dataclass(frozen=True)
class Build:
    """Everything below the build folder, and what can be done with it."""

    root: Path
    folder: Path
    python: Path
    site: Path
    cluster: Cluster

    @classmethod
    def prepare(cls) -> Build:
        """Build what is missing, start PostgreSQL, and give the result.

        Waits while another process builds. Raises SetupError with one clear line.
        """
        folder = build_folder()
        check_disk(folder)
        with build_lock(folder / "lock"):
            log = folder / "logs" / "build.log"
            stamps = folder / "stamps"
            ensure_packages(NEEDS, log)
            python = ensure_venv(folder / "venv", stamps, log)
            site = ensure_odoo(folder / "odoo", folder / "odoo.new", log)
            add_odoo(python, site)
            files = [ROOT / name for name in REQUIREMENTS]
            ensure_requirements(python, "requirements", files, stamps, log)
            cluster = locate_cluster(folder, log)
            ensure_cluster(cluster)
        return cls(ROOT, folder, python, site, cluster)

    def add_bench_peers(self) -> None:
        """Install what benchmarks compare with (bench-requirements.txt)."""
        files = [self.root / "bench-requirements.txt"]
        stamps, log = self.folder / "stamps", self.logs / "build.log"
        with build_lock(self.folder / "lock"):
            ensure_requirements(self.python, "bench-requirements", files, stamps, log)

    # Paths

    @property
    def logs(self) -> Path:
        """Folder of all logs."""
        return self.folder / "logs"

    @property
    def data_dir(self) -> Path:
        """Odoo's data folder; filestores and sessions."""
        return self.folder / "data"

    @property
    def chromium(self) -> Path | None:
        """The browser, or None where there is none."""
        return chromium_path()

    @property
    def sshd(self) -> Path:
        """OpenSSH's server, for SFTP partners."""
        return sshd_path()

    @property
    def addons(self) -> list[str]:
        """Names of the suite's addons."""
        found = (self.root / "addons").glob("*/__manifest__.py")
        return sorted(path.parent.name for path in found)

    @property
    def addons_path(self) -> tuple[Path, ...]:
        """Where Odoo finds addons: the suite's, PyPI's, Odoo's own."""
        installed = self.python.parent.parent.glob("lib/python3*/site-packages")
        paths = [self.root / "addons"]
        paths += [path / "odoo" / "addons" for path in installed]
        paths += [self.site / "odoo" / "addons"]
        extra = extra_addons_path(self.site)
        return (*paths, extra) if extra else tuple(paths)

    # Databases

    @property
    def databases(self) -> Databases:
        """The databases of this build's cluster."""
        filestores = self.data_dir / "filestore"
        return Databases(self.cluster, filestores, self.run_odoo)

    def base_template(self) -> str:
        """Name of the template with Odoo's own modules and queue_job."""
        files = [self.root / "requirements.txt", self.site / "odoo" / "release.py"]
        value = digest(*(path.read_bytes() for path in files), *BASE_MODULES)
        with build_lock(self.folder / "templates.lock"):
            return self.databases.ensure_template("base", value, BASE_MODULES)

    def suite_template(self) -> str:
        """Name of the template with all addons of the suite as they are now."""
        base = self.base_template()
        files = (self.root / "addons").rglob("*")
        value = digest(
            base,
            digest_files(filter(is_installed_code, files), self.root),
        )
        with build_lock(self.folder / "templates.lock"):
            return self.databases.ensure_template("suite", value, self.addons, base)

    def createdb(
        self, name: str, modules: Iterable[str] = (), template: str | None = None
    ) -> None:
        """Create a database from `template` (default: base) and install `modules`.

        Raises SetupError when it exists or a module cannot be installed.
        """
        self.databases.create(name, template or self.base_template())
        self.databases.install(name, modules)

    def dropdb(self, name: str) -> None:
        """Drop a database and its filestore, also when it is not there."""
        self.databases.drop(name)

    def sql(self, database: str, statement: str) -> list[list[str]]:
        """Rows of one SQL statement, every value as text."""
        return self.cluster.sql(statement, database)

    # Running Odoo

    def config(self, database: str, http_port: int = 0, **settings: object) -> Path:
        """Write a configuration for one database and port; give its path.

        `settings` are OdooConfig's fields (workers, channels, extra, ...).
        """
        port = http_port or self.http_port()
        config = OdooConfig(
            database=database,
            http_port=port,
            addons_path=self.addons_path,
            data_dir=self.data_dir,
            db_host=self.cluster.host,
            db_port=self.cluster.port,
            db_user=self.cluster.role,
            db_password=self.cluster.password,
            **settings,  # type: ignore[arg-type]
        )
        return config.write(self.folder / "conf" / f"{database}-{port}.conf")

    def http_port(self) -> int:
        """A free port for Odoo: DIST_HTTP_PORT, else the first free of our range."""
        fixed = os.environ.get("DIST_HTTP_PORT")
        return free_port(
            HTTP_PORTS, fixed=int(fixed) if fixed else None, variable="DIST_HTTP_PORT"
        )

    def command(self, config: Path, *arguments: str) -> list[str]:
        """The command line that starts Odoo with this configuration."""
        return [str(self.python.parent / "odoo"), "-c", str(config), *arguments]

    def env(self, config: Path | None = None) -> dict[str, str]:
        """The environment for anything that runs in this build.

        Reaches the cluster (PG*), Odoo's configuration (ODOO_RC) and its browser.
        """
        env = self.cluster.env()
        env["PATH"] = f"{self.python.parent}:{env['PATH']}"
        env["PYTHONPATH"] = str(self.root)
        env["DIST_BUILD_DIR"] = str(self.folder)
        if config is not None:
            env["ODOO_RC"] = str(config)
        return env

    def run_odoo(self, database: str, arguments: Sequence[str]) -> None:
        """Run Odoo once on a database without a server (install, update, ...)."""
        config = self.config(database, http_port=1, run_jobs=False)
        command = self.command(config, *arguments, "--stop-after-init", "--no-http")
        log = self.logs / f"{database}.log"
        what = f"odoo {' '.join(arguments)} on {database}"
        run_logged(command, log, what=what, env=self.env())

    def start_odoo(
        self, database: str, port: int = 0, workers: int = 0, **settings: object
    ) -> OdooServer:
        """Start a server: threaded by default, else with `workers` processes.

        The handle's `wait_ready()` returns when it answers. `settings` are
        OdooConfig's fields; `extra={"option": "value"}` sets any Odoo option.
        """
        port = port or self.http_port()
        free_port([], fixed=port, variable="DIST_HTTP_PORT")
        config = self.config(database, port, workers=workers, **settings)
        log = self.logs / f"{database}-{port}.log"
        url = f"http://127.0.0.1:{port}"
        return OdooServer(self.command(config), url, log, self.env())


def build_folder() -> Path:
    """The build folder; DIST_BUILD_DIR or `.build` in the repository."""
    return Path(os.environ.get("DIST_BUILD_DIR") or ROOT / ".build").resolve()


def check_disk(folder: Path) -> None:
    """Raise SetupError when a new build would not fit on the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    stat = os.statvfs(folder)
    free = stat.f_bavail * stat.f_frsize
    if free < LEAST_DISK and not (folder / "stamps" / "requirements").exists():
        raise SetupError(
            f"no space left: {folder} needs {LEAST_DISK / 1e9:.1f} GB, "
            f"{free / 1e9:.1f} GB are free"
        )


def locate_cluster(folder: Path, log: Path) -> Cluster:
    """The cluster of this build, on its recorded port if that is still ours or free."""
    data = cluster_folder(folder / "pg")
    record = folder / "pg.port"
    recorded = int(record.read_text()) if record.exists() else None
    secret = folder / "pg.pass"
    if recorded is not None:
        cluster = Cluster(data, recorded, secret, log)
        if cluster.is_running():
            return cluster
    fixed = os.environ.get("DIST_PG_PORT")
    candidates = [recorded, *PG_PORTS] if recorded else list(PG_PORTS)
    port = free_port(
        candidates, fixed=int(fixed) if fixed else None, variable="DIST_PG_PORT"
    )
    record.write_text(str(port))
    return Cluster(data, port, secret, log)


def is_installed_code(path: Path) -> bool:
    """Whether a file below addons/ changes what gets installed (tests do not)."""
    skipped = {"tests", "__pycache__", "readme"}
    return path.is_file() and not skipped.intersection(path.parts)
