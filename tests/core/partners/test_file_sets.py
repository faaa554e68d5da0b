"""The file profiles and the house that drops CSV or XML speak of the same things."""

import json

import pytest

from addons.dist_connector_base.core.canonical import (
    Article,
    FulfilmentCancel,
    FulfilmentChange,
    FulfilmentHold,
    FulfilmentRelease,
    FulfilmentRequest,
    ReceiptCancel,
)
from addons.dist_connector_base.core.errors import DataError
from tests.partners.client import SftpPartner
from tests.partners.csv_files import AgreementError
from tests.partners.file_sets import SETS

from .conftest import QUICK
from .test_dock_agrees import authorisation_for, notice_for, on_hand
from .test_profiles_agree import Side, booked, fill_shelves, request_for, shipped

KINDS = {
    "ACK": "fulfilment_response",
    "SHP": "shipment_confirmation",
    "INV": "inventory_snapshot",
    "RAK": "receipt_response",
    "RCV": "receipt_confirmation",
    "RTN": "return_notice",
    "ADJ": "inventory_adjustment",
    "FEE": "service_charge",
    "BILL": "service_invoice",
}


class FileHouse:
    """A partner that exchanges files, and our profile for it."""

    def __init__(self, files, folder):
        self.ending = files
        self.folder = folder
        self.side = Side(f"{files}_sftp", warehouse="W")
        self.partner = SftpPartner.start(folder, files=files, file_every=0.02, **QUICK)

    def put(self, operation, document):
        drop = self.side.build(operation, document)
        temporary = self.folder / "in" / f".{drop.name}.part"
        temporary.write_bytes(drop.content)
        temporary.replace(self.folder / "in" / drop.name)

    def told(self, kind, key):
        """Give the documents of the files that name a key."""
        found = []
        for path in sorted((self.folder / "out").glob(f"{kind}_*.{self.ending}")):
            content = path.read_bytes()
            if key.encode() in content:
                found += self.side.read(KINDS[kind], content, "file")
        return found


@pytest.fixture(scope="module", params=["csv", "xml"])
def started(request, tmp_path_factory):
    house = FileHouse(request.param, tmp_path_factory.mktemp("shared"))
    with house.partner:
        yield house


@pytest.fixture
def house(started):
    """A partner at rest, who finds everything we write as agreed."""
    started.partner.clear_faults()
    started.partner.settle()
    before = len(started.partner.violations())
    yield started
    assert started.partner.violations()[before:] == []


# --------------------------------------------------------------------------- orders


def test_orders_and_cancels_are_understood_on_both_sides(house):
    fill_shelves(house.partner)
    house.partner.plan("P-6", split=0.5, parcels=2)
    house.partner.plan("P-8", hold=True)
    for key, postal_code in (("P-6", "20457"), ("P-7", "1"), ("P-8", "20457")):
        house.put("write_order", request_for(key, postal_code))
    house.partner.settle()
    for key in ("P-6", "P-8"):
        house.put("write_cancel", FulfilmentCancel(request_key=key, reason="customer"))
    house.partner.settle()
    answers = {
        key: [d.status for d in house.told("ACK", key) if d.request_key == key]
        for key in ("P-6", "P-7", "P-8")
    }
    assert answers == {
        "P-6": ["accepted", "cancel_refused"],
        "P-7": ["rejected"],
        "P-8": ["accepted", "cancelled"],
    }
    told = [d for d in house.told("SHP", "P-6") if d.request_key == "P-6"]
    assert shipped(told) == booked(house.partner.books()["P-6"])
    assert {document.warehouse for document in told} == {"W"}


def test_each_parcel_has_its_label_and_tells_its_lots_and_serials(house):
    house.partner.stock(
        [
            {"sku": "A-LOT", "quantity": 0, "lot": "L1"},
            {"sku": "A-1", "quantity": 0},
            {"sku": "A-LOT", "quantity": 1, "lot": "OLD", "expiry": "2029-01-01"},
            {"sku": "A-LOT", "quantity": 9, "lot": "NEW", "expiry": "2030-01-01"},
            {"sku": "A-1", "quantity": 1, "lot": "SN-1", "serial": True},
        ]
    )
    house.partner.plan("L-1", parcels=2)
    house.put("write_order", request_for("L-1"))
    house.partner.settle()
    (document,) = [d for d in house.told("SHP", "L-1") if d.request_key == "L-1"]
    lots = [
        (lot.lot, lot.serial, str(lot.expiry or ""), str(lot.quantity))
        for line in document.lines
        for lot in line.lots
    ]
    assert lots == [
        ("OLD", None, "2029-01-01", "1"),
        ("NEW", None, "2030-01-01", "1"),
        (None, "SN-1", "", "1"),
    ]
    assert [len(parcel.sscc) for parcel in document.parcels] == [18, 18]
    packed = [
        (c.line_key, c.lot or c.serial) for p in document.parcels for c in p.contents
    ]
    assert sorted(packed) == [("11", "NEW"), ("11", "OLD"), ("12", "SN-1")]


