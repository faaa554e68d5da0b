"""`setup/demo [--check]`: build everything, then run the demo day.

The day itself is `tests/demo/day.py`; it gets this command's arguments and the
build's environment. `--check` ends with one JSON line and leaves nothing running.
"""

from __future__ import annotations

import subprocess

from .build import Build
from .errors import SetupError
from .progress import say


def main(argv: list[str]) -> int:
    """Build, then hand over to the day; gives its exit code."""
    build = Build.prepare()
    template = build.suite_template()
    say(f"everything is built (database template {template})")
    if not (build.root / "tests" / "demo" / "day.py").is_file():
        raise SetupError("tests/demo/day.py is missing; this clone is not complete")
    command = [str(build.python), "-m", "tests.demo.day", *argv]
    return subprocess.run(
        command, env=build.env(), cwd=build.root, check=False
    ).returncode
