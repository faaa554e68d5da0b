"""An addon is a package like any other: it builds, and Odoo finds it once installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(
    not (ROOT / ".git").exists() or not shutil.which("git"),
    reason="whool takes the wheel's version from git's history",
)
def test_addon_builds_as_a_wheel_that_odoo_finds(tmp_path):
    pytest.importorskip("whool", reason="in test-requirements.txt, needed to build")
    build = (
        "import sys; from whool.buildapi import build_wheel; build_wheel(sys.argv[1])"
    )
    subprocess.run(
        [sys.executable, "-c", build, tmp_path],
        cwd=ROOT / "addons" / "dist_replenishment",
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("odoo_addon_dist_replenishment-19.0.*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    probe = (
        "import odoo.addons.dist_replenishment as a, odoo.modules.module as m;"
        "print(m.Manifest._from_path(a.__path__[0])['version'])"
    )
    found = subprocess.run(
        [sys.executable, "-c", probe],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert found.stdout.strip().startswith("19.0.")