def test_each_lot_that_an_order_names_is_picked(house):
    house.partner.stock(
        [
            {"sku": "A-LOT", "quantity": 9, "lot": lot, "expiry": expiry}
            for lot, expiry in (("K1", "2028-01-01"), ("K2", "2029-01-01"))
        ]
        + [{"sku": "A-LOT", "quantity": 9, "lot": "EARLY", "expiry": "2027-01-01"}]
        + [{"sku": "A-1", "quantity": 9}]
    )
    lines = [
        {
            "line_key": "11",
            "sku": "A-LOT",
            "quantity": 5,
            "lots": [{"lot": "K2", "quantity": 3}, {"lot": "K1", "quantity": 2}],
        },
        {"line_key": "12", "sku": "A-1", "quantity": 1},
    ]
    order = request_for("M-1").model_dump(mode="json") | {"lines": lines}
    house.put("write_order", FulfilmentRequest.parse(order))
    house.partner.settle()
    (document,) = [d for d in house.told("SHP", "M-1") if d.request_key == "M-1"]
    told = {lot.lot: lot.quantity for line in document.lines for lot in line.lots}
    assert told == {"K2": 3, "K1": 2}
    assert document.lines[0].quantity == 5


def test_an_order_waits_for_nothing_once_its_articles_are_told(house):
    house.partner.settings(needs_articles=True)
    house.partner.stock({"A-1": 9, "A-LOT": 9})
    house.put("write_order", request_for("I-1"))
    house.partner.settle()
    for sku in ("A-1", "A-LOT"):
        article = Article.parse(
            {
                "article_key": f"{sku}#1",
                "sku": sku,
                "name": "Tea; green",
                "gtin": "4006381333931",
                "tracking": "lot" if sku == "A-LOT" else "none",
                "expiry": sku == "A-LOT",
                "packs": [{"unit": "CS", "quantity": 12, "gtin": "14006381333938"}],
            }
        )
        house.put("write_article", article)
    house.put("write_order", request_for("I-2"))
    house.partner.settle()
    house.partner.settings(needs_articles=False)
    assert [d.status for d in house.told("ACK", "I-1")] == ["rejected"]
    assert house.told("ACK", "I-2")[0].status == "accepted"
    kept = house.partner.articles()["A-LOT"]
    assert [(r["unit"], r["contains"], r["gtin"]) for r in kept] == [
        ("each", "1", "4006381333931"),
        ("case", "12", "14006381333938"),
    ]
    told = {(r["name"], r["tracking"], r["has_expiry"]) for r in kept}
    assert told == {("Tea; green", "LOT", "Y")}


KIT = Article.parse(
    {
        "article_key": "SET#1",
        "sku": "SET",
        "name": "Tea set",
        "gtin": "4006381333931",
        "weight_kg": "0.5",
        "packs": [{"unit": "CS", "quantity": 6}],
        "components": [{"sku": "TEA", "quantity": 2}, {"sku": "MUG", "quantity": 1}],
    }
)


def test_a_kit_is_told_with_its_components(house):
    house.put("write_article", KIT)
    house.partner.settle()
    kept = house.partner.articles()["SET"]
    told = [(r["component"], r["contains"]) for r in kept]
    assert told == [("", "1"), ("", "6"), ("TEA", "2"), ("MUG", "1")]


def change_for(key, number, quantity):
    return FulfilmentChange.parse(
        {
            "change_key": f"{key}-C{number}",
            "request_key": key,
            "order_reference": "S00001",
            "warehouse": "W",
            "changes": ["lines", "ship_to"],
            "ship_to": request_for(key).model_dump()["ship_to"] | {"name": "Piet"},
            "lines": [
                {"line_key": "11", "sku": "A-LOT", "quantity": quantity},
                {"line_key": "12", "sku": "A-1", "quantity": 0},
            ],
        }
    )


