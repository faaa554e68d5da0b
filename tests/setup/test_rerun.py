"""Building twice, after an interruption, or by two people at once."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from setup.lib import stamps, venv
from setup.lib.config import CHANNELS, OdooConfig
from setup.lib.server import OdooServer, group_lives

ROOT = Path(__file__).resolve().parents[2]


def test_stamp_counts_for_its_own_value_only(tmp_path):
    assert not stamps.is_stamped(tmp_path, "requirements", "a")
    stamps.stamp(tmp_path, "requirements", "a")
    assert stamps.is_stamped(tmp_path, "requirements", "a")
    assert not stamps.is_stamped(tmp_path, "requirements", "b")


def test_digest_sees_a_moved_boundary():
    assert stamps.digest("ab", "c") != stamps.digest("a", "bc")


def test_digest_of_files_sees_names_and_contents(tmp_path):
    first = tmp_path / "a.py"
    first.write_text("x")
    before = stamps.digest_files([first], tmp_path)
    first.write_text("y")
    assert stamps.digest_files([first], tmp_path) != before
    renamed = first.rename(tmp_path / "b.py")
    renamed.write_text("x")
    assert stamps.digest_files([renamed], tmp_path) != before


def test_venv_without_its_stamp_is_made_again(tmp_path, monkeypatch):
    made = []

    def pretend(command, log, *, what):
        made.append(what)
        (tmp_path / "venv" / "bin").mkdir(parents=True)
        (tmp_path / "venv" / "bin" / "python").symlink_to(sys.executable)

    monkeypatch.setattr(venv, "run_logged", pretend)
    half_made = tmp_path / "venv" / "lib" / "half-installed"
    half_made.mkdir(parents=True)
    for _run in range(2):
        python = venv.ensure_venv(tmp_path / "venv", tmp_path / "stamps", tmp_path)
    assert made == ["creating the virtual environment"]
    assert python.exists()
    assert not half_made.exists()


def test_requirements_are_installed_again_only_when_they_change(tmp_path, monkeypatch):
    installs = []
    monkeypatch.setattr(venv, "run_logged", lambda *_a, **_k: installs.append(1))
    python = tmp_path / "venv" / "bin" / "python"
    wanted = tmp_path / "requirements.txt"

    def ensure():
        venv.ensure_requirements(python, "all", [wanted], tmp_path, tmp_path)

    wanted.write_text("requests\n")
    ensure()
    ensure()
    assert len(installs) == 1
    wanted.write_text("requests\nzeep\n")
    ensure()
    assert len(installs) == 2


def test_second_builder_waits_for_the_first(tmp_path):
    lock = tmp_path / "lock"
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from setup.lib.stamps import build_lock\n"
        "with build_lock(Path(sys.argv[1])):\n"
        "    print('mine', flush=True)\n"
        "    time.sleep(0.5)\n"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", program, lock],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert first.stdout is not None
    assert first.stdout.readline() == "mine\n"
    began = time.monotonic()
    with stamps.build_lock(lock):
        waited = time.monotonic() - began
    assert waited > 0.2
    assert first.wait(10) == 0


@pytest.fixture
def config(tmp_path) -> OdooConfig:
    return OdooConfig(
        database="mine",
        http_port=8071,
        addons_path=(tmp_path / "addons",),
        data_dir=tmp_path / "data",
        db_host="127.0.0.1",
        db_port=5499,
        db_user="odoo",
        db_password="secret",
    )


def test_config_sets_what_queue_job_needs(config):
    lines = config.text().splitlines()
    assert "server_wide_modules = base,rpc,web,queue_job" in lines
    assert f"channels = {','.join(CHANNELS)}" in lines
    assert "port = 8071" in lines
    assert "workers = 0" in lines


def test_config_with_the_password_is_for_us_alone(config, tmp_path):
    path = config.write(tmp_path / "conf" / "odoo.conf")
    assert path.stat().st_mode & 0o777 == 0o600
    assert "db_password = secret" in path.read_text()


def test_killed_server_leaves_no_child_behind(tmp_path):
    script = "import subprocess, sys, time; subprocess.Popen(['sleep', '300']); "
    script += "print('started', flush=True); time.sleep(300)"
    log = tmp_path / "log"
    server = OdooServer([sys.executable, "-c", script], "http://127.0.0.1:1", log, {})
    while "started" not in log.read_text():
        time.sleep(0.02)
    assert group_lives(server.pid)
    server.kill9()
    assert not server.is_running()
    assert not group_lives(server.pid)


def test_server_that_ends_at_once_says_why(tmp_path):
    from setup.lib.errors import SetupError

    command = [sys.executable, "-c", "raise SystemExit('db: CRITICAL : wrong')"]
    server = OdooServer(command, "http://127.0.0.1:1", tmp_path / "log", {})
    with pytest.raises(SetupError, match="Odoo ended at once: db: CRITICAL : wrong"):
        server.wait_ready(10)
