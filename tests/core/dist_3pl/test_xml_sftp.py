"""The XML profile: files as both sides agreed, and as they should not be."""

import datetime as dt
from decimal import Decimal

import pytest

from addons.dist_connector_base.core.canonical import FulfilmentCancel
from addons.dist_connector_base.core.errors import DataError, MappingError
from addons.dist_connector_base.core.profile import file_place

from .conftest import Backend

# Two parcels, a lot and a serial number; the second shipment leaves the rest open.
SHIPMENTS = """<?xml version="1.0" encoding="UTF-8"?>
<Shipments>
  <Shipment number="SH1">
    <Order>XML-OUT-1</Order>
    <WarehouseReference>W9</WarehouseReference>
    <ShippedAt>2026-07-01T10:00:00</ShippedAt>
    <Carrier>DHL</Carrier>
    <Final>true</Final>
    <Lines>
      <Line id="41">
        <Sku>SKU-001</Sku><Quantity unit="PCE">5</Quantity>
        <Lots>
          <Lot><Number>L1</Number><Expiry>2027-01-31</Expiry><Quantity>4</Quantity></Lot>
          <Lot><Serial>S7</Serial><Quantity>1</Quantity></Lot>
        </Lots>
      </Line>
      <Line id="42"><Sku>SKU-002</Sku><Quantity unit="case">1</Quantity></Line>
    </Lines>
    <Parcels>
      <Parcel sscc="003400000000000017">
        <Tracking>T1</Tracking><WeightKg>1.250</WeightKg>
        <Contents>
          <Item line="41"><Sku>SKU-001</Sku><Quantity unit="PCE">5</Quantity></Item>
        </Contents>
      </Parcel>
      <Parcel><Tracking>T2</Tracking></Parcel>
    </Parcels>
  </Shipment>
  <Shipment number="SH2">
    <Order>XML-OUT-2</Order><ShippedAt>2026-07-01T10:00:00Z</ShippedAt>
    <Final>false</Final>
    <Lines><Line id="7"><Quantity unit="EA">2</Quantity></Line></Lines>
  </Shipment>
</Shipments>"""


@pytest.fixture
def house():
    return Backend("xml_sftp", {"client": "ACME"}, zone="Europe/Berlin")


def refused(house, text, message_type="shipment_confirmation", kind=DataError):
    with pytest.raises(kind) as caught:
        house.read(message_type, text.encode(), "file")
    return caught.value


def test_an_order_file_in_the_order_that_was_agreed(house, request_document):
    drop = house.build("write_order", request_document(request_key="XML-OUT-1"))
    assert (drop.folder, drop.name) == ("in", "ORD_XML-OUT-1.xml")
    assert drop.content.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Order number="XML-OUT-1" client="ACME" warehouse="BOB">'
        "<Reference>S00012</Reference>"
        "<Carrier>UPS</Carrier><Service>Ground</Service>"
        "<DeliveryDate>2026-03-14</DeliveryDate><Consignee><Name>Ada Lovelace</Name>"
        "<Street>1 Market Street</Street><Street2>Floor 2</Street2>"
        "<City>Chicago</City><PostalCode>60601</PostalCode><State>IL</State>"
        "<Country>US</Country><Phone>+1 312 555 0101</Phone>"
        "<Email>ada@shop.example</Email></Consignee><Lines>"
        '<Line id="41"><Sku>SKU-001</Sku><Quantity unit="each">3</Quantity></Line>'
        '<Line id="42"><Sku>SKU-005</Sku><Description>Tea; green</Description>'
        '<Quantity unit="each">2</Quantity><Lot>L7</Lot></Line></Lines></Order>'
    )


def test_names_of_customers_cannot_add_elements(house, request_document):
    request = request_document(
        ship_to={"name": "</Name><Total>0</Total>", "address": {"street": "A & B"}}
    )
    content = house.build("write_order", request).content
    assert b"<Name>&lt;/Name&gt;&lt;Total&gt;0&lt;/Total&gt;</Name>" in content
    assert b"<Street>A &amp; B</Street>" in content


