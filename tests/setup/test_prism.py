"""Prism is installed on demand; where it cannot be, one line says why."""

import pytest

from setup.lib import prism
from setup.lib.errors import SetupError


def test_machine_without_npm_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(prism.shutil, "which", lambda name: None)
    with pytest.raises(SetupError, match="needs node and npm"):
        prism.ensure_prism(tmp_path)


def test_failed_installation_is_no_installation(tmp_path, monkeypatch):
    def fail(*_args, **_options):
        raise SetupError("no network")

    monkeypatch.setattr(prism.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(prism, "run_logged", fail)
    for _try in range(2):
        with pytest.raises(SetupError, match="no network"):
            prism.ensure_prism(tmp_path)


def test_what_is_installed_is_not_installed_again(tmp_path, monkeypatch):
    done = []

    def install(command, log, *, what, cwd):
        done.append(command)
        program = cwd / "node_modules" / ".bin" / "prism"
        program.parent.mkdir(parents=True)
        program.touch()

    monkeypatch.setattr(prism.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(prism, "run_logged", install)
    first, second = (prism.ensure_prism(tmp_path) for _time in range(2))
    assert first == second and first.exists()
    assert len(done) == 1
