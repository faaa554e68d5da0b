"""Progress lines: one when a step starts, one when it ends, with its seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .errors import SetupError

STARTED = time.monotonic()


def say(text: str) -> None:
    """Print one line at once; without a flush a CI log shows it at the end only."""
    print(f"[{time.monotonic() - STARTED:6.1f}s] {text}", flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce `title`, run the block, tell how long it took."""
    say(f"{title} ...")
    began = time.monotonic()
    yield
    say(f"{title}: {time.monotonic() - began:.1f} s")


def run_command(main: Callable[[list[str]], int]) -> None:
    """Run a command's `main` and turn what a person can fix into one line.

    Exits with main's own code; 2 for a SetupError or a failed system call
    (disk full, permission), 130 when interrupted.
    """
    try:
        code = main(sys.argv[1:])
    except SetupError as error:
        print(f"setup: error: {error}", file=sys.stderr, flush=True)
        code = 2
    except OSError as error:
        print(f"setup: error: {error}", file=sys.stderr, flush=True)
        code = 2
    except KeyboardInterrupt:
        print("setup: interrupted; run it again to go on", file=sys.stderr)
        code = 130
    sys.exit(code)
