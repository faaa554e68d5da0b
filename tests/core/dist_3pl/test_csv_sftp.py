"""The CSV profile: files as both sides agreed, and as they should not be."""

import datetime as dt
from decimal import Decimal

import pytest

from addons.dist_connector_base.core.canonical import Article, FulfilmentCancel
from addons.dist_connector_base.core.errors import DataError, MappingError
from addons.dist_connector_base.core.profile import file_place, keys, load_profile

from .conftest import PROFILES, Backend

SHIPMENT_COLUMNS = (
    "shipment_no;request_key;warehouse_reference;shipped_at;carrier;service;line_key;"
    "sku;quantity;unit;lot;serial;expiry;tracking;weight_kg;sscc;final"
)


@pytest.fixture
def house():
    return Backend("csv_sftp", zone="Europe/Berlin")


def row(**values):
    content = {
        "shipment_no": "SH1",
        "request_key": "CSV-OUT-1",
        "warehouse_reference": "W9",
        "shipped_at": "2026-07-01 10:00:00",
        "carrier": "UPS",
        "service": "Ground",
        "line_key": "41",
        "sku": "SKU-001",
        "quantity": "2",
        "unit": "EA",
        "tracking": "T1",
        "weight_kg": "1.250",
        "final": "Y",
    }
    content |= values
    return ";".join(content.get(name, "") for name in SHIPMENT_COLUMNS.split(";"))


def shipments(*rows):
    return ("\r\n".join((SHIPMENT_COLUMNS, *rows)) + "\r\n").encode()


def read(house, *rows):
    return house.read("shipment_confirmation", shipments(*rows), "file")


def refused(house, payload, message_type="shipment_confirmation", kind=DataError):
    with pytest.raises(kind) as caught:
        house.read(message_type, payload, "file")
    return caught.value


# ------------------------------------------------------------------------ out


def test_an_order_file_has_a_row_per_line(house, request_document):
    drop = house.build("write_order", request_document(request_key="CSV-OUT-1"))
    assert (drop.folder, drop.name) == ("in", "ORD_CSV-OUT-1.csv")
    header, first, second = drop.content.decode().splitlines()
    assert header == (
        "request_key;order_reference;ship_to_name;street;street2;city;zip;state;"
        "country;phone;email;carrier;service;requested_date;line_key;sku;description;"
        "quantity;unit;lot;warehouse;priority;kit;kits"
    )
    assert first == (
        "CSV-OUT-1;S00012;Ada Lovelace;1 Market Street;Floor 2;Chicago;60601;IL;US;"
        "+1 312 555 0101;ada@shop.example;UPS;Ground;2026-03-14;41;SKU-001;;3;each;;"
        "BOB;;;"
    )
    assert second.endswith(';42;SKU-005;"Tea; green";2;each;L7;BOB;;;')


def test_an_urgent_order_says_so_in_every_row(house, request_document):
    drop = house.build("write_order", request_document(priority="urgent"))
    rows = drop.content.decode().splitlines()
    assert [row.endswith(";URGENT;;") for row in rows] == [False, True, True]


def test_a_cancel_file(house):
    cancel = FulfilmentCancel(request_key="CSV-OUT-1", reason="customer's wish")
    drop = house.build("write_cancel", cancel)
    assert drop.name == "CAN_CSV-OUT-1.csv"
    assert drop.content == b"request_key;reason\r\nCSV-OUT-1;customer's wish\r\n"


def test_a_look_up_searches_where_the_partner_puts_what_it_took(
    house, request_document
):
    search = house.build("find_order_file", request_document(request_key="K"))
    assert search == (("in", "in/processed"), "ORD_K.csv")


def test_a_name_with_dots_and_slashes_is_refused(house, request_document):
    with pytest.raises(DataError) as caught:
        house.build("write_order", request_document(request_key="../../etc/cron.d/x"))
    assert caught.value.path == "request_key"


# ------------------------------------------------------------------------- in


def test_files_are_found_and_archived_where_agreed(house):
    place = file_place(house.profile.flows["shipment_confirmation"], house.ctx)
    assert place == ("out", "SHP_*.csv", "out/archive", 2)