def test_a_cancel_file(house):
    drop = house.build(
        "write_cancel", FulfilmentCancel(request_key="XML-OUT-1", reason="wish")
    )
    assert drop.name == "CAN_XML-OUT-1.xml"
    assert drop.content.endswith(
        b'<CancelOrder number="XML-OUT-1" client="ACME"><Reason>wish</Reason>'
        b"</CancelOrder>"
    )


def test_files_are_found_where_agreed(house, request_document):
    place = file_place(house.profile.flows["shipment_confirmation"], house.ctx)
    assert place == ("out", "SHP_*.xml", "out/archive", 2)
    search = house.build("find_order_file", request_document(request_key="K"))
    assert search == (("in", "in/processed"), "ORD_K.xml")


def test_shipments_with_parcels_lots_and_serials(house):
    first, second = house.read("shipment_confirmation", SHIPMENTS.encode(), "file")
    assert (first.confirmation_key, second.confirmation_key) == ("SH1", "SH2")
    assert (first.completes_request, second.completes_request) == (True, False)
    # 10:00 in Berlin's summer
    assert first.shipped_at == dt.datetime(2026, 7, 1, 8, tzinfo=dt.timezone.utc)
    assert second.shipped_at.hour == 10
    assert [(e.line_key, e.quantity, e.unit) for e in first.lines] == [
        ("41", 5, "EA"),
        ("42", 1, "CS"),
    ]
    lots = [(e.lot, e.serial, e.expiry, e.quantity) for e in first.lines[0].lots]
    assert lots == [("L1", None, dt.date(2027, 1, 31), 4), (None, "S7", None, 1)]
    one, two = first.parcels
    assert (one.sscc, one.weight_kg) == ("003400000000000017", Decimal("1.250"))
    assert (one.contents[0].line_key, one.contents[0].quantity) == ("41", 5)
    assert (two.tracking_number, two.contents) == ("T2", [])


def test_answers_to_requests(house):
    text = (
        '<OrderResponses><Response number="A"><Status>ACCEPTED</Status>'
        "<WarehouseReference>W1</WarehouseReference></Response>"
        '<Response number="B"><Status>REJECTED</Status><ReasonText>no stock'
        "</ReasonText></Response></OrderResponses>"
    )
    taken, not_taken = house.read("fulfilment_response", text.encode(), "file")
    assert (taken.request_key, taken.status, taken.remote_id) == ("A", "accepted", "W1")
    assert (not_taken.status, not_taken.reason) == ("rejected", "no stock")


def test_stock_by_lot_and_status(house):
    text = (
        '<Stock taken_at="2026-07-01T06:00:00Z">'
        '<Row><Sku>A</Sku><Quantity unit="EA">5</Quantity><Allocated>2</Allocated>'
        "<Status>SELLABLE</Status></Row>"
        '<Row><Sku>A</Sku><Quantity unit="EA">1</Quantity><Lot>L1</Lot>'
        "<Expiry>2027-01-31</Expiry><Status>DAMAGED</Status></Row></Stock>"
    )
    (stock,) = house.read("inventory_snapshot", text.encode(), "file")
    told = [(r.sku, r.quantity, r.allocated, r.lot, r.status) for r in stock.rows]
    assert told == [("A", 5, 2, None, "sellable"), ("A", 1, None, "L1", "damaged")]
    assert stock.warehouse == "XML"


def test_faults_name_their_place_in_the_partners_file(house):
    bad = refused(house, SHIPMENTS.replace('unit="EA">2<', 'unit="EA">two<'))
    assert bad.path == "Shipment[1].Lines.Line[0].Quantity._text"
    unmapped = refused(
        house, SHIPMENTS.replace("<Carrier>DHL<", "<Carrier>Pigeon<"), kind=MappingError
    )
    assert (unmapped.vocabulary, unmapped.value) == ("carrier", "Pigeon")
    twice = refused(house, SHIPMENTS.replace("<Sku>SKU-002</Sku>", "<Sku>A</Sku>" * 2))
    assert twice.path.endswith("Line.Sku")
    assert "<Stock>" in refused(house, "<Stock/>").message
    assert "DOCTYPE" in refused(house, f"<!DOCTYPE x>{SHIPMENTS[38:]}").message


