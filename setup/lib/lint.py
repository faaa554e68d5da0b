"""The hooks of `.pre-commit-config.yaml`, run as pre-commit runs them, on a copy.

A hook fails when it exits other than zero or changes a file. Fixers change files, so
all hooks work on a copy of the tree: checking never touches what a person is editing.
Runs in the build's venv (it needs PyYAML and the hooks' packages).
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import yaml

from .errors import SetupError
from .progress import run_command, say
from .report import Counts, write_counts
from .stamps import digest

CONFIG = ".pre-commit-config.yaml"
# Well below the kernel's limit for one command line, as pre-commit does.
FILES_PER_CALL = 400


class Hook(NamedTuple):
    """One hook: its command, and which files it is for."""

    id: str
    entry: list[str]
    files: re.Pattern[str]
    exclude: re.Pattern[str]

    def wants(self, name: str) -> bool:
        """Whether this hook looks at the file of this relative name."""
        return bool(self.files.search(name)) and not self.exclude.search(name)


def read_hooks(config: Path) -> tuple[list[Hook], re.Pattern[str]]:
    """The hooks in their order, and what all of them leave out."""
    document = yaml.safe_load(config.read_text())
    hooks = [
        Hook(
            hook["id"],
            shlex.split(hook["entry"]),
            re.compile(hook.get("files", "")),
            re.compile(hook.get("exclude", "^$")),
        )
        for repo in document["repos"]
        for hook in repo["hooks"]
    ]
    return hooks, re.compile(document.get("exclude", "^$"))


def project_files(root: Path) -> list[str]:
    """Relative names of the project's files: git's list, else what is not hidden."""
    git = ["git", "-C", str(root), "ls-files", "-co", "--exclude-standard", "-z"]
    if shutil.which("git") and (root / ".git").exists():
        done = subprocess.run(git, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SetupError(f"git ls-files failed: {done.stderr.strip()}")
        names = [name for name in done.stdout.split("\0") if name]
        return sorted(name for name in names if (root / name).is_file())
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [n for n in folders if n[0] != "." and n != "__pycache__"]
        found += [str(Path(folder, name).relative_to(root)) for name in files]
    return sorted(found)


def run_hook(hook: Hook, copy: Path, names: list[str]) -> str | None:
    """Run one hook on a copy; None when it is content, else what it has to say."""
    # The hooks' programs stand beside this Python, also when its venv is not active.
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    before = contents(copy, names)
    said = []
    failed = False
    for start in range(0, len(names), FILES_PER_CALL):
        call = [*hook.entry, *names[start : start + FILES_PER_CALL]]
        done = subprocess.run(
            call, cwd=copy, env=env, capture_output=True, text=True, check=False
        )
        said.append(done.stdout + done.stderr)
        failed = failed or done.returncode != 0
    after = contents(copy, names)
    changed = [name for name in names if before[name] != after[name]]
    if not failed and not changed:
        return None
    said += [f"would change {name}\n" for name in changed]
    return "".join(said)


def contents(root: Path, names: Iterable[str]) -> dict[str, str]:
    """Hash of each file."""
    return {name: digest((root / name).read_bytes()) for name in names}


def main(argv: list[str]) -> int:
    """Run all hooks on the repository `argv[0]`; counts go to the file `argv[1]`."""
    root, report = Path(argv[0]), Path(argv[1])
    hooks, excluded = read_hooks(root / CONFIG)
    names = [name for name in project_files(root) if not excluded.search(name)]
    counts = Counts()
    with tempfile.TemporaryDirectory(prefix="dist-lint-") as folder:
        copy = Path(folder)
        for name in names:
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, copy / name)
        for hook in hooks:
            wanted = [name for name in names if hook.wants(name)]
            complaint = run_hook(hook, copy, wanted)
            say(f"{hook.id}: {'ok' if complaint is None else 'FAILED'}")
            if complaint is None:
                counts = counts.plus(passed=1)
            else:
                print(complaint.rstrip())
                counts = counts.plus(failed=1)
    write_counts(report, counts)
    return 1 if counts.failed else 0


if __name__ == "__main__":
    run_command(main)
