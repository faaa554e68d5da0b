"""One id for a case: in the calls we make, the webhooks we take, the files we write."""

import itertools
import json
import time
from unittest.mock import patch

from odoo.tests import tagged

from ..core import signatures
from ..core.trace import read_traceparent
from ..pipeline import door, trace
from ..pipeline.outbox import Outbound
from .common import PROFILE, SECRET, DistCase, shipment

PARENT = f"00-{'a' * 32}-{'b' * 16}-01"


@tagged("post_install", "-at_install")
class TestTrace(DistCase):
    def setUp(self):
        super().setUp()
        self.requests = []
        self.numbers = itertools.count(1)
        answer = self.partner.call

        def call(request):
            self.requests.append(request)
            return answer(request)

        self.startPatcher(patch.object(self.partner, "call", call))

    def ask(self, key, correlation):
        self.partner.script = [(201, {"id": key})]
        message = self.backend.with_context(dist_no_wake=True)._dist_send(
            "fulfilment_request",
            [Outbound(self.request(key), correlation=correlation)],
        )
        self.run_flow(self.flow("fulfilment_request"), times=1)
        return message, self.requests[-1].headers

    def post(self, content, **headers):
        """Let the partner post a signed webhook."""
        body = json.dumps(content).encode()
        signed = signatures.sign(
            signatures.SCHEMES["standard_webhooks"],
            body,
            SECRET,
            delivery_id=f"d{next(self.numbers)}",
            timestamp=time.time(),
        )
        gate = self.env["dist.backend"]._webhook_door(self.backend.webhook_token)
        env = self.env(context={**self.env.context, "dist_no_wake": True}, su=True)
        message_id = door.accept(
            env,
            gate,
            {**signed, "x-webhook-topic": "order.shipped", **headers},
            body,
            now=time.time(),
        )
        self.run_flow(self.flow("shipment_confirmation"))
        return self.env["dist.message"].browse(message_id)

    def test_all_calls_of_a_case_carry_its_id_and_one_trace(self):
        _message, first = self.ask("R1", "S00042")
        _message, second = self.ask("R2", "S00042")
        _message, other = self.ask("R3", "S00043")
        self.assertEqual(first["X-Correlation-ID"], "S00042")
        one, two, three = (
            read_traceparent(headers["traceparent"])
            for headers in (first, second, other)
        )
        self.assertEqual(one.trace_id, two.trace_id)
        self.assertNotEqual(one.span_id, two.span_id)
        self.assertNotEqual(one.trace_id, three.trace_id)

    def test_the_profile_names_the_header_or_switches_it_off(self):
        for number, (spec, present) in enumerate(
            [
                ("{header: X-Order, traceparent: false}", {"X-Order"}),
                ('{header: ""}', {"traceparent"}),
            ]
        ):
            profile = self.env["dist.profile"].create(
                {
                    "document": PROFILE.replace("test_house", f"test_trace_{number}")
                    + f"trace: {spec}\n"
                }
            )
            profile._approve()
            self.backend.profile_id = profile
            _message, headers = self.ask(f"R{number}", "S00042")
            ours = {"X-Order", "X-Correlation-ID", "traceparent"} & set(headers)
            self.assertEqual(ours, present)

    def test_a_header_that_the_profile_fills_itself_stays(self):
        profile = self.env["dist.profile"].create(
            {
                "document": PROFILE.replace("test_house", "test_own_header").replace(
                    "    path: /orders\n    body",
                    "    path: /orders\n"
                    '    headers: {x-correlation-id: "mine-{request_key}"}\n'
                    "    body",
                )
            }
        )
        profile._approve()
        self.backend.profile_id = profile
        _message, headers = self.ask("R1", "S00042")
        self.assertEqual(headers["x-correlation-id"], "mine-R1")
        self.assertNotIn("X-Correlation-ID", headers)

    def test_the_trace_of_a_webhook_is_kept_and_goes_on_with_our_calls(self):
        message = self.post(shipment(order="S00042"), Traceparent=PARENT)
        self.assertEqual(message.traceparent, PARENT)
        _message, headers = self.ask("R9", message.correlation)
        sent = read_traceparent(headers["traceparent"])
        self.assertEqual(sent.trace_id, "a" * 32)
        self.assertNotEqual(sent.span_id, "b" * 16)

    def test_the_trace_of_a_webhook_with_several_documents_goes_on_for_each(self):
        self.post(
            {"shipments": [shipment("S1", "O1"), shipment("S2", "O2")]},
            traceparent=PARENT,
        )
        for case in ("O1", "O2"):
            _message, headers = self.ask(f"R-{case}", case)
            self.assertIn("a" * 32, headers["traceparent"])

    def test_a_forged_trace_header_is_passed_over(self):
        message = self.post(shipment(), traceparent="00-nonsense")
        self.assertFalse(message.traceparent)

    def test_a_control_number_a_file_and_the_partners_number_find_the_case(self):
        message, _headers = self.ask("R1", "S00042")
        other, _headers = self.ask("R2", "S00042")
        stranger, _headers = self.ask("R3", "S00043")
        trace.keep(self.env, "control", {message.id: "000000905"})
        trace.keep(self.env, "file", {message.id: "ORD_R1.csv"})
        trace.keep(self.env, "file", {message.id: "ORD_R1.csv"})
        messages = self.env["dist.message"]
        for number in ("000000905", "ORD_R1", "R1", "S00042"):
            found = messages.search([("case", "ilike", number)])
            self.assertEqual(found & (message + other), message + other, number)
            self.assertNotIn(stranger, found)
        self.assertEqual(len(message.alias_ids), 2)
        action = message.action_open_case()
        self.assertEqual(messages.search(action["domain"]), other + message)
