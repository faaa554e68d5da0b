"""Prism, which holds calls against a partner's OpenAPI file: installed on demand.

It is a test tool of its own, from npm; nothing else of the build depends on it. What is
installed is pinned by ``tests/partners/prism/package-lock.json``.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from .build import ROOT
from .errors import SetupError
from .process import run_logged
from .progress import step
from .stamps import build_lock, digest_files

PINNED = ROOT / "tests" / "partners" / "prism"
FILES = ("package.json", "package-lock.json")


def ensure_prism(folder: Path) -> Path:
    """Install Prism below the build folder unless it is there; give its program.

    Raises SetupError with one clear line where node and npm are missing, or npm
    cannot fetch the packages.
    """
    files = [PINNED / name for name in FILES]
    target = folder / "prism" / digest_files(files, PINNED)
    program = target / "node_modules" / ".bin" / "prism"
    if not (shutil.which("node") and shutil.which("npm")):
        raise SetupError("Prism needs node and npm: apt-get install nodejs npm")
    with build_lock(folder / "prism.lock"):
        if not program.exists():
            install(files, target, folder / "logs" / "prism.log")
    return program


def install(files: list[Path], target: Path, log: Path) -> None:
    """Install into a folder beside the target, and give it its name when it is whole.

    Raises SetupError when npm fails.
    """
    new = target.with_suffix(".new")
    shutil.rmtree(target.parent, ignore_errors=True)
    new.mkdir(parents=True)
    for file in files:
        shutil.copy(file, new)
    with step("installing Prism"):
        # scripts of packages are nobody's business on this machine
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        run_logged(command, log, what="installing Prism", cwd=new)
    new.rename(target)
