"""Run benchmarks by name and print one JSON line per figure.

    python -m tests.bench.run [NAME ...]

A module `bench_*.py` in this folder lists its figures in
`FIGURES: dict[str, Callable[[Build], Figure]]`.
"""

from __future__ import annotations

import importlib
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from setup.lib.build import Build
from setup.lib.errors import SetupError
from setup.lib.progress import run_command

from .figure import Figure

Measure = Callable[[Build], Figure]


def discover(folder: Path = Path(__file__).parent) -> dict[str, Measure]:
    """All figures by name; SetupError when two modules use the same name."""
    figures: dict[str, Measure] = {}
    for path in sorted(folder.glob("bench_*.py")):
        module = importlib.import_module(f"{__package__}.{path.stem}")
        for name, measure in module.FIGURES.items():
            if name in figures:
                raise SetupError(f"two benchmarks are named {name}; see {path.name}")
            figures[name] = measure
    return figures


def select(figures: Mapping[str, Measure], names: Sequence[str]) -> dict[str, Measure]:
    """The named figures in the order given, or all; SetupError for an unknown name."""
    unknown = [name for name in names if name not in figures]
    if unknown:
        raise SetupError(
            f"no benchmark named {unknown[0]!r}; there are: "
            f"{', '.join(sorted(figures)) or 'none'}"
        )
    return {name: figures[name] for name in names or figures}


def main(argv: list[str]) -> int:
    """Measure and print; progress goes to standard error, figures to standard output.

    A figure that misses its aim is printed like any other: the exit code tells only
    whether everything could be measured.
    """
    chosen = select(discover(), argv)
    if not chosen:
        raise SetupError("there is no bench_*.py in tests/bench, nothing to measure")
    # a benchmark that is ended from outside stops its server and drops its database
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    build = Build.prepare()
    build.add_bench_peers()
    for name, measure in chosen.items():
        began = time.monotonic()
        print(f"{name} ...", file=sys.stderr, flush=True)
        print(measure(build).line(), flush=True)
        seconds = time.monotonic() - began
        print(f"{name}: {seconds:.0f} s", file=sys.stderr, flush=True)
    return 0


if __name__ == "__main__":
    run_command(main)
