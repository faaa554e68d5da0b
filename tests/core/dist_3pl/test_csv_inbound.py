"""Receipts, adjustments and returns of the CSV profile: files as both sides agreed."""

import datetime as dt
from decimal import Decimal

import pytest

from addons.dist_connector_base.core.canonical import (
    ReceiptCancel,
    ReceiptNotice,
    ReturnAuthorisation,
)
from addons.dist_connector_base.core.errors import MappingError
from addons.dist_connector_base.core.profile import keys

from .conftest import Backend

RCV = (
    "receipt_no;receipt_key;order_reference;warehouse_reference;received_at;line_key;"
    "sku;quantity;unit;condition;lot;serial;expiry;reason_code;reason_text;freight;"
    "currency;final"
)
ADJ = (
    "adjustment_no;adjusted_at;sku;quantity;unit;reason_code;reason_text;from_status;"
    "status;lot;expiry"
)
RTN = (
    "return_no;return_key;order_reference;request_key;tracking;original_tracking;"
    "returned_at;sku;quantity;unit;disposition;reason_code;reason_text;lot;serial;expiry"
)


@pytest.fixture
def house():
    return Backend("csv_sftp", {"warehouse": "W"}, zone="Europe/Berlin")


def table(columns, *rows):
    names = columns.split(";")
    lines = [";".join(str(row.get(name, "")) for name in names) for row in rows]
    return ("\r\n".join((columns, *lines)) + "\r\n").encode()


def received(**values):
    return {
        "receipt_no": "R1",
        "receipt_key": "W-IN-1",
        "received_at": "2026-07-01 10:00:00",
        "line_key": "51",
        "sku": "SKU-001",
        "quantity": "2",
        "unit": "each",
        "condition": "GOOD",
        "final": "Y",
        **values,
    }


def test_an_advice_has_a_row_per_line(house):
    notice = ReceiptNotice.parse(
        {
            "receipt_key": "W-IN-1",
            "order_reference": "P00007",
            "warehouse": "W",
            "expected_on": "2026-03-20",
            "ship_from": {"name": "Tea Estate"},
            "lines": [
                {
                    "line_key": "51",
                    "sku": "SKU-001",
                    "quantity": 24,
                    "packs": [{"unit": "CS", "packs": 2, "contains": 12}],
                },
                {
                    "line_key": "52",
                    "sku": "SKU-005",
                    "quantity": 5,
                    "lots": [
                        {"lot": "L1", "quantity": 3, "expiry": "2027-01-31"},
                        {"lot": "L2", "quantity": 2},
                    ],
                },
            ],
        }
    )
    drop = house.build("write_receipt_notice", notice)
    assert (drop.folder, drop.name) == ("in", "ASN_W-IN-1.csv")
    header, first, second = drop.content.decode().splitlines()
    assert header == (
        "receipt_key;order_reference;supplier;expected_date;line_key;sku;description;"
        "quantity;unit;pack_unit;packs;lots;warehouse"
    )
    assert first == "W-IN-1;P00007;Tea Estate;2026-03-20;51;SKU-001;;24;each;case;2;;W"
    assert second.endswith(";5;each;;;L1=3=2027-01-31,L2=2=;W")
    assert house.build("find_receipt_notice_file", notice) == (
        ("in", "in/processed"),
        "ASN_W-IN-1.csv",
    )


def test_a_cancel_of_an_advice(house):
    cancel = ReceiptCancel(receipt_key="W-IN-1", reason="not ordered")
    drop = house.build("write_receipt_cancel", cancel)
    assert drop.name == "ASC_W-IN-1.csv"
    assert drop.content == b"receipt_key;reason\r\nW-IN-1;not ordered\r\n"


def test_answers_to_advices(house):
    columns = "receipt_key;status;warehouse_reference;reason_code;reason_text"
    payload = table(
        columns,
        {"receipt_key": "A", "status": "ACCEPTED", "warehouse_reference": "W1"},
        {"receipt_key": "B", "status": "ARRIVED"},
        {"receipt_key": "C", "status": "CANCEL_REFUSED", "reason_text": "counted"},
    )
    documents = house.read("receipt_response", payload, "file")
    assert [(d.receipt_key, d.status) for d in documents] == [
        ("A", "accepted"),
        ("B", "arrived"),
        ("C", "cancel_refused"),
    ]
    flow = house.profile.flows["receipt_response"]
    assert keys(flow, documents[0])[:2] == ("A:accepted", "A")
    with pytest.raises(MappingError):
        house.read(
            "receipt_response",
            table(columns, {"receipt_key": "A", "status": "MAYBE"}),
            "file",
        )


