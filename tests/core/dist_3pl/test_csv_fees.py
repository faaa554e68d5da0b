"""Fees and invoices of the CSV profile."""

import datetime as dt
from decimal import Decimal

import pytest

from addons.dist_connector_base.core.errors import DataError, MappingError

from .conftest import Backend

COLUMNS = (
    "charge_no;invoice_no;charged_on;kind;fee;amount;currency;request_key;tracking;"
    "weight_kg;quantity;remark"
)


@pytest.fixture
def house():
    return Backend("csv_sftp", zone="Europe/Berlin")


def fees(*rows):
    return ("\r\n".join((COLUMNS, *rows)) + "\r\n").encode()


def test_each_row_is_a_fee_of_its_own(house):
    first, second = house.read(
        "service_charge",
        fees(
            "C1;INV-7;2026-07-03;CHARGE;FREIGHT;6.20;EUR;CSV-OUT-1;1Z9;1.250;;",
            "C2;INV-7;2026-07-31;CREDIT;STORAGE;1.10;EUR;;;;12;broken shelf",
        ),
        "file",
    )
    assert (first.charge_key, first.fee, first.amount) == (
        "C1",
        "freight",
        Decimal("6.20"),
    )
    assert (first.reference_type, first.reference) == ("request", "CSV-OUT-1")
    assert (second.kind, second.reference_type) == ("credit", "none")
    assert (second.quantity, second.note) == (Decimal(12), "broken shelf")
    assert second.charge_date == dt.date(2026, 7, 31)


def test_a_fee_nobody_knows_goes_to_a_person(house):
    with pytest.raises(MappingError) as caught:
        house.read(
            "service_charge",
            fees("C1;INV-7;2026-07-03;CHARGE;CLEANING;6.20;EUR;;;;;"),
            "file",
        )
    assert (caught.value.vocabulary, caught.value.value) == ("fee", "CLEANING")


def test_an_amount_that_is_none_is_named_by_its_row(house):
    with pytest.raises(DataError) as caught:
        house.read(
            "service_charge",
            fees("C1;INV-7;2026-07-03;CHARGE;PICK;six;EUR;;;;;"),
            "file",
        )
    assert "amount" in caught.value.path


def test_the_head_of_an_invoice(house):
    (head,) = house.read(
        "service_invoice",
        b"invoice_no;invoiced_on;currency;total\r\nINV-7;2026-07-31;EUR;5.10\r\n",
        "file",
    )
    assert (head.invoice_number, head.total) == ("INV-7", Decimal("5.10"))
