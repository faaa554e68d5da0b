"""All tests: the repository root is importable; `build` is the built suite."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


@pytest.fixture(scope="session")
def build():
    """The built suite (see setup/lib/build.py); builds what is missing."""
    from setup.lib.build import Build

    return Build.prepare()
