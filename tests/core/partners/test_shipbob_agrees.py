"""Bills, products, boxes and counts: the ShipBob profile and the partner agree."""

import time

import pytest

from addons.dist_connector_base.core import profile as language
from addons.dist_connector_base.core.canonical import Article, ReceiptNotice
from addons.dist_connector_base.core.errors import TransientError
from addons.dist_connector_base.core.wire import Found, HttpResponse, Outcome

from .test_profiles_agree import Side


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
        self.flows = self.side.profile.flows
        self.operations = self.side.profile.operations

    def call(self, request):
        answer = self.session.request(
            request.method,
            request.url,
            params=dict(request.params),
            headers=dict(request.headers),
            data=request.body or None,
            timeout=10,
        )
        return HttpResponse(answer.status_code, dict(answer.headers), answer.content)

    def judge(self, operation, document):
        answer = self.call(self.side.build(operation, document))
        return language.judge(self.operations[operation], answer)

    def pages(self, operation, request):
        while request:
            answer = self.call(request)
            yield answer
            request = language.next_page(operation, request, answer)

    def poll(self, message_type, size=None):
        """Return the documents of a list and of what belongs to its entries."""
        flow = self.flows[message_type]
        operation = self._sized(flow.poll.operation, size)
        request = language.first_page(operation, "", self.side.context)
        found = []
        for answer in self.pages(operation, request):
            data = language.decode(flow, answer.body, self.side.context, source="poll")
            for item in language.split(flow, data, source="poll"):
                found += self.documents(flow, item, size)
        return found

    def documents(self, flow, item, size=None):
        if language.skip_reason(flow, item, self.side.context):
            return []
        items = [item]
        if flow.expand:
            operation = self._sized(flow.expand.operation, size)
            request = language.expand_request(flow, operation, item, self.side.context)
            parts = [
                language.expand_entries(flow, operation, answer)
                for answer in self.pages(operation, request)
            ]
            items = language.expanded(flow, item, language.joined(parts))
        return [
            language.map_in(flow, part, self.side.context)
            for part in items
            if not language.skip_reason(flow, part, self.side.context)
        ]

    def _sized(self, name, size):
        operation = self.operations[name]
        if not (size and operation.paging):
            return operation
        paging = operation.paging.model_copy(update={"size": size})
        return operation.model_copy(update={"paging": paging})


@pytest.fixture
def shop(customer):
    before = len(customer.partner.violations())
    yield Shop(customer)
    assert customer.partner.violations()[before:] == []


def article(sku, **values):
    content = {"article_key": f"{sku}#1", "sku": sku, "name": sku, "tracking": "lot"}
    return Article.parse({**content, **values})


def test_a_product_is_made_once_and_changed_in_place(shop, http_partner):
    made = shop.judge("create_article", article("ART-1", gtin="4006381333931"))
    assert made.outcome is Outcome.ACCEPTED
    again = shop.judge("create_article", article("ART-1"))
    assert again.outcome is Outcome.DUPLICATE
    answer = shop.call(shop.side.build("find_article", article("ART-1")))
    found = language.judge_look_up(
        shop.operations["find_article"], answer, article("ART-1"), shop.side.context
    )
    assert (found.answer, found.verdict.remote_id) == (Found.FOUND, made.remote_id)
    changed = article("ART-1", name="New name", remote_id=made.remote_id)
    for _time in range(2):
        assert shop.judge("update_article", changed).outcome is Outcome.ACCEPTED
    known = http_partner.catalogue()["ART-1"]
    assert (known["name"], known["changes"]) == ("New name", 2)
    assert known["variants"][0]["lot_information"] == {"is_lot": True}
    missing = article("ART-2")
    answer = shop.call(shop.side.build("find_article", missing))
    operation = shop.operations["find_article"]
    absent = language.judge_look_up(operation, answer, missing, shop.side.context)
    assert absent.answer is Found.ABSENT


def test_a_kit_is_refused_until_somebody_makes_it_there(shop, http_partner):
    kit = article("KIT-1", components=[{"sku": "ART-1", "quantity": 2}])
    refused = shop.judge("create_article", kit)
    assert (refused.outcome, refused.message) == (
        Outcome.REJECTED,
        "bundle_definition: A bundle needs its parts.",
    )
    assert "KIT-1" not in http_partner.catalogue()


def test_lots_of_a_receipt_are_those_that_were_counted(shop, http_partner):
    http_partner.stock({"BOX-1": 0, "BOX-LOT": 0})
    items = {row.sku: row.remote_item for row in shop.poll("item_list")[0].rows}
    lines = [
        {"line_key": "1", "sku": "BOX-1", "remote_item": items["BOX-1"], "quantity": 6},
        {
            "line_key": "2",
            "sku": "BOX-LOT",
            "remote_item": items["BOX-LOT"],
            "quantity": 5,
            "lots": [{"lot": "L1", "quantity": 5, "expiry": "2031-01-01"}],
        },
    ]
    notice = ReceiptNotice.parse(
        {
            "receipt_key": "BOX-IN",
            "order_reference": "P1",
            "expected_on": "2030-01-01",
            "lines": lines,
        }
    )
    assert shop.judge("create_receiving", notice).outcome is Outcome.ACCEPTED
    counted = [
        {"sku": "BOX-1", "quantity": 6},
        {"sku": "BOX-LOT", "quantity": 3, "lot": "L1"},
        {"sku": "BOX-LOT", "quantity": 2, "lot": "L2", "expiry": "2032-01-01"},
    ]
    http_partner.receive("BOX-IN", counted)
    [document] = [
        x for x in shop.poll("receipt_confirmation") if x.receipt_key == "BOX-IN"
    ]
    assert [
        (
            line.sku,
            int(line.quantity),
            sorted((x.lot, int(x.quantity), str(x.expiry)) for x in line.lots),
        )
        for line in document.lines
    ] == [
        ("BOX-1", 6, []),
        ("BOX-LOT", 5, [("L1", 3, "2031-01-01"), ("L2", 2, "2032-01-01")]),
    ]


