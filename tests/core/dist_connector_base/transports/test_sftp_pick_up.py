"""Picking up and archiving files at a real OpenSSH server."""

import datetime as dt
import os
import threading
import time

import pytest

from addons.dist_connector_base.core.errors import (
    ConfigurationError,
    DataError,
    TransientError,
)
from addons.dist_connector_base.core.wire import FileDrop, RemoteFile
from addons.dist_connector_base.transports import sftp_wire

NOW = dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.timezone.utc)


def write(folder, **files):
    for name, content in files.items():
        (folder / f"{name}.csv").write_bytes(content)


def names(files) -> list[str]:
    return [file.name for file in files]


# ------------------------------------------------------------------------ listing


def test_only_finished_files_of_the_pattern_are_listed(house, sign_in):
    write(house / "out", SHP_1=b"a", ACK_1=b"b")
    for name in (".SHP_2.csv", "SHP_3.csv.tmp", "SHP_4.csv.part", "SHP_5.csv.filepart"):
        (house / "out" / name).write_bytes(b"x")
    (house / "out" / "SHP_6.csv").mkdir()
    (house / "out" / "SHP_7.csv").symlink_to("/etc/passwd")
    with sign_in() as files:
        assert names(files.list("out", "SHP_*")) == ["SHP_1.csv"]


def test_oldest_file_is_listed_first(house, sign_in):
    write(house / "out", b=b"1", a=b"22", c=b"333")
    for age, name in enumerate(["c", "a", "b"]):
        os.utime(house / "out" / f"{name}.csv", (1_700_000_000 - age,) * 2)
    with sign_in() as files:
        listed = files.list("out", "*.csv")
    assert names(listed) == ["b.csv", "a.csv", "c.csv"]
    assert listed[0] == RemoteFile("out", "b.csv", 1, 1_699_999_998.0)


def test_listing_of_many_files_is_whole(house, sign_in):
    for number in range(2500):
        (house / "out" / f"INV_{number}.csv").touch()
    with sign_in() as files:
        assert len(files.list("out", "INV_*.csv")) == 2500


def test_missing_folder_is_a_configuration_error(house, sign_in):
    with (
        sign_in() as files,
        pytest.raises(ConfigurationError, match="no folder 'nope'"),
    ):
        files.list("nope", "*")


def test_name_that_is_not_utf8_is_an_error_of_this_file_alone(house, sign_in):
    (house / "out" / os.fsdecode(b"Stra\xdfe.csv")).write_bytes(b"x")
    write(house / "out", good=b"y")
    with sign_in() as files:
        listed = files.list("out", "*.csv")
        read = dict(files.read_many(listed))
    told = {file.name: content for file, content in read.items()}
    assert told["good.csv"] == b"y"
    (bad,) = [content for content in told.values() if isinstance(content, DataError)]
    assert "is not UTF-8" in str(bad)


# ------------------------------------------------------------------------ reading


@pytest.mark.parametrize("size", [0, 1, 32767, 32768, 32769, 1 << 20, 3_500_000])
def test_file_of_any_size_is_read_whole(size, house, sign_in):
    content = os.urandom(size)
    write(house / "out", file=content)
    with sign_in() as files:
        ((_file, read),) = files.read_many(files.list("out", "*"))
    assert read == content


def test_files_are_read_in_the_order_asked_for(house, sign_in):
    sizes = [200_000, 10, 70_000, 0, 33_000] * 40
    for number, size in enumerate(sizes):
        (house / "out" / f"F{number:03d}.csv").write_bytes(
            b"%03d" % number + b"x" * size
        )
    with sign_in() as files:
        listed = sorted(files.list("out", "*"), key=lambda file: file.name)
        read = list(files.read_many(listed))
    assert [content[:3] for _file, content in read] == [b"%03d" % n for n in range(200)]
    assert [len(content) - 3 for _file, content in read] == sizes


def test_files_over_the_limit_are_refused_one_by_one(house, sign_in):
    write(house / "out", small=b"x" * 100, large=b"x" * 101)
    with sign_in(max_file=100) as files:
        read = {
            f.name: content for f, content in files.read_many(files.list("out", "*"))
        }
    assert read["small.csv"] == b"x" * 100
    assert isinstance(read["large.csv"], DataError)
    assert read["large.csv"].path == "out/large.csv"


def test_errors_stay_with_their_file(house, sign_in):
    write(house / "out", a=b"1", gone=b"2", grown=b"3", cut=b"444", z=b"5")
    with sign_in() as files:
        listed = files.list("out", "*")
        (house / "out" / "gone.csv").unlink()
        (house / "out" / "grown.csv").write_bytes(b"3 and more")
        (house / "out" / "cut.csv").write_bytes(b"4")
        read = {file.name: content for file, content in files.read_many(listed)}
    assert (read["a.csv"], read["z.csv"]) == (b"1", b"5")
    assert isinstance(read["gone.csv"], TransientError)
    assert "still being written" in str(read["grown.csv"])
    assert "still being written" in str(read["cut.csv"])


