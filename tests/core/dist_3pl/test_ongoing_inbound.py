"""Ongoing WMS over SOAP: articles, receipts, returns, stock and invoices."""

import datetime as dt
import json
from decimal import Decimal

import pytest

from addons.dist_connector_base.core.canonical import DOCUMENTS
from addons.dist_connector_base.core.errors import DataError, MappingError
from addons.dist_connector_base.core.wire import Found, Outcome

from .soap_house import backend, needs_wsdl, soap_house

pytestmark = needs_wsdl


@pytest.fixture(scope="module")
def partner():
    with soap_house() as opened:
        yield opened


def document(message_type, **values):
    return DOCUMENTS[message_type].parse(values)


def article(**values):
    content = {
        "article_key": "TEA#1",
        "sku": "TEA",
        "name": "Green tea",
        "unit": "EA",
        "gtin": "7350000000011",
        "packs": [
            {"unit": "CS", "quantity": 12, "gtin": "17350000000018"},
            {"unit": "PF", "quantity": 480},
        ],
        "tracking": "lot",
        "expiry": True,
        "weight_kg": "0.25",
    }
    return document("article", **{**content, **values})


# --------------------------------------------------------------------- articles


def test_article_is_told_with_its_packs_and_what_to_record(partner):
    told = article()
    assert partner.look_up("find_article", told).answer is Found.ABSENT
    verdict = partner.send("process_article", told)
    assert verdict.outcome is Outcome.ACCEPTED
    kept = partner.state()["articles"]["TEA"]
    assert (kept["BarCode"], kept["BarCodePackage"], kept["QuantityPerPallet"]) == (
        "7350000000011",
        "17350000000018",
        480,
    )
    assert kept["ArticleDescription"] == "Batch number. Expiry date."
    found = partner.look_up("find_article", told)
    assert (found.answer, found.verdict.remote_id) == (Found.FOUND, verdict.remote_id)
    assert partner.state()["violations"] == 0


def test_article_that_is_otherwise_than_told_is_told_again(partner):
    partner.send("process_article", article())
    heavier = article(weight_kg="0.3")
    assert partner.look_up("find_article", heavier).answer is Found.ABSENT
    partner.send("process_article", heavier)
    assert partner.look_up("find_article", heavier).answer is Found.FOUND


def test_refused_article_says_why(partner):
    verdict = partner.send("process_article", article(sku="T" * 21))
    assert verdict.outcome is Outcome.REJECTED
    assert "longer than an article number may be" in verdict.message


# --------------------------------------------------------------------- receipts


def notice(key, *lines, **values):
    return document(
        "receipt_notice",
        receipt_key=key,
        ship_from={"name": "Tea Estate"},
        lines=list(lines),
        **values,
    )


LINE = {"line_key": "8", "sku": "SKU-001", "quantity": 3}


def test_receipt_is_announced_with_its_lots_and_dropped(partner):
    lots = [{"lot": "A", "expiry": "2027-05-01", "quantity": 1}]
    lots.append({"lot": "B", "quantity": 2})
    told = notice("P2", {**LINE, "lots": lots})
    verdict = partner.send("process_in_order", told)
    assert (verdict.outcome, bool(verdict.remote_id)) == (Outcome.ACCEPTED, True)
    found = partner.look_up("find_in_order", told)
    assert found.verdict.remote_id == verdict.remote_id
    kept = partner.state()["receipts"]["P2"]
    assert kept["supplier"] == "Tea Estate"
    items = kept["lines"][0]["Items"]["InOrderLineArticleItem"]
    assert [(i["Batch"], float(i["NumberOfItems"])) for i in items] == [
        ("A", 1),
        ("B", 2),
    ]
    cancel = document("receipt_cancel", receipt_key="P2")
    gone = partner.look_up("find_removed_in_order", cancel)
    assert gone.answer is Found.ABSENT
    assert partner.send("remove_in_order", cancel).outcome is Outcome.ACCEPTED
    gone = partner.look_up("find_removed_in_order", cancel)
    assert gone.answer is Found.FOUND
    assert partner.look_up("find_in_order", told).answer is Found.ABSENT
    response = partner.polled("receipt_response", receipt_key="P2")
    assert response.status == "cancelled"


def test_goods_at_the_door_are_told_before_they_are_counted(partner):
    partner.send("process_in_order", notice("P3", LINE))
    assert "P3" not in [d.receipt_key for d in partner.poll("receipt_response")]
    partner.plan(arrive=["P3"])
    response = partner.polled("receipt_response", receipt_key="P3")
    assert response.status == "arrived"
    assert "P3" not in [d.receipt_key for d in partner.poll("receipt_confirmation")]


