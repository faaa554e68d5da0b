"""A preview tells every fault with its place and every code that was looked up."""

import json

import pytest

from addons.dist_connector_base.core.errors import MappingError
from addons.dist_connector_base.core.profile import (
    Context,
    load_profile,
    preview_in,
    preview_out,
)

HOUSE = """
profile: house
version: "1"
title: House
transport: rest
settings: {base_url: {label: Address}}
auth: {scheme: header, name: X-Key, credential: key}
base_url: "{settings.base_url}"
webhook:
  credential: secret
  signature: {scheme: standard_webhooks}
  topic: {header: x-topic}
operations:
  create:
    method: POST
    path: /orders
    headers: {X-Token: "{request_key}", X-Ref: "{order_reference}"}
    body: {ref: request_key, via: "code('carrier', carrier)", who: ship_to.name}
  find:
    method: GET
    path: /orders
    params: {ref: "{request_key}"}
    safe: true
    look_up: {records: orders, match: {ref: request_key}}
flows:
  fulfilment_request: {direction: out, send: create, look_up: find}
  shipment_confirmation:
    direction: in
    webhook: [shipped]
    documents: "[]"
    skip:
      - {when: "state == 'OPEN'", reason: It has not left yet.}
    map:
      confirmation_key: number
      request_key: order
      shipped_at: moment(at)
      carrier: code('carrier', carrier)
      lines:
        - each: lines
          map: {sku: sku, quantity: decimal(amount), unit: "code('unit', unit)"}
        - when: extra
          map: {sku: extra, quantity: 1}
"""
GOOD = {
    "number": "S1",
    "order": "R1",
    "at": "2026-01-31T10:00:00Z",
    "carrier": "U",
    "lines": [{"sku": "A", "amount": "2", "unit": "PCE"}],
}
CODES = {("carrier", "U"): "UPS", ("unit", "PCE"): "EA", ("carrier", "UPS"): "U"}


def translate(vocabulary, code, _direction):
    if (vocabulary, code) not in CODES:
        raise MappingError("is not mapped", vocabulary=vocabulary, value=code)
    return CODES[vocabulary, code]


@pytest.fixture
def house():
    return load_profile(HOUSE)


@pytest.fixture
def ctx():
    return Context(settings={"base_url": "https://h.example"}, translate=translate)


def read(house, ctx, *entries):
    payload = json.dumps(list(entries)).encode()
    return preview_in(house, "shipment_confirmation", payload, ctx)


def test_a_good_document_shows_its_canonical_form_and_codes(house, ctx):
    preview = read(house, ctx, GOOD)
    assert preview.all_faults == []
    assert preview.read[0].key == "S1"
    assert preview.read[0].content["lines"][0]["quantity"] == "2"
    assert [(c.vocabulary, c.code, c.found) for c in preview.codes] == [
        ("carrier", "U", "UPS"),
        ("unit", "PCE", "EA"),
    ]


def test_every_fault_of_a_document_is_told_with_its_place(house, ctx):
    bad = GOOD | {
        "order": "",
        "at": "yesterday",
        "carrier": "ZZ",
        "lines": [
            {"sku": "A", "amount": "two", "unit": "BAG"},
            {"sku": "B", "amount": "-1", "unit": "PCE"},
            {"amount": "1", "unit": "PCE"},
        ],
    }
    (told,) = read(house, ctx, GOOD, bad).read[1:]
    places = {fault.path for fault in told.faults}
    assert places == {
        "[1].order",
        "[1].at",
        "[1].carrier",
        "[1].lines[0].amount",
        "[1].lines[0].unit",
        "[1].lines[1].amount",
        "[1].lines[2]",
    }
    assert {fault.kind for fault in told.faults} == {"data", "mapping"}


def test_each_missed_code_is_told_once(house, ctx):
    bad = GOOD | {"carrier": "ZZ"}
    preview = read(house, ctx, bad, bad | {"number": "S2"})
    assert [c.code for c in preview.codes if c.found is None] == ["ZZ"]


def test_a_skipped_document_says_why(house, ctx):
    preview = read(house, ctx, GOOD | {"state": "OPEN"})
    assert preview.read[0].skipped == "It has not left yet."
    assert preview.read[0].content is None


def test_what_cannot_be_decoded_is_one_fault(house, ctx):
    preview = preview_in(house, "shipment_confirmation", b"[{", ctx)
    assert len(preview.faults) == 1
    assert not preview.read


def test_a_document_that_the_profile_does_not_know(house, ctx):
    assert "no flow" in preview_in(house, "invoice", b"{}", ctx).faults[0].message
    turned = preview_in(house, "fulfilment_request", b"{}", ctx)
    assert "goes out" in turned.faults[0].message


def test_long_transmissions_show_their_beginning(house, ctx):
    preview = read(house, ctx, *[GOOD] * 25)
    assert (len(preview.read), preview.more) == (20, 5)


# ------------------------------------------------------------------------ out

SOAP = """
profile: soap_house
version: "1"
title: House
transport: soap
wsdl: service.wsdl
base_url: https://h.example/service
operations:
  create:
    soap: PutOrder
    body: {Order: {Number: request_key}}
    answers: [{status: 2xx, then: accepted}]
flows:
  fulfilment_request: {direction: out, send: create}
"""

ORDER = {
    "request_key": "R1",
    "order_reference": "SO1",
    "warehouse": "WH",
    "carrier": "UPS",
    "ship_to": {"name": "Ada"},
    "lines": [{"line_key": "1", "sku": "A", "quantity": 2}],
}


def test_what_would_be_sent_has_secrets_masked(house, ctx):
    sending = preview_out(house, "fulfilment_request", json.dumps(ORDER), ctx).sending
    assert (sending.method, sending.address) == ("POST", "https://h.example/orders")
    assert sending.headers["X-Key"] == sending.headers["X-Token"] == "***"
    assert sending.headers["X-Ref"] == "SO1"
    assert json.loads(sending.body) == {"ref": "R1", "via": "U", "who": "Ada"}
    assert sending.look_up == "GET https://h.example/orders?ref=R1"


def test_a_canonical_document_with_faults_names_them_all(house, ctx):
    bad = ORDER | {"lines": [{"line_key": "1", "sku": "", "quantity": -1}]}
    preview = preview_out(house, "fulfilment_request", json.dumps(bad), ctx)
    assert {fault.path for fault in preview.faults} == {
        "lines[0].sku",
        "lines[0].quantity",
    }
    assert preview.sending is None


def test_an_outgoing_code_without_counterpart_is_told(house, ctx):
    text = json.dumps(ORDER | {"carrier": "DHL"})
    preview = preview_out(house, "fulfilment_request", text, ctx)
    assert preview.faults[0].kind == "mapping"
    assert preview.codes[0][:4] == ("carrier", "DHL", "out", None)


def test_a_soap_call_shows_its_operation_and_arguments():
    house = load_profile(SOAP)
    preview = preview_out(house, "fulfilment_request", json.dumps(ORDER), Context())
    assert preview.all_faults == []
    assert (preview.sending.method, preview.sending.address) == ("SOAP", "PutOrder")
    assert json.loads(preview.sending.body) == {"Order": {"Number": "R1"}}
