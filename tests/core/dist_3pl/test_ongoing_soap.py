"""Ongoing WMS over SOAP, held against the partner's own WSDL.

The WSDL is not ours to ship. Where ``../shared/contracts`` (or ``DIST_CONTRACTS``)
lacks it, what needs it is skipped and says so.
"""

import datetime as dt
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
import requests

from addons.dist_connector_base.core import profile as language
from addons.dist_connector_base.core.canonical import (
    DOCUMENTS,
    FulfilmentCancel,
)
from addons.dist_connector_base.core.codecs import json_codec
from addons.dist_connector_base.core.errors import MappingError, UnknownOutcomeError
from addons.dist_connector_base.core.wire import Found, HttpResponse, Outcome
from addons.dist_connector_base.transports.rest import RestSettings, RestTransport
from addons.dist_connector_base.transports.soap import SoapTransport, read_wsdl
from tests.partners import soap_3pl

from .conftest import Backend

ReceiptNotice = DOCUMENTS["receipt_notice"]
ReceiptCancel = DOCUMENTS["receipt_cancel"]
ROOT = Path(__file__).resolve().parents[3]
CONTRACTS = Path(os.environ.get("DIST_CONTRACTS") or ROOT.parent / "shared/contracts")
WSDL = CONTRACTS / "ongoing-soap/service.wsdl"
needs_wsdl = pytest.mark.skipif(
    not WSDL.exists(), reason=f"no WSDL of the partner at {WSDL} (DIST_CONTRACTS)"
)


@pytest.fixture
def house():
    return Backend("ongoing_soap", {"goods_owner": soap_3pl.OWNER, "user": "odoo"})


def told(result) -> HttpResponse:
    return HttpResponse(200, {}, json.dumps(result).encode())


# ------------------------------------------------- what answers mean, by the profile


@pytest.mark.parametrize(
    ("result", "outcome", "words"),
    [
        ({"Success": True, "OrderId": 17}, Outcome.ACCEPTED, ""),
        ({"Success": False, "ErrorMessage": "No article X"}, Outcome.REJECTED, "No a"),
        ({"Success": None}, Outcome.UNKNOWN, ""),
        ({}, Outcome.UNKNOWN, ""),
    ],
)
def test_success_is_judged_by_the_body_of_a_200(house, result, outcome, words):
    verdict = language.judge(house.profile.operations["process_order"], told(result))
    assert verdict.outcome is outcome
    assert verdict.message.startswith(words)


def test_fault_that_blames_the_request_is_a_rejection_and_another_is_unknown(house):
    operation = house.profile.operations["process_order"]
    fault = json.dumps({"fault": {"code": "Client", "message": "bad"}}).encode()
    for status, outcome in ((400, Outcome.REJECTED), (500, Outcome.UNKNOWN)):
        answer = HttpResponse(status, {}, fault)
        assert language.judge(operation, answer).outcome is outcome


def order(status, **values):
    return {
        "OrderInfo": {
            "OrderId": 17,
            "GoodsOwnerOrderNumber": "OUT-1",
            "OrderStatusNumber": status,
            "OrderStatusText": "Words",
            "ShippedTime": "2026-07-01T10:00:00",
            "WayBill": "WB1",
        },
        "Transporter": {"Code": "DHL"},
        "PickedOrderLines": {
            "PickedOrderLine": [
                {
                    "Article": {"ArticleNumber": "A"},
                    "ExternalOrderLineCode": "41",
                    "PickedNumberOfItems": 2,
                    "OrderedNumberOfItems": 3,
                }
            ]
        },
        "PickedArticleItems": {
            "PickedArticleItem": [
                {"ExternalOrderLineCode": "41", "BatchNo": "L1", "NumberOfItems": 2,
                 "ExpiryDate": "2027-01-31T00:00:00"},
                {"ExternalOrderLineCode": "42", "BatchNo": "L2", "NumberOfItems": 1},
            ]
        },
        **values,
    }  # fmt: skip


def listed(*orders) -> bytes:
    return json_codec.encode({"Orders": {"Order": list(orders)}})


