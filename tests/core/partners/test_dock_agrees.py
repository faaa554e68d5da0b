"""Receipts and returns: the shipped profiles and the partners' docks agree."""

import json

import pytest

from addons.dist_connector_base.core import profile as language
from addons.dist_connector_base.core.canonical import (
    ReceiptCancel,
    ReceiptNotice,
    ReturnAuthorisation,
)
from addons.dist_connector_base.core.wire import Found, HttpResponse, Outcome

from .test_profiles_agree import Side


def notice_for(key, items=None):
    """Return an advice of six D-1 and of three D-LOT in one lot."""
    items = items or {}
    return ReceiptNotice.parse(
        {
            "receipt_key": key,
            "order_reference": "P00001",
            "expected_on": "2030-01-01",
            "lines": [
                {
                    "line_key": "51",
                    "sku": "D-1",
                    "remote_item": items.get("D-1"),
                    "quantity": 6,
                },
                {
                    "line_key": "52",
                    "sku": "D-LOT",
                    "remote_item": items.get("D-LOT"),
                    "quantity": 3,
                    "lots": [{"lot": "L1", "quantity": 3, "expiry": "2031-01-01"}],
                },
            ],
        }
    )


def authorisation_for(key, items=None):
    return ReturnAuthorisation.parse(
        {
            "return_key": key,
            "order_reference": "S00001",
            "lines": [
                {
                    "line_key": "1",
                    "sku": "D-1",
                    "remote_item": (items or {}).get("D-1"),
                    "quantity": 2,
                    "reason_code": "damaged",
                    "disposition": "restock",
                }
            ],
        }
    )


def on_hand(partner, sku):
    return [row["on_hand"] for row in partner.levels() if row["sku"] == sku]


# ------------------------------------------------------------------------- HTTP


class Shop:
    """Our side towards the HTTP partner."""

    def __init__(self, customer):
        self.partner, self.session = customer.partner, customer.session
        self.side = Side(
            "shipbob",
            base_url=self.partner.base_url,
            channel_id=self.partner.channel,
            location_id="7",
        )
        self.partner.stock({"D-1": 10, "D-LOT": 0})
        levels = customer.call("GET", "/inventory-level", params={"PageSize": 250})
        self.items = {
            row["sku"]: str(row["inventory_id"]) for row in levels.json()["items"]
        }

    def call(self, operation, document):
        request = self.side.build(operation, document)
        answer = self.session.request(
            request.method,
            request.url,
            params=dict(request.params),
            headers=dict(request.headers),
            data=request.body or None,
            timeout=5,
        )
        return HttpResponse(answer.status_code, dict(answer.headers), answer.content)

    def judge(self, operation, document):
        answer = self.call(operation, document)
        return language.judge(self.side.profile.operations[operation], answer)

    def look_up(self, operation, document):
        return language.judge_look_up(
            self.side.profile.operations[operation],
            self.call(operation, document),
            document,
            self.side.context,
        ).answer

    def told(self, receiver, field, key):
        """Return the documents of the webhooks about a key, by message type."""
        result = {}
        for item in receiver.received:
            if item["body"].get(field) != key:
                continue
            topic = self.side.profile.webhook.topic(item["headers"], item["raw"])
            message_type = self.side.profile.webhook.flow_for(topic)
            documents = self.side.read(message_type, item["raw"], "webhook")
            result.setdefault(message_type, []).extend(documents)
        return result


@pytest.fixture
def shop(customer):
    return Shop(customer)


def test_a_receiving_order_from_advice_to_shelf(shop, receiver):
    document = notice_for("W-IN-1", shop.items)
    assert shop.look_up("find_receiving", document) is Found.ABSENT
    verdict = shop.judge("create_receiving", document)
    assert verdict.outcome is Outcome.ACCEPTED
    assert shop.look_up("find_receiving", document) is Found.FOUND
    shop.partner.arrive("W-IN-1")
    shop.partner.receive(
        "W-IN-1",
        [
            {"sku": "D-1", "quantity": 5},
            {"sku": "D-LOT", "quantity": 3, "lot": "L1"},
        ],
    )
    shop.partner.settle()
    told = shop.told(receiver, "purchase_order_number", "W-IN-1")
    assert [d.status for d in told["receipt_response"]] == ["arrived"]
    (confirmed,) = told["receipt_confirmation"]
    assert {line.sku: line.quantity for line in confirmed.lines} == {
        "D-1": 5,
        "D-LOT": 3,
    }
    book = shop.partner.dock()["receipts"]["W-IN-1"]
    assert book["expected"] == {"D-1": "6", "D-LOT": "3"}
    assert book["received"] == {"D-1": {"GOOD": "5"}, "D-LOT": {"GOOD": "3"}}
    assert on_hand(shop.partner, "D-1") == ["15"]
    assert confirmed.remote_id == verdict.remote_id == book["remote_id"]


def test_a_polled_receipt_is_the_pushed_one(shop, receiver):
    shop.judge("create_receiving", notice_for("W-IN-2", shop.items))
    shop.partner.receive("W-IN-2")
    shop.partner.settle()
    (pushed,) = shop.told(receiver, "purchase_order_number", "W-IN-2")[
        "receipt_confirmation"
    ]
    operation = shop.side.profile.operations["list_received"]
    request = language.first_page(operation, "", shop.side.context)
    answer = shop.session.get(request.url, params=dict(request.params), timeout=5)
    polled = [
        document
        for entry in answer.json()
        for document in shop.side.read(
            "receipt_confirmation", json.dumps(entry).encode(), "webhook"
        )
        if document.receipt_key == "W-IN-2"
    ]
    assert [d.content_hash() for d in polled] == [pushed.content_hash()]


def test_a_receiving_order_is_dropped_only_before_it_is_at_the_door(shop):
    for key, arrives, outcome in (
        ("W-IN-3", False, Outcome.ACCEPTED),
        ("W-IN-4", True, Outcome.REJECTED),
    ):
        remote_id = shop.judge(
            "create_receiving", notice_for(key, shop.items)
        ).remote_id
        if arrives:
            shop.partner.arrive(key)
        cancel = ReceiptCancel(receipt_key=key, remote_id=remote_id)
        assert shop.judge("cancel_receiving", cancel).outcome is outcome
        found = shop.look_up("find_cancelled_receiving", cancel)
        assert (found is Found.FOUND) is not arrives


def test_a_return_from_announcement_to_shelf(shop, receiver):
    document = authorisation_for("RMA-1", shop.items)
    assert shop.judge("create_return", document).outcome is Outcome.ACCEPTED
    assert shop.look_up("find_return", document) is Found.FOUND
    shop.partner.take_back(
        "RMA-1",
        [
            {"sku": "D-1", "quantity": 1},
            {"sku": "D-1", "quantity": 1, "disposition": "SCRAP", "reason": "broken"},
        ],
    )
    shop.partner.settle()
    (told,) = shop.told(receiver, "reference_id", "RMA-1")["return_notice"]
    assert told.authorisation == "RMA-1"
    assert [(x.sku, x.quantity, x.disposition, x.reason) for x in told.lines] == [
        ("D-1", 1, "restock", ""),
        ("D-1", 1, "scrap", "broken"),
    ]
    (book,) = [
        entry
        for entry in shop.partner.dock()["returns"].values()
        if entry["return_key"] == "RMA-1"
    ]
    assert book["taken_back"] == {"D-1": {"RESTOCK": "1", "SCRAP": "1"}}
    assert on_hand(shop.partner, "D-1") == ["11"]
