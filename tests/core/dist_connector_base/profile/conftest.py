"""A partner that nobody has: small, and with everything the language has."""

import datetime as dt

import pytest

from addons.dist_connector_base.core.canonical import FulfilmentRequest
from addons.dist_connector_base.core.errors import MappingError
from addons.dist_connector_base.core.profile import Context, load_profile

NORDLAGER = """
profile: nordlager
version: "1"
title: Nordlager
transport: rest
settings:
  base_url: {label: Address}
  tenant: {label: Tenant, required: false}
auth: {scheme: header, name: X-Key, credential: key}
base_url: "{settings.base_url}"
pace: {remaining: X-Left, keep: 1, reset: X-Reset, restore_per_second: 2}
code_maps:
  carrier: {"7": UPS, PN: POSTNORD, NO: NORWAY_POST}
operations:
  send:
    method: POST
    path: /t/{settings.tenant}/orders/{request_key}
    headers: {X-Reference: "{order_reference}", X-Notes: "{notes}"}
    params: {dry: "false", carrier: "{code('carrier', carrier)}"}
    body:
      ref: request_key
      fixed: =DTC
      urgent: true
      ship_by: {when: requested_ship_date, map: {date: requested_ship_date}}
      lines:
        each: lines
        where: quantity > `0`
        map: {no: position(), article: sku, amount: quantity, of: parent().request_key}
    answers:
      - status: 200
        when: errors
        then: rejected
        code: errors[0].code
        message: errors[].text
      - {status: 200, when: state == 'exists', then: duplicate, remote_id: id}
      - {status: 200, when: state == 'wait', then: limit, retry_after: seconds}
      - {status: 200, when: state == 'later', then: transient}
      - {status: 200, when: state == 'locked', then: configuration}
      - {status: 2xx, when: id, then: accepted, remote_id: id, remote_status: state}
      - {status: 2xx, then: unknown, message: "'no id came back'"}
  find:
    method: GET
    path: /orders
    params: {ref: "{request_key}"}
    safe: true
    look_up:
      records: data.orders
      match: {ref: request_key}
      absent: 404
      remote_id: id
      remote_status: state
      rejected: state == 'refused'
      message: reason
  list:
    method: GET
    path: /shipments
    safe: true
    paging: {style: token, items: rows, param: after, next: next_token}
    cursor:
      param: since
      advance: rows[].changed
      start: 2 days
      overlap: 1 minute
  numbered:
    method: GET
    path: /numbered
    safe: true
    paging: {style: number, items: "@", param: page, size_param: size, size: 2}
    cursor: {param: after_id, kind: number, start: "0", advance: "[].id"}
  linked:
    method: GET
    path: /linked
    safe: true
    paging: {style: link, items: "@", next_header: Link}
    cursor: {param: since, format: "%Y%m%d%H%M", overlap: 5 minutes}
  skipping:
    method: GET
    path: /skipping
    safe: true
    paging: {style: offset, items: "@", param: skip, size: 2, stop: empty_page}
webhook:
  credential: secret
  signature: {scheme: hmac, header: X-Sig}
  topic: {body: event.type}
  ignore: [ping]
flows:
  fulfilment_request: {direction: out, send: send, look_up: find}
  shipment_confirmation:
    direction: in
    webhook: [shipped]
    poll: {operation: list, every: 2 minutes, documents: rows}
    skip: [{when: state == 'open', reason: It has not left yet.}]
    map:
      confirmation_key: id
      request_key: ref
      shipped_at: moment(left, '%d.%m.%Y %H:%M')
      completes_request: state != 'part'
      carrier: code('carrier', carrier)
      lines:
        each: boxes[].content[]
        map: {sku: article, quantity: "decimal(amount, ',')"}
"""


def translate(vocabulary: str, code: str, direction: str) -> str:
    """Translate as a backend with the profile's own code maps does."""
    codes = {"7": "UPS", "PN": "POSTNORD"}
    if direction == "out":
        codes = {ours: theirs for theirs, ours in codes.items()}
    if code not in codes:
        raise MappingError("not mapped", vocabulary=vocabulary, value=code)
    return codes[code]


@pytest.fixture
def profile():
    return load_profile(NORDLAGER, "nordlager.yaml")


@pytest.fixture
def ctx():
    return Context(
        settings={"base_url": "https://api.nordlager.example/v1/", "tenant": "a/b"},
        translate=translate,
        timezone="Europe/Oslo",
        now=lambda: dt.datetime(2026, 3, 10, 12, tzinfo=dt.timezone.utc),
    )


@pytest.fixture
def request_document():
    def make(**values):
        content = {
            "request_key": "WH-OUT-1",
            "order_reference": "S0001",
            "warehouse": "WH",
            "carrier": "UPS",
            "ship_to": {"name": "Ada"},
            "lines": [{"line_key": "1", "sku": "A", "quantity": "2.50"}],
        }
        return FulfilmentRequest.parse({**content, **values})

    return make
