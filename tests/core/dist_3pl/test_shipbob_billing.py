"""What ShipBob bills: invoices, and the fees of each of them."""

from urllib.parse import urlsplit

import pytest

from addons.dist_connector_base.core.errors import ConfigurationError, MappingError
from addons.dist_connector_base.core.profile import advance_cursor, keys, next_page

from .shipbob import answer, expanded, expansion, faults, first_page, read


def invoice(number=12345, **values):
    content = {
        "invoice_id": number,
        "invoice_date": "2026-03-09",
        "invoice_type": "Shipping",
        "amount": 11.5,
        "currency_code": "USD",
        "running_balance": 11.5,
    }
    return {**content, **values}


def fee(key="01AN4Z07BY79KA1307SR9X4MV3", **values):
    content = {
        "transaction_id": key,
        "transaction_type": "Charge",
        "transaction_fee": "Shipping",
        "amount": 13.5,
        "currency_code": "USD",
        "charge_date": "2026-03-05",
        "invoice_id": 12345,
        "invoice_date": "2026-03-09",
        "invoice_type": "Shipping",
        "invoiced_status": True,
        "fulfillment_center": "Cicero (IL)",
        "reference_type": "Shipment",
        "reference_id": "900",
        "additional_details": {"comment": "Zone 4"},
        "taxes": [],
    }
    return {**content, **values}


def listed(*items, **links):
    return {"items": list(items), "next": None, **links}


def charges(bob, *fees):
    [(item, _request)] = expansion(bob, "service_charge", listed(invoice()))
    return expanded(bob, "service_charge", item, answer(200, listed(*fees)))


def test_invoices_are_asked_for_from_a_day_on_page_by_page(contract, bob):
    request = first_page(bob, "list_invoices")
    assert request.params == {
        "SortOrder": "Ascending",
        "PageSize": "100",
        "FromDate": "2026-01-24T12:00:00Z",
    }
    assert faults(contract, request) == []
    operation = bob.profile.operations["list_invoices"]
    whole = answer(200, listed(invoice(), next="m8cUk/xJ"))
    second = next_page(operation, request, whole)
    assert second.params["Cursor"] == "m8cUk/xJ"
    assert faults(contract, second) == []
    assert next_page(operation, second, answer(200, listed(invoice()))) is None
    cursor = advance_cursor(operation, [whole], "", bob.ctx)
    assert cursor == "2026-03-02T12:00:00Z", "an invoice may be dated back"


def test_the_fees_of_each_invoice_are_asked_for_page_by_page(contract, bob):
    [(_item, request)] = expansion(bob, "service_charge", listed(invoice()))
    assert urlsplit(request.url).path == "/2026-01/invoices/12345/transactions"
    assert faults(contract, request) == []
    operation = bob.profile.operations["list_invoice_fees"]
    whole = answer(200, listed(fee(), next="f8c="))
    second = next_page(operation, request, whole)
    assert second.params == {**request.params, "Cursor": "f8c="}
    assert faults(contract, second) == []


def test_the_samples_are_those_of_the_contract(contract):
    name = "Billing.InvoiceDtoCursorPagedResponseV3"
    assert contract.schema_faults(name, listed(invoice())) == []
    name = "Billing.TransactionDtoCursorPagedResponseV3"
    assert contract.schema_faults(name, listed(fee())) == []


def test_an_invoice_says_what_its_fees_must_add_up_to(bob):
    documents = read(
        bob,
        "service_invoice",
        listed(
            invoice(),
            invoice(12346, invoice_type="Credits", amount=2.5),
            invoice(12347, invoice_type="Credits", amount=-2.5),
            invoice(12348, invoice_type="Payment", amount=-9),
        ),
        "poll",
    )
    assert [(x.key, str(x.total), str(x.invoice_date)) for x in documents] == [
        ("12345", "11.5", "2026-03-09"),
        ("12346", "-2.5", "2026-03-09"),
        ("12347", "-2.5", "2026-03-09"),
    ]


def test_a_fee_says_what_it_is_for(bob):
    (document,) = charges(bob, fee())
    assert (
        keys(bob.profile.flows["service_charge"], document).key
        == fee()["transaction_id"]
    )
    assert (document.kind, document.fee, str(document.amount)) == (
        "charge",
        "freight",
        "13.5",
    )
    assert (document.reference_type, document.reference) == ("shipment", "900")
    assert (document.invoice_number, document.note) == ("12345", "Zone 4")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Shipment", "shipment"),
        ("WRO", "receipt"),
        ("Return", "return"),
        ("FC", "none"),
        ("Ticket Number", "none"),
        (None, "none"),
    ],
)
def test_fees_are_for_shipments_receipts_returns_or_nothing_of_ours(bob, theirs, ours):
    (document,) = charges(bob, fee(reference_type=theirs))
    assert document.reference_type == ours


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"transaction_type": "Refund", "amount": 2}, "credit"),
        ({"transaction_type": "Credit", "amount": -2}, "credit"),
        ({"transaction_type": "Charge", "amount": -2}, "credit"),
        ({"transaction_type": "BalanceAdjustment", "amount": 2}, "charge"),
    ],
)
def test_what_is_given_back_is_a_credit_whatever_its_sign(bob, values, kind):
    (document,) = charges(bob, fee(**values))
    assert (document.kind, document.amount) == (kind, 2)


def test_payments_are_neither_invoices_nor_fees(bob):
    assert charges(bob, fee(transaction_type="Payment")) == []
    paid = listed(invoice(invoice_type="Payment"))
    assert expansion(bob, "service_charge", paid) == []


def test_a_fee_in_words_that_nobody_knows_goes_to_a_person(bob):
    with pytest.raises(MappingError) as caught:
        charges(bob, fee(transaction_fee="Unicorn Fee"))
    assert (caught.value.vocabulary, caught.value.value) == ("fee", "Unicorn Fee")


def test_an_invoice_whose_fees_cannot_be_had_has_not_none(bob):
    [(item, _request)] = expansion(bob, "service_charge", listed(invoice()))
    with pytest.raises(ConfigurationError):
        expanded(bob, "service_charge", item, answer(404, {"title": "?"}))
