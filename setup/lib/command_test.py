"""`setup/test [lint|core|odoo|e2e ...] [-- PYTEST ARGUMENTS]`: build, then test.

Without a name all parts run:

lint  the hooks of .pre-commit-config.yaml
core  tests without Odoo: every folder below tests/ but e2e and bench
odoo  tests of the addons in a fresh database, by pytest-odoo, browser tours included
e2e   tests/e2e: Odoo servers and partners as processes

Ends with the line `N passed, N failed`. Exit code 1 when a test failed, a part died,
or a part that should have tests ran none.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from .build import Build
from .errors import SetupError
from .progress import say
from .report import Counts, read_counts


class Result(NamedTuple):
    """What one part did."""

    part: str
    counts: Counts
    exit_code: int
    seconds: float


# Takes the build, the report's path and extra pytest arguments; gives an exit code.
Part = Callable[[Build, Path, Sequence[str]], int]


def main(argv: list[str]) -> int:
    """Run the parts named in `argv`, or all; gives the exit code."""
    names, extra = split_arguments(argv)
    if names == ["--help"]:
        print(__doc__)
        return 0
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        raise SetupError(f"no part {unknown[0]!r}; there are: {', '.join(PARTS)}")
    build = Build.prepare()
    results = [
        run_part(build, part, extra) for part in PARTS if part in (names or PARTS)
    ]
    return conclude(results, may_be_empty=bool(extra))


def split_arguments(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names of parts, and what follows `--` for pytest."""
    words = list(argv)
    if "--" not in words:
        return words, []
    cut = words.index("--")
    return words[:cut], words[cut + 1 :]


def run_part(build: Build, part: str, extra: Sequence[str]) -> Result:
    """Run one part and read its counts."""
    kept = build.folder / "reports" / f"{part}{'.json' if part == 'lint' else '.xml'}"
    kept.parent.mkdir(exist_ok=True)
    # Two runs at once must not read each other's counts.
    report = kept.with_stem(f"{part}-{os.getpid()}")
    say(f"== {part} ==")
    began = time.monotonic()
    try:
        code = PARTS[part](build, report, extra)
    except SetupError as error:
        # The other parts are still worth knowing; this one counts as a failure.
        say(f"{part}: {error}")
        code = 2
    seconds = time.monotonic() - began
    result = Result(part, read_counts(report), code, seconds)
    if report.exists():
        report.replace(kept)
    say(f"== {part}: {describe(result)} in {seconds:.0f} s ==")
    return result


def conclude(results: Sequence[Result], *, may_be_empty: bool) -> int:
    """Print one line per part and the total; give the exit code.

    A part that died without a failed test, or had no tests, counts as one failure:
    the total must never look clean when something did not run.
    """
    print()
    total = Counts()
    for result in results:
        print(f"{result.part:6} {describe(result)} ({result.seconds:.0f} s)")
        total = total.plus(*result.counts)
        if is_silent_failure(result, may_be_empty=may_be_empty):
            print(f"{result.part:6} {why_silent(result)}: counted as a failure")
            total = total.plus(failed=1)
    if not total.total:
        print("no test ran at all: counted as a failure")
        total = total.plus(failed=1)
    print(f"{sum(result.seconds for result in results):.0f} seconds in all")
    print(f"{total.passed} passed, {total.failed} failed", flush=True)
    return 1 if total.failed else 0


def is_silent_failure(result: Result, *, may_be_empty: bool) -> bool:
    """Whether a part went wrong without a failed test to show for it."""
    if result.counts.failed:
        return False
    if result.counts.total == 0 and result.exit_code in (0, NO_TESTS):
        return not may_be_empty
    return result.exit_code != 0


def why_silent(result: Result) -> str:
    """One line on a part that failed without a failed test."""
    if result.exit_code in (0, NO_TESTS):
        return "ran no tests"
    return f"ended with exit code {result.exit_code}"


