"""System packages: what is missing, and installing it when we may."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from .errors import SetupError
from .process import is_root, run_logged
from .progress import say, step


class SystemNeed(NamedTuple):
    """Something of the operating system: how to see it, what to install for it."""

    package: str
    probes: tuple[str, ...]
    reason: str


POSTGRES_BIN = "/usr/lib/postgresql/*/bin"
JS = "/usr/share/javascript"
FONTS = "/usr/share/fonts"

NEEDS = (
    SystemNeed("postgresql", (f"{POSTGRES_BIN}/initdb", "initdb"), "database server"),
    SystemNeed("postgresql-client", ("psql",), "database tools"),
    SystemNeed(
        "openssh-server", ("/usr/sbin/sshd", "sshd"), "SFTP partner of the demo"
    ),
    SystemNeed("openssh-client", ("ssh-keygen",), "keys for that partner"),
    SystemNeed("chromium", ("chromium", "google-chrome"), "browser tours"),
    SystemNeed("libmagic1", ("/usr/lib/*/libmagic.so.1",), "file types in Odoo"),
)
GIT_NEED = SystemNeed("git", ("git",), "to clone Odoo")
# Debian's Odoo links these files out of its own tree; other sources carry them.
DEBIAN_ODOO_NEEDS = (
    SystemNeed("libjs-jquery", (f"{JS}/jquery/jquery.js",), "linked by odoo-19"),
    SystemNeed("libjs-underscore", (f"{JS}/underscore",), "linked by odoo-19"),
    SystemNeed("libjs-jquery-form", (f"{JS}/jquery-form",), "linked by odoo-19"),
    SystemNeed(
        "fonts-font-awesome", ("/usr/share/fonts-font-awesome",), "linked by odoo-19"
    ),
    SystemNeed(
        "fonts-roboto-unhinted",
        (f"{FONTS}/truetype/roboto/unhinted",),
        "linked by odoo-19",
    ),
    SystemNeed(
        "fonts-inconsolata", (f"{FONTS}/truetype/inconsolata",), "linked by odoo-19"
    ),
    SystemNeed("fonts-ocr-b", (f"{FONTS}/opentype/ocr-b",), "linked by odoo-19"),
)


def is_present(need: SystemNeed) -> bool:
    """Whether any probe (a command, or a path with wildcards) finds something."""
    return any(
        glob.glob(probe) if probe.startswith("/") else shutil.which(probe)
        for probe in need.probes
    )


def missing(needs: tuple[SystemNeed, ...]) -> list[SystemNeed]:
    """The needs that this machine does not meet yet."""
    return [need for need in needs if not is_present(need)]


def ensure_packages(needs: tuple[SystemNeed, ...], log: Path) -> None:
    """Install what is missing (as root), or raise SetupError saying what to install."""
    absent = missing(needs)
    if not absent:
        return
    names = " ".join(need.package for need in absent)
    if not is_root() or not shutil.which("apt-get"):
        raise SetupError(
            "system packages are missing, install them as root: "
            f"apt-get install {names}"
        )
    with step(f"installing system packages: {names}"):
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        # RUNLEVEL=1: package scripts must not start the services they install.
        env["RUNLEVEL"] = "1"
        what = "installing system packages"
        run_logged(["apt-get", "update", "-q"], log, what="apt-get update", env=env)
        install = ["apt-get", "install", "-q", "-y", "--no-install-recommends"]
        run_logged([*install, *names.split()], log, what=what, env=env)
        if "openssh-server" in names.split():
            keep_ssh_closed()
    still = missing(needs)
    if still:
        raise SetupError(
            "installed, but still not found: "
            + ", ".join(f"{need.package} ({need.reason})" for need in still)
        )


def keep_ssh_closed() -> None:
    """Switch off the SSH service that came with the program we wanted.

    The demo starts sshd itself on a loopback port; a machine that had no SSH server
    must not open port 22 at its next start because somebody looked at a demo.
    """
    if not Path("/run/systemd/system").is_dir():
        return
    command = ["systemctl", "disable", "--now", "ssh.service", "ssh.socket"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        say(f"could not switch off the new SSH service: {done.stderr.strip()}")
    else:
        say("the SSH service that came with openssh-server is switched off")


def postgres_bin() -> Path:
    """Folder of initdb, pg_ctl and psql of the newest PostgreSQL on the machine."""
    found = [Path(path) for path in glob.glob(POSTGRES_BIN)]
    found = [path for path in found if (path / "initdb").exists()]
    if found:
        return max(found, key=lambda path: float(path.parent.name))
    on_path = shutil.which("initdb")
    if on_path is None:
        raise SetupError("PostgreSQL is not installed: apt-get install postgresql")
    return Path(on_path).resolve().parent


def chromium_path() -> Path | None:
    """The browser for tours and pictures; None where there is none."""
    for name in ("chromium", "google-chrome", "chromium-browser"):
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


def sshd_path() -> Path:
    """OpenSSH's server by its absolute path (it refuses to run by a bare name)."""
    found = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        raise SetupError("sshd is not installed: apt-get install openssh-server")
    if is_root():
        # The folder sshd drops its rights in; made at boot, which containers skip.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    return Path(found)