def test_rows_of_a_shipment_are_one_confirmation(house):
    first, second = read(
        house,
        row(lot="L1", expiry="2027-01-31"),
        row(shipment_no="SH2", final="N"),
        row(lot="L2", quantity="3", tracking="T2", sscc="003400000000000000017"),
        row(line_key="42", sku="SKU-002", quantity="1", unit="case", tracking="T2"),
    )
    assert (first.confirmation_key, second.confirmation_key) == ("SH1", "SH2")
    assert (first.completes_request, second.completes_request) == (True, False)
    # 10:00 in Berlin's summer
    assert first.shipped_at == dt.datetime(2026, 7, 1, 8, tzinfo=dt.timezone.utc)
    assert [(e.line_key, e.quantity, e.unit) for e in first.lines] == [
        ("41", 5, "EA"),
        ("42", 1, "CS"),
    ]
    assert [(e.lot, e.quantity) for e in first.lines[0].lots] == [("L1", 2), ("L2", 3)]
    assert [(p.tracking_number, len(p.contents)) for p in first.parcels] == [
        ("T1", 1),
        ("T2", 2),
    ]
    assert first.parcels[0].weight_kg == Decimal("1.25")


def test_ledger_keys_of_a_shipment(house):
    (document,) = read(house, row())
    flow = house.profile.flows["shipment_confirmation"]
    assert keys(flow, document) == ("SH1", "CSV-OUT-1", "CSV-OUT-1")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("ACCEPTED", "accepted"),
        ("REJECTED", "rejected"),
        ("CANCELLED", "cancelled"),
        ("CANCEL_REFUSED", "cancel_refused"),
    ],
)
def test_every_row_of_answers_is_a_response(house, words, status):
    payload = (
        "request_key;status;warehouse_reference;reason_code;reason_text\r\n"
        f"K1;{words};W1;;\r\nK2;REJECTED;;ADDR;no such street\r\n"
    ).encode()
    first, second = house.read("fulfilment_response", payload, "file")
    assert (first.request_key, first.status, first.remote_id) == ("K1", status, "W1")
    assert (second.reason_code, second.reason) == ("ADDR", "no such street")


def test_an_unknown_status_is_never_ignored(house):
    payload = (
        b"request_key;status;warehouse_reference;reason_code;reason_text\n"
        b"K1;ACCEPTED;;;\nK2;MAYBE;;;\n"
    )
    error = refused(house, payload, "fulfilment_response", MappingError)
    assert (error.path, error.value) == ("row 3, column status", "MAYBE")


def test_a_stock_file_is_one_snapshot(house):
    payload = (
        b"taken_at;sku;quantity;allocated;lot;expiry;status\n"
        b"2026-07-01T06:00:00Z;A;10;2;L1;2027-01-31;SELLABLE\n"
        b"2026-07-01T06:00:00Z;B;-1;;;;\n"
    )
    (snapshot,) = house.read("inventory_snapshot", payload, "file")
    assert snapshot.snapshot_key == "stock-2026-07-01T06:00:00Z"
    assert [(r.sku, r.quantity, r.lot, r.status) for r in snapshot.rows] == [
        ("A", 10, "L1", "sellable"),
        ("B", -1, None, "sellable"),
    ]


