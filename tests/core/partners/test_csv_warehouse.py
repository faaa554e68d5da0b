"""The CSV warehouse takes files, ships, writes files, and its books say what it did."""

import pytest

from tests.partners import csv_files


def out_files(buyer, kind, key):
    """Return (name, content) of the files whose bytes name the request key."""
    return [
        (path.name, path.read_bytes())
        for path in sorted((buyer.folder / "out").glob(f"{kind}_*.csv"))
        if key.encode() in path.read_bytes()
    ]


def test_order_file_is_taken_acknowledged_and_shipped(csv_partner, buyer):
    csv_partner.stock({"A-1": 10})
    buyer.order("S-1", {"A-1": "4"})
    csv_partner.settle()
    assert (buyer.folder / "in/processed/ORD_S-1.csv").exists()
    [acknowledgement] = buyer.rows("ACK", "S-1")
    assert acknowledgement["status"] == "ACCEPTED"
    [row] = buyer.rows("SHP", "S-1")
    assert (row["line_key"], row["quantity"], row["final"]) == ("21", "4", "Y")
    assert row["carrier"] == "DHL"
    entry = csv_partner.books()["S-1"]
    assert (entry["creates"], entry["orders"], entry["status"]) == (1, 1, "shipped")
    [shipment] = entry["shipments"]
    assert shipment["parcels"] == [row["tracking"]]
    assert shipment["lines"] == {"21": {"sku": "A-1", "quantity": "4", "lots": {}}}


def test_both_partners_keep_books_of_one_shape(
    csv_partner, buyer, http_partner, customer
):
    for partner in (csv_partner, http_partner):
        partner.stock({"SAME": 10})
        partner.plan("SAME-1", parcels=2)
    buyer.order("SAME-1", {"SAME": "4"})
    customer.create("SAME-1", {"SAME": 4})
    entries = []
    for partner in (csv_partner, http_partner):
        partner.settle()
        entry = partner.books()["SAME-1"]
        entry["shipments"][0]["lines"] = list(entry["shipments"][0]["lines"].values())
        entry["lines"] = list(entry["lines"].values())
        for volatile in ("remote_id",):
            entry.pop(volatile)
        for volatile in ("shipment_key", "parcels", "carrier"):
            entry["shipments"][0].pop(volatile)
        entries.append(entry)
    assert entries[0] == entries[1]


def test_same_order_file_again_is_no_second_order(csv_partner, buyer):
    csv_partner.stock({"A-1": 10})
    buyer.order("S-2", {"A-1": "1"})
    csv_partner.settle()
    buyer.order("S-2", {"A-1": "1"})
    csv_partner.settle()
    entry = csv_partner.books()["S-2"]
    assert (entry["creates"], entry["orders"]) == (2, 1)
    assert len(entry["shipments"]) == 1
    references = {row["warehouse_reference"] for row in buyer.rows("ACK", "S-2")}
    assert len(references) == 1


def test_wrong_address_is_rejected_with_its_reason(csv_partner, buyer):
    buyer.order("S-3", {"A-1": "1"}, zip="2045")
    csv_partner.settle()
    [row] = buyer.rows("ACK", "S-3")
    assert (row["status"], row["reason_code"]) == ("REJECTED", "ADDRESS")
    assert "postal code of DE" in row["reason_text"]
    assert csv_partner.books()["S-3"]["status"] == "rejected"


def test_parcels_lots_and_serials_have_a_row_each(csv_partner, buyer):
    csv_partner.stock(
        [
            {"sku": "LOT", "quantity": 2, "lot": "OLD", "expiry": "2029-01-01"},
            {"sku": "LOT", "quantity": 9, "lot": "NEW", "expiry": "2030-01-01"},
            {"sku": "SER", "quantity": 1, "lot": "SN-1", "serial": True},
        ]
    )
    csv_partner.plan("S-4", parcels=3)
    buyer.order("S-4", {"LOT": "5", "SER": "1"})
    csv_partner.settle()
    rows = buyer.rows("SHP", "S-4")
    told = [(row["sku"], row["lot"], row["serial"], row["quantity"]) for row in rows]
    assert told == [
        ("LOT", "OLD", "", "2"),
        ("LOT", "NEW", "", "2"),
        ("LOT", "NEW", "", "1"),
        ("SER", "", "SN-1", "1"),
    ]
    assert len({row["tracking"] for row in rows}) == 3
    [shipment] = csv_partner.books()["S-4"]["shipments"]
    assert shipment["lines"]["21"]["lots"] == {"OLD": "2", "NEW": "3"}


