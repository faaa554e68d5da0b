"""What the CSV warehouse keeps aside, and what it bills."""

from decimal import Decimal

from tests.partners import csv_files


def told(buyer, kind, **of):
    """Return the rows of all files of this kind that have these values."""
    paths = sorted((buyer.folder / "out").glob(f"{kind}_*.csv"))
    rows = [row for path in paths for row in csv_files.read(kind, path.read_bytes())]
    return [row for row in rows if of.items() <= row.items()]


def stock_told(partner, buyer, sku):
    partner.report_inventory()
    partner.settle()
    return {
        (row["lot"], row["status"]): row["quantity"]
        for row in told(buyer, "INV", sku=sku)
    }


def test_damaged_goods_of_a_receipt_are_told_and_not_picked(csv_partner, buyer):
    buyer.announce("R-A", {"A-9": "6"})
    csv_partner.settle()
    counted = [
        {"sku": "A-9", "quantity": 4, "lot": "L1", "expiry": "2031-05-01"},
        {"sku": "A-9", "quantity": 2, "condition": "DAMAGED", "reason": "DAMAGED"},
    ]
    csv_partner.receive("R-A", counted)
    csv_partner.settle()
    assert [(r["reason_code"], r["expiry"]) for r in told(buyer, "RCV", sku="A-9")] == [
        ("", "2031-05-01"),
        ("DAMAGED", ""),
    ]
    assert stock_told(csv_partner, buyer, "A-9") == {
        ("L1", "SELLABLE"): "4",
        ("", "DAMAGED"): "2",
    }


def test_a_change_of_status_moves_goods_aside(csv_partner, buyer):
    csv_partner.stock({"A-8": 5})
    csv_partner.change("A-8", 2, "STATUS", from_status="SELLABLE", status="DAMAGED")
    assert stock_told(csv_partner, buyer, "A-8") == {
        ("", "SELLABLE"): "3",
        ("", "DAMAGED"): "2",
    }


def test_goods_that_come_in_wake_the_order_that_waits_for_them(csv_partner, buyer):
    csv_partner.stock({"A-7": 0})
    buyer.order("WAIT-1", {"A-7": "3"})
    buyer.announce("R-W", {"A-7": "3"})
    csv_partner.settle()
    assert csv_partner.books()["WAIT-1"]["status"] == "waiting"
    csv_partner.receive("R-W")
    csv_partner.settle()
    assert csv_partner.books()["WAIT-1"]["status"] == "shipped"


def test_each_shipped_request_is_billed_and_the_invoice_adds_up(csv_partner, buyer):
    csv_partner.stock({"A-6": 10})
    for key in ("BILL-1", "BILL-2"):
        buyer.order(key, {"A-6": "1"})
    csv_partner.settle()
    csv_partner.fault("overbill", match={"request_key": "BILL-2"})
    csv_partner.bill("I-1", {"PICK": "1.50", "STORAGE": "4"}, "USD")
    csv_partner.settle()
    fees = told(buyer, "FEE", invoice_no="I-1")
    amounts = {row["request_key"]: row["amount"] for row in fees}
    assert (amounts["BILL-1"], amounts["BILL-2"], amounts[""]) == ("1.5", "4.5", "48")
    assert len({row["charge_no"] for row in fees}) == len(fees)
    [invoice] = told(buyer, "BILL", invoice_no="I-1")
    assert Decimal(invoice["total"]) == sum(Decimal(row["amount"]) for row in fees)
