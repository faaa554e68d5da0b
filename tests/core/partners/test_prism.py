"""Everything the ShipBob profile sends goes through Prism, which knows the contract.

Both sides read the vendor's file: Prism with its own code, the partner process with
Python's validator (``contract.py``). Neither finds anything.
"""

import dataclasses
import json
from pathlib import Path

import pytest

from addons.dist_connector_base.core import profile as language
from addons.dist_connector_base.core.canonical import DOCUMENTS
from addons.dist_connector_base.core.wire import HttpRequest, Item, Outcome
from addons.dist_connector_base.transports.rest import (
    AuthSpec,
    RestSettings,
    RestTransport,
)
from setup.lib.errors import SetupError
from tests.partners.client import HttpPartner
from tests.partners.contract import find_contract
from tests.partners.contract_proxy import ContractProxy, violations

PROFILE = Path(__file__).parents[3] / "addons/dist_3pl/profiles/shipbob.yaml"
#: A cancel is about what another document has made.
MADE_BY = {
    "fulfilment_cancel": "fulfilment_request",
    "receipt_cancel": "receipt_notice",
}
ADDRESS = {
    "street": "1 Market Street",
    "street2": "Floor 2",
    "city": "Chicago",
    "state": "IL",
    "postal_code": "60601",
    "country": "US",
}
LINE = {"line_key": "41", "sku": "SKU-1", "quantity": 2, "remote_item": "{item}"}
LOTS = {**LINE, "line_key": "42", "lots": [{"lot": "L7", "quantity": 2}]}
#: What each flow sends: everything that the document can tell.
FULL = {
    "fulfilment_request": {
        "request_key": "PRISM-1",
        "order_reference": "S00012",
        "warehouse": "BOB",
        "service": "GROUND",
        "requested_delivery_date": "2030-03-14",
        "ship_to": {
            "name": "Ada Lovelace",
            "email": "ada@shop.example",
            "phone": "+1 312 555 0101",
            "address": ADDRESS,
        },
        "lines": [
            {"line_key": "41", "sku": "SKU-1", "quantity": 3},
            {"line_key": "42", "sku": "SKU-1", "quantity": 2, "lots": [{"lot": "L7"}]},
        ],
    },
    "fulfilment_cancel": {"request_key": "PRISM-1", "remote_id": "{made}"},
    "receipt_notice": {
        "receipt_key": "PRISM-2",
        "order_reference": "P00007",
        "expected_on": "2030-03-20",
        "lines": [LINE, LOTS],
    },
    "receipt_cancel": {"receipt_key": "PRISM-2", "remote_id": "{made}"},
    "return_authorisation": {
        "return_key": "PRISM-3",
        "tracking_number": "1Z9",
        "lines": [{**LINE, "disposition": "restock"}],
    },
}
# The partner's number of SKU-1, which its stock levels tell.
LEVELS = HttpRequest("GET", "/2026-01/inventory-level", safe=True)


class Shop:
    """Our side: the profile, the real transport, and what Prism said of each call."""

    def __init__(self, partner, transport):
        self.profile = language.load_profile(PROFILE.read_text("utf-8"))
        self.ctx = language.sample_context(self.profile)
        settings = {"channel_id": partner.channel, "location_id": "7"}
        settings["base_url"] = transport.settings.base_url
        self.ctx = dataclasses.replace(
            self.ctx, settings={**self.ctx.settings, **settings}
        )
        self.transport = transport
        self.told: dict[str, list[str]] = {}
        self.made: dict[str, str] = {}
        levels = json.loads(transport.call(LEVELS).body)["items"]
        self.item = next(str(e["inventory_id"]) for e in levels if e["sku"] == "SKU-1")

    def call(self, name, request):
        response = self.transport.call(request)
        self.told.setdefault(name, []).extend(violations(response.headers))
        return response

    def document(self, message_type):
        """Give a document of a flow that sends."""
        if message_type not in FULL:
            samples = [s.document for s in self.profile.samples if s.document]
            own = [s for s in self.profile.samples if s.flow == message_type]
            assert own and samples, f"the test has no {message_type} to send"
            return DOCUMENTS[message_type].parse(own[0].document)
        text = json.dumps(FULL[message_type])
        made = self.made.get(MADE_BY.get(message_type, ""), "0")
        text = text.replace("{item}", self.item).replace("{made}", made)
        return DOCUMENTS[message_type].parse(json.loads(text))

    def build(self, message_type, content):
        """Build what a flow sends for a document of this content."""
        text = json.dumps(content).replace("{item}", self.item)
        document = DOCUMENTS[message_type].parse(json.loads(text))
        operation = self.profile.operations[self.profile.flows[message_type].send]
        return language.build(operation, document, self.ctx)

    def send(self, message_type):
        """Send a document, and look it up; give the partner's verdict."""
        spec, document = self.profile.flows[message_type], self.document(message_type)
        operation = self.profile.operations[spec.send]
        request = language.build(operation, document, self.ctx)
        verdict = language.judge(operation, self.call(spec.send, request))
        self.made[message_type] = verdict.remote_id
        if spec.look_up:
            question = self.profile.operations[spec.look_up]
            self.call(spec.look_up, language.build(question, document, self.ctx))
        return verdict

    def ask(self, name):
        """Ask for the first page of a list, from the beginning and from a cursor."""
        operation = self.profile.operations[name]
        request = language.first_page(operation, "", self.ctx)
        responses = [self.call(name, request)]
        cursor = language.advance_cursor(operation, responses, "", self.ctx)
        self.call(name, language.first_page(operation, cursor, self.ctx))
        return responses[0]

    def expand(self, message_type):
        """Ask for what belongs to the documents of the first page of a list."""
        spec = self.profile.flows[message_type]
        name = spec.expand.operation
        page = self.ask(spec.poll.operation)
        data = language.decode(spec, page.body, self.ctx, source="poll")
        items = [
            item
            for item in language.split(spec, data, source="poll")
            if not language.skip_reason(spec, item, self.ctx)
        ]
        assert items, f"the partner has nothing for {message_type}"
        for item in items:
            operation = self.profile.operations[name]
            request = language.expand_request(spec, operation, item, self.ctx)
            language.expand_entries(spec, operation, self.call(name, request))

    def fetch_back(self, message_type, event):
        """Ask for what an event is about."""
        spec = self.profile.flows[message_type]
        name = spec.webhook.fetch.operation
        operation = self.profile.operations[name]
        request = language.fetch_request(spec, operation, Item("", event), self.ctx)
        language.fetched_items(spec, operation, self.call(name, request))

    def change(self, message_type):
        """Send a document that the partner has already."""
        spec, made = self.profile.flows[message_type], self.made[message_type]
        document = self.document(message_type)
        document = document.model_copy(update={"remote_id": made})
        assert spec.sent_by(document) == spec.change
        operation = self.profile.operations[spec.change]
        request = language.build(operation, document, self.ctx)
        return language.judge(operation, self.call(spec.change, request))


