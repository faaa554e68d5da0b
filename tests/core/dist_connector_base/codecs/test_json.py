"""JSON as partners send it, good and bad."""

import time
from decimal import Decimal

import pytest

from addons.dist_connector_base.core.codecs import MAX_SIZE, json_codec
from addons.dist_connector_base.core.errors import DataError


def refused(payload, **how):
    with pytest.raises(DataError) as caught:
        json_codec.decode(payload, **how)
    return caught.value


def test_numbers_stay_exact():
    data = json_codec.decode(b'{"price": 0.10, "quantity": 12}')
    assert data == {"price": Decimal("0.10"), "quantity": 12}
    assert str(data["price"]) == "0.10"


def test_malformed_json_names_line_and_column():
    error = refused(b'{"a": 1,\n "b": }')
    assert error.path == "line 2, column 7"
    assert "not JSON" in error.message


def test_a_web_page_is_called_one():
    error = refused(b"<!DOCTYPE html><html>Sign in</html>")
    assert "web page" in error.message


def test_a_key_that_stands_twice_is_refused_with_its_path():
    error = refused(b'{"lines": [{"sku": "A"}, {"sku": "B", "sku": "C"}]}')
    assert error.path == "lines[1].sku"
    assert "twice" in error.message


@pytest.mark.parametrize("word", [b"NaN", b"Infinity", b"-Infinity"])
def test_what_is_not_a_number_is_refused(word):
    assert refused(b'{"rows": [{"quantity": ' + word + b"}]}").path == (
        "rows[0].quantity"
    )


@pytest.mark.parametrize("number", [b"1e400", b"1" * 60, b"1e-99", b"9" * 5000])
def test_an_absurd_number_is_refused_with_its_path(number):
    assert refused(b'{"quantity": ' + number + b"}").path == "quantity"


def test_a_byte_order_mark_is_tolerated():
    assert json_codec.decode(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_another_charset_is_refused_with_the_line():
    error = refused(b'{"a": 1,\n"name": "M\xfcller"}')
    assert error.path == "line 2"
    assert "0xfc" in error.message


def test_utf16_is_named():
    error = refused('{"a": 1}'.encode("utf-16"))
    assert "utf-16" in error.message


def test_a_declared_charset_is_read():
    data = json_codec.decode(b'{"name": "M\xfcller"}', "latin-1")
    assert data == {"name": "Müller"}


@pytest.mark.parametrize("payload", [b"[" * 100_000, b'{"a":' * 61 + b"1" + b"}" * 61])
def test_deep_nesting_is_refused(payload):
    assert "nested" in refused(payload).message


def test_many_shallow_groups_are_no_depth():
    payload = b"[" + b",".join([b'{"a":[1]}'] * 1000) + b"]"
    assert len(json_codec.decode(payload)) == 1000


def test_half_a_character_is_refused():
    assert refused(b'{"names": ["\\ud800"]}').path == "names[0]"
    assert json_codec.decode(b'"\\ud83d\\ude00"') == "\U0001f600"


def test_fifty_megabytes_are_refused_at_once():
    payload = b'{"a": "' + b"x" * (50 * 1024 * 1024) + b'"}'
    started = time.perf_counter()
    error = refused(payload)
    assert time.perf_counter() - started < 0.5
    assert f"{MAX_SIZE:,}" in error.message


def test_what_is_written_is_read_back():
    data = {"q": Decimal("1.50"), "t": 'a"\n\u2028ü', "l": [None, True, 1, -2.5]}
    again = json_codec.decode(json_codec.encode(data))
    assert again == data
    assert b"1.50" in json_codec.encode(data)
    assert json_codec.encode(Decimal("1E+3")) == b"1000"


def test_a_character_the_charset_lacks_is_refused():
    with pytest.raises(DataError, match="no character"):
        json_codec.encode({"name": "Łódź"}, "latin-1")
