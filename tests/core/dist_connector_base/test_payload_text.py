"""A payload is edited as text and goes back with nothing else changed."""

import json

import pytest

from addons.dist_connector_base.core.errors import DataError
from addons.dist_connector_base.core.payload_text import (
    difference,
    editable,
    pretty,
    restore,
)


@pytest.mark.parametrize(
    "payload",
    [
        b"sku;qty\r\nA-1;2\r\n",
        b"ISA*00*\rGS*PO\r",
        "sku;qty\nTee für zwei;2\n".encode(),
        "Käse;2\r\n".encode("latin-1"),
        b"\xff\xfe\x80",
        b"",
    ],
)
def test_what_was_not_touched_comes_back_byte_by_byte(payload):
    shown = editable(payload)
    assert "\r" not in shown.text
    assert restore(shown.text, shown) == payload
    # a browser may send its own line ends
    assert restore(shown.text.replace("\n", "\r\n"), shown) == payload


@pytest.mark.parametrize("payload", [b"a\x00b", b"a\r\nb\nc"])
def test_what_a_text_area_would_spoil_is_refused(payload):
    with pytest.raises(DataError, match="cannot be edited"):
        editable(payload)


def test_a_character_that_the_file_cannot_hold_is_named():
    shown = editable("Käse".encode("latin-1"))
    with pytest.raises(DataError, match="€"):
        restore("2 €", shown)


def test_json_is_set_out_in_lines_and_keeps_its_numbers():
    raw = (
        '{"a":1.10,"b":[],"c":{},"d":[1,{"e":"x{,}\\"y"}],"f":10000000000000000000001}'
    )
    text = pretty(raw)
    assert text == (
        '{\n  "a": 1.10,\n  "b": [],\n  "c": {},\n  "d": [\n    1,\n    {\n'
        '      "e": "x{,}\\"y"\n    }\n  ],\n  "f": 10000000000000000000001\n}'
    )
    assert json.loads(text) == json.loads(raw)


@pytest.mark.parametrize("text", ["", "a;b", "{broken", "12"])
def test_what_is_no_json_stays_as_it_is(text):
    assert pretty(text) == text


def test_the_difference_shows_the_lines_that_changed():
    shown = difference('{"sku":"A-1","quantity":2}', '{"sku":"A-1","quantity":3}')
    assert '-  "quantity": 2' in shown
    assert '+  "quantity": 3' in shown
    assert '"sku"' in shown
    assert difference("same", "same") == ""
