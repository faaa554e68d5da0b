"""Builders: a backend of a made-up partner, a fake handler, a fake partner."""

import json
from contextlib import contextmanager
from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tests import HttpCase, TransactionCase
from odoo.tests.common import get_db_name

from ..core.canonical import DOCUMENTS
from ..core.wire import HttpResponse
from ..models.dist_attempt import DistAttempt
from ..models.dist_credential import KEY_VARIABLE
from ..models.dist_flow import DistFlow
from ..pipeline import ledger
from ..pipeline.outbox import Outbound

SECRET = "whsec_dGVzdCBzZWNyZXQgb2YgMzIgYnl0ZXMgbG9uZyEh"

PROFILE = """
profile: test_house
version: "1"
title: Test house
transport: rest
settings:
  base_url: {label: Address, default: "http://127.0.0.1:9"}
base_url: "{settings.base_url}"
auth: {scheme: bearer, credential: api_token}
code_maps:
  carrier: {UPS: UPS}
webhook:
  credential: webhook_secret
  signature: {scheme: standard_webhooks}
  topic: {header: x-webhook-topic}
  ignore: [order.printed]
operations:
  create_order:
    method: POST
    path: /orders
    body: {reference: request_key}
    answers:
      - {status: 2xx, then: accepted, remote_id: id}
      - {status: 409, then: duplicate}
      - {status: 422, then: rejected, message: reason}
  find_order:
    method: GET
    safe: true
    path: /orders
    params: {reference: "{request_key}"}
    look_up:
      records: orders
      match: {reference: request_key}
      remote_id: id
flows:
  fulfilment_request: {direction: out, send: create_order, look_up: find_order}
  shipment_confirmation:
    direction: in
    webhook: [order.shipped]
    documents: "shipments || [@]"
    map:
      confirmation_key: number
      request_key: order
      shipped_at: shipped_at
      carrier: "code('carrier', carrier)"
      lines:
        each: lines
        map: {sku: sku, quantity: quantity}
"""


def shipment(number="S1", order="R1", **values):
    """Give a shipment as the made-up partner tells it."""
    return {
        "number": number,
        "order": order,
        "shipped_at": "2026-01-31T10:00:00+00:00",
        "carrier": "UPS",
        "lines": [{"sku": "A-1", "quantity": 2}],
        **values,
    }


#: What a page of the web client loads at once, and what a chatter, graph or pivot
#: loads later.
SCRIPTS = (
    "web.assets_web",
    "web.assets_tests",
    "web.assets_backend_lazy",
    "web.assets_emoji",
    "web.chartjs_lib",
    "bus.websocket_worker_assets",
)
STYLES = ("web.assets_web", "web.assets_web_print", "web.assets_backend_lazy")


class FakeHandler:
    """Records what it is told to apply; fails for the keys it is told to."""

    _dist_needs_order = True

    def __init__(self):
        self.applied = []
        self.batches = []
        self.settled = []
        self.faults = {}
        self.milestones = {}

    def _apply(self, batch):
        self.batches.append(len(batch))
        for inbound in batch:
            if inbound.key in self.faults:
                raise self.faults[inbound.key]
        self.applied += [inbound.key for inbound in batch]

    def _dist_milestone(self, event, document):
        return self.milestones.get(event)

    def _settle(self, results):
        self.settled += [(sent.row.key, sent.verdict.outcome.value) for sent in results]

    def _failed(self, message, error):
        self.settled.append((message.key, error.code))


class FakePartner:
    """Answers calls from a script, and remembers them."""

    def __init__(self):
        self.script = []
        self.calls = []

    def __enter__(self):
        return self

    def __exit__(self, *_exc_info):
        return None

    def call(self, request):
        self.calls.append(f"{request.method} {request.url}")
        answer = self.script.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        return HttpResponse(status, {}, json.dumps(body).encode(), 0.01)


