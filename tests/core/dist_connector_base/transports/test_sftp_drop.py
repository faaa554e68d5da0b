"""Dropping files at a real OpenSSH server, and lines that end in the middle."""

import os
import threading
import time

import pytest

from addons.dist_connector_base.core.errors import (
    ConfigurationError,
    ConflictError,
    TransientError,
    UnknownOutcomeError,
)
from addons.dist_connector_base.core.wire import FileDrop
from addons.dist_connector_base.transports import sftp_wire
from tests.partners.latency_proxy import LatencyProxy


def write(folder, **files):
    for name, content in files.items():
        (folder / f"{name}.csv").write_bytes(content)


# ------------------------------------------------------------------------ dropping


def test_dropped_file_is_there_under_its_name_alone(house, sign_in):
    content = os.urandom(1_234_567)
    with sign_in() as files:
        files.put(FileDrop("in", "ORD_1.csv", content))
    assert [path.name for path in house.joinpath("in").glob("*.csv")] == ["ORD_1.csv"]
    assert (house / "in/ORD_1.csv").read_bytes() == content
    assert not list(house.joinpath("in").glob(".*"))


def test_partner_never_sees_a_half_written_file(house, sign_in):
    seen, stop = set(), threading.Event()

    def partner():
        while not stop.is_set():
            for path in house.joinpath("in").glob("ORD_*"):
                seen.add(path.stat().st_size)

    watcher = threading.Thread(target=partner)
    watcher.start()
    with sign_in() as files:
        files.put(FileDrop("in", "ORD_1.csv", b"x" * 5_000_000))
        time.sleep(0.05)
    stop.set()
    watcher.join()
    assert seen == {5_000_000}


def test_same_file_dropped_twice_is_one_file(house, sign_in):
    with sign_in() as files:
        files.put(FileDrop("in", "ORD_1.csv", b"order"))
        files.put(FileDrop("in", "ORD_1.csv", b"order"))
    assert (house / "in/ORD_1.csv").read_bytes() == b"order"


@pytest.mark.parametrize("theirs", [b"other", b"longer than ours"])
def test_another_file_of_the_name_is_not_overwritten(theirs, house, sign_in):
    write(house / "in", ORD_1=theirs)
    with sign_in() as files, pytest.raises(ConflictError):
        files.put(FileDrop("in", "ORD_1.csv", b"order"))
    assert (house / "in/ORD_1.csv").read_bytes() == theirs


def test_drop_that_was_cut_off_before_leaves_no_trace(house, sign_in):
    (house / "in/.ORD_1.csv.part").write_bytes(b"much more than the whole order")
    with sign_in() as files:
        files.put(FileDrop("in", "ORD_1.csv", b"order"))
    assert sorted(os.listdir(house / "in")) == ["ORD_1.csv", "processed"]
    assert (house / "in/ORD_1.csv").read_bytes() == b"order"


def test_server_that_cannot_rename_by_link_is_asked_the_other_way(
    house, sign_in, monkeypatch
):
    refused = sftp_wire.Request(sftp_wire.EXTENDED, sftp_wire.text("no@such.thing"))
    monkeypatch.setattr(sftp_wire, "rename", lambda source, target: refused)
    with sign_in() as files:
        files.put(FileDrop("in", "ORD_1.csv", b"order"))
    assert (house / "in/ORD_1.csv").read_bytes() == b"order"


def test_drop_into_a_missing_folder_is_a_configuration_error(house, sign_in):
    with sign_in() as files, pytest.raises(ConfigurationError, match="no folder"):
        files.put(FileDrop("nope", "ORD_1.csv", b"order"))


# ------------------------------------------------------------------------- look-up


def test_file_is_found_in_the_folder_in_which_it_stands(house, sign_in):
    write(house / "in/processed", ORD_1=b"order")
    with sign_in() as files:
        assert files.exists(["in", "in/processed"], "ORD_1.csv") == "in/processed"
        assert files.exists(["in", "in/processed"], "ORD_2.csv") == ""


