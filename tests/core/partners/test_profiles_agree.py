"""The shipped profiles and the partners speak of the same things in the same words."""

from pathlib import Path

import pytest

from addons.dist_connector_base.core import profile as language
from addons.dist_connector_base.core.canonical.fulfilment_cancel import (
    FulfilmentCancel,
)
from addons.dist_connector_base.core.canonical.fulfilment_request import (
    FulfilmentRequest,
)
from addons.dist_connector_base.core.wire import Found, HttpResponse, Outcome

PROFILES = Path(__file__).resolve().parents[3] / "addons/dist_3pl/profiles"


def request_for(key, postal_code="20457"):
    """Return a request for two pieces of A-LOT and one of A-1."""
    address = {
        "street": "Hafen 1",
        "city": "Hamburg",
        "postal_code": postal_code,
        "country": "DE",
    }
    lines = [
        {"line_key": "11", "sku": "A-LOT", "description": "a;b", "quantity": "2"},
        {"line_key": "12", "sku": "A-1", "description": "c", "quantity": "1"},
    ]
    return FulfilmentRequest.model_validate(
        {
            "request_key": key,
            "order_reference": "S00001",
            "warehouse": "W",
            "ship_to": {"name": "Jan", "email": "jan@shop.example", "address": address},
            "lines": lines,
        }
    )


class Side:
    """Our side of the wire: a profile with its default settings and code maps."""

    def __init__(self, name, **settings):
        text = (PROFILES / f"{name}.yaml").read_text("utf-8")
        self.profile = language.load_profile(text, source=name)
        defaults = {
            key: spec.default or "" for key, spec in self.profile.settings.items()
        }
        self.context = language.Context(
            settings=defaults | settings, translate=self.translate
        )

    def translate(self, vocabulary, code, direction):
        codes = self.profile.code_maps[vocabulary]
        if direction == "in":
            return codes[code]
        return next(theirs for theirs, ours in codes.items() if ours == code)

    def build(self, operation, document):
        return language.build(
            self.profile.operations[operation], document, self.context
        )

    def read(self, message_type, payload, source, only=None):
        """Return the documents of a transmission that need to be handled.

        ``only`` names the one request of interest: other tests have left orders with
        faults in the partner's books.
        """
        flow = self.profile.flows[message_type]
        data = language.decode(flow, payload, self.context, source=source)
        return [
            language.map_in(flow, item, self.context)
            for item in language.split(flow, data, source=source)
            if (only is None or item.data["reference_id"] == only)
            and not language.skip_reason(flow, item, self.context)
        ]


def shipped(documents):
    """Return what confirmations tell, in the words of the partners' books."""
    return [
        {
            "shipment_key": document.confirmation_key,
            "final": document.completes_request,
            "parcels": [parcel.tracking_number for parcel in document.parcels],
            "skus": {line.sku: str(line.quantity) for line in document.lines},
            "lots": {
                lot.lot: str(lot.quantity)
                for line in document.lines
                for lot in line.lots
            },
        }
        for document in documents
    ]


def booked(entry):
    """Return a partner's shipments of a request in the same words."""
    return [
        {
            "shipment_key": shipment["shipment_key"],
            "final": shipment["final"],
            "parcels": shipment["parcels"],
            "skus": {
                line["sku"]: line["quantity"] for line in shipment["lines"].values()
            },
            "lots": {
                lot: quantity
                for line in shipment["lines"].values()
                for lot, quantity in line["lots"].items()
            },
        }
        for shipment in entry["shipments"]
    ]


def fill_shelves(partner):
    """Stock what the requests ask for."""
    partner.stock(
        [
            {"sku": "A-LOT", "quantity": 9, "lot": "L1", "expiry": "2030-01-01"},
            {"sku": "A-1", "quantity": 9},
        ]
    )


@pytest.fixture
def shop(customer):
    """Our side towards the HTTP partner; ``call`` runs a built request."""
    partner = customer.partner
    side = Side("shipbob", base_url=partner.base_url, channel_id=partner.channel)

    def call(operation, document=None, request=None):
        request = request or side.build(operation, document)
        answer = customer.session.request(
            request.method,
            request.url,
            params=dict(request.params),
            headers=dict(request.headers),
            data=request.body or None,
            timeout=5,
        )
        return HttpResponse(answer.status_code, dict(answer.headers), answer.content)

    side.call = call
    return side


def test_http_partner_s_answers_are_judged_rightly(shop, http_partner):
    operations = shop.profile.operations
    outcomes = {}
    for key, postal_code in (("P-1", "20457"), ("P-1", "20457"), ("P-2", "1")):
        document = request_for(key, postal_code)
        answer = shop.call("create_order", document)
        verdict = language.judge(operations["create_order"], answer)
        outcomes.setdefault(key, []).append(verdict.outcome)
        found = language.judge_look_up(
            operations["find_order"],
            shop.call("find_order", document),
            document,
            shop.context,
        )
        outcomes[key].append(found.answer)
    assert outcomes == {
        "P-1": [Outcome.ACCEPTED, Found.FOUND, Outcome.DUPLICATE, Found.FOUND],
        "P-2": [Outcome.REJECTED, Found.ABSENT],
    }


def test_shipments_by_webhook_and_by_polling_agree_with_the_books(
    shop, http_partner, receiver
):
    fill_shelves(http_partner)
    http_partner.plan("P-3", split=0.5, parcels=2)
    shop.call("create_order", request_for("P-3"))
    http_partner.settle()
    told = []
    for item in receiver.of("P-3"):
        topic = shop.profile.webhook.topic(item["headers"], item["raw"])
        message_type = shop.profile.webhook.flow_for(topic)
        told += shop.read(message_type, item["raw"], "webhook")
    polled, operation = [], shop.profile.operations["list_orders"]
    request = language.first_page(operation, "", shop.context)
    while request:
        page = shop.call(None, request=request)
        polled += shop.read("shipment_confirmation", page.body, "poll", only="P-3")
        request = language.next_page(operation, request, page)
    entry = http_partner.books()["P-3"]
    assert len(entry["shipments"]) == 2
    assert shipped(told) == shipped(polled) == booked(entry)
    assert told == polled


def test_cancel_after_shipping_is_judged_refused(shop, http_partner):
    fill_shelves(http_partner)
    http_partner.plan("P-5", hold=True)
    shop.call("create_order", request_for("P-4"))
    shop.call("create_order", request_for("P-5"))
    http_partner.settle()
    outcomes = []
    for key in ("P-4", "P-5"):
        remote_id = http_partner.books()[key]["remote_id"]
        document = FulfilmentCancel(request_key=key, remote_id=remote_id, reason="x")
        answer = shop.call("cancel_order", document)
        operation = shop.profile.operations["cancel_order"]
        outcomes.append(language.judge(operation, answer).outcome)
    assert outcomes == [Outcome.REJECTED, Outcome.ACCEPTED]


def test_stock_levels_are_read_to_the_last_page(shop, http_partner):
    http_partner.stock({f"LEVEL-{number}": number for number in range(1, 6)})
    operation = shop.profile.operations["list_stock"]
    request, levels = language.first_page(operation, "", shop.context), {}
    while request:
        page = shop.call(None, request=request)
        for document in shop.read("inventory_snapshot", page.body, "poll"):
            levels |= {row.sku: row.quantity for row in document.rows}
        request = language.next_page(operation, request, page)
    assert {levels[f"LEVEL-{number}"] for number in range(1, 6)} == {1, 2, 3, 4, 5}
