"""The door beyond the signature: repetitions, floods, keys, proxies, thin events."""

import base64
import json
import time
from unittest.mock import patch

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from ..core.errors import TransientError
from ..core.signatures import sign
from ..core.wire import HttpResponse
from ..pipeline import context, door, fetch_back
from ..pipeline.gate import Gate, Held
from .common import PROFILE, SECRET, DistCase, shipment

OURS = """webhook:
  credential: webhook_secret
  signature: {scheme: standard_webhooks}
  topic: {header: x-webhook-topic}
  ignore: [order.printed]
"""


@tagged("post_install", "-at_install")
class TestWebhookSchemes(HttpCase, DistCase):
    def setUp(self):
        super().setUp()
        door._last_refusal.clear()

    def use(self, webhook, flow="webhook: [order.shipped]", operations=""):
        """Let the backend's profile take webhooks in another way."""
        text = PROFILE.replace(OURS, webhook).replace('version: "1"', 'version: "2"')
        text = text.replace("webhook: [order.shipped]", flow)
        text = text.replace("flows:", f"{operations}flows:")
        profile = self.env["dist.profile"].create({"document": text})
        profile._approve()
        self.backend.profile_id = profile

    def post(self, body, headers):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        address = f"/dist/webhook/{self.backend.webhook_token}"
        answer = self.url_open(address, data=raw, headers=headers)
        self.env.invalidate_all()
        return answer

    def post_signed(self, body, delivery_id="msg_1", topic="order.shipped"):
        raw = json.dumps(body).encode()
        headers = sign(
            "standard_webhooks",
            raw,
            SECRET,
            delivery_id=delivery_id,
            timestamp=time.time(),
        )
        return self.post(raw, {"x-webhook-topic": topic, **headers}).status_code

    def messages(self):
        return self.env["dist.message"].search([("backend_id", "=", self.backend.id)])

    def refusals(self):
        return self.env["dist.exception"].search(
            [("backend_id", "=", self.backend.id), ("message_id", "=", False)]
        )

    # ------------------------------------------------------- the same delivery

    def test_repeated_delivery_is_taken_once(self):
        for _time in range(3):
            self.assertEqual(self.post_signed(shipment()), 202)
        self.assertEqual(len(self.messages()), 1)

    def test_known_id_with_another_content_is_kept(self):
        self.post_signed(shipment())
        self.post_signed(shipment("S2"))
        self.assertEqual(len(self.messages()), 2)

    # ------------------------------------------------------------------ floods

    def test_flood_is_turned_away_with_the_time_to_wait(self):
        self.backend.webhook_rate = 2
        for number in range(2):
            self.assertEqual(self.post_signed(shipment(), f"m{number}"), 202)
        raw = json.dumps(shipment()).encode()
        headers = sign(
            "standard_webhooks", raw, SECRET, delivery_id="m3", timestamp=time.time()
        )
        answer = self.post(raw, {"x-webhook-topic": "order.shipped", **headers})
        self.assertEqual(answer.status_code, 429)
        self.assertTrue(1 <= int(answer.headers["Retry-After"]) <= 60)
        self.assertEqual(len(self.messages()), 2)
        self.assertEqual(self.refusals().error_class, "limit")

    def test_there_is_room_again_a_minute_later(self):
        self.backend.webhook_rate = 1
        self.post_signed(shipment(), "m1")
        self.assertEqual(self.post_signed(shipment(), "m2"), 429)
        self.env.cr.execute(
            "UPDATE dist_message SET received_at = received_at - interval '61 s'"
        )
        self.assertEqual(self.post_signed(shipment(), "m3"), 202)

    def test_forged_posts_use_up_nobodys_room(self):
        self.backend.webhook_rate = 1
        for _time in range(3):
            self.assertEqual(self.post(shipment(), {}).status_code, 401)
        self.assertEqual(self.post_signed(shipment()), 202)

    def test_limit_is_never_blank(self):
        for name in ("webhook_rate", "webhook_max_bytes"):
            with self.assertRaises(ValidationError):
                self.backend[name] = 0

    # ---------------------------------------------------- token, ping, proxies

    def test_fixed_word_lets_in(self):
        self.use(
            "webhook:\n  credential: webhook_secret\n"
            "  signature: {scheme: static_token}\n  topic: {always: order.shipped}\n"
        )
        wrong = self.post(shipment(), {"X-Auth-Token": "guess"})
        right = self.post(shipment(), {"X-Auth-Token": SECRET})
        self.assertEqual((wrong.status_code, right.status_code), (401, 202))

    def test_intent_to_receive_is_answered_and_leaves_nothing(self):
        self.use(
            "webhook:\n  credential: webhook_secret\n  signature: {scheme: xero}\n"
            '  topic: {body: "events[0].eventType"}\n  ping: "!events"\n'
        )
        body = b'{"events": [], "entropy": "K"}'
        right = self.post(body, sign("xero", body, SECRET))
        wrong = self.post(body, sign("xero", body, "another"))
        self.assertEqual((right.status_code, wrong.status_code), (200, 401))
        self.assertFalse(self.messages())

    def test_certificate_counts_when_our_proxy_tells_of_it(self):
        self.use(
            "webhook:\n  credential: webhook_secret\n"
            "  signature: {scheme: client_certificate}\n"
            "  topic: {always: order.shipped}\n"
        )
        headers = {
            "X-SSL-Client-Verify": "SUCCESS",
            "X-SSL-Client-Fingerprint": SECRET,
        }
        self.assertEqual(self.post(shipment(), headers).status_code, 401)
        with patch.dict("os.environ", {door.PROXIES_VARIABLE: "127.0.0.1"}):
            self.assertEqual(self.post(shipment(), headers).status_code, 202)
            # what a stranger says of his address does not count
        claimed = {**headers, "X-Forwarded-For": "10.0.0.1", "X-Forwarded-Host": "x"}
        with patch.dict("os.environ", {door.PROXIES_VARIABLE: "10.0.0.1"}):
            self.assertEqual(self.post(shipment(), claimed).status_code, 401)

    # ------------------------------------------------------ the partner's keys

    def _signed_by(self, key, key_id, body):
        stamp = str(int(time.time()))
        signature = key.sign(
            stamp.encode() + b"." + body, padding.PKCS1v15(), hashes.SHA256()
        )
        return {
            "x-shipengine-rsa-sha256-signature": base64.b64encode(signature).decode(),
            "x-shipengine-rsa-sha256-key-id": key_id,
            "x-shipengine-timestamp": stamp,
        }

    @staticmethod
    def _jwks(key, key_id):
        numbers = key.public_key().public_numbers()

        def text(number):
            raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
            return base64.urlsafe_b64encode(raw).decode().rstrip("=")

        entry = {"kty": "RSA", "kid": key_id}
        return json.dumps(
            {"keys": [{**entry, "n": text(numbers.n), "e": text(numbers.e)}]}
        )

    def test_new_key_of_the_partner_is_read_and_then_believed(self):
        self.use(
            "webhook:\n  signature: {scheme: shipstation}\n"
            "  keys: https://keys.example/jwks\n  topic: {always: order.shipped}\n"
        )
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        body = json.dumps(shipment()).encode()
        first = self.post(body, self._signed_by(key, "k1", body))
        self.assertEqual(first.status_code, 503)
        self.assertTrue(first.headers["Retry-After"])
        job = self.env["queue.job"].search([("method_name", "=", "_job_webhook_keys")])
        self.assertEqual(len(job), 1)
        with patch.object(
            context.RestTransport,
            "call",
            lambda _self, request: HttpResponse(
                200, {}, self._jwks(key, "k1").encode()
            ),
        ):
            self.assertEqual(self.backend._job_webhook_keys(), "1 keys")
        second = self.post(body, self._signed_by(key, "k1", body))
        self.assertEqual(second.status_code, 202)
        # keys were read a moment ago: a stranger does not make us call out again
        strange = self.post(body, self._signed_by(key, "k2", body))
        self.assertEqual(strange.status_code, 401)

    def test_keys_are_read_by_hand_too_but_not_by_an_operator(self):
        self.use(
            "webhook:\n  signature: {scheme: shipstation}\n"
            "  keys: https://keys.example/jwks\n  topic: {always: order.shipped}\n"
        )
        self.assertTrue(self.backend.webhook_needs_keys)
        operator = new_test_user(
            self.env, "op_keys", "base.group_user,dist_connector_base.group_operator"
        )
        jobs = self.env["queue.job"].search_count
        domain = [("method_name", "=", "_job_webhook_keys")]
        with self.assertRaises(AccessError):
            self.backend.with_user(operator).action_fetch_webhook_keys()
        self.assertFalse(jobs(domain))
        self.backend.action_fetch_webhook_keys()
        self.assertEqual(jobs(domain), 1)

    def test_keys_of_before_stay_when_the_partner_is_not_there(self):
        self.use(
            "webhook:\n  signature: {scheme: shipstation}\n"
            "  keys: https://keys.example/jwks\n  topic: {always: order.shipped}\n"
        )
        self.backend.webhook_keys = "kept"
        with patch.object(
            context.RestTransport, "call", side_effect=TransientError("not there")
        ):
            self.backend._job_webhook_keys()
        self.assertEqual(self.backend.webhook_keys, "kept")
        self.assertEqual(self.refusals().error_class, "transient")

    # ------------------------------------------------------------- thin events

    THIN = (
        "{topics: [order.shipped], documents: events, "
        "fetch: {operation: get_shipment, documents: shipments}}"
    )

    def _thin(self, answers, top=""):
        call = "{method: GET, path: '/shipments/{id}', safe: true}"
        self.use(top + OURS, f"webhook: {self.THIN}", f"  get_shipment: {call}\n")
        self.partner.script = list(answers)
        self.startPatcher(
            patch.object(context, "open_rest", lambda backend, profile: self.partner)
        )

    def test_thin_event_is_on_record_and_then_the_thing_is_fetched(self):
        self._thin([(200, {"shipments": [shipment("S7")]})])
        self.assertEqual(self.post_signed({"events": [{"id": "7"}]}), 202)
        self.assertEqual(self.partner.calls, [])
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual(self.partner.calls, ["GET http://127.0.0.1:9/shipments/7"])
        self.assertEqual(self.handler.applied, ["S7"])
        event, fetched = self.messages().sorted("id")
        self.assertEqual((event.kind, event.state), ("transmission", "done"))
        self.assertEqual((fetched.parent_id, fetched.state), (event, "done"))

    def test_two_events_of_one_thing_have_one_effect(self):
        body = {"shipments": [shipment("S7")]}
        self._thin([(200, body), (200, body)])
        self.post_signed({"events": [{"id": "7"}]}, "m1")
        self.post_signed({"events": [{"id": "7", "again": True}]}, "m2")
        self.run_flow(self.flow("shipment_confirmation"), times=4)
        self.assertEqual(len(self.partner.calls), 2)
        self.assertEqual(self.handler.applied, ["S7"])

    def test_partner_that_is_not_there_leaves_the_event_for_later(self):
        self._thin([TransientError("gone"), (200, {"shipments": [shipment("S7")]})])
        self.post_signed({"events": [{"id": "7"}]}, "m1")
        self.post_signed({"events": [{"id": "8"}]}, "m2")
        self.run_flow(self.flow("shipment_confirmation"), times=1)
        self.assertEqual(len(self.partner.calls), 1, "the second was not asked for")
        self.assertEqual(self.messages().mapped("state"), ["ready", "ready"])
        self.partner.script.append((200, {"shipments": [shipment("S8")]}))
        self.due_again(*self.messages())
        self.run_flow(self.flow("shipment_confirmation"), times=4)
        self.assertEqual(sorted(self.handler.applied), ["S7", "S8"])

    def test_stopped_line_is_not_called_and_costs_no_try(self):
        self._thin([])
        self.post_signed({"events": [{"id": "7"}]})
        with patch.object(Gate, "enter", side_effect=Held("stopped", retry_after=60)):
            self.run_flow(self.flow("shipment_confirmation"), times=1)
        message = self.messages()
        self.assertEqual((message.state, message.tries), ("ready", 0))
        self.assertEqual(self.partner.calls, [])

    def test_event_waits_while_another_job_talks_to_a_partner_of_one_lane(self):
        self._thin([(200, {"shipments": [shipment("S7")]})], top="parallel: 1\n")
        self.post_signed({"events": [{"id": "7"}]})
        with patch.object(fetch_back, "take_lane", return_value=False):
            self.run_flow(self.flow("shipment_confirmation"), times=1)
        self.assertEqual(self.partner.calls, [])
        self.due_again(self.messages())
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual(self.handler.applied, ["S7"])

    def test_event_without_what_the_call_needs_is_for_a_person(self):
        self._thin([])
        self.post_signed({"events": [{"number": "7"}]})
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual(self.messages().state, "exception")
        self.assertEqual(self.messages().exception_ids.error_class, "data")
