"""The virtual environment: created once, filled when a requirements file changes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .process import run_logged
from .progress import step
from .stamps import digest, is_stamped, stamp

LAUNCHER = """\
#!{python}
import sys

import odoo.cli

# With workers Odoo starts its gevent process through sys.argv[0], so this has to be
# a file that can be run; `python -m odoo` is not.
if __name__ == "__main__":
    sys.exit(odoo.cli.main())
"""


def ensure_venv(venv: Path, stamps: Path, log: Path) -> Path:
    """Create the venv unless a finished one is there; give the path of its python."""
    python = venv / "bin" / "python"
    # Scripts in a venv carry its path, so a moved folder needs a new one. Which
    # Python it was made with does not matter as long as it still starts.
    value = str(venv)
    if is_stamped(stamps, "venv", value) and starts(python):
        return python
    shutil.rmtree(venv, ignore_errors=True)
    with step(f"creating a virtual environment with Python {sys.version.split()[0]}"):
        command = [sys.executable, "-m", "venv", venv]
        run_logged(command, log, what="creating the virtual environment")
    for old in ("requirements", "bench-requirements"):
        (stamps / old).unlink(missing_ok=True)
    stamp(stamps, "venv", value)
    return python


def starts(python: Path) -> bool:
    """Whether this interpreter runs (its base may have been removed by an upgrade)."""
    if not python.exists():
        return False
    return subprocess.run([python, "-c", ""], check=False).returncode == 0


def add_odoo(python: Path, site: Path) -> None:
    """Put the Odoo in `site` on the venv's import path, and its launcher in bin/.

    By a .pth file, not by pip: pip then sees its version, and making the venv again
    does not cost the download.
    """
    packages = next((python.parent.parent / "lib").glob("python3*/site-packages"))
    (packages / "odoo-of-this-build.pth").write_text(f"{site}\n")
    launcher = python.parent / "odoo"
    launcher.write_text(LAUNCHER.format(python=python))
    launcher.chmod(0o755)


def ensure_requirements(
    python: Path, name: str, files: Sequence[Path], stamps: Path, log: Path
) -> None:
    """Install requirement files, unless step `name` did so for the same contents."""
    value = digest(*(path.read_text() for path in files))
    if is_stamped(stamps, name, value):
        return
    with step("installing Python packages"):
        command: list[str | Path] = [python, "-m", "pip", "install", "-q"]
        command += ["--no-input", "--disable-pip-version-check"]
        for path in files:
            command += ["-r", path]
        run_logged(command, log, what="installing Python packages")
    stamp(stamps, name, value)