def describe(result: Result) -> str:
    """Counts as people read them."""
    passed, failed, skipped = result.counts
    text = f"{passed} passed, {failed} failed"
    return f"{text}, {skipped} skipped" if skipped else text


TEST_PREFIX = "setup_test_"
NO_TESTS = 5  # pytest's exit code when nothing was collected


def lint(build: Build, report: Path, extra: Sequence[str]) -> int:
    """The hooks; `extra` is pytest's and not for them."""
    command = [build.python, "-m", "setup.lib.lint", build.root, report]
    return run(build, command)


def core(build: Build, report: Path, extra: Sequence[str]) -> int:
    """Tests that need neither Odoo nor PostgreSQL."""
    folders = sorted(
        folder
        for folder in (build.root / "tests").iterdir()
        if folder.name not in ("e2e", "bench") and any(folder.rglob("test_*.py"))
    )
    return run_pytest(build, report, [*folders, *extra])


def odoo(build: Build, report: Path, extra: Sequence[str]) -> int:
    """Tests of the addons in a copy of the suite's template."""
    folders = sorted((build.root / "addons").glob("*/tests"))
    folders = [folder for folder in folders if any(folder.glob("test_*.py"))]
    if not folders:
        return NO_TESTS
    return run_in_odoo(build, report, [*folders, *extra])


#: Apps that the suite works with when they are there, and the tests that need them.
#: Where they are missing, as for the part `odoo`, those tests are skipped.
OPTIONAL_APPS = {"mrp": "test_kits.py", "stock_dropshipping": "test_dropship.py"}


def apps(build: Build, report: Path, extra: Sequence[str]) -> int:
    """Tests of the addons beside apps that they do not depend on."""
    names = set(OPTIONAL_APPS.values())
    files = sorted((build.root / "addons").glob("*/tests/test_*.py"))
    wanted = [file for file in files if file.name in names]
    if not wanted:
        return NO_TESTS
    return run_in_odoo(build, report, [*wanted, *extra], tuple(OPTIONAL_APPS))


def run_in_odoo(
    build: Build,
    report: Path,
    arguments: Sequence[str | Path],
    modules: Sequence[str] = (),
) -> int:
    """Run pytest inside Odoo, in a copy of the suite's template with more modules."""
    drop_left_over(build)
    # A name of its own, so that two runs at once do not meet.
    database = f"{TEST_PREFIX}{os.getpid()}"
    build.createdb(database, modules, template=build.suite_template())
    try:
        config = build.config(database, run_jobs=False)
        options = ["-p", "odoo", "--odoo-http", f"--odoo-database={database}"]
        return run_pytest(build, report, [*options, *arguments], config)
    finally:
        build.dropdb(database)


def drop_left_over(build: Build) -> None:
    """Drop the test databases of runs that were killed before they could."""
    for name in build.databases.names():
        owner = name.removeprefix(TEST_PREFIX)
        if owner != name and owner.isdigit() and not Path("/proc", owner).exists():
            build.dropdb(name)


def e2e(build: Build, report: Path, extra: Sequence[str]) -> int:
    """Tests that start Odoo and partners as processes of their own."""
    folder = build.root / "tests" / "e2e"
    if not folder.is_dir():
        return NO_TESTS
    build.suite_template()
    return run_pytest(build, report, [folder, *extra])


def run_pytest(
    build: Build,
    report: Path,
    arguments: Sequence[str | Path],
    config: Path | None = None,
) -> int:
    """Run pytest in the build's environment with its JUnit report."""
    command = [build.python, "-m", "pytest", "-q", "--durations=5"]
    command += ["--durations-min=5", f"--junitxml={report}"]
    return run(build, [*command, *arguments], config)


def run(build: Build, command: Sequence[str | Path], config: Path | None = None) -> int:
    """Run one program in the repository, output shown; gives its exit code."""
    return subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        env=build.env(config),
        cwd=build.root,
        check=False,
    ).returncode


PARTS: dict[str, Part] = {
    "lint": lint,
    "core": core,
    "odoo": odoo,
    "apps": apps,
    "e2e": e2e,
}
