"""The door: who comes in, and what the answer means."""

import json
import time
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from ..core.signatures import sign
from ..pipeline import door
from .common import PROFILE, SECRET, DistCase, shipment


@tagged("post_install", "-at_install")
class TestWebhook(HttpCase, DistCase):
    def setUp(self):
        super().setUp()
        door._last_refusal.clear()
        self.address = f"/dist/webhook/{self.backend.webhook_token}"

    def post(self, body, secret=SECRET, topic="order.shipped", at=None, **headers):
        """Post a body as the partner does; give the HTTP status."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        signed = sign(
            "standard_webhooks",
            raw,
            secret,
            delivery_id="msg_1",
            timestamp=time.time() if at is None else at,
        )
        answer = self.url_open(
            self.address,
            data=raw,
            headers={
                "Content-Type": "application/json",
                "x-webhook-topic": topic,
                **signed,
                **headers,
            },
        )
        self.env.invalidate_all()
        return answer.status_code

    def messages(self):
        return self.env["dist.message"].search([("backend_id", "=", self.backend.id)])

    def refusals(self):
        return self.env["dist.exception"].search(
            [("backend_id", "=", self.backend.id), ("message_id", "=", False)]
        )

    def test_signed_body_is_on_record_when_it_is_answered(self):
        self.assertEqual(self.post(shipment()), 202)
        message = self.messages()
        self.assertEqual((message.state, message.via), ("received", "webhook"))
        self.assertEqual(message.source, "order.shipped")
        self.assertEqual(json.loads(message.payload_text), shipment())

    def test_forged_body_is_refused_and_told(self):
        forged = "whsec_Zm9yZ2VkIHNlY3JldCBvZiAzMiBieXRlcyBsb25n"
        self.assertEqual(self.post(shipment(), secret=forged), 401)
        self.assertFalse(self.messages())
        self.assertEqual(self.refusals().error_class, "security")
        self.assertTrue(self.refusals().next_step)

    def test_flood_of_forged_bodies_is_one_exception(self):
        for _post in range(5):
            self.post(shipment(), at=1)
        self.assertEqual(len(self.refusals()), 1)

    def test_old_body_is_refused(self):
        self.assertEqual(self.post(shipment(), at=time.time() - 3600), 401)

    def test_second_live_secret_is_taken_too(self):
        newer = "whsec_bmV3ZXIgc2VjcmV0IG9mIDMyIGJ5dGVzIGxvbmch"
        self.env["dist.credential"].create(
            {
                "backend_id": self.backend.id,
                "name": "webhook_secret",
                "secret": newer,
            }
        )
        self.assertEqual(self.post(shipment(), secret=newer), 202)
        self.assertEqual(self.post(shipment("S2"), secret=SECRET), 202)

    def test_secret_that_is_switched_off_opens_no_door(self):
        self.assertEqual(self.post(shipment()), 202)
        self.env["dist.credential"].search([("name", "=", "webhook_secret")]).write(
            {"active": False}
        )
        self.assertEqual(self.post(shipment("S2")), 503)
        self.assertEqual(len(self.messages()), 1)

    def test_body_over_the_limit_is_refused_and_told(self):
        self.backend.webhook_max_bytes = 100
        self.assertEqual(self.post(b"x" * 101), 413)
        self.assertFalse(self.messages())
        self.assertEqual(len(self.refusals()), 1)

    def test_unknown_address_tells_nothing(self):
        self.address = "/dist/webhook/nobody"
        self.assertEqual(self.post(shipment()), 404)

    def test_new_address_stops_the_old_one_and_is_on_record(self):
        self.backend.action_rotate_webhook_token()
        self.assertEqual(self.post(shipment()), 404)
        entry = self.env["dist.audit"].search([("action", "=", "webhook.rotate")])
        self.assertEqual(entry.res_id, self.backend.id)

    def test_topic_that_is_ignored_on_purpose_leaves_nothing(self):
        self.assertEqual(self.post(shipment(), topic="order.printed"), 202)
        self.assertFalse(self.messages() | self.refusals().message_id)

    def test_unknown_topic_is_kept_and_becomes_an_exception(self):
        self.assertEqual(self.post(shipment(), topic="order.eaten"), 202)
        message = self.messages()
        self.assertEqual(message.state, "exception")
        self.assertIn("order.eaten", message.exception_ids.name)

    def test_unknown_topic_is_replayed_when_the_profile_knows_it(self):
        self.post(shipment(), topic="order.eaten")
        message = self.messages().with_context(dist_no_wake=True)
        with self.assertRaisesRegex(UserError, "order.eaten"):
            message.action_replay()
        text = PROFILE.replace("[order.shipped]", "[order.shipped, order.eaten]")
        profile = self.env["dist.profile"].create(
            {"document": text.replace('version: "1"', 'version: "2"')}
        )
        profile._approve()
        self.backend.profile_id = profile
        message.action_replay()
        self.due_again(message)
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual(message.state, "done")
        self.assertEqual(message.exception_ids.state, "resolved")

    def test_server_that_cannot_store_asks_for_a_repeat(self):
        with patch.dict("os.environ", {"DIST_ENCRYPTION_KEY": ""}):
            self.env.registry.clear_cache()
            self.assertEqual(self.post(shipment()), 503)
