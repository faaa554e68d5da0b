"""Files that count only with a done-file beside them, in a folder and over SFTP."""

import os

import pytest

from addons.dist_connector_base.core.errors import TransientError
from addons.dist_connector_base.core.wire import FileDrop
from addons.dist_connector_base.transports.done_files import (
    find_whole,
    list_whole,
    put_whole,
)
from addons.dist_connector_base.transports.folder import (
    FolderSettings,
    FolderTransport,
)


def done(name):
    return f"{name}.done"


@pytest.fixture(params=["folder", "sftp"])
def files(request, house, sign_in):
    def never(_seconds):
        raise AssertionError("waited, although the done-file says it all")

    if request.param == "folder":
        return FolderTransport(FolderSettings(str(house)), sleep=never)
    return sign_in(sleep=never)


def drop(house, name, *, at, content=b"x"):
    path = house / "out" / name
    path.write_bytes(content)
    os.utime(path, (1_700_000_000 + at,) * 2)


def names(found):
    return [file.name for file in found]


def test_a_file_is_whole_when_its_done_file_stands_beside_it(house, files):
    drop(house, "SHP_1.csv", at=0)
    drop(house, "SHP_1.csv.done", at=0, content=b"")
    drop(house, "SHP_2.csv", at=1)
    drop(house, "ACK_9.csv.done", at=0, content=b"")
    with files:
        listed = list_whole(files, "out", "SHP_*", 2, done)
        assert names(listed.whole) == ["SHP_1.csv"]
        assert names(listed.done) == ["SHP_1.csv.done"]
        assert names(listed.waiting) == ["SHP_2.csv"], "no done-file is a document"
        files.move_many([*listed.whole, *listed.done], "out/archive")
        assert names(files.list("out", "*")) == ["ACK_9.csv.done", "SHP_2.csv"]


def test_a_done_file_that_was_left_behind_vouches_for_no_new_file(house, files):
    drop(house, "STOCK.csv.done", at=0, content=b"")
    drop(house, "STOCK.csv", at=60, content=b"half")
    with files:
        listed = list_whole(files, "out", "STOCK*", 2, done)
        assert (names(listed.whole), names(listed.waiting)) == ([], ["STOCK.csv"])
        drop(house, "STOCK.csv.done", at=61, content=b"")
        listed = list_whole(files, "out", "STOCK*", 2, done)
        assert names(listed.whole) == ["STOCK.csv"]


def test_a_file_that_grows_after_its_done_file_is_not_read_in_half(house, files):
    drop(house, "SHP_1.csv", at=0, content=b"half")
    drop(house, "SHP_1.csv.done", at=0, content=b"")
    with files:
        listed = list_whole(files, "out", "SHP_*", 2, done)
        drop(house, "SHP_1.csv", at=0, content=b"half and the rest")
        ((_file, content),) = files.read_many(listed.whole)
    assert isinstance(content, TransientError)


def test_without_done_files_a_file_has_to_stand_still(house, sign_in):
    drop(house, "SHP_1.csv", at=0)
    drop(house, "SHP_2.csv", at=0)

    def partner_goes_on(_seconds):
        drop(house, "SHP_2.csv", at=0, content=b"more")

    with sign_in(sleep=partner_goes_on) as files:
        listed = list_whole(files, "out", "SHP_*", 2, lambda _name: "")
    assert (names(listed.whole), listed.done, listed.waiting) == (["SHP_1.csv"], [], [])


def test_the_done_file_is_written_last_and_again_if_it_must(house, files):
    order = FileDrop("in", "ORD_1.csv", b"order")
    with files:
        files.put(order)  # and the line was cut before its done-file
        assert find_whole(files, ["in", "in/processed"], "ORD_1.csv", "") == "in"
        folders = ["in", "in/processed"]
        assert find_whole(files, folders, "ORD_1.csv", "ORD_1.csv.done") == ""
        put_whole(files, order, "ORD_1.csv.done")
        assert find_whole(files, folders, "ORD_1.csv", "ORD_1.csv.done") == "in"
        assert (house / "in/ORD_1.csv.done").read_bytes() == b""
        # the partner takes the file and removes what said that it is whole
        (house / "in/ORD_1.csv").rename(house / "in/processed/ORD_1.csv")
        (house / "in/ORD_1.csv.done").unlink()
        found = find_whole(files, folders, "ORD_1.csv", "ORD_1.csv.done")
        assert found == "in/processed"


def test_without_a_done_file_none_is_written(house, files):
    with files:
        put_whole(files, FileDrop("in", "ORD_1.csv", b"order"), "")
    assert [path.name for path in (house / "in").iterdir() if path.is_file()] == [
        "ORD_1.csv"
    ]