def test_receipt_is_confirmed_by_lot_condition_and_with_what_is_short(partner):
    other = {"line_key": "9", "sku": "SKU-005", "quantity": 4}
    partner.send("process_in_order", notice("P1", LINE, other))
    partner.plan(
        receive=[
            {
                "number": "P1",
                "items": [
                    {"line": "8", "quantity": 1, "batch": "B1", "expiry": "2027-01-31"},
                    {"line": "8", "quantity": 1, "batch": "B2", "status": "DAMAGED"}
                    | {"comment": "wet"},
                    {"line": "8", "quantity": 2, "batch": "B1", "locked": True},
                ],
            }
        ]
    )
    receipt = partner.polled("receipt_confirmation", receipt_key="P1")
    assert [(n.line_key, n.condition, n.quantity) for n in receipt.lines] == [
        ("8", "good", 1),
        ("8", "damaged", 1),
        ("8", "quarantine", 2),
        ("9", "good", 0),
    ]
    good, damaged, _locked, missing = receipt.lines
    assert [(e.lot, e.expiry) for e in good.lots] == [("B1", dt.date(2027, 1, 31))]
    assert (damaged.lots[0].lot, damaged.reason) == ("B2", "wet")
    assert (missing.quantity, missing.expected_quantity) == (0, 4)
    booked = document(
        "receipt_acknowledgement",
        confirmation_key=receipt.confirmation_key,
        reference="P1",
        lines=[{"line_key": "8", "quantity": 4}],
    )
    asked = partner.look_up("find_reported_in_order", booked)
    assert asked.answer is Found.ABSENT
    assert partner.send("report_received", booked).outcome is Outcome.ACCEPTED
    asked = partner.look_up("find_reported_in_order", booked)
    assert asked.answer is Found.FOUND
    again = partner.polled("receipt_confirmation", receipt_key="P1")
    assert again.content_hash() == receipt.content_hash()


# ---------------------------------------------------------------------- returns


@pytest.fixture
def authorise(partner, request_document):
    def make(key, **line):
        partner.send("process_order", request_document(request_key=f"ORD-{key}"))
        content = {"line_key": "5", "sku": "SKU-001", "quantity": 2}
        return document(
            "return_authorisation",
            return_key=key,
            request_key=f"ORD-{key}",
            lines=[{**content, "reason_code": "damaged", **line}],
        )

    return make


def test_return_is_authorised_and_found(partner, authorise):
    told = authorise("R1", disposition="scrap")
    assert partner.look_up("find_return", told).answer is Found.ABSENT
    verdict = partner.send("process_return", told)
    assert verdict.outcome is Outcome.ACCEPTED
    found = partner.look_up("find_return", told)
    assert found.verdict.remote_id == verdict.remote_id
    kept = partner.state()["returns"]["R1"]
    assert kept["comment"] == "SKU-001: scrap"
    assert kept["lines"][0]["ReturnCause"]["ReturnCauseCode"] == "DAMAGED"
    assert partner.state()["violations"] == 0


def test_return_of_what_was_never_sent_is_rejected_with_the_reason(partner, authorise):
    verdict = partner.send("process_return", authorise("R2", sku="OTHER"))
    assert (verdict.outcome, verdict.code, verdict.message) == (
        Outcome.REJECTED,
        "OrderRowNotFound",
        "The order has no such line",
    )


def back(key, *items):
    return {"bring_back": [{"number": key, "items": list(items)}]}


def test_return_counts_once_all_of_it_is_back_by_lot_and_state(partner, authorise):
    told = authorise("R3", sku="SKU-005", line_key="6", quantity=2)
    partner.send("process_return", told)
    partner.plan(ship=["ORD-R3"])
    left = partner.polled("shipment_confirmation", request_key="ORD-R3")
    assert "R3" not in [d.authorisation for d in partner.poll("return_notice")]
    item = {"sku": "SKU-005", "quantity": 1, "batch": "L7"}
    partner.plan(**back("R3", {**item, "status": "OK"}))
    assert "R3" not in [d.authorisation for d in partner.poll("return_notice")]
    partner.plan(**back("R3", item))
    notice = partner.polled("return_notice", authorisation="R3")
    assert (notice.stage, notice.request_key) == ("received", "ORD-R3")
    assert [
        (n.quantity, n.reason_code, n.disposition, n.lots[0].lot) for n in notice.lines
    ] == [(1, "damaged", "restock", "L7"), (1, "damaged", "undecided", "L7")]
    # what came back does not change what had left
    again = partner.polled("shipment_confirmation", request_key="ORD-R3")
    assert again.content_hash() == left.content_hash()


