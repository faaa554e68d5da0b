"""Messages as partners write them, and what they mean.

Round trips cannot see a field that is swapped both ways; these texts can.
"""

import datetime as dt
from decimal import Decimal

import pytest

from addons.dist_edi.core.map import find
from addons.dist_edi.core.render.inspect import inspect

ISA = (
    "ISA*00*          *00*          *ZZ*PARTNER        *ZZ*US             "
    "*260131*1000*U*00401*000000001*0*P*>~"
)


def x12(group, message, *segments):
    body = [f"ST*{message}*0001", *segments, f"SE*{len(segments) + 2}*0001"]
    head = f"GS*{group}*PARTNER*US*20260131*1000*1*X*004010~"
    text = f"{ISA}{head}{'~'.join(body)}~GE*1*1~IEA*1*000000001~"
    return read(text)


def edifact(message, *segments):
    body = [f"UNH+1+{message}:D:96A:UN", *segments, f"UNT+{len(segments) + 2}+1"]
    return read(f"UNB+UNOC:3+PARTNER+US+260131:1000+1'{chr(39).join(body)}'UNZ+1+1'")


def read(text):
    inspected = inspect(text.encode(), "test")
    assert [str(f) for f in inspected.content.all_findings() if f.is_error] == []
    (held,) = inspected.documents
    message = held.document
    return find(message.standard, message.message_type).read(held.tree).require()


def test_an_810_tells_order_shipment_and_amounts_apart():
    invoice = x12(
        "IN",
        "810",
        "BIG*20260201*INV-7*20260120*PO-1***DI",
        "REF*SI*SHIP-3",
        "N1*BT*Accounts*92*0001",
        "ITD*01*3*2**10**30",
        "DTM*035*20260130",
        "IT1*1*10*EA*2.50**VN*A-1",
        "TDS*2450",
        "TXI*VA*4.50",
        "CTT*1",
    )
    assert (invoice.invoice_number, invoice.order_number) == ("INV-7", "PO-1")
    assert invoice.shipment_number == "SHIP-3"
    assert invoice.invoice_date == dt.date(2026, 2, 1)
    assert invoice.order_date == dt.date(2026, 1, 20)
    assert invoice.delivery_date == dt.date(2026, 1, 30)
    assert invoice.total == Decimal("24.50")
    assert invoice.taxes[0].amount == Decimal("4.50")
    assert invoice.payment_terms.net_days == 30
    assert invoice.payment_terms.discount_days == 10
    assert invoice.payment_terms.discount_percent == 2
    assert invoice.lines[0].price == Decimal("2.50")


def test_an_invoic_tells_its_amounts_apart():
    invoice = edifact(
        "INVOIC",
        "BGM+380+INV-7+9",
        "DTM+137:20260201:102",
        "DTM+35:20260130:102",
        "RFF+ON:PO-1",
        "DTM+171:20260120:102",
        "RFF+DQ:SHIP-3",
        "NAD+BY+4000001000005::9++Shop",
        "NAD+SU+4000002000004::9++We",
        "CUX+2:EUR:4",
        "PAT+1++5:3:D:30",
        "DTM+13:20260303:102",
        "LIN+1++4000862141404:EN",
        "PIA+5+A-1:SA",
        "QTY+47:10:PCE",
        "MOA+203:25",
        "PRI+AAA:2.5",
        "TAX+7+VAT+++:::19",
        "UNS+S",
        "CNT+2:1",
        "MOA+77:29.75",
        "MOA+79:25",
        "MOA+176:4.75",
    )
    assert (invoice.kind, invoice.order_number) == ("invoice", "PO-1")
    assert (invoice.shipment_number, invoice.currency) == ("SHIP-3", "EUR")
    assert invoice.order_date == dt.date(2026, 1, 20)
    assert invoice.due_date == dt.date(2026, 3, 3)
    assert (invoice.total, invoice.net_total, invoice.tax_total) == (
        Decimal("29.75"),
        25,
        Decimal("4.75"),
    )
    assert (invoice.buyer.scheme, invoice.supplier.name) == ("gln", "We")
    line = invoice.lines[0]
    assert (line.gtin, line.supplier_item, line.unit) == ("4000862141404", "A-1", "EA")
    assert (line.amount, line.taxes[0].rate) == (25, 19)


def test_an_855_tells_ordered_from_confirmed():
    answer = x12(
        "PR",
        "855",
        "BAK*00*AC*PO-1*20260120****ACK-9*20260121",
        "PO1*1*10*EA*2.50**VN*A-1",
        "ACK*IQ*6*EA*068*20260125",
        "PO1*2*4*EA*1**VN*B-2",
        "ACK*IR*0*EA",
        "CTT*2",
    )
    assert (answer.status, answer.response_number) == ("changed", "ACK-9")
    assert answer.response_date == dt.date(2026, 1, 21)
    first, second = answer.lines
    assert (first.status, first.quantity, first.confirmed_quantity) == (
        "quantity_changed",
        10,
        6,
    )
    assert first.ship_date == dt.date(2026, 1, 25)
    assert (second.status, second.confirmed_quantity) == ("rejected", 0)