def test_a_change_is_taken_until_the_order_is_packed(house):
    fill_shelves(house.partner)
    house.partner.plan("C-1", hold=True)
    house.put("write_order", request_for("C-1"))
    house.partner.settle()
    house.put("write_change", change_for("C-1", 1, 1))
    house.partner.settle()
    house.partner.plan("C-1", hold=False)
    house.partner.settle()
    house.put("write_change", change_for("C-1", 2, 9))
    house.partner.settle()
    told = [(d.status, d.change_key) for d in house.told("ACK", "C-1")]
    assert told == [
        ("accepted", None),
        ("changed", "C-1-C1"),
        ("change_refused", "C-1-C2"),
    ]
    (document,) = [d for d in house.told("SHP", "C-1") if d.request_key == "C-1"]
    assert {line.sku: line.quantity for line in document.lines} == {"A-LOT": 1}


def test_stock_is_reported_by_warehouse_and_status(house):
    house.partner.stock(
        [
            {"sku": "S-1", "quantity": 8, "lot": "L", "expiry": "2030-06-30"},
            {"sku": "S-1", "quantity": 2, "lot": "L", "status": "DAMAGED"},
        ]
    )
    house.partner.report_inventory(warehouse="HAM")
    house.partner.settle()
    (document,) = house.told("INV", "HAM")
    assert document.warehouse == "HAM"
    assert [
        (str(row.quantity), row.lot, row.status)
        for row in document.rows
        if row.sku == "S-1"
    ] == [("8", "L", "sellable"), ("2", "L", "damaged")]


# ----------------------------------------------------------------------------- dock


def test_receipts_in_two_parts(house):
    house.partner.stock({"D-1": 0})
    house.put("write_receipt_notice", notice_for("C-IN-1"))
    house.partner.settle()
    house.partner.arrive("C-IN-1")
    house.partner.receive(
        "C-IN-1",
        [
            {"sku": "D-1", "quantity": 4},
            {"sku": "D-1", "quantity": 1, "condition": "DAMAGED", "reason": "DAMAGED"},
        ],
        final=False,
        freight="12.50",
    )
    lot = {"lot": "L1", "expiry": "2031-01-01"}
    house.partner.receive("C-IN-1", [{"sku": "D-LOT", "quantity": 3, **lot}])
    house.put("write_receipt_cancel", ReceiptCancel(receipt_key="C-IN-1"))
    house.partner.settle()
    answers = [d.status for d in house.told("RAK", "C-IN-1")]
    assert answers == ["accepted", "arrived", "cancel_refused"]
    first, second = house.told("RCV", "C-IN-1")
    assert (first.completes_receipt, second.completes_receipt) == (False, True)
    assert [(x.line_key, x.quantity, x.condition) for x in first.lines] == [
        ("51", 4, "good"),
        ("51", 1, "damaged"),
    ]
    assert str(first.charges[0].amount) == "12.50"
    assert [(x.lot, str(x.expiry), x.quantity) for x in second.lines[0].lots] == [
        ("L1", "2031-01-01", 3)
    ]
    book = house.partner.dock()["receipts"]["C-IN-1"]
    assert book["expected"] == {"D-1": "6", "D-LOT": "3"}
    assert book["received"] == {
        "D-1": {"GOOD": "4", "DAMAGED": "1"},
        "D-LOT": {"GOOD": "3"},
    }
    assert on_hand(house.partner, "D-1") == ["4"]


def test_an_advice_that_is_written_again_is_taken_once(house):
    for _time in range(2):
        house.put("write_receipt_notice", notice_for("C-IN-2"))
        house.partner.settle()
    book = house.partner.dock()["receipts"]["C-IN-2"]
    assert (book["creates"], book["expected"]["D-1"]) == (2, "6")