@pytest.fixture(scope="module")
def partner():
    with HttpPartner.start(default_stock="1000", delay=60) as partner:
        partner.stock({"SKU-1": 100})
        yield partner


@pytest.fixture(scope="module")
def prism(partner, tmp_path_factory):
    contract = find_contract()
    if contract is None:
        pytest.skip("the vendor's contract file is not here (DIST_CONTRACTS)")
    state = tmp_path_factory.mktemp("prism")
    try:
        proxy = ContractProxy(contract, partner.base_url, state)
    except SetupError as error:
        pytest.skip(str(error))
    with proxy:
        yield proxy


@pytest.fixture
def shop(partner, prism):
    settings = RestSettings(prism.base_url, allow_private_network=True)
    auth = AuthSpec("bearer", secret=partner.token)
    with RestTransport(settings, auth) as transport:
        yield Shop(partner, transport)


def test_everything_the_profile_sends_and_asks_keeps_to_the_contract(
    shop, partner, prism
):
    before = prism.logged()
    flows = shop.profile.flows
    sending = [name for name, spec in flows.items() if spec.direction == "out"]
    outcomes = {name: shop.send(name).outcome for name in sending}
    polls = {spec.poll.operation for spec in flows.values() if spec.poll}
    for name in sorted(polls):
        shop.ask(name)
    partner.bill({"Warehousing Fee": "40"})
    partner.change("SKU-1", -2, "LOST")
    notice = {**FULL["receipt_notice"], "receipt_key": "PRISM-4"}
    shop.call("create_receiving", shop.build("receipt_notice", notice))
    partner.receive("PRISM-4")
    for name, spec in flows.items():
        if spec.expand:
            shop.expand(name)
        if spec.webhook and spec.webhook.fetch:
            shop.fetch_back(name, {"order_id": shop.made["fulfilment_request"]})
        if spec.change:
            outcomes[f"change of {name}"] = shop.change(name).outcome
    assert set(shop.told) == set(shop.profile.operations), "each operation was called"
    assert {name: told for name, told in shop.told.items() if told} == {}
    assert prism.logged() == before
    assert partner.violations() == []
    assert set(outcomes.values()) == {Outcome.ACCEPTED}


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda body: body["products"][0].update(quantity="two"), "quantity"),
        (lambda body: body["recipient"].pop("address"), "address"),
        (lambda body: body.update(type="RETAIL"), "type"),
    ],
    ids=["a quantity in words", "no address", "an unknown type"],
)
def test_one_wrong_field_is_a_violation_for_both_readers(
    spoil, place, shop, partner, prism
):
    operation = shop.profile.operations["create_order"]
    document = shop.document("fulfilment_request")
    request = language.build(operation, document, shop.ctx)
    body = json.loads(request.body)
    spoil(body)
    seen = len(partner.violations())
    shop.call("wrong", dataclasses.replace(request, body=json.dumps(body).encode()))
    assert any(place in told for told in shop.told["wrong"])
    prism.wait_logged(shop.told["wrong"][0].split(": ", 1)[1])
    assert any(place in entry["message"] for entry in partner.violations()[seen:])


def test_missing_channel_is_a_violation(shop, partner):
    operation = shop.profile.operations["create_order"]
    document = shop.document("fulfilment_request")
    request = language.build(operation, document, shop.ctx)
    shop.call("wrong", dataclasses.replace(request, headers={}))
    assert any("shipbob_channel_id" in told for told in shop.told["wrong"])
