"""What goes to a partner: calls that cannot break out of their place."""

import dataclasses
import json

import pytest

from addons.dist_connector_base.core.errors import (
    ConfigurationError,
    DataError,
    MappingError,
)
from addons.dist_connector_base.core.profile import build, load_profile

FILES = """
profile: files
version: "1"
title: Files
transport: folder
settings: {out: {label: Folder}}
operations:
  write:
    file: {folder: "{settings.out}", name: "ORD_{request_key}.csv"}
    format: {codec: csv, delimiter: ";", columns: [sku, quantity, when]}
    body: {each: lines, map: {sku: sku, quantity: quantity, when: parent().created_at}}
  look:
    find_file:
      folders: ["{settings.out}", "{settings.out}/done"]
      name: "ORD_{request_key}.csv"
flows:
  fulfilment_request: {direction: out, send: write, look_up: look, answer: later}
"""


@pytest.fixture
def send(profile, ctx):
    return lambda document: build(profile.operations["send"], document, ctx)


def test_a_request_is_built(send, request_document):
    request = send(request_document(requested_ship_date="2026-03-11"))
    assert request.method == "POST"
    assert request.url == "https://api.nordlager.example/v1/t/a%2Fb/orders/WH-OUT-1"
    assert request.params == {"dry": "false", "carrier": "7"}
    assert request.headers["X-Reference"] == "S0001"
    assert request.safe is False
    assert json.loads(request.body) == {
        "ref": "WH-OUT-1",
        "fixed": "DTC",
        "urgent": True,
        "ship_by": {"date": "2026-03-11"},
        "lines": [{"no": 1, "article": "A", "amount": 2.5, "of": "WH-OUT-1"}],
    }


def test_numbers_leave_exactly_as_they_are(send, request_document):
    lines = [{"line_key": "1", "sku": "A", "quantity": "0.1000000001"}]
    assert b'"amount":0.1000000001' in send(request_document(lines=lines)).body


def test_what_is_empty_leaves_no_field(send, request_document):
    request = send(request_document(carrier=None))
    assert "ship_by" not in json.loads(request.body)
    assert "carrier" not in request.params
    assert "X-Notes" not in request.headers


@pytest.mark.parametrize("notes", ["a\r\nX-Admin: 1", "a\nb", "Grüße"])
def test_a_header_cannot_be_broken_out_of(send, request_document, notes):
    with pytest.raises(DataError) as caught:
        send(request_document(notes=notes))
    assert caught.value.path == "headers.X-Notes"


@pytest.mark.parametrize(
    ("key", "part"), [("a/b?c#d", "a%2Fb%3Fc%23d"), ("ü", "%C3%BC"), ("%2e", "%252e")]
)
def test_a_key_stays_one_part_of_the_address(send, request_document, key, part):
    assert send(request_document(request_key=key)).url.endswith(f"/orders/{part}")


@pytest.mark.parametrize("key", ["..", "."])
def test_a_key_cannot_climb(send, request_document, key):
    with pytest.raises(DataError, match="part of an address"):
        send(request_document(request_key=key))


def test_an_unmapped_code_of_ours_is_refused(send, request_document):
    with pytest.raises(MappingError) as caught:
        send(request_document(carrier="DHL"))
    assert caught.value.path == "carrier"


def test_a_setting_that_is_empty_is_configuration(profile, ctx, request_document):
    bare = dataclasses.replace(ctx, settings={})
    with pytest.raises(ConfigurationError) as caught:
        build(profile.operations["send"], request_document(), bare)
    assert caught.value.path == "settings.base_url"


@pytest.fixture
def files(ctx):
    profile = load_profile(FILES)
    here = dataclasses.replace(ctx, settings={"out": "to/them"})
    return lambda name, document: build(profile.operations[name], document, here)


def test_a_file_is_built(files, request_document):
    drop = files("write", request_document())
    assert (drop.folder, drop.name) == ("to/them", "ORD_WH-OUT-1.csv")
    assert drop.content == b"sku;quantity;when\r\nA;2.50;\r\n"


def test_a_search_names_the_same_file(files, request_document):
    search = files("look", request_document())
    assert search == (("to/them", "to/them/done"), "ORD_WH-OUT-1.csv")


@pytest.mark.parametrize(
    "key",
    ["../../etc/passwd", "..", "a/b", "a\\b", "a\tb", "a:b", ".hidden", "x" * 199],
)
def test_a_file_cannot_leave_its_folder(files, request_document, key):
    with pytest.raises(DataError) as caught:
        files("write", request_document(request_key=key))
    assert "file name" in caught.value.message