def test_stock_by_lot_is_read_to_the_last_page(shop, http_partner):
    http_partner.stock(
        [
            {"sku": f"LOTS-{n}", "quantity": n, "lot": f"L{n}", "expiry": "2030-01-01"}
            for n in range(1, 6)
        ]
        + [{"sku": "LOTS-6", "quantity": 6}]
    )
    rows = [
        row for page in shop.poll("inventory_snapshot", size=2) for row in page.rows
    ]
    assert {
        (row.sku, row.lot): int(row.quantity)
        for row in rows
        if row.sku.startswith("LOTS-")
    } == {(f"LOTS-{n}", f"L{n}" if n < 6 else None): n for n in range(1, 7)}


def test_counts_of_the_house_become_adjustments(shop, http_partner):
    http_partner.stock([{"sku": "COUNT-1", "quantity": 9, "lot": "L1"}])
    http_partner.change("COUNT-1", -2, "LOST", lot="L1")
    http_partner.change("COUNT-1", 1, "FOUND", lot="L1")
    told = [
        (document.reference, line.lot, int(line.quantity))
        for document in shop.poll("inventory_adjustment")
        for line in document.lines
        if line.sku == "COUNT-1"
    ]
    assert told == [("Reason LOST", "L1", -2), ("Reason FOUND", "L1", 1)]


def test_bills_add_up_and_name_the_work_they_are_for(shop, customer, http_partner):
    http_partner.stock({"BILL-1": 10})
    for key in ("BILL-A", "BILL-B"):
        customer.create(key, {"BILL-1": 1})
    http_partner.settle()
    http_partner.fault("overbill", match={"request_key": "BILL-B"})
    made = http_partner.bill(
        {"Shipping": "6.50", "Per Pick Fee": "1.25", "Warehousing Fee": "40"}
    )
    assert http_partner.bill({"Shipping": "6.50"}) == [], "nothing is billed twice"
    made += http_partner.bill({"Credit": "5"}, day="2099-01-01")
    heads = {document.key: document for document in shop.poll("service_invoice", 1)}
    charges = shop.poll("service_charge", size=3)
    assert {str(bill["invoice_id"]) for bill in made} <= set(heads)
    for number, head in heads.items():
        mine = [charge for charge in charges if charge.invoice_number == number]
        total = sum(
            charge.amount if charge.kind == "charge" else -charge.amount
            for charge in mine
        )
        assert (bool(mine), total) == (True, head.total)
    [shipment] = http_partner.books()["BILL-B"]["shipments"]
    of_b = {
        charge.fee: str(charge.amount)
        for charge in charges
        if charge.reference == shipment["shipment_key"]
        and charge.reference_type == "shipment"
    }
    assert of_b == {"freight": "19.5", "pick": "1.25"}


def test_the_cancelled_rest_of_an_order_is_told(shop, customer, http_partner):
    http_partner.stock({"REST-1": 10})
    http_partner.plan("REST-*", split=0.5, rest_delay=3600)
    keys = ("REST-A", "REST-B")
    for key in keys:
        customer.create(key, {"REST-1": 2})
    end = time.monotonic() + 20
    while not all(http_partner.books()[key]["shipments"] for key in keys):
        assert time.monotonic() < end, "no part was shipped"
        time.sleep(0.05)

    def cancel(key):
        number = http_partner.books()[key]["remote_id"]
        return customer.call("POST", f"/order/{number}:cancel").json()["status"]

    def told():
        return {
            document.request_key: document.status
            for document in shop.poll("fulfilment_response")
            if document.request_key in keys
        }

    assert cancel("REST-A") == "PartialSuccess"
    assert told() == {"REST-A": "cancelled"}
    cancel("REST-B")
    assert told() == dict.fromkeys(keys, "cancelled")


def test_a_part_that_fails_does_not_lose_the_document(shop, http_partner):
    http_partner.bill({"Credit": "7"}, day="2099-02-02")
    flow = shop.flows["service_charge"]
    operation = shop.operations["list_invoices"]
    request = language.first_page(operation, "", shop.side.context)
    data = language.decode(flow, shop.call(request).body, shop.side.context)
    invoice = language.split(flow, data, source="poll")[-1]
    http_partner.fault("answer_503", match={"path": "*/transactions"})
    with pytest.raises(TransientError):
        shop.documents(flow, invoice)
    [charge] = shop.documents(flow, invoice)
    assert charge.amount == 7
