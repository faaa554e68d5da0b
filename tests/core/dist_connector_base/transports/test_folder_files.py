"""The same verbs over a local or mounted folder, which nothing may leave."""

import datetime as dt
import errno
import os
import subprocess
import sys

import pytest

from addons.dist_connector_base.core.errors import (
    ConfigurationError,
    ConflictError,
    DataError,
    SecurityError,
    TransientError,
)
from addons.dist_connector_base.core.wire import FileDrop, RemoteFile
from addons.dist_connector_base.transports.folder import FolderSettings, FolderTransport

NOW = dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.timezone.utc)


@pytest.fixture
def house(tmp_path):
    root = tmp_path / "root"
    for folder in ("in/processed", "out"):
        (root / folder).mkdir(parents=True)
    (tmp_path / "secret.csv").write_bytes(b"of another company")
    return root


@pytest.fixture
def files(house):
    with FolderTransport(
        FolderSettings(str(house), max_file=1000), now=lambda: NOW
    ) as transport:
        yield transport


def read(files, pattern="*"):
    listed = files.list("out", pattern)
    return {file.name: content for file, content in files.read_many(listed)}


# ------------------------------------------------------------------ as over SFTP


def test_finished_files_are_listed_read_and_archived(files, house):
    for age, name in enumerate(["SHP_2.csv", "SHP_1.csv"]):
        (house / "out" / name).write_bytes(name.encode())
        os.utime(house / "out" / name, (1_700_000_000 - age,) * 2)
    for name in (".SHP_3.csv", "SHP_4.csv.tmp", "ACK_1.csv"):
        (house / "out" / name).write_bytes(b"x")
    (house / "out/SHP_5.csv").mkdir()
    listed = files.list("out", "SHP_*")
    assert [file.name for file in listed] == ["SHP_1.csv", "SHP_2.csv"]
    assert [content for _file, content in files.read_many(listed)] == [
        b"SHP_1.csv",
        b"SHP_2.csv",
    ]
    moved = files.move_many(listed, "out/archive")
    assert [where for _file, where in moved] == [
        "out/archive/SHP_1.csv",
        "out/archive/SHP_2.csv",
    ]
    assert files.list("out", "SHP_*") == []
    assert (house / "out/archive/SHP_2.csv").read_bytes() == b"SHP_2.csv"


def test_archive_never_overwrites(files, house):
    for day in (b"monday", b"tuesday", b"wednesday"):
        (house / "out/INV.csv").write_bytes(day)
        files.move_many(files.list("out", "INV*"), "out/archive")
    assert {p.name: p.read_bytes() for p in (house / "out/archive").iterdir()} == {
        "INV.csv": b"monday",
        "INV.20260304T050607Z.csv": b"tuesday",
        "INV.20260304T050607Z.2.csv": b"wednesday",
    }


def test_network_drive_without_links_does_not_overwrite_either(
    files, house, monkeypatch
):
    def no_links(*_args, **_options):
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(os, "link", no_links)
    (house / "out/archive").mkdir()
    (house / "out/archive/INV.csv").write_bytes(b"monday")
    (house / "out/INV.csv").write_bytes(b"tuesday")
    files.move_many(files.list("out", "INV*"), "out/archive")
    assert (house / "out/archive/INV.csv").read_bytes() == b"monday"
    files.put(FileDrop("in", "ORD_1.csv", b"order"))
    assert (house / "in/ORD_1.csv").read_bytes() == b"order"


def test_file_that_still_grows_is_left_for_later(house):
    for name in ("whole.csv", "half.csv"):
        (house / "out" / name).write_bytes(b"half")

    def partner_goes_on(_seconds):
        (house / "out/half.csv").write_bytes(b"half and more")

    files = FolderTransport(FolderSettings(str(house)), sleep=partner_goes_on)
    stable = files.stable(files.list("out", "*"), 2)
    assert [file.name for file in stable] == ["whole.csv"]


def test_errors_stay_with_their_file(files, house):
    for name, content in {"a": b"1", "gone": b"2", "grown": b"3", "z": b"5"}.items():
        (house / "out" / f"{name}.csv").write_bytes(content)
    (house / "out/large.csv").write_bytes(b"x" * 1001)
    listed = files.list("out", "*")
    (house / "out/gone.csv").unlink()
    (house / "out/grown.csv").write_bytes(b"3 and more")
    told = {file.name: content for file, content in files.read_many(listed)}
    assert (told["a.csv"], told["z.csv"]) == (b"1", b"5")
    assert isinstance(told["gone.csv"], TransientError)
    assert isinstance(told["grown.csv"], TransientError)
    assert isinstance(told["large.csv"], DataError)
    moved = {file.name: where for file, where in files.move_many(listed, "archive")}
    assert isinstance(moved["gone.csv"], TransientError)
    assert moved["z.csv"] == "archive/z.csv"


def test_same_file_dropped_twice_is_one_and_another_is_a_conflict(files, house):
    files.put(FileDrop("in", "ORD_1.csv", b"order"))
    files.put(FileDrop("in", "ORD_1.csv", b"order"))
    with pytest.raises(ConflictError):
        files.put(FileDrop("in", "ORD_1.csv", b"other"))
    assert (house / "in/ORD_1.csv").read_bytes() == b"order"
    assert sorted(os.listdir(house / "in")) == ["ORD_1.csv", "processed"]