def test_missing_folder_does_not_pass_for_a_missing_file(house, sign_in):
    with sign_in() as files, pytest.raises(ConfigurationError):
        files.exists(["in", "in/done"], "ORD_2.csv")


# ------------------------------------------------------------------ a line that ends


def test_line_cut_while_reading_is_tried_again(sshd, house, sign_in):
    for number in range(400):
        (house / "out" / f"F{number}.csv").write_bytes(b"x" * 4096)
    with sign_in() as files:
        listed = files.list("out", "*")
        reading = files.read_many(listed)
        next(reading)
        assert sshd.kill_sessions() > 0
        with pytest.raises(TransientError, match="was lost during reading"):
            list(reading)
        assert len(list(files.read_many(listed))) == 400  # opens a new connection


def test_line_cut_before_the_renaming_left_nothing_visible(sshd, house, sign_in):
    with sign_in() as files:
        files.list("in", "*")
        sshd.kill_sessions()
        with pytest.raises(TransientError) as caught:
            files.put(FileDrop("in", "ORD_1.csv", b"order"))
    assert not isinstance(caught.value, UnknownOutcomeError)
    assert not (house / "in/ORD_1.csv").exists()


def test_line_cut_in_the_renaming_is_an_unknown_outcome(
    sshd, house, sign_in, monkeypatch
):
    rename = sftp_wire.rename
    with LatencyProxy(sshd.port, 0.05) as line:

        def rename_and_lose_the_answer(source, target):
            threading.Timer(0.08, line.cut).start()  # it arrives; its answer does not
            return rename(source, target)

        monkeypatch.setattr(sftp_wire, "rename", rename_and_lose_the_answer)
        with sign_in(port=line.port) as files, pytest.raises(UnknownOutcomeError):
            files.put(FileDrop("in", "ORD_1.csv", b"order"))
    assert (house / "in/ORD_1.csv").read_bytes() == b"order"
    monkeypatch.undo()
    with sign_in() as files:
        assert files.exists(["in", "in/processed"], "ORD_1.csv") == "in"


def test_line_cut_while_archiving_loses_no_file(sshd, house, sign_in):
    for number in range(300):
        (house / "out" / f"F{number}.csv").write_bytes(b"%d" % number)
    with LatencyProxy(sshd.port, 0.02) as line, sign_in(port=line.port) as files:
        listed = files.list("out", "*")
        threading.Timer(0.1, line.cut).start()
        with pytest.raises(TransientError):
            files.move_many(listed, "out/archive")
    with sign_in() as files:
        files.move_many(files.list("out", "*"), "out/archive")
    archive = sorted(
        int(path.read_bytes()) for path in (house / "out/archive").iterdir()
    )
    assert archive == list(range(300))


def test_silent_server_ends_in_time(sshd, house, sign_in):
    with (
        LatencyProxy(sshd.port, 0.0) as line,
        sign_in(port=line.port, timeout=0.5) as files,
    ):
        files.list("out", "*")
        line._delay = 60
        began = time.monotonic()
        with pytest.raises(TransientError):
            files.list("out", "*")
        assert time.monotonic() - began < 5


def test_distance_does_not_add_up(sshd, house, sign_in):
    """Over 20 ms, 500 files one by one would take 20 s or more."""
    for number in range(500):
        (house / "out" / f"F{number}.csv").write_bytes(b"x" * 4096)
    with LatencyProxy(sshd.port, 0.01) as line, sign_in(port=line.port) as files:
        began = time.monotonic()
        listed = files.list("out", "*")
        read = [content for _file, content in files.read_many(listed)]
        files.move_many(listed, "out/archive")
        seconds = time.monotonic() - began
    assert read == [b"x" * 4096] * 500
    assert seconds < 5


def test_closing_a_line_that_is_cut_hides_no_other_error(sign_in):
    files = sign_in()
    with files:
        files.list("out", "*")
        session = files._session

        class Cut:
            def close(self):
                session.close()
                raise EOFError

        files._session = Cut()
    assert files._session is None
