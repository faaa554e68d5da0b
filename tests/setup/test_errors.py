"""What goes wrong on somebody's machine ends in one line that says what to do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from setup.lib import build as build_module
from setup.lib import packages, postgres, process
from setup.lib.errors import SetupError
from setup.lib.packages import SystemNeed

ROOT = Path(__file__).resolve().parents[2]
NO_SUCH_PACKAGE = SystemNeed("no-such-package", ("/no/such/file",), "for this test")


@pytest.fixture
def taken_port():
    """A port that somebody else listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def run_setup(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "setup" / command, "build"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def old_python(folder: Path) -> Path:
    """A Python that refuses, as one without venv or of an old version does."""
    program = folder / "python3.9"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    return program


def test_port_chosen_by_the_user_and_taken_is_named(taken_port):
    with pytest.raises(SetupError, match=f"port {taken_port} .DIST_PG_PORT. is in use"):
        postgres.free_port([], fixed=taken_port, variable="DIST_PG_PORT")


def test_taken_port_is_passed_over_by_default(taken_port):
    free = postgres.free_port([taken_port, 0], fixed=None, variable="DIST_PG_PORT")
    assert free == 0


def test_no_free_port_names_the_variable(taken_port):
    with pytest.raises(SetupError, match="set DIST_HTTP_PORT"):
        postgres.free_port([taken_port], fixed=None, variable="DIST_HTTP_PORT")


def test_full_disk_is_told_before_building(tmp_path, monkeypatch):
    monkeypatch.setattr(build_module, "LEAST_DISK", 10**18)
    with pytest.raises(SetupError, match="no space left"):
        build_module.check_disk(tmp_path)


def test_full_disk_while_building_is_recognised(tmp_path):
    command = [sys.executable, "-c", "raise SystemExit('x: No space left on device')"]
    with pytest.raises(SetupError, match="pip failed: no space left on the disk"):
        process.run_logged(command, tmp_path / "log", what="pip")


@pytest.mark.parametrize(
    "output",
    [
        "Err:1 http://mirror Temporary failure resolving 'mirror'",
        "NewConnectionError: Failed to establish a new connection: [Errno 101]",
        "fatal: unable to access: Could not resolve host: example.org",
    ],
)
def test_missing_network_is_recognised(output):
    assert process.likely_cause(output, 1).startswith("no network")


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        (
            "1 ERROR db odoo: no\nTraceback:\n  f()\nKeyError: 'x'\n1 INFO db: bye",
            "Key",
        ),
        ("1 INFO db odoo: go\n1 ERROR db odoo: no\n1 INFO db odoo: bye", "1 ERROR"),
        ("ERROR: No matching distribution\nhint: try again", "ERROR: No matching"),
        ("only this", "only this"),
        ("", "exit code 7"),
    ],
)
def test_cause_is_the_line_that_a_person_would_look_for(output, cause):
    assert process.likely_cause(output, 7).startswith(cause)


def test_other_failure_shows_its_last_line_and_the_log(tmp_path):
    script = "import sys; print('first', file=sys.stderr); sys.exit('the reason')"
    command = [sys.executable, "-c", script]
    with pytest.raises(SetupError, match=r"initdb failed: the reason \(log: .*log\)"):
        process.run_logged(command, tmp_path / "log", what="initdb")


def test_ordinary_user_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "is_root", lambda: False)
    with pytest.raises(SetupError, match="apt-get install no-such-package"):
        packages.ensure_packages((NO_SUCH_PACKAGE,), tmp_path / "log")


def test_nothing_is_installed_where_all_is_present(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "run_logged", pytest.fail)
    present = SystemNeed("any", ("/no/such/file", "sh"), "found by its command")
    packages.ensure_packages((present,), tmp_path / "log")
    assert packages.missing((present, NO_SUCH_PACKAGE)) == [NO_SUCH_PACKAGE]


def test_wrong_python_is_one_line_and_an_exit_code(tmp_path):
    done = run_setup("dev", DIST_PYTHON=str(old_python(tmp_path)))
    assert done.returncode == 2
    assert "Python 3.10 or newer" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_build_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = run_setup("dev", DIST_BUILD_DIR=str(tmp_path / "file" / "build"))
    assert done.returncode == 2
    assert done.stderr.startswith("setup: error: ")
    assert len(done.stderr.splitlines()) == 1


def test_unknown_part_lists_the_parts():
    done = run_setup("test")
    assert done.returncode == 2
    assert "no part 'build'; there are: lint, core, odoo, apps, e2e" in done.stderr


def test_odoo_source_without_odoo_is_named(tmp_path, monkeypatch):
    from setup.lib.odoo_source import existing_odoo

    monkeypatch.setenv("ODOO_SRC", str(tmp_path))
    with pytest.raises(SetupError, match="holds no Odoo"):
        existing_odoo(tmp_path / "build")


def test_command_runs_the_code_of_its_own_clone(tmp_path):
    (tmp_path / "setup" / "lib").mkdir(parents=True)
    for name in ("setup/__init__.py", "setup/lib/__init__.py"):
        (tmp_path / name).write_text("raise SystemExit('the other clone')\n")
    done = subprocess.run(
        [ROOT / "setup" / "test", "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("`setup/test")