def test_drop_is_durable_before_it_is_visible(files, house, monkeypatch):
    """The bytes are on disk before the name is; the name is on disk at the end."""
    order = []
    link, sync = os.link, os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (order.append("sync"), sync(fd)))
    monkeypatch.setattr(
        os, "link", lambda *a, **k: (order.append("name"), link(*a, **k))
    )
    files.put(FileDrop("in", "ORD_1.csv", b"order"))
    assert order == ["sync", "name", "sync"]


def test_drop_that_was_cut_off_before_leaves_no_trace(files, house):
    (house / "in/.ORD_1.csv.part").write_bytes(b"much more than the whole order")
    files.put(FileDrop("in", "ORD_1.csv", b"order"))
    assert sorted(os.listdir(house / "in")) == ["ORD_1.csv", "processed"]
    assert (house / "in/ORD_1.csv").read_bytes() == b"order"


def test_file_is_found_in_the_folder_in_which_it_stands(files, house):
    (house / "in/processed/ORD_1.csv").write_bytes(b"order")
    assert files.exists(["in", "in/processed"], "ORD_1.csv") == "in/processed"
    assert files.exists(["in", "in/processed"], "ORD_2.csv") == ""
    with pytest.raises(ConfigurationError):
        files.exists(["in", "in/done"], "ORD_2.csv")


@pytest.mark.parametrize("full", [errno.ENOSPC, errno.EIO, errno.ESTALE])
def test_full_or_vanished_drive_is_tried_again(full, files, monkeypatch):
    def fail(_descriptor):
        raise OSError(full, os.strerror(full))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(TransientError):
        files.put(FileDrop("in", "ORD_1.csv", b"order"))


def test_folder_that_may_not_be_written_is_a_configuration_error(files, monkeypatch):
    def fail(*_args, **_options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(ConfigurationError, match="permission denied"):
        files.put(FileDrop("in", "ORD_1.csv", b"order"))


@pytest.mark.parametrize("root", ["", "relative", "/no/such/folder"])
def test_root_must_be_a_folder(root):
    with pytest.raises(ConfigurationError):
        FolderTransport(FolderSettings(root)).__enter__()


# ------------------------------------------------------------- nothing gets out


def test_file_that_is_a_link_out_of_the_root_is_refused_alone(files, house):
    (house / "out/good.csv").write_bytes(b"good")
    (house / "out/evil.csv").symlink_to(house.parent / "secret.csv")
    (house / "out/inner.csv").symlink_to(house / "out/good.csv")
    told = read(files)
    assert isinstance(told["evil.csv"], SecurityError)
    assert (told["good.csv"], told["inner.csv"]) == (b"good", b"good")


def test_folder_that_is_a_link_out_of_the_root_is_refused(files, house):
    (house / "away").symlink_to(house.parent)
    with pytest.raises(SecurityError):
        files.list("away", "*")
    with pytest.raises(SecurityError):
        files.put(FileDrop("away", "ORD_1.csv", b"order"))
    with pytest.raises(SecurityError):
        files.move_many([RemoteFile("out", "a.csv", 1, 0)], "away")
    assert sorted(os.listdir(house.parent)) == ["root", "secret.csv"]


def test_temporary_name_that_is_a_link_is_not_written_through(files, house):
    (house / "in/.ORD_1.csv.part").symlink_to(house.parent / "secret.csv")
    files.put(FileDrop("in", "ORD_1.csv", b"order"))
    assert (house.parent / "secret.csv").read_bytes() == b"of another company"


def test_pipe_that_is_named_like_a_file_blocks_nobody(files, house):
    os.mkfifo(house / "out/SHP_1.csv")
    assert files.list("out", "*") == []
    file = RemoteFile("out", "SHP_1.csv", 0, 0.0)
    assert isinstance(dict(files.read_many([file]))[file], DataError)


@pytest.mark.parametrize("name", ["../secret.csv", "/etc/passwd", "a\nb", "..", ""])
def test_name_that_leaves_the_folder_is_refused_everywhere(name, files):
    file = RemoteFile("out", name, 1, 0.0)
    assert isinstance(dict(files.read_many([file]))[file], DataError)
    assert isinstance(dict(files.move_many([file], "in"))[file], DataError)
    with pytest.raises(DataError):
        files.put(FileDrop("in", name, b""))
    with pytest.raises(DataError):
        files.exists(["in"], name)


@pytest.mark.parametrize("folder", ["..", "out/../..", "/etc", "", "a\nb"])
def test_folder_that_leaves_the_root_is_a_configuration_error(folder, files):
    with pytest.raises(ConfigurationError):
        files.list(folder, "*")


def test_transports_need_no_odoo():
    """The engine's plain part runs where Odoo is not installed."""
    code = (
        "import sys; sys.modules['odoo'] = None\n"
        "import addons.dist_connector_base.transports.rest\n"
        "import addons.dist_connector_base.transports.sftp\n"
        "import addons.dist_connector_base.transports.folder\n"
        "import addons.dist_connector_base.core.signatures\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
