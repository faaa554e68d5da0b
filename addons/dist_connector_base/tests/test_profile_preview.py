"""The preview shows what the pipeline would do, and does nothing of it."""

import json

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import DistCase, shipment


@tagged("post_install", "-at_install")
class TestProfilePreview(DistCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, "previewer", groups="dist_connector_base.group_reviewer"
        )

    def screen(self, user=None, **values):
        return Form(
            self.env["dist.profile.preview"]
            .with_user(user or self.user)
            .with_context(**{f"default_{k}": v for k, v in values.items()})
        )

    def paste(self, body, message_type="shipment_confirmation", **values):
        form = self.screen(profile_id=self.backend.profile_id.id, **values)
        form.message_type = message_type
        form.sample = body if isinstance(body, str) else json.dumps(body)
        return form

    def test_a_pasted_sample_shows_the_canonical_document(self):
        form = self.paste(shipment())
        self.assertEqual((form.verdict, form.fault_count), ("good", 0))
        self.assertIn('"confirmation_key": "S1"', _plain(form.result_html))
        self.assertRegex(_plain(form.code_html), "carrier.*UPS.*UPS")

    def test_every_fault_and_every_missed_code_is_listed(self):
        form = self.paste(
            shipment(carrier="ZZ", order="", lines=[{"sku": "A-1", "quantity": "x"}])
        )
        self.assertEqual((form.verdict, form.missed_count), ("bad", 1))
        told = _plain(form.fault_html)
        for place in ("carrier", "order", "lines[0].quantity"):
            self.assertIn(place, told)
        self.assertIn("not mapped", _plain(form.code_html))

    def test_only_documents_of_the_profile_are_offered(self):
        form = self.screen(profile_id=self.backend.profile_id.id)
        self.assertEqual(
            set(form.message_types), {"fulfilment_request", "shipment_confirmation"}
        )

    def test_code_maps_of_the_backend_count_once_it_is_chosen(self):
        self.env["dist.code.map"].create(
            {
                "backend_id": self.backend.id,
                "vocabulary": "carrier",
                "partner_code": "ZZ",
                "canonical_code": "DHL",
            }
        )
        form = self.paste(shipment(carrier="ZZ"))
        self.assertEqual(form.missed_count, 1)
        form.backend_id = self.backend
        self.assertEqual((form.verdict, form.missed_count), ("good", 0))

    def test_a_stored_incoming_message_is_read_again(self):
        message = self.arrive(shipment(carrier="ZZ"))
        form = self.screen(message_id=message.id)
        self.assertEqual(form.message_type, "shipment_confirmation")
        self.assertEqual((form.backend_id, form.missed_count), (self.backend, 1))
        self.assertIn("ZZ", form.sample)
        form.sample = form.sample.replace("ZZ", "UPS")
        self.assertEqual(form.verdict, "good")

    def test_one_document_of_a_transmission_is_read_alone(self):
        body = {"shipments": [shipment("S1"), shipment("S2", "R2", carrier="ZZ")]}
        self.arrive(body)
        message = self.env["dist.message"].search(
            [("backend_id", "=", self.backend.id), ("state", "=", "exception")]
        )
        self.assertTrue(message.parent_id)
        form = self.screen(message_id=message.id)
        self.assertEqual((form.fault_count, form.missed_count), (1, 1))

    def test_a_stored_outgoing_message_shows_what_would_be_sent(self):
        message = self.send("R1", run=False)
        form = self.screen(message_id=message.id)
        told = _plain(form.result_html)
        self.assertIn("POST http://127.0.0.1:9/orders", told)
        self.assertIn("Authorization: Bearer ***", told)
        self.assertIn('"reference": "R1"', told)
        self.assertNotIn("t0ken", told)
        self.assertEqual(self.partner.calls, [])
        self.assertEqual(message.state, "ready")

    def test_a_pasted_request_with_faults_names_them(self):
        form = self.paste({"request_key": "R1"}, "fulfilment_request")
        self.assertEqual(form.verdict, "bad")
        self.assertIn("lines", _plain(form.fault_html))

    def test_a_sample_that_is_hostile_stays_text(self):
        form = self.paste(shipment(number="<script>alert(1)</script>"))
        self.assertNotIn("<script>", str(form.result_html))

    def test_the_preview_writes_nothing(self):
        tables = ("dist.message", "dist.attempt", "dist.exception", "queue.job")
        before = [self.env[name].search_count([]) for name in tables]
        self.paste(shipment(carrier="ZZ")).save()
        self.paste(json.loads(self.request("R9").to_json()), "fulfilment_request")
        self.assertEqual([self.env[name].search_count([]) for name in tables], before)
        self.assertEqual((self.handler.applied, self.partner.calls), ([], []))

    def test_nobody_previews_messages_of_another_company(self):
        message = self.arrive(shipment())
        other = self.env["res.company"].create({"name": "Other company"})
        user = new_test_user(
            self.env,
            "elsewhere",
            groups="dist_connector_base.group_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        with self.assertRaises(AccessError):
            self.screen(user, message_id=message.id)


def _plain(html):
    return str(html).replace("&#34;", '"').replace("&#39;", "'")