def test_lot_that_the_order_names_is_the_lot_that_leaves(csv_partner, buyer):
    csv_partner.stock(
        [
            {"sku": "PICK", "quantity": 5, "lot": "A", "expiry": "2029-01-01"},
            {"sku": "PICK", "quantity": 5, "lot": "B", "expiry": "2030-01-01"},
        ]
    )
    buyer.order("S-5", {"PICK": "2"}, lot="B")
    csv_partner.settle()
    [row] = buyer.rows("SHP", "S-5")
    assert row["lot"] == "B"


def test_rest_follows_under_a_new_shipment_number(csv_partner, buyer):
    csv_partner.stock({"A-6": "2.5"})
    csv_partner.plan("S-6", when_short="rest_later")
    buyer.order("S-6", {"A-6": "4"})
    csv_partner.settle()
    csv_partner.stock({"A-6": 9})
    csv_partner.settle()
    rows = buyer.rows("SHP", "S-6")
    assert [(row["quantity"], row["final"]) for row in rows] == [
        ("2.5", "N"),
        ("1.5", "Y"),
    ]
    assert len({row["shipment_no"] for row in rows}) == 2


def test_cancel_is_granted_before_and_refused_after_shipping(csv_partner, buyer):
    csv_partner.stock({"A-1": 10})
    csv_partner.plan("S-7", hold=True)
    buyer.order("S-7", {"A-1": "1"})
    buyer.order("S-8", {"A-1": "1"})
    csv_partner.settle()
    for key in ("S-7", "S-8", "S-9"):
        buyer.cancel(key)
    csv_partner.settle()
    assert buyer.rows("ACK", "S-7")[-1]["status"] == "CANCELLED"
    assert csv_partner.books()["S-7"]["cancelled"] is True
    refused = {key: buyer.rows("ACK", key)[-1] for key in ("S-8", "S-9")}
    assert {row["status"] for row in refused.values()} == {"CANCEL_REFUSED"}
    assert [row["reason_code"] for row in refused.values()] == ["SHIPPED", "UNKNOWN"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"request_key,order_reference\r\nS-10,x\r\n", "header"),
        ("request_key;ü".encode("latin-1"), "not UTF-8"),
    ],
)
def test_file_that_is_not_as_agreed_is_rejected_and_noted(
    csv_partner, buyer, content, message
):
    before = len(csv_partner.violations())
    buyer.drop("ORD_S-10.csv", content)
    csv_partner.settle()
    [violation] = csv_partner.violations()[before:]
    assert message in violation["message"]
    assert buyer.rows("ACK", "S-10")[-1]["reason_code"] == "FORMAT"


def test_stock_report_has_lots_and_what_is_promised(csv_partner, buyer):
    csv_partner.stock(
        [{"sku": "INV-1", "quantity": 8, "lot": "L", "expiry": "2030-06-30"}]
    )
    csv_partner.plan("S-11", hold=True)
    buyer.order("S-11", {"INV-1": "3"})
    csv_partner.settle()
    csv_partner.report_inventory()
    csv_partner.settle()
    [(_, content)] = out_files(buyer, "INV", "INV-1")
    rows = [row for row in csv_files.read("INV", content) if row["sku"] == "INV-1"]
    told = [(r["quantity"], r["allocated"], r["lot"], r["expiry"]) for r in rows]
    assert told == [("8", "3", "L", "2030-06-30")]


