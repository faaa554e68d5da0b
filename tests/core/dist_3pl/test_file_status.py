"""What both file sets tell of substitutes, sub-status and holds, word by word."""

import datetime as dt

import pytest

from addons.dist_connector_base.core.canonical import FulfilmentHold
from addons.dist_connector_base.core.errors import MappingError

from .conftest import Backend

CSV_ACK = (
    "request_key;status;warehouse_reference;reason_code;reason_text;hold_key;said_at;"
    "substatus"
)
CSV_SHP = (
    "shipment_no;request_key;warehouse_reference;shipped_at;carrier;service;line_key;"
    "sku;quantity;unit;lot;serial;expiry;tracking;weight_kg;sscc;final;shipping_cost;"
    "currency;status;substatus;substitutes"
)


def csv_answer(house, status):
    text = f"{CSV_ACK}\nR;{status};;;;R-H1;2026-07-01 10:00:00;GATE 4\n"
    return house.read("fulfilment_response", text.encode(), "file")


def xml_answer(house, status):
    text = (
        f'<OrderResponses><Response number="R" hold="R-H1"><Status>{status}</Status>'
        "<SaidAt>2026-07-01T10:00:00</SaidAt><SubStatus>GATE 4</SubStatus>"
        "</Response></OrderResponses>"
    )
    return house.read("fulfilment_response", text.encode(), "file")


def csv_shipment(house):
    row = (
        "S1;R;;2026-07-01 10:00:00;UPS;Ground;41;GREEN;2;EA;;;;T;;;Y;7.90;EUR;Gone;"
        "Gate 4;TEA"
    )
    return house.read("shipment_confirmation", f"{CSV_SHP}\n{row}\n".encode(), "file")


def xml_shipment(house):
    text = """<Shipments><Shipment number="S1"><Order>R</Order>
      <ShippedAt>2026-07-01T10:00:00</ShippedAt><Final>true</Final>
      <Status>Gone</Status><SubStatus>Gate 4</SubStatus>
      <ShippingCost currency="EUR">7.90</ShippingCost>
      <Lines><Line id="41"><Sku>GREEN</Sku><SubstituteFor>TEA</SubstituteFor>
        <Quantity unit="EA">2</Quantity></Line></Lines>
      <Parcels><Parcel><Tracking>T</Tracking></Parcel></Parcels>
    </Shipment></Shipments>"""
    return house.read("shipment_confirmation", text.encode(), "file")


WAYS = {"csv_sftp": (csv_answer, csv_shipment), "xml_sftp": (xml_answer, xml_shipment)}


@pytest.fixture(params=sorted(WAYS))
def house(request):
    return Backend(request.param, zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("HOLD", "on_hold"),
        ("HOLD_REFUSED", "hold_refused"),
        ("RELEASED", "released"),
        ("RELEASE_REFUSED", "release_refused"),
    ],
)
def test_answers_to_holds_name_the_hold(house, words, status):
    (document,) = WAYS[house.code][0](house, words)
    assert (document.status, document.hold_key) == (status, "R-H1")
    assert (document.raw_status, document.raw_substatus) == (words, "GATE 4")
    # 10:00 in Berlin's summer
    assert document.responded_at == dt.datetime(2026, 7, 1, 8, tzinfo=dt.timezone.utc)


def test_a_status_that_nobody_has_mapped_reaches_a_person(house):
    with pytest.raises(MappingError):
        WAYS[house.code][0](house, "THINKING")


def test_a_shipment_tells_its_cost_and_what_a_line_takes_the_place_of(house):
    (document,) = WAYS[house.code][1](house)
    assert document.shipping_cost.model_dump(mode="json") == {
        "amount": "7.90",
        "currency": "EUR",
    }
    (line,) = document.lines
    assert (line.sku, line.substitutes) == ("GREEN", "TEA")
    assert (document.raw_status, document.raw_substatus) == ("Gone", "Gate 4")


def test_a_hold_tells_its_reason_in_the_partners_words(house):
    hold = FulfilmentHold.parse(
        {
            "hold_key": "R-H1",
            "request_key": "R",
            "reason_code": "payment",
            "keep_stock": False,
            "reason": "unpaid",
        }
    )
    content = house.build("write_hold", hold).content.decode()
    assert "PAYMENT" in content and "unpaid" in content