class DistCase(TransactionCase):
    """A backend of the made-up partner."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(
            patch.dict("os.environ", {KEY_VARIABLE: Fernet.generate_key().decode()})
        )
        cls.backend = cls.make_backend()
        cls.handler = FakeHandler()

    @classmethod
    def make_backend(cls, document=PROFILE, **values):
        """Create an approved profile, and a backend with its credentials."""
        profile = cls.env["dist.profile"].search([("code", "=", "test_house")])
        if not profile:
            profile = cls.env["dist.profile"].create({"document": document})
            profile._approve()
        backend = cls.env["dist.backend"].create(
            {"name": "Test house", "profile_id": profile.id, **values}
        )
        cls.env["dist.credential"].create(
            [
                {"backend_id": backend.id, "name": "api_token", "secret": "t0ken"},
                {"backend_id": backend.id, "name": "webhook_secret", "secret": SECRET},
            ]
        )
        return backend

    def setUp(self):
        super().setUp()
        self.handler = FakeHandler()
        self.partner = FakePartner()
        self.startPatcher(patch.object(DistFlow, "_handler", lambda _: self.handler))
        self.startPatcher(
            patch(
                "odoo.addons.dist_connector_base.pipeline.post.open_rest",
                lambda backend, profile: self.partner,
            )
        )
        self.startPatcher(patch.object(DistAttempt, "_own_cursor", self._same_cursor))

    @contextmanager
    def _same_cursor(self):
        # A test's rows are never committed, so a second cursor could not see them.
        yield self.env.cr

    def flow(self, message_type):
        """Give a flow of the backend; its jobs are run by hand."""
        return self.backend._flow(message_type).with_context(dist_no_wake=True)

    # ------------------------------------------------------------- incoming

    def arrive(self, *bodies, via="webhook", run=True):
        """Put bodies on record, and handle them; give the messages."""
        flow = self.flow("shipment_confirmation")
        arrivals = [
            ledger.Arrival(
                body if isinstance(body, bytes) else json.dumps(body).encode(), via=via
            )
            for body in bodies
        ]
        ids = ledger.insert_arrivals(self.env, flow, arrivals)
        if run:
            self.run_flow(flow)
        return self.env["dist.message"].browse(ids)

    def run_flow(self, flow, times=3):
        """Run the flow's job until nothing is due."""
        for _time in range(times):
            if flow._job_run() == "nothing to do":
                break
        self.env.invalidate_all()

    # ------------------------------------------------------------- outgoing

    def send(self, *keys, run=True, **values):
        """Store requests, and send them; give the messages."""
        backend = self.backend.with_context(dist_no_wake=True)
        messages = backend._dist_send(
            "fulfilment_request",
            [Outbound(self.request(key, **values)) for key in keys],
        )
        if run:
            self.run_flow(self.flow("fulfilment_request"), times=1)
        return messages

    @staticmethod
    def request(key, quantity=2, **values):
        """Give a canonical fulfilment request."""
        return DOCUMENTS["fulfilment_request"].parse(
            {
                "request_key": key,
                "order_reference": f"SO-{key}",
                "warehouse": "WH",
                "ship_to": {"name": "Customer"},
                "lines": [{"line_key": "1", "sku": "A-1", "quantity": quantity}],
                **values,
            }
        )

    def due_again(self, *messages):
        """Let time pass until the messages are due."""
        for message in messages:
            message.write({"next_try_at": "2020-01-01 00:00:00"})
        self.env.flush_all()

    def let_time_pass(self):
        """Move all attempts an hour into the past."""
        self.env.cr.execute(
            "UPDATE dist_attempt SET started_at = started_at - interval '1 hour',"
            " ended_at = ended_at - interval '1 hour'"
        )
        self.env.cr.execute(
            "UPDATE dist_message SET next_try_at = next_try_at - interval '1 day'"
        )
        self.env.invalidate_all()


class BrowserCase(HttpCase):
    """A browser that finds its assets built.

    In a test all requests share one cursor and wait for its lock. On a cold machine
    the first page asks for its menus while other requests build its JavaScript and
    CSS under that lock. When that takes longer than the lock's time limit the menus
    are answered by an error page, which the page reads as JSON without a look at
    the status (``odoo.loadMenusPromise`` in ``web.webclient_bootstrap``): "Unexpected
    token '<'". Odoo's own test runner builds the assets before; pytest does not.
    """

    test_cursor_lock_timeout = 120

    @classmethod
    def setUpClass(cls):
        # Before the transaction of the class begins: it could not see them later.
        cls.build_assets()
        super().setUpClass()

    @staticmethod
    def build_assets():
        """Build the bundles of a page and keep them; quick when they are there."""
        with Registry(get_db_name()).cursor() as cr:
            qweb = Environment(cr, SUPERUSER_ID, {})["ir.qweb"]
            for name in SCRIPTS:
                qweb._get_asset_bundle(name, css=False, js=True).js()
            for name in STYLES:
                qweb._get_asset_bundle(name, css=True, js=False).css()

    def start_tour(self, url_path, tour_name, step_delay=None, **kwargs):
        """Run a tour, with the patience that a loaded machine needs."""
        kwargs.setdefault("timeout", 180)
        return super().start_tour(url_path, tour_name, step_delay, **kwargs)


class DistTourCase(BrowserCase, DistCase):
    """A backend of the made-up partner, and a browser."""

    def bundles(self):
        """Give the addresses of all built bundles."""
        return set(
            self.env["ir.attachment"]
            .search([("url", "=like", "/web/assets/%"), ("res_id", "=", 0)])
            .mapped("url")
        )
