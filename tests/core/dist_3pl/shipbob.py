"""ShipBob's side in the tests of its profile: calls, answers, its own description."""

import json
from urllib.parse import urlsplit

from addons.dist_connector_base.core import profile as language
from addons.dist_connector_base.core.wire import HttpResponse


def faults(contract, request):
    """Say what in a request of ours breaks ShipBob's description."""
    body = json.loads(request.body) if request.body else None
    path = urlsplit(request.url).path
    return contract.request_faults(
        request.method, path, request.params, request.headers, body
    )


def answer(status, content=None, headers=None):
    """Give an answer of ShipBob."""
    body = b"" if content is None else json.dumps(content).encode()
    return HttpResponse(status, headers or {}, body)


def read(bob, message_type, content, source="webhook"):
    """Give the documents that something of ShipBob becomes."""
    return bob.read(message_type, json.dumps(content).encode(), source)


def first_page(bob, operation, cursor=""):
    """Give the call for the first page of a list."""
    return language.first_page(bob.profile.operations[operation], cursor, bob.ctx)


def expansion(bob, message_type, content, source="poll"):
    """Give each document of a page with the call that asks for what belongs to it."""
    flow = bob.profile.flows[message_type]
    operation = bob.profile.operations[flow.expand.operation]
    return [
        (item, language.expand_request(flow, operation, item, bob.ctx))
        for item in bob.items(message_type, json.dumps(content).encode(), source)
        if not language.skip_reason(flow, item, bob.ctx)
    ]


def expanded(bob, message_type, item, *answers):
    """Give the documents that a document and what was answered for it become."""
    flow = bob.profile.flows[message_type]
    operation = bob.profile.operations[flow.expand.operation]
    pages = [language.expand_entries(flow, operation, one) for one in answers]
    return [
        language.map_in(flow, part, bob.ctx)
        for part in language.expanded(flow, item, language.joined(pages))
        if not language.skip_reason(flow, part, bob.ctx)
    ]


def shipment(**values):
    """Give a shipment that has left."""
    item = {"lot": None, "expiration_date": None, "serial_numbers": [], "quantity": 3}
    content = {
        "id": 900,
        "order_id": 500,
        "reference_id": "BOB-OUT-00012",
        "status": "Completed",
        "status_details": [],
        "actual_fulfillment_date": "2026-03-10T09:15:00.5Z",
        "tracking": {
            "carrier": "UPS",
            "carrier_service": "Ground",
            "tracking_number": "1Z-A",
            "bol": None,
        },
        "measurements": {"total_weight_oz": 16},
        "parent_cartons": [],
        "products": [
            {"id": 1, "reference_id": "SKU-001", "sku": "X", "inventory_items": [item]}
        ],
    }
    return {**content, **values}