# ------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("values", "path", "words"),
    [
        ({"quantity": "=1+1"}, "row 3, column quantity", "not a plain number"),
        ({"quantity": "two"}, "row 3, column quantity", "not a plain number"),
        ({"quantity": "1e3"}, "row 3, column quantity", "not a plain number"),
        ({"quantity": "-1"}, "row 3, column quantity", "less than 0"),
        ({"quantity": "99999999999"}, "row 3, column quantity", "more than"),
        ({"quantity": ""}, "row 3, column quantity", "is missing"),
        ({"shipped_at": "01.07.2026"}, "row 3, column shipped_at", "not a time"),
        ({"expiry": "31.01.2027", "lot": "L"}, "row 3, column expiry", "not a date"),
        ({"request_key": ""}, "row 3, column request_key", "is missing"),
        ({"weight_kg": "=A1"}, "row 3, column weight_kg", "not a plain number"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(house, values, path, words):
    error = refused(house, shipments(row(), row(shipment_no="SH2", **values)))
    assert words in error.message
    assert error.path == path


def test_an_unknown_unit_is_named_by_row_and_column(house):
    error = refused(house, shipments(row(), row(unit="pint")), kind=MappingError)
    assert error.path == "row 3, column unit"
    assert (error.vocabulary, error.value) == ("unit", "pint")


def test_commas_instead_of_semicolons_are_named(house):
    payload = shipments(row()).replace(b";", b",")
    assert "a comma" in refused(house, payload).message


def test_another_charset_is_named(house):
    payload = shipments(row(service="Größe")).decode().encode("latin-1")
    assert "utf-8" in refused(house, payload).message


def test_a_half_written_file_is_refused(house):
    payload = shipments(row(), row())
    assert refused(house, payload[: len(payload) - 40]).path == "row 3"


def test_a_missing_column_is_named_with_its_row_and_a_new_one_is_let_pass(house):
    (document,) = house.read(
        "shipment_confirmation",
        shipments(row()).replace(b"final", b"final;driver").replace(b";Y", b";Y;Joe"),
        "file",
    )
    assert document.confirmation_key == "SH1"
    error = refused(house, shipments(row()).replace(b"tracking;", b"trakking;"))
    assert error.path == "row 1, column tracking"
    assert error.message == "is missing; there is 'trakking'"


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_files_of_other_programs_are_read_alike(house, mark, end):
    written = shipments(row(service='"Express"', lot='"L;1"', expiry=""))
    payload = mark + written.replace(b"\r\n", end.encode())
    (document,) = house.read("shipment_confirmation", payload, "file")
    assert (document.service, document.lines[0].lots[0].lot) == ("EXPRESS", "L;1")


def test_a_line_break_inside_quotes_is_part_of_the_text(house):
    payload = (
        b"request_key;status;warehouse_reference;reason_code;reason_text\r\n"
        b'K1;REJECTED;;ADDR;"no such\r\nstreet"\r\nK2;MAYBE;;;\r\n'
    )
    error = refused(house, payload, "fulfilment_response", MappingError)
    assert error.path == "row 3, column status"


def test_a_house_that_writes_latin_1_is_read_when_its_profile_says_so(house):
    payload = (
        "request_key;status;warehouse_reference;reason_code;reason_text\r\n"
        "K1;REJECTED;;;Straße gibt es nicht\r\n"
    ).encode("latin-1")
    told = refused(house, payload, "fulfilment_response")
    assert told.path == "line 2"
    text = (PROFILES / "csv_sftp.yaml").read_text("utf-8")
    agreed = text.replace("codec: csv\n", "codec: csv\n      charset: latin-1\n")
    house.profile = load_profile(agreed)
    (document,) = house.read("fulfilment_response", payload, "file")
    assert document.reason == "Straße gibt es nicht"


def test_an_article_has_a_row_for_its_unit_and_one_for_each_pack(house):
    article = Article.parse(
        {
            "article_key": "T/1#aa",
            "sku": "T/1",
            "name": "Tea",
            "tracking": "serial",
            "packs": [{"unit": "CS", "quantity": 12, "gtin": "14006381333938"}],
        }
    )
    drop = house.build("write_article", article)
    assert drop.name == "ITEM_T-1#aa.csv"
    assert drop.content.decode().splitlines() == [
        "sku;name;tracking;has_expiry;weight_kg;volume_m3;unit;contains;gtin;component",
        "T/1;Tea;SERIAL;N;;;each;1;;",
        "T/1;Tea;SERIAL;N;;;case;12;14006381333938;",
    ]
    assert house.build("find_article_file", article).name == drop.name
    assert house.profile.flows["article"].answer == "at_once", "the file is the answer"


def test_stock_of_several_warehouses_comes_in_a_file_each(house):
    def stock(*codes):
        rows = "".join(
            f"2026-07-01T06:00:00Z;A;{number};;;;SELLABLE;{code}\n"
            for number, code in enumerate(codes, 1)
        )
        head = "taken_at;sku;quantity;allocated;lot;expiry;status;warehouse\n"
        return house.read("inventory_snapshot", (head + rows).encode(), "file")[0]

    ham, ber = stock("HAM"), stock("BER")
    assert ham.snapshot_key != ber.snapshot_key, "both are of the same moment"
    assert (ham.warehouse, ber.warehouse) == ("HAM", "BER")
    assert stock("HAM", "BER").warehouse == "HAM+BER", "nobody's, so a person sees it"
    assert stock("").warehouse == "CSV", "the setting of the backend"