def test_status_numbers_are_the_tenants_and_mapped(house):
    payload = listed(order(200), order(400), order(500), order(1000))
    shipped = house.read("shipment_confirmation", payload, "poll")
    assert [document.raw_status for document in shipped] == ["500 Words"]
    cancelled = house.read("fulfilment_response", payload, "poll")
    assert [(d.request_key, d.status) for d in cancelled] == [("OUT-1", "cancelled")]


def test_number_that_nobody_mapped_reaches_a_person(house):
    with pytest.raises(MappingError) as caught:
        house.read("shipment_confirmation", listed(order(777)), "poll")
    assert (caught.value.vocabulary, caught.value.value) == ("order_status", "777")


def test_short_shipment_with_the_lots_of_each_line(house):
    (document,) = house.read("shipment_confirmation", listed(order(450)), "poll")
    (line,) = document.lines
    assert (line.line_key, line.quantity, line.ordered_quantity) == ("41", 2, 3)
    assert [(e.lot, e.expiry, e.quantity) for e in line.lots] == [
        ("L1", dt.date(2027, 1, 31), 2)
    ]
    assert [p.tracking_number for p in document.parcels] == ["WB1"]


def test_nothing_new_is_nothing_to_do(house):
    for payload in (listed(), b'{"Orders": null}'):
        assert house.read("shipment_confirmation", payload, "poll") == []


def test_one_job_at_a_time_may_talk_to_the_partner(house):
    assert house.profile.parallel == 1


# ------------------------------------------------------------- against the contract


