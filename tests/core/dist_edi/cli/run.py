"""Run the command line in this process, as a shell would."""

import io
import shlex
import sys
from typing import NamedTuple

from addons.dist_edi.core.cli import main


class Ran(NamedTuple):
    """What a command left behind."""

    code: int
    output: str
    errors: str


class _Output(io.StringIO):
    """Standard output that takes text and, at ``buffer``, bytes."""

    @property
    def buffer(self):
        return self

    def write(self, data):
        return super().write(data.decode() if isinstance(data, bytes) else data)


class _Input(io.StringIO):
    def __init__(self, data):
        super().__init__()
        self.buffer = io.BytesIO(data)


def run(command, given=b""):
    """Run ``validate FILE ...`` and give exit code, output and errors."""
    kept = sys.stdout, sys.stderr, sys.stdin
    sys.stdout, sys.stderr, sys.stdin = _Output(), io.StringIO(), _Input(given)
    try:
        try:
            code = main(shlex.split(command))
        except SystemExit as exc:
            code = exc.code
        return Ran(code, sys.stdout.getvalue(), sys.stderr.getvalue())
    finally:
        sys.stdout, sys.stderr, sys.stdin = kept