def test_rows_of_a_receipt_are_one_confirmation(house):
    payload = table(
        RCV,
        received(lot="L1", expiry="2027-01-31", freight="12.50", currency="EUR"),
        received(receipt_no="R2", final="N"),
        received(lot="L2", quantity="3"),
        received(
            quantity="1",
            condition="DAMAGED",
            lot="L1",
            reason_code="DAMAGED",
            reason_text="wet",
        ),
    )
    first, second = house.read("receipt_confirmation", payload, "file")
    assert (first.confirmation_key, first.completes_receipt) == ("R1", True)
    assert (second.confirmation_key, second.completes_receipt) == ("R2", False)
    # 10:00 in Berlin's summer
    assert first.received_at == dt.datetime(2026, 7, 1, 8, tzinfo=dt.timezone.utc)
    good, damaged = first.lines
    assert (good.quantity, good.condition) == (5, "good")
    assert [(x.lot, x.quantity) for x in good.lots] == [("L1", 2), ("L2", 3)]
    assert (damaged.quantity, damaged.condition) == (1, "damaged")
    assert (damaged.reason_code, damaged.reason) == ("damaged", "wet")
    (charge,) = first.charges
    assert (charge.kind, charge.amount, charge.currency) == (
        "freight",
        Decimal("12.50"),
        "EUR",
    )
    assert second.charges == []


def test_a_condition_nobody_knows_goes_to_a_person(house):
    with pytest.raises(MappingError) as caught:
        house.read(
            "receipt_confirmation", table(RCV, received(condition="SO-SO")), "file"
        )
    assert caught.value.vocabulary == "condition"


def test_an_adjustment_says_what_changed_and_why(house):
    head = {"adjustment_no": "A1", "adjusted_at": "2026-07-01 10:00:00", "unit": "each"}
    payload = table(
        ADJ,
        {
            **head,
            "sku": "SKU-001",
            "quantity": "-2",
            "reason_code": "LOST",
            "status": "SELLABLE",
        },
        {
            **head,
            "sku": "SKU-005",
            "quantity": "3",
            "reason_code": "STATUS",
            "from_status": "SELLABLE",
            "status": "DAMAGED",
            "lot": "L1",
        },
    )
    (document,) = house.read("inventory_adjustment", payload, "file")
    assert (document.adjustment_key, document.warehouse) == ("A1", "W")
    assert [
        (x.sku, x.quantity, x.reason_code, x.from_status, x.status, x.lot)
        for x in document.lines
    ] == [
        ("SKU-001", -2, "lost", None, "sellable", None),
        ("SKU-005", 3, "status_change", "sellable", "damaged", "L1"),
    ]
    # a faulty one holds up no other of the warehouse
    flow = house.profile.flows["inventory_adjustment"]
    assert keys(flow, document).partition == "A1"


def test_a_cause_nobody_knows_goes_to_a_person(house):
    row = {
        "adjustment_no": "A1",
        "adjusted_at": "2026-07-01 10:00:00",
        "sku": "S",
        "quantity": "1",
        "unit": "each",
        "reason_code": "MAGIC",
        "status": "SELLABLE",
    }
    with pytest.raises(MappingError) as caught:
        house.read("inventory_adjustment", table(ADJ, row), "file")
    assert caught.value.vocabulary == "adjustment_reason"


def test_an_authorisation_of_a_return(house):
    document = ReturnAuthorisation.parse(
        {
            "return_key": "RMA00001",
            "order_reference": "S00012",
            "request_key": "W-OUT-1",
            "lines": [
                {
                    "line_key": "1",
                    "sku": "SKU-001",
                    "quantity": 2,
                    "reason_code": "not_wanted",
                    "disposition": "restock",
                }
            ],
        }
    )
    drop = house.build("write_return", document)
    assert drop.name == "RMA_RMA00001.csv"
    assert drop.content.decode().splitlines()[1] == (
        "RMA00001;S00012;W-OUT-1;;;1;SKU-001;2;each;NOT_WANTED;RESTOCK;"
    )


def test_a_return_with_or_without_our_number(house):
    head = {
        "return_no": "T1",
        "return_key": "RMA00001",
        "order_reference": "S00012",
        "returned_at": "2026-07-01 10:00:00",
        "sku": "SKU-001",
        "unit": "each",
        "quantity": "1",
        "disposition": "RESTOCK",
        "reason_code": "LATE",
    }
    payload = table(
        RTN,
        head,
        {**head, "disposition": "SCRAP", "reason_code": "DAMAGED"},
        {**head, "return_no": "T2", "return_key": "", "original_tracking": "1Z1"},
    )
    ours, blind = house.read("return_notice", payload, "file")
    assert (ours.return_key, ours.authorisation, ours.stage) == (
        "T1",
        "RMA00001",
        "received",
    )
    assert [(x.disposition, x.reason_code, x.quantity) for x in ours.lines] == [
        ("restock", "late", 1),
        ("scrap", "damaged", 1),
    ]
    assert (blind.authorisation, blind.original_tracking_number) == ("", "1Z1")
