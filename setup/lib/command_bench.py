"""`setup/bench [NAME ...]`: build everything, then measure (tests/bench/run.py)."""

from __future__ import annotations

import subprocess

from .build import Build


def main(argv: list[str]) -> int:
    """Build, then hand over to the runner; gives its exit code."""
    build = Build.prepare()
    build.add_bench_peers()
    command = [str(build.python), "-m", "tests.bench.run", *argv]
    return subprocess.run(
        command, env=build.env(), cwd=build.root, check=False
    ).returncode
