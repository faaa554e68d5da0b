"""CSV as agreed, and as it comes."""

import pytest

from addons.dist_connector_base.core.codecs import csv_codec
from addons.dist_connector_base.core.codecs.csv_codec import CsvForm
from addons.dist_connector_base.core.errors import DataError

FORM = CsvForm(columns=("sku", "quantity", "text"), delimiter=";", optional=("lot",))


def refused(text, form=FORM):
    payload = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(DataError) as caught:
        csv_codec.decode(payload, form)
    return caught.value


def test_rows_carry_the_number_a_spreadsheet_shows():
    rows = csv_codec.decode(
        b'sku;quantity;text\r\nA;1;"two\nlines"\r\n\r\nB;;x\r\n', FORM
    )
    assert rows == [
        {"#": 2, "sku": "A", "quantity": "1", "text": "two\nlines"},
        {"#": 4, "sku": "B", "quantity": None, "text": "x"},
    ]


def test_columns_may_come_in_another_order():
    rows = csv_codec.decode(b"lot;text;quantity;sku\nL;t;1;A\n", FORM)
    assert rows[0]["lot"] == "L"
    assert rows[0]["sku"] == "A"


@pytest.mark.parametrize(
    ("mark", "name"), [(",", "a comma"), ("\t", "a tab"), ("|", "a bar")]
)
def test_a_wrong_delimiter_is_named(mark, name):
    error = refused(f"sku{mark}quantity{mark}text\nA{mark}1{mark}t\n")
    assert name in error.message
    assert error.path == "row 1"


def test_a_missing_column_is_named_with_what_is_there():
    error = refused("sku;qantity;text\nA;1;t\n")
    assert error.path == "row 1, column quantity"
    assert "'qantity'" in error.message


def test_an_unknown_column_is_refused_or_ignored_as_agreed():
    text = "sku;quantity;text;price\nA;1;t;9\n"
    assert refused(text).path == "row 1, column price"
    free = CsvForm(columns=FORM.columns, delimiter=";", refuse_others=False)
    assert csv_codec.decode(text.encode(), free)[0]["price"] == "9"


def test_a_column_that_stands_twice_is_refused():
    assert "twice" in refused("sku;quantity;text;sku\nA;1;t;B\n").message


def test_a_row_with_too_few_cells_is_named():
    error = refused("sku;quantity;text\nA;1;t\nB;2\n")
    assert error.path == "row 3"
    assert "2 cells" in error.message


def test_an_open_quote_is_refused():
    assert "not CSV" in refused('sku;quantity;text\nA;1;"open\n').message


def test_a_byte_order_mark_is_tolerated():
    rows = csv_codec.decode(b"\xef\xbb\xbfsku;quantity;text\nA;1;t\n", FORM)
    assert rows[0]["sku"] == "A"


def test_another_charset_is_refused_with_the_line():
    error = refused("sku;quantity;text\nA;1;Müller\n".encode("latin-1"))
    assert error.path == "line 2"


def test_an_empty_file_is_refused():
    assert refused("").path == "row 1"
    assert csv_codec.decode(b"sku;quantity;text\n", FORM) == []


def test_nul_is_refused_with_the_row():
    assert refused("sku;quantity;text\nA;1;a\x00b\n").path == "row 2"


def test_what_is_written_is_read_back():
    rows = [{"sku": 'A;"1"', "quantity": "1", "text": "=1+1"}]
    payload = csv_codec.encode(rows, FORM)
    assert csv_codec.decode(payload, FORM) == [
        {"#": 2, "sku": 'A;"1"', "quantity": "1", "text": "=1+1", "lot": None}
    ]


def test_formulas_are_neutralised_for_people_only():
    rows = [{"sku": "A", "quantity": "-1", "text": "=cmd|'/c calc'!A1"}]
    assert b"'=cmd" in csv_codec.encode(rows, FORM, for_people=True)
    assert b";=cmd" in csv_codec.encode(rows, FORM)


def test_a_character_the_charset_lacks_names_the_cell():
    form = CsvForm(columns=("sku",), charset="latin-1")
    with pytest.raises(DataError) as caught:
        csv_codec.encode([{"sku": "A"}, {"sku": "Ł"}], form)
    assert caught.value.path == "row 3, column sku"