@pytest.mark.parametrize(
    "name", ["../in/x.csv", "/etc/passwd", "a\nb.csv", "..", "", "a\\b.csv", "x" * 201]
)
def test_name_that_leaves_the_folder_is_refused_everywhere(name, house, sign_in):
    file = RemoteFile("out", name, 1, 0.0)
    with sign_in() as files:
        assert isinstance(dict(files.read_many([file]))[file], DataError)
        assert isinstance(dict(files.move_many([file], "out/archive"))[file], DataError)
        with pytest.raises(DataError):
            files.put(FileDrop("in", name, b""))
        with pytest.raises(DataError):
            files.exists(["in"], name)


@pytest.mark.parametrize("folder", ["../out", "out/../..", "", "out\n"])
def test_folder_that_climbs_is_a_configuration_error(folder, house, sign_in):
    with sign_in() as files, pytest.raises(ConfigurationError):
        files.list(folder, "*")


def test_root_bounds_all_folders(house, sign_in):
    write(house / "out", a=b"1")
    with sign_in(root=str(house)) as files:
        assert names(files.list("out", "*")) == ["a.csv"]
        with pytest.raises(ConfigurationError, match="below the root"):
            files.list("/etc", "*")


def test_listening_can_stop_in_the_middle(house, sign_in):
    for number in range(300):
        (house / "out" / f"F{number}.csv").write_bytes(b"x")
    with sign_in() as files:
        listed = files.list("out", "*")
        reading = files.read_many(listed)
        next(reading)
        reading.close()
        assert len(list(files.read_many(listed))) == 300


# ----------------------------------------------------------------------- stability


def test_file_that_still_grows_is_left_for_later(house, sign_in):
    write(house / "out", whole=b"all of it", half=b"half")

    def partner_goes_on(seconds):
        assert seconds == 2
        with (house / "out" / "half.csv").open("ab") as file:
            file.write(b" and more")

    with sign_in(sleep=partner_goes_on) as files:
        listed = files.list("out", "*")
        assert names(files.stable(listed, 2)) == ["whole.csv"]


def test_nothing_to_wait_for_is_not_waited_for(house, sign_in):
    def never(_seconds):
        raise AssertionError("waited for nothing")

    with sign_in(sleep=never) as files:
        assert files.stable([], 2) == []


def test_half_written_file_is_picked_up_once_and_whole(house, sign_in):
    path = house / "out" / "SHP_1.csv"
    done = threading.Event()

    def partner():
        with path.open("wb") as file:
            for _line in range(8):
                file.write(b"a line of a shipment\n")
                file.flush()
                time.sleep(0.05)
        done.set()

    writer = threading.Thread(target=partner)
    writer.start()
    taken = []
    with sign_in() as files:
        end = time.monotonic() + 10
        while not taken and time.monotonic() < end:
            stable = files.stable(files.list("out", "*"), 0.15)
            taken = [c for _f, c in files.read_many(stable) if isinstance(c, bytes)]
    assert done.is_set()
    assert taken == [b"a line of a shipment\n" * 8]
    writer.join()


# ----------------------------------------------------------------------- archiving


def test_archive_is_made_and_tells_where_each_file_stands(house, sign_in):
    write(house / "out", a=b"1", b=b"2")
    with sign_in() as files:
        moved = files.move_many(files.list("out", "*"), "out/archive")
    assert [where for _file, where in moved] == [
        "out/archive/a.csv",
        "out/archive/b.csv",
    ]
    assert (house / "out/archive/b.csv").read_bytes() == b"2"
    assert not (house / "out/b.csv").exists()


@pytest.mark.parametrize("server", ["OpenSSH", "one that would overwrite"])
def test_archive_never_overwrites(server, house, sign_in, monkeypatch):
    if server != "OpenSSH":
        # such a server renames over what is there: OpenSSH does so when asked by
        # its own extension
        monkeypatch.setattr(sftp_wire, "rename", sftp_wire.posix_rename)
    with sign_in(now=lambda: NOW) as files:
        for day in (b"monday", b"tuesday", b"wednesday"):
            write(house / "out", INV=day)
            listed = files.list("out", "INV*")
            files._careful = server != "OpenSSH"
            ((_file, where),) = files.move_many(listed, "out/archive")
            assert isinstance(where, str)
    archive = house / "out/archive"
    assert {path.name: path.read_bytes() for path in archive.iterdir()} == {
        "INV.csv": b"monday",
        "INV.20260304T050607Z.csv": b"tuesday",
        "INV.20260304T050607Z.2.csv": b"wednesday",
    }


def test_file_that_is_gone_keeps_no_other_from_the_archive(house, sign_in):
    write(house / "out", a=b"1", b=b"2", c=b"3")
    with sign_in() as files:
        listed = files.list("out", "*")
        (house / "out/b.csv").unlink()
        moved = {file.name: where for file, where in files.move_many(listed, "archive")}
    assert isinstance(moved["b.csv"], TransientError)
    assert (moved["a.csv"], moved["c.csv"]) == ("archive/a.csv", "archive/c.csv")


def test_archive_below_a_missing_folder_is_a_configuration_error(house, sign_in):
    write(house / "out", a=b"1")
    with sign_in() as files, pytest.raises(ConfigurationError):
        files.move_many(files.list("out", "*"), "no/such/archive")