def test_it_has_every_flow_of_the_csv_set(house):
    csv = Backend("csv_sftp").profile
    assert set(house.profile.flows) == set(csv.flows)
    assert {name: flow.answer for name, flow in house.profile.flows.items()} == {
        name: flow.answer for name, flow in csv.flows.items()
    }
    assert set(house.profile.expectations) == set(csv.expectations)


def test_namespaces_of_the_partners_own_are_not_looked_at(house):
    plain = house.read("shipment_confirmation", SHIPMENTS.encode(), "file")
    named = SHIPMENTS.replace(
        "<Shipments>",
        '<Shipments xmlns="urn:house" xmlns:xsi="http://www.w3.org/2001/'
        'XMLSchema-instance" xsi:schemaLocation="urn:house house.xsd">',
    )
    assert house.read("shipment_confirmation", named.encode(), "file") == plain
    prefixed = SHIPMENTS.replace("</", "</w:").replace("<Sh", "<w:Sh")
    for name in ("Order", "Line", "Sku", "Quan", "Lot", "Num", "Exp", "Ser", "Car"):
        prefixed = prefixed.replace(f"<{name}", f"<w:{name}")
    for name in ("Ware", "Final", "Parcel", "Track", "Weight", "Cont", "Item"):
        prefixed = prefixed.replace(f"<{name}", f"<w:{name}")
    prefixed = prefixed.replace("<w:Shipments>", '<w:Shipments xmlns:w="urn:house">')
    assert house.read("shipment_confirmation", prefixed.encode(), "file") == plain


def test_one_line_without_lots_reads_as_many_with_them(house):
    text = (
        '<Receipts><Receipt number="R1"><Advice>A</Advice>'
        "<ReceivedAt>2026-07-01T10:00:00Z</ReceivedAt><Final>true</Final><Lines>"
        '<Line id="1"><Sku>T</Sku><Quantity unit="EA">2</Quantity></Line>'
        "</Lines></Receipt></Receipts>"
    )
    (receipt,) = house.read("receipt_confirmation", text.encode(), "file")
    (line,) = receipt.lines
    assert (line.quantity, line.condition, line.lots) == (2, "good", [])
    assert (receipt.completes_receipt, receipt.charges) == (True, [])


@pytest.mark.parametrize(
    ("message_type", "text", "path"),
    [
        (
            "receipt_confirmation",
            '<Receipts><Receipt number="R1"><Advice>A</Advice><ReceivedAt>2026-07-01'
            'T10:00:00Z</ReceivedAt><Lines><Line id="1"><Sku>T</Sku><Quantity '
            'unit="EA">two</Quantity></Line></Lines></Receipt></Receipts>',
            "Receipt[0].Lines.Line[0].Quantity._text",
        ),
        (
            "inventory_adjustment",
            '<Adjustments><Adjustment number="A1"><AdjustedAt>2026-07-01T10:00:00Z'
            '</AdjustedAt><Lines><Line><Sku>T</Sku><Quantity unit="EA">1</Quantity>'
            "<ReasonCode>LOST</ReasonCode><Expiry>31.01.2027</Expiry></Line></Lines>"
            "</Adjustment></Adjustments>",
            "Adjustment[0].Lines.Line[0].Expiry",
        ),
        (
            "return_notice",
            '<Returns><Return number="T1"><ReturnedAt>2026-07-01T10:00:00Z</ReturnedAt>'
            '<Lines><Line><Sku>T</Sku><Quantity unit="EA">-1</Quantity>'
            "<Disposition>RESTOCK</Disposition></Line></Lines></Return></Returns>",
            "Return[0].Lines.Line[0].Quantity._text",
        ),
        (
            "service_charge",
            '<Fees><Fee number="C1"><ChargedOn>2026-07-03</ChargedOn><Code>PICK</Code>'
            '<Amount currency="EURO">6</Amount></Fee></Fees>',
            "Fee[0].Amount._currency",
        ),
    ],
)
def test_a_bad_value_is_named_in_every_file(house, message_type, text, path):
    assert refused(house, text, message_type).path == path
