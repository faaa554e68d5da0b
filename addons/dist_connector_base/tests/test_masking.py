"""No secret and no personal data in attempts, exceptions, job results and logs."""

from odoo.tests import tagged

from ..core.canonical import DOCUMENTS
from ..pipeline.outbox import Outbound
from .common import DistCase

PROFILE = """
profile: masked_house
version: "1"
title: Masked house
transport: rest
settings:
  base_url: {label: Address, default: "http://127.0.0.1:9"}
base_url: "{settings.base_url}"
auth: {scheme: bearer, credential: api_token}
operations:
  create_order:
    method: POST
    path: /orders
    body:
      reference: request_key
      remark: ship_to.contact
      ship_to:
        name: ship_to.name
        street: ship_to.address.street
        zip: ship_to.address.postal_code
        phone: ship_to.phone
        email: ship_to.email
      items:
        each: lines
        map: {sku: sku}
    answers:
      - {status: 2xx, then: accepted, remote_id: id}
      - {status: 422, then: rejected, message: reason}
flows:
  fulfilment_request: {direction: out, send: create_order}
"""
PERSONAL = (
    "Ada Lovelace",
    "Byron Annabella",
    "12 Analytical Way",
    "89073",
    "+49 731 123456",
    "ada@example.com",
)
TOKEN = "t0ken-that-nobody-reads"


@tagged("post_install", "-at_install")
class TestMasking(DistCase):
    @classmethod
    def make_backend(cls, document=PROFILE, **values):
        profile = cls.env["dist.profile"].create({"document": document})
        profile._approve()
        backend = cls.env["dist.backend"].create(
            {"name": "Masked house", "profile_id": profile.id, **values}
        )
        cls.env["dist.credential"].create(
            {"backend_id": backend.id, "name": "api_token", "secret": TOKEN}
        )
        return backend

    def order(self):
        """Store a request for a customer with everything a customer has."""
        document = DOCUMENTS["fulfilment_request"].parse(
            {
                "request_key": "R1",
                "order_reference": "SO-R1",
                "warehouse": "WH",
                "ship_to": {
                    "name": "Ada Lovelace",
                    "contact": "Byron Annabella",
                    "phone": "+49 731 123456",
                    "email": "ada@example.com",
                    "address": {
                        "street": "12 Analytical Way",
                        "postal_code": "89073",
                        "city": "Ulm an der Donau",
                        "country": "DE",
                    },
                },
                "lines": [{"line_key": "1", "sku": "A-1", "quantity": 2}],
            }
        )
        backend = self.backend.with_context(dist_no_wake=True)
        return backend._dist_send("fulfilment_request", [Outbound(document)])

    def send_with(self, *script):
        """Send with the partner's answers; give the message and all that was told."""
        message = self.order()
        self.partner.script = list(script)
        with self.assertLogs("odoo", "DEBUG") as logs:
            result = self.flow("fulfilment_request")._job_run()
            self.env.flush_all()
        self.env.invalidate_all()
        told = [result, message.note or "", message.remote_status or ""]
        told += [
            # the ledger's own statements carry the document: that is the ledger
            line
            for line in logs.output
            if "odoo.sql_db" not in line
        ]
        for record in message.attempt_ids:
            told += [str(value) for value in record.read()[0].values()]
        for record in message.exception_ids:
            told += [
                str(record[name])
                for name in ("name", "detail", "path", "next_step", "fingerprint")
            ]
            told += record.message_ids.mapped("body")
        return message, "\n".join(told)

    def assert_nothing_told(self, told):
        for value in (*PERSONAL, TOKEN):
            self.assertNotIn(value.lower(), told.lower())

    def test_accepted_order(self):
        self.env["dist.masking.rule"].create({"pattern": "remark"})
        answer = {"id": "P1", "ship_to": {"name": "Ada Lovelace"}, "echo": TOKEN}
        message, told = self.send_with((201, answer))
        self.assertEqual(message.state, "done")
        self.assertIn('"sku": "A-1"', told, "what helps to understand stays")
        self.assertIn('"reference": "R1"', told)
        self.assert_nothing_told(told)

    def test_refusal_that_quotes_customer_and_token(self):
        self.env["dist.masking.rule"].create({"pattern": "remark"})
        reason = (
            "no delivery to ADA LOVELACE (Byron Annabella), 12 Analytical Way, 89073, "
            f"+49 731 123456, ada@example.com with key {TOKEN}"
        )
        message, told = self.send_with((422, {"reason": reason}))
        self.assertEqual(message.state, "exception")
        self.assertIn("no delivery to ***", message.exception_ids.detail)
        self.assert_nothing_told(told)

    def test_answer_that_the_profile_does_not_know(self):
        self.env["dist.masking.rule"].create({"pattern": "remark"})
        _message, told = self.send_with((500, {"oops": f"Ada Lovelace {TOKEN}"}))
        self.assert_nothing_told(told)

    def test_field_of_another_name_needs_a_rule(self):
        _message, told = self.send_with((201, {"id": "P1"}))
        self.assertIn("Byron Annabella", told, "a remark may be anything")

    def test_rule_of_one_backend_leaves_the_others_alone(self):
        other = self.env["dist.backend"].create(
            {"name": "Other", "profile_id": self.backend.profile_id.id}
        )
        rule = self.env["dist.masking.rule"].create(
            {"pattern": "sku", "backend_id": self.backend.id}
        )
        rules = self.env["dist.masking.rule"]
        self.assertTrue(rules._policy(self.backend).rules)
        self.assertFalse(rules._policy(other).rules)
        rule.active = False
        self.assertFalse(rules._policy(self.backend).rules, "at once")
