"""The build itself: databases with their files, servers that can be killed."""

from __future__ import annotations

import os
import re
import socket
import urllib.request

import pytest

from setup.lib.errors import SetupError


@pytest.fixture
def database(build):
    """A copy of the base template, dropped at the end."""
    name = f"build_{os.getpid()}"
    build.dropdb(name)
    build.createdb(name)
    yield name
    build.dropdb(name)


def unused_port() -> int:
    """A port outside the range in which others look for one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:
        assert answer.status == 200
        return answer.read()


def test_copied_database_brings_its_files(build, database):
    template = build.base_template()
    folder = build.databases.filestores
    copied = {p.name for p in (folder / database).rglob("*") if p.is_file()}
    assert copied
    assert copied == {p.name for p in (folder / template).rglob("*") if p.is_file()}
    assert "queue_job" in build.databases.installed(database)


def test_database_name_that_is_taken_or_odd_is_refused(build, database):
    with pytest.raises(SetupError, match="exists; drop it first"):
        build.createdb(database)
    with pytest.raises(SetupError, match="is no database name"):
        build.createdb("robert'); drop")
    with pytest.raises(SetupError, match="is no database name"):
        build.dropdb("../elsewhere")


def test_rows_keep_commas_line_ends_and_nothing(build, database):
    query = (
        "SELECT 'a,b', E'two\\nlines', NULL UNION ALL SELECT '', '', '' ORDER BY 1 DESC"
    )
    assert build.sql(database, query) == [["a,b", "two\nlines", ""], ["", "", ""]]
    assert build.sql(database, "SELECT NULL") == [[""]]
    with pytest.raises(SetupError, match="PostgreSQL refused"):
        build.sql(database, "SELECT no_such_column")


def test_module_that_is_unknown_is_an_error(build, database):
    with pytest.raises(SetupError, match="did not install dist_no_such"):
        build.databases.install(database, ["dist_no_such"])


@pytest.mark.parametrize("workers", [0, 1])
def test_server_answers_with_its_assets_and_again_after_a_kill(
    build, database, workers
):
    port = unused_port()
    with build.start_odoo(database, port=port, workers=workers) as first:
        first.wait_ready()
        page = read(f"{first.url}/web/login").decode()
        style = re.search(r'href="(/web/assets/[^"]+\.css)"', page)
        assert style
        assert read(first.url + style[1])
        first.kill9()
        assert not first.is_running()
    with build.start_odoo(database, port=port, workers=workers) as second:
        second.wait_ready()
        assert b"login" in read(f"{second.url}/web/login")
        second.stop()
        assert not second.is_running()
