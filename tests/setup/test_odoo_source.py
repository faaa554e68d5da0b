"""Where Odoo comes from, and what has to be mended in Debian's package."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
from pathlib import Path

import pytest

from setup.lib import odoo_source
from setup.lib.errors import SetupError

DEB822 = """\
Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Types: deb
# a remark with a date
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""


def odoo_tree(folder: Path, version: str) -> Path:
    """The least that looks like an Odoo source tree."""
    (folder / "odoo").mkdir(parents=True)
    release = f"version_info = ({version}, 0, FINAL, 0, '')\n"
    (folder / "odoo" / "release.py").write_text(release)
    return folder


def test_private_source_keeps_mirror_and_keyring_and_changes_the_suite(tmp_path):
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / "debian.sources").write_text(DEB822)
    stanza = odoo_source.debian_source(tmp_path)
    assert "URIs: http://mirror.example/debian\n" in stanza
    assert f"Suites: {odoo_source.DEBIAN_SUITE}\n" in stanza
    assert "Components: main\n" in stanza
    assert "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg" in stanza
    assert "security" not in stanza


def test_private_source_from_the_old_one_line_format(tmp_path):
    (tmp_path / "sources.list").write_text(
        "# comment\n"
        "deb http://security.example/debian-security bookworm-security main\n"
        "deb [signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib\n"
    )
    stanza = odoo_source.debian_source(tmp_path)
    assert "URIs: http://mirror.example/debian\n" in stanza
    assert "Signed-By: /k.gpg" in stanza


def test_machine_without_a_debian_source_is_told_about_odoo_src(tmp_path):
    with pytest.raises(SetupError, match="set ODOO_SRC"):
        odoo_source.debian_source(tmp_path)


def test_pip_sees_the_version_and_no_requirement_that_must_be_compiled(tmp_path):
    site = tmp_path / "site"
    odoo_source.link_odoo(odoo_tree(tmp_path / "src", "19"), site)
    info = site / "odoo-19.0.egg-info"
    info.mkdir()
    (info / "requires.txt").write_text("psycopg2>=2.2\n")
    odoo_source.write_metadata(site)
    assert (site / "odoo" / "release.py").is_file()
    (found,) = importlib.metadata.distributions(name="odoo", path=[str(site)])
    assert found.version == "19.0"
    assert not found.requires


def test_odoo_of_another_series_is_refused(tmp_path):
    with pytest.raises(SetupError, match=r"is not 19\.0"):
        odoo_source.link_odoo(odoo_tree(tmp_path / "src", "18"), tmp_path / "site")


def test_importable_odoo_is_used_unless_it_is_old_or_our_own(tmp_path, monkeypatch):
    monkeypatch.delenv("ODOO_SRC", raising=False)
    current, old = odoo_tree(tmp_path / "a", "19"), odoo_tree(tmp_path / "b", "17")
    for tree, build_folder, expected in [
        (current, tmp_path / "build", current),
        (current, current.parent, None),
        (old, tmp_path / "build", None),
    ]:
        (tree / "odoo" / "release.py").write_text(
            (tree / "odoo" / "release.py").read_text().replace("FINAL", "'final'")
        )
        monkeypatch.setenv("PYTHONPATH", str(tree))
        assert odoo_source.existing_odoo(build_folder) == expected


def test_git_tree_brings_its_second_addons_folder(tmp_path):
    source = odoo_tree(tmp_path / "src", "19")
    (source / "addons" / "web").mkdir(parents=True)
    (source / "addons" / "web" / "__manifest__.py").write_text("{}")
    odoo_source.link_odoo(source, tmp_path / "site")
    assert odoo_source.extra_addons_path(tmp_path / "site") == source / "addons"


def test_changed_odoo_src_is_not_taken_for_the_old_one(tmp_path, monkeypatch):
    site = tmp_path / "site"
    odoo_source.link_odoo(odoo_tree(tmp_path / "old", "19"), site)
    assert odoo_source.is_current(site)
    monkeypatch.setenv("ODOO_SRC", str(odoo_tree(tmp_path / "new", "19")))
    assert not odoo_source.is_current(site)


def test_interrupted_unpacking_is_thrown_away(tmp_path, monkeypatch):
    work = tmp_path / "odoo.new"
    (work / "tree" / "half").mkdir(parents=True)
    monkeypatch.setenv("ODOO_SRC", str(odoo_tree(tmp_path / "src", "19")))
    site = odoo_source.ensure_odoo(tmp_path / "odoo", work, tmp_path / "log")
    assert (site / "odoo" / "release.py").is_file()
    assert not work.exists()


def test_dangling_links_are_mended_where_the_target_is_installed(tmp_path):
    inside = tmp_path / "static" / "LICENSE"
    inside.parent.mkdir()
    inside.symlink_to("../../../nowhere/share/doc/base-files/copyright-of-nobody")
    shell = tmp_path / "static" / "kept"
    shell.symlink_to("/bin/sh")
    found = tmp_path / "static" / "found"
    target = next(p for p in Path("/usr/share").rglob("*") if p.is_file())
    found.symlink_to(f"../../no/such/share/{target.relative_to('/usr/share')}")
    assert odoo_source.mend_links(tmp_path) == 1
    assert found.resolve() == target.resolve()
    assert not inside.exists()
    assert shell.exists()


@pytest.mark.skipif(not shutil.which("git"), reason="this way needs git itself")
def test_clone_takes_the_branch_and_is_kept(tmp_path, monkeypatch):
    origin = odoo_tree(tmp_path / "origin", "19")
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    for words in (
        ["init", "-q", "-b", "19.0"],
        ["add", "."],
        [*identity, "commit", "-q", "-m", "x"],
    ):
        subprocess.run(["git", *words], cwd=origin, check=True)
    monkeypatch.setenv("ODOO_GIT_URL", f"file://{origin}")
    target = tmp_path / "odoo-git"
    (tmp_path / "odoo-git.new" / "half").mkdir(parents=True)
    for _run in range(2):
        assert odoo_source.clone_odoo(target, tmp_path / "log") == target
    assert odoo_source.series(target) == "19.0"
    assert (tmp_path / "log").read_text().count("git clone") == 1