@pytest.fixture(scope="module")
def partner():
    """Start the warehouse in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.partners.soap_3pl", str(WSDL)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def service(partner):
    settings = RestSettings(partner, allow_private_network=True, read_timeout=5)
    identity = {"UserName": soap_3pl.USER, "Password": soap_3pl.PASSWORD}
    with SoapTransport(RestTransport(settings), WSDL.read_bytes(), identity) as opened:
        yield opened


def state(partner) -> dict:
    return requests.get(f"{partner}/state", timeout=5).json()


def plan(partner, **values) -> None:
    requests.post(f"{partner}/plan", json=values, timeout=5).raise_for_status()


def send(house, service, name, document):
    operation = house.profile.operations[name]
    return language.judge(operation, service.call(house.build(name, document)))


def look_up(house, service, name, document):
    response = service.call(house.build(name, document))
    operation = house.profile.operations[name]
    return language.judge_look_up(operation, response, document, house.ctx)


def polled(house, service, message_type):
    flow = house.profile.flows[message_type]
    operation = house.profile.operations[flow.poll.operation]
    response = service.call(language.first_page(operation, "", house.ctx))
    assert language.page_items(operation, response)
    return house.read(message_type, response.body, "poll")


@needs_wsdl
def test_every_operation_of_the_profile_is_in_the_wsdl(house):
    wanted = {op.soap for op in house.profile.operations.values()}
    assert wanted <= read_wsdl(WSDL.read_bytes()).names


@needs_wsdl
def test_order_is_taken_found_and_cancelled(house, service, partner, request_document):
    request = request_document(request_key="ONG-1")
    cancel = FulfilmentCancel(request_key="ONG-1")
    assert look_up(house, service, "find_order", request).answer is Found.ABSENT
    verdict = send(house, service, "process_order", request)
    assert verdict.outcome is Outcome.ACCEPTED
    kept = state(partner)["orders"]["ONG-1"]
    assert kept["name"] == "Ada Lovelace"
    assert [line["ExternalOrderLineCode"] for line in kept["lines"]] == ["41", "42"]
    found = look_up(house, service, "find_order", request)
    assert (found.verdict.remote_id, found.verdict.remote_status) == (
        verdict.remote_id,
        "200",
    )
    unheard = look_up(house, service, "find_removed_order", cancel)
    assert unheard.answer is Found.ABSENT
    assert send(house, service, "remove_order", cancel).outcome is Outcome.ACCEPTED
    heard = look_up(house, service, "find_removed_order", cancel)
    assert heard.answer is Found.FOUND
    assert "ONG-1" in [
        d.request_key for d in polled(house, service, "fulfilment_response")
    ]
    assert state(partner)["violations"] == 0


@needs_wsdl
def test_refusal_inside_a_200_is_a_rejection(house, service, request_document):
    lines = [{"line_key": "1", "sku": "UNHEARD-OF", "quantity": 1}]
    refused = request_document(request_key="ONG-2", lines=lines)
    verdict = send(house, service, "process_order", refused)
    assert (verdict.outcome, verdict.message) == (
        Outcome.REJECTED,
        "No article UNHEARD-OF",
    )


@needs_wsdl
def test_lost_answer_is_found_again_and_a_repeat_is_the_same_order(
    house, service, partner, request_document
):
    request = request_document(request_key="ONG-3")
    plan(partner, lose=1)
    with pytest.raises(UnknownOutcomeError):
        send(house, service, "process_order", request)
    found = look_up(house, service, "find_order", request)
    assert found.answer is Found.FOUND
    again = send(house, service, "process_order", request)
    assert again.remote_id == found.verdict.remote_id


@needs_wsdl
def test_shipment_and_stock_come_by_polling(house, service, partner, request_document):
    send(house, service, "process_order", request_document(request_key="ONG-4"))
    plan(partner, ship=["ONG-4"])
    (shipped,) = [
        document
        for document in polled(house, service, "shipment_confirmation")
        if document.request_key == "ONG-4"
    ]
    assert [(line.sku, line.quantity) for line in shipped.lines] == [
        ("SKU-001", 3),
        ("SKU-005", 2),
    ]
    assert [lot.lot for line in shipped.lines for lot in line.lots] == ["L7"]
    assert shipped.parcels[0].tracking_number == "WB-ONG-4"
    (stock,) = polled(house, service, "inventory_snapshot")
    assert [(row.sku, row.quantity, row.allocated) for row in stock.rows] == [
        ("SKU-001", Decimal(40), Decimal(2)),
        ("SKU-005", Decimal(7), Decimal(2)),
    ]


@needs_wsdl
def test_receipt_is_announced_dropped_and_confirmed(house, service, partner):
    lines = [{"line_key": "8", "sku": "SKU-001", "quantity": 3}]
    one, two = (
        ReceiptNotice.parse({"receipt_key": key, "lines": lines})
        for key in ("P1", "P2")
    )
    cancel = ReceiptCancel(receipt_key="P2")
    for notice in (one, two):
        verdict = send(house, service, "process_in_order", notice)
        assert (verdict.outcome, bool(verdict.remote_id)) == (Outcome.ACCEPTED, True)
        found = look_up(house, service, "find_in_order", notice)
        assert found.verdict.remote_id == verdict.remote_id
    gone = look_up(house, service, "find_removed_in_order", cancel)
    assert gone.answer is Found.ABSENT
    assert send(house, service, "remove_in_order", cancel).outcome is Outcome.ACCEPTED
    gone = look_up(house, service, "find_removed_in_order", cancel)
    assert gone.answer is Found.FOUND
    assert look_up(house, service, "find_in_order", two).answer is Found.ABSENT
    plan(partner, receive=["P1"])
    (receipt,) = polled(house, service, "receipt_confirmation")
    (line,) = receipt.lines
    assert (receipt.receipt_key, line.line_key) == ("P1", "8")
    assert (line.quantity, line.expected_quantity) == (1, 3)
    assert [(e.lot, e.expiry) for e in line.lots] == [("B-P1", dt.date(2027, 1, 31))]


@needs_wsdl
def test_wrong_password_is_a_refusal(house, partner, request_document):
    settings = RestSettings(partner, allow_private_network=True)
    identity = {"UserName": soap_3pl.USER, "Password": "guess"}
    with SoapTransport(RestTransport(settings), WSDL.read_bytes(), identity) as service:
        request = request_document(request_key="ONG-5")
        verdict = send(house, service, "process_order", request)
    assert (verdict.outcome, verdict.message) == (
        Outcome.REJECTED,
        "wrong user or password",
    )