# ---------------------------------------------------------------- stock, invoices


def test_stock_is_told_by_lot_serial_and_goods_status(partner):
    partner.plan(
        stock={
            "SKU-001": [
                {"quantity": 5, "batch": "L1", "expiry": "2027-01-31"},
                {"quantity": 2, "batch": "L1", "status": "QUARANTINE"},
                {"quantity": 1, "serial": "S9", "status": "HOLD"},
            ],
            "SKU-005": [],
        }
    )
    (stock,) = partner.poll("inventory_snapshot")
    rows = [r for r in stock.rows if r.sku.startswith("SKU")]
    assert [(r.sku, r.lot, r.status, r.quantity) for r in rows] == [
        ("SKU-001", "L1", "sellable", 5),
        ("SKU-001", "L1", "quarantine", 2),
        ("SKU-001", "S9", "hold", 1),
        ("SKU-005", None, "sellable", 0),
    ]
    assert rows[0].expiry == dt.date(2027, 1, 31)


def test_each_stock_take_is_a_change_of_its_own_with_its_cause(partner):
    partner.plan(
        adjust=[
            {"sku": "SKU-001", "quantity": -2, "cause": "DAMAGED", "batch": "L1"},
            {"sku": "SKU-001", "quantity": 1, "status": "QUARANTINE"},
            {"sku": "SKU-005", "quantity": 0},
        ]
    )
    changes = partner.poll("inventory_adjustment")
    assert [
        (d.adjustment_key, line.sku, line.quantity, line.reason_code, line.status)
        for d in changes
        for line in d.lines
    ] == [
        ("9000", "SKU-001", Decimal(-2), "damaged", "sellable"),
        ("9001", "SKU-001", Decimal(1), "cycle_count", "quarantine"),
    ]
    assert changes[0].lines[0].lot == "L1"
    # a later, longer list tells the same change in the same words
    partner.plan(adjust=[{"sku": "SKU-001", "quantity": 3, "cause": "FOUND"}])
    again = partner.poll("inventory_adjustment")
    assert [d.content_hash() for d in again[:2]] == [d.content_hash() for d in changes]
    assert len(again) == 3


def test_cause_that_nobody_mapped_reaches_a_person():
    house = backend()
    change = {
        "InventoryId": 1,
        "InventoryTime": "2026-07-01T10:00:00",
        "InventoryChangesNumberOfItems": 1,
        "InventoryAdjustmentCauseCode": "XX",
    }
    line = {
        "Article": {"ArticleNumber": "A"},
        "InventoryTransactions": {"InventoryTransaction": [change]},
    }
    data = json.dumps(
        {"InventoryChangeLines": {"InventoryChangeLine": [line]}}
    ).encode()
    with pytest.raises(MappingError) as caught:
        house.read("inventory_adjustment", data, "poll")
    assert (caught.value.vocabulary, caught.value.value) == ("adjustment_reason", "XX")
    assert "InventoryTransaction[0]" in caught.value.path


def test_invoice_and_its_final_rows_are_taken_in(partner):
    partner.plan(
        bill=[
            {
                "number": "INV-1",
                "total": "90.50",
                "rows": [
                    {"code": "PICK", "price": "100.50", "order": "ONG-1"},
                    {"code": "FREIGHT", "price": "-10"},
                    {"code": "PACK", "price": "7", "tentative": True},
                ],
            },
            {"number": None, "total": "1", "rows": [{"code": "PICK", "price": "1"}]},
        ]
    )
    (invoice,) = partner.poll("service_invoice")
    assert (invoice.invoice_number, invoice.total, invoice.currency) == (
        "INV-1",
        Decimal("90.50"),
        "SEK",
    )
    pick, back = partner.poll("service_charge")
    assert (pick.fee, pick.kind, pick.amount) == ("pick", "charge", Decimal("100.50"))
    assert (pick.reference_type, pick.reference) == ("request", "ONG-1")
    assert (back.fee, back.kind, back.amount) == ("freight", "credit", Decimal(10))
    assert pick.invoice_number == back.invoice_number == "INV-1"


def test_wsdl_is_asked_before_anything_leaves(partner):
    long_ago = article(packs=[{"unit": "CS", "quantity": "1.5"}])
    with pytest.raises(DataError):
        partner.send("process_article", long_ago)
