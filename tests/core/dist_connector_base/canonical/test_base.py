"""What every canonical document promises."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.dist_connector_base.core.canonical import (
    DOCUMENTS,
    Document,
    FulfilmentRequest,
    InventorySnapshot,
    Order,
    OrderChange,
    OrderResponse,
    Party,
)
from addons.dist_connector_base.core.errors import DataError

SNAPSHOT = {
    "snapshot_key": "S1",
    "taken_at": "2026-01-31T10:00:00Z",
    "warehouse": "EAST",
    "rows": [{"sku": "A-1", "quantity": "12"}],
}
REQUEST = {
    "request_key": "WH/OUT/1",
    "order_reference": "SO1",
    "warehouse": "EAST",
    "ship_to": {"name": "Ann Smith", "address": {"city": "Bristol", "country": "GB"}},
    "lines": [{"line_key": "1", "sku": "A-1", "quantity": 2}],
}


def snapshot(quantity="12", **changes):
    return InventorySnapshot.parse(
        {**SNAPSHOT, "rows": [{"sku": "A-1", "quantity": quantity}], **changes}
    )


def quantity_of(value):
    return snapshot(value).rows[0].quantity


def fault(call, *args, **named):
    with pytest.raises(DataError) as caught:
        call(*args, **named)
    return caught.value


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("12", "12"),
        (" 12.50 ", "12.50"),
        (12, "12"),
        (1.1, "1.1"),
        (0.1 + 0.2, "0.3"),
        ("-3", "-3"),
        (".5", "0.5"),
        ("12.", "12"),
        ("000000000000000000012", "12"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0E-999999999"), "0"),
    ],
)
def test_numbers_are_exact_however_they_are_sent(sent, meant):
    assert str(quantity_of(sent)) == meant


@pytest.mark.parametrize(
    "sent",
    [
        "NaN",
        "Infinity",
        "1e5",
        "1_000",
        "1,5",
        "１２",
        "",
        "twelve",
        True,
        None,
        [],
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("1E-999999999"),
        Decimal("1E+999999999"),
        10**400,
        "9" * 400,
        "1000000001",
        -(10**9) - 1,
    ],
)
def test_what_is_no_sane_number_is_refused_with_its_path(sent):
    found = fault(quantity_of, sent)
    assert found.path == "rows[0].quantity"
    assert len(str(found)) < 300


def test_a_field_nobody_knows_is_refused():
    found = fault(snapshot, colour="red")
    assert found.path == "colour"
    assert "is not a field of this document" in found.message


def test_all_faults_are_in_the_message_and_the_first_gives_the_path():
    broken = {**REQUEST, "warehouse": None, "lines": [{"sku": "A", "quantity": 0}]}
    found = fault(FulfilmentRequest.parse, broken)
    assert found.path == "warehouse"
    assert "lines[0].line_key is missing" in found.message
    assert "lines[0].quantity is not greater than 0" in found.message


def test_an_error_does_not_repeat_personal_data():
    broken = {**REQUEST, "ship_to": {"email": ["ann@example.com"]}}
    assert "ann@" not in str(fault(FulfilmentRequest.parse, broken))


def test_nul_is_refused_because_the_database_cannot_hold_it():
    assert "NUL" in fault(snapshot, warehouse="EA\0ST").message


def test_a_moment_without_a_zone_is_refused_unless_the_flow_knows_the_zone():
    naive = {**SNAPSHOT, "taken_at": "2026-01-31T10:00:00"}
    assert fault(InventorySnapshot.parse, naive).path == "taken_at"
    made = InventorySnapshot.parse(naive, zone="Europe/Berlin")
    assert made.taken_at == dt.datetime(2026, 1, 31, 9, tzinfo=dt.timezone.utc)


@pytest.mark.parametrize("sent", [1769853600, "2026-02-30T10:00:00Z", "yesterday"])
def test_what_is_no_moment_is_refused(sent):
    assert fault(snapshot, taken_at=sent).path == "taken_at"


@pytest.mark.parametrize("sent", ["2026-02-30", "20260131", 20260131, "31/01/2026"])
def test_what_is_no_day_is_refused(sent):
    broken = {**REQUEST, "requested_ship_date": sent}
    assert fault(FulfilmentRequest.parse, broken).path == "requested_ship_date"


def test_equal_content_has_one_hash():
    assert snapshot("1.0").content_hash() == snapshot("1.00").content_hash()
    explicit = {**SNAPSHOT, "complete": False, "received_at": "2026-01-31T11:00:00Z"}
    assert (
        InventorySnapshot.parse(explicit).content_hash()
        == InventorySnapshot.parse(SNAPSHOT).content_hash()
    )


def test_different_content_has_another_hash():
    assert snapshot("1").content_hash() != snapshot("10").content_hash()
    assert snapshot("1").content_hash() != snapshot("1", complete=True).content_hash()


def test_the_hash_of_stored_documents_never_changes():
    assert InventorySnapshot.parse(SNAPSHOT).content_hash() == (
        "b391e849f5da571276069273dc1f0acb226b6fd9b7b0a8b35831f1ded31cb3ef"
    )


@given(st.decimals(-(10**9), 10**9, places=4))
def test_a_document_is_read_back_from_its_json(quantity):
    made = snapshot(quantity)
    assert InventorySnapshot.from_json(made.to_json()) == made
    assert InventorySnapshot.from_json(made.to_json()).content_hash() == (
        made.content_hash()
    )


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[]", b'{"a": NaN}'])
def test_what_is_no_document_is_a_data_error(text):
    with pytest.raises(DataError):
        InventorySnapshot.from_json(text)


def test_a_document_cannot_be_changed_after_it_was_made():
    made = FulfilmentRequest.parse(REQUEST)
    with pytest.raises(ValueError, match="frozen"):
        made.warehouse = "WEST"
    assert made.model_copy(update={"warehouse": "WEST"}).warehouse == "WEST"


def test_whole_numbers_are_taken_as_keys():
    assert FulfilmentRequest.parse({**REQUEST, "request_key": 17}).key == "17"
    found = fault(FulfilmentRequest.parse, {**REQUEST, "request_key": 1.5})
    assert found.path == "request_key"


def test_answers_and_changes_of_one_order_have_keys_of_their_own():
    change = {"order_number": "PO1", "change_date": "2026-01-31"}
    first = OrderChange.parse({**change, "change_number": "1"})
    second = OrderChange.parse({**change, "change_number": "2"})
    assert first.key != second.key
    answer = {
        "order_number": "PO1",
        "status": "accepted",
        "response_date": "2026-01-31",
    }
    assert OrderResponse.parse(answer).key == "PO1"


def test_every_document_is_registered_by_its_type_and_has_a_key():
    assert len(DOCUMENTS) >= 18
    for doc_type, cls in DOCUMENTS.items():
        assert cls.doc_type == doc_type
        assert cls.key_field in cls.model_fields
        assert cls.__doc__


def test_two_classes_cannot_share_a_document_type():
    with pytest.raises(TypeError, match="order"):

        class AnotherOrder(Document):
            doc_type = "order"
            key_field = "number"
            number: str


def test_a_party_needs_nothing_and_an_order_needs_lines():
    assert Party().name == ""
    found = fault(
        Order.parse, {"order_number": "1", "order_date": "2026-01-31", "lines": []}
    )
    assert "lines has fewer entries than 1" in found.message