def test_an_856_becomes_packages_with_their_lines_and_orders():
    notice = x12(
        "SH",
        "856",
        "BSN*00*SHIP-3*20260130*1405*0001",
        "HL*1**S*1",
        "TD5**2*UPSN",
        "REF*BM*BOL-8",
        "N1*ST*Dock 4*92*0007",
        "HL*2*1*O*1",
        "PRF*PO-1",
        "HL*3*2*P*1",
        "MAN*GM*00340123450000000018",
        "HL*4*3*I*0",
        "LIN*1*VN*A-1*LT*L77",
        "SN1**6*EA",
        "CTT*4",
    )
    assert (notice.shipment_number, notice.bill_of_lading) == ("SHIP-3", "BOL-8")
    assert notice.created_at == dt.datetime(2026, 1, 30, 14, 5, tzinfo=dt.timezone.utc)
    (package,) = notice.packages
    assert package.sscc == "340123450000000018"
    (line,) = package.lines
    assert (line.order_number, line.supplier_item) == ("PO-1", "A-1")
    assert (line.quantity, line.lots[0].lot) == (6, "L77")


def test_a_desadv_becomes_packages_with_their_lines_and_orders():
    notice = edifact(
        "DESADV",
        "BGM+351+SHIP-3+9",
        "DTM+137:202601301405:203",
        "DTM+11:20260130:102",
        "NAD+DP+4000001000005::9",
        "CPS+1",
        "CPS+2+1",
        "PAC+1++CT",
        "PCI+33E",
        "GIN+BJ+340123450000000018",
        "LIN+1++4000862141404:EN",
        "QTY+12:6:PCE",
        "RFF+ON:PO-1",
        "CNT+2:1",
    )
    assert notice.shipped_on == dt.date(2026, 1, 30)
    (package,) = notice.packages
    assert (package.level, package.sscc) == ("carton", "340123450000000018")
    (line,) = package.lines
    assert (line.order_number, line.gtin, line.quantity) == (
        "PO-1",
        "4000862141404",
        6,
    )


def test_a_945_adds_up_lines_over_cartons_and_keeps_tracking_numbers():
    shipped = x12(
        "SW",
        "945",
        "W06*F*WH-OUT-1*20260130*SHIP-3**SO-1",
        "N1*WH**92*EAST",
        "G62*11*20260130*1*1405",
        "W27*M*UPSN",
        "LX*1",
        "MAN*CP*1Z1",
        "W12*CC*10*6**EA**VN*A-1*L77",
        "LX*2",
        "MAN*CP*1Z2",
        "W12*CC*10*4**EA**VN*A-1*L78",
        "W03*10",
    )
    assert (shipped.request_key, shipped.confirmation_key) == ("WH-OUT-1", "SHIP-3")
    assert (shipped.warehouse, shipped.carrier) == ("EAST", "UPSN")
    assert shipped.shipped_at.hour == 14
    (line,) = shipped.lines
    assert (line.sku, line.quantity, line.ordered_quantity) == ("A-1", 10, 10)
    assert [(lot.lot, lot.quantity) for lot in line.lots] == [("L77", 6), ("L78", 4)]
    assert [parcel.tracking_number for parcel in shipped.parcels] == ["1Z1", "1Z2"]


def test_a_944_tells_damaged_goods_from_good_ones():
    received = x12(
        "RE",
        "944",
        "W17*F*20260130*WR-5*WH-IN-2",
        "W07*9*EA**VN*A-1",
        "W07*1*EA**VN*A-1",
        "W13*1*EA*01",
        "W14*10",
    )
    assert (received.confirmation_key, received.receipt_key) == ("WR-5", "WH-IN-2")
    assert [(line.quantity, line.condition) for line in received.lines] == [
        (9, "good"),
        (1, "damaged"),
    ]


@pytest.mark.parametrize(("code", "status"), [("33", "sellable"), ("QH", "hold")])
def test_an_846_tells_what_can_be_sold(code, status):
    stock = x12(
        "IB",
        "846",
        "BIA*00*SI*R-1*20260131*0600",
        "N1*WH**92*EAST",
        "LIN*1*VN*A-1",
        f"QTY*{code}*12*EA",
        "CTT*1",
    )
    assert (stock.snapshot_key, stock.warehouse) == ("R-1", "EAST")
    assert [(row.sku, row.quantity, row.status) for row in stock.rows] == [
        ("A-1", 12, status)
    ]


def test_an_820_tells_which_invoices_a_payment_pays():
    paid = x12(
        "RA",
        "820",
        "BPR*I*90*C*ACH************20260131",
        "TRN*1*PAY-1",
        "N1*PR*Shop",
        "N1*PE*We",
        "ENT*1",
        "RMR*IV*INV-7**95*100*5",
        "RMR*CM*CR-2**-5",
    )
    assert (paid.remittance_number, paid.amount) == ("PAY-1", 90)
    assert paid.payment_date == dt.date(2026, 1, 31)
    assert [(item.kind, item.number, item.paid) for item in paid.items] == [
        ("invoice", "INV-7", 95),
        ("credit_note", "CR-2", -5),
    ]
    assert (paid.items[0].gross, paid.items[0].discount) == (100, 5)