def test_returns_with_and_without_a_word(house):
    house.put("write_return", authorisation_for("C-RMA-1"))
    house.partner.settle()
    house.partner.take_back(
        "C-RMA-1", [{"sku": "D-1", "quantity": 2, "reason": "DAMAGED", "lot": "L9"}]
    )
    house.partner.take_back(
        "", [{"sku": "D-1", "quantity": 1}], order_reference="C-BLIND", unit="each"
    )
    house.partner.settle()
    ours = house.told("RTN", "C-RMA-1")[0]
    (line,) = ours.lines
    assert (ours.authorisation, line.reason_code, line.disposition) == (
        "C-RMA-1",
        "damaged",
        "restock",
    )
    assert [(lot.lot, lot.quantity) for lot in line.lots] == [("L9", 2)]
    blind = [d for d in house.told("RTN", "C-BLIND") if not d.authorisation]
    assert [d.order_reference for d in blind] == ["C-BLIND"]


def test_stock_changes(house):
    house.partner.stock({"D-9": 10})
    house.partner.change("D-9", -2, "LOST")
    house.partner.change("D-9", 3, "STATUS", from_status="SELLABLE", status="DAMAGED")
    house.partner.settle()
    assert [
        (d.lines[0].quantity, d.lines[0].reason_code, d.lines[0].status)
        for d in house.told("ADJ", "D-9")
        if d.lines[0].sku == "D-9"
    ] == [(-2, "lost", "sellable"), (3, "status_change", "damaged")]
    assert on_hand(house.partner, "D-9") == ["5"]


def test_fees_add_up_to_their_invoice(house):
    fill_shelves(house.partner)
    house.put("write_order", request_for("F-1"))
    house.partner.settle()
    house.partner.bill("INV-1", {"PICK": "1.20", "STORAGE": "3.10"}, "EUR")
    house.partner.settle()
    fees = house.told("FEE", "INV-1")
    (head,) = house.told("BILL", "INV-1")
    assert sum(fee.amount for fee in fees) == head.total
    assert {fee.fee for fee in fees} == {"pick", "storage"}
    assert "F-1" in {fee.reference for fee in fees}


# ---------------------------------------------------------------------------- faults


@pytest.mark.parametrize("kind", ["wrong_delimiter", "wrong_charset", "half_written"])
def test_a_spoiled_file_is_refused_and_the_right_one_read(house, kind):
    fill_shelves(house.partner)
    key = f"W-{kind}"
    house.partner.fault(kind, match={"file": "SHP"}, resend_after=0.05, seconds=0.05)
    house.put("write_order", request_for(key))
    house.partner.settle()
    paths = sorted((house.folder / "out").glob(f"SHP_*.{house.ending}"))
    contents = [p.read_bytes() for p in paths if key.encode() in p.read_bytes()]
    flow = "shipment_confirmation"
    right = house.side.read(flow, contents[-1], "file")
    assert [document.request_key for document in right] == [key]
    if kind != "half_written":
        with pytest.raises(DataError):
            house.side.read(flow, contents[0], "file")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<Orders/>", "not a <Order>"),
        (b"<Order number='X-1'>", "is not XML"),
        (b"<Order number='X-1'><Price>1</Price></Order>", "<Price> was not agreed"),
        (b"<Order number='X-1' vip='1'/>", "has 'vip'"),
        (b"<Order number='X-1'><Lines/></Order>", "has no lines"),
    ],
)
def test_the_house_refuses_xml_that_nobody_agreed_on(content, words):
    with pytest.raises(AgreementError, match=words):
        SETS["xml"].read("ORD", content)


def test_both_sets_carry_the_same_rows():
    """What a row says is the same in both forms, whatever it holds."""
    side = {name: Side(f"{name}_sftp", warehouse="W") for name in SETS}
    for operation, kind, document in (
        (
            "write_order",
            "ORD",
            request_for("R-1").model_copy(update={"priority": "urgent"}),
        ),
        ("write_change", "CHG", change_for("R-1", 1, 1)),
        ("write_cancel", "CAN", FulfilmentCancel(request_key="R-1", reason="<&>;")),
        ("write_hold", "HLD", FulfilmentHold(hold_key="R-1-H1", request_key="R-1")),
        (
            "write_release",
            "RLS",
            FulfilmentRelease(hold_key="R-1-H2", request_key="R-1"),
        ),
        ("write_receipt_notice", "ASN", notice_for("R-1")),
        ("write_receipt_cancel", "ASC", ReceiptCancel(receipt_key="R-1")),
        ("write_return", "RMA", authorisation_for("R-1")),
        ("write_article", "ITEM", KIT),
    ):
        csv, xml = (
            SETS[name].read(kind, side[name].build(operation, document).content)
            for name in ("csv", "xml")
        )
        assert json.dumps(csv) == json.dumps(xml), kind