# Faults ----------------------------------------------------------------------------


def test_half_written_file_is_finished_later(csv_partner, buyer, eventually):
    csv_partner.stock({"A-1": 10})
    csv_partner.fault("half_written", match={"file": "SHP"}, seconds=0.3)
    before = set((buyer.folder / "out").glob("SHP_*.csv"))
    buyer.order("W-1", {"A-1": "1"})
    [path] = eventually(lambda: set((buyer.folder / "out").glob("SHP_*.csv")) - before)
    half = path.read_bytes()
    csv_partner.settle()
    whole = path.read_bytes()
    assert 0 < len(half) < len(whole)
    assert whole.startswith(half)
    assert csv_files.read("SHP", whole)[0]["request_key"] == "W-1"


def test_same_content_comes_twice_under_two_names(csv_partner, buyer):
    csv_partner.stock({"A-1": 10})
    csv_partner.fault("file_twice", match={"file": "SHP"})
    buyer.order("W-2", {"A-1": "1"})
    csv_partner.settle()
    (name, content), (other, again) = out_files(buyer, "SHP", "W-2")
    assert name != other
    assert content == again


def test_shipment_is_told_before_the_acknowledgement(csv_partner, buyer):
    csv_partner.stock({"A-1": 10})
    csv_partner.fault("shp_before_ack", match={"request_key": "W-3"})
    buyer.order("W-3", {"A-1": "1"})
    csv_partner.settle()
    [(acknowledgement, _)] = out_files(buyer, "ACK", "W-3")
    [(shipment, _)] = out_files(buyer, "SHP", "W-3")
    times = [
        (buyer.folder / "out" / name).stat().st_mtime_ns
        for name in (shipment, acknowledgement)
    ]
    assert times[0] < times[1]


def test_acknowledgement_comes_late(csv_partner, buyer, eventually):
    csv_partner.stock({"A-1": 10})
    csv_partner.fault("late_ack", seconds=0.3)
    buyer.order("W-4", {"A-1": "1"})
    eventually(lambda: buyer.rows("SHP", "W-4"))
    assert buyer.rows("ACK", "W-4") == []
    csv_partner.settle()
    assert len(buyer.rows("ACK", "W-4")) == 1


@pytest.mark.parametrize("kind", ["wrong_delimiter", "wrong_charset"])
def test_spoiled_file_is_followed_by_the_right_one(csv_partner, buyer, kind):
    csv_partner.stock({"A-1": 10})
    csv_partner.fault(kind, match={"file": "SHP"}, resend_after=0.05)
    key = f"W-5-{kind}"
    buyer.order(key, {"A-1": "1"})
    csv_partner.settle()
    (_, spoiled), (name, right) = out_files(buyer, "SHP", key)
    with pytest.raises(csv_files.AgreementError):
        csv_files.read("SHP", spoiled)
    assert name.endswith("_corrected.csv")
    assert csv_files.read("SHP", right)[0]["request_key"] == key


def test_shipment_is_written_once_more_on_request(csv_partner, buyer):
    csv_partner.stock({"A-1": 10})
    buyer.order("W-6", {"A-1": "1"})
    csv_partner.settle()
    assert csv_partner.resend("W-6") == 1
    csv_partner.settle()
    first, second = buyer.rows("SHP", "W-6")
    assert first == second
    assert len(csv_partner.books()["W-6"]["shipments"]) == 1


def test_killed_warehouse_takes_no_file_twice(csv_partner, buyer):
    csv_partner.stock({"A-1": 10})
    csv_partner.plan("W-7", hold=True)
    buyer.order("W-7", {"A-1": "1"})
    csv_partner.settle()
    csv_partner.kill()
    taken = buyer.folder / "in/processed/ORD_W-7.csv"
    taken.rename(buyer.folder / "in/ORD_W-7.csv")  # as if killed before archiving
    csv_partner.restart()
    csv_partner.settle()
    assert csv_partner.books()["W-7"]["creates"] == 1
    assert taken.exists()
