"""A newcomer connects a partner: a test that says where it stops, and a checklist."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import PROFILE, DistCase, shipment

POLLED = (
    PROFILE.replace("profile: test_house", "profile: polled_house")
    .replace(
        "  find_order:",
        "  list_shipments: {method: GET, path: /shipments, safe: true}\n  find_order:",
    )
    .replace(
        "    webhook: [order.shipped]",
        "    webhook: [order.shipped]\n    poll: {operation: list_shipments}",
    )
)


class House(BaseHTTPRequestHandler):
    """A partner that answers every question with what the test says."""

    answer = (200, {"shipments": []})

    def do_GET(self):
        status, body = self.answer
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.server.asked.append((self.path, self.headers.get("Authorization")))
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args):
        pass


@tagged("post_install", "-at_install")
class TestOnboarding(DistCase):
    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        # Odoo's own guard of tests knows no pair of timeouts; ours is what is tested
        return super()._request_handler(s, r, **{**kw, "timeout": 10})

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        profile = cls.env["dist.profile"].create({"document": POLLED})
        profile._approve()
        cls.backend.write({"profile_id": profile.id, "allow_private_network": True})
        cls.manager = new_test_user(
            cls.env, "mara", groups="dist_connector_base.group_manager"
        )
        cls.backend.user_id = cls.manager
        cls.mine = cls.backend.with_user(cls.manager)

    def serve(self, answer=(200, {"shipments": []})):
        server = HTTPServer(
            ("127.0.0.1", 0), type("House", (House,), {"answer": answer})
        )
        server.asked = []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.backend.setting_ids.value = f"http://127.0.0.1:{server.server_port}"
        return server

    def connect(self):
        """Press the button; give the last step, and all of them by name."""
        steps = []
        original = type(self.backend)._test_connection

        def keep(backend):
            steps[:] = original(backend)
            return steps

        with patch.object(type(self.backend), "_test_connection", keep):
            told = self.mine.action_test_connection()["params"]
        return told, steps

    # ------------------------------------------------------------ connection

    def test_a_connection_that_works_shows_every_step(self):
        server = self.serve()
        told, steps = self.connect()
        self.assertEqual(told["type"], "success")
        self.assertEqual(
            [(step.name, step.ok) for step in steps],
            [
                ("settings", True),
                ("credentials", True),
                ("name", True),
                ("reach", True),
                ("encryption", None),
                ("sign_in", True),
                ("permission", True),
            ],
        )
        self.assertEqual(server.asked, [("/shipments", "Bearer t0ken")])
        self.assertEqual(self.backend.connection_state, "ok")
        self.assertIn("list_shipments can be read", self.backend.connection_report)
        self.assertNotIn("t0ken", self.backend.connection_report)

    def failing(self, step, words, advice):
        told, steps = self.connect()
        self.assertEqual(told["type"], "danger")
        self.assertEqual((steps[-1].name, steps[-1].ok), (step, False))
        self.assertIn(words, steps[-1].text)
        self.assertIn(advice, steps[-1].advice)
        self.assertIn(advice, told["message"])
        self.assertEqual(self.backend.connection_state, "failed")

    def test_an_empty_setting_is_named(self):
        self.backend.setting_ids.value = False
        self.mine.action_test_connection()
        self.assertIn("Address", self.backend.connection_report)
        self.assertEqual(self.backend.connection_state, "failed")

    def test_a_missing_secret_is_named(self):
        self.serve()
        self.backend.credential_ids.unlink()
        self.failing("credentials", "api_token", "Store the credential")

    def test_a_name_that_nobody_knows(self):
        self.backend.setting_ids.value = "https://partner.invalid"
        refused = patch("socket.getaddrinfo", side_effect=OSError("no such name"))
        with refused:
            self.failing("name", "partner.invalid is not known", "typing error")

    def test_a_server_that_does_not_answer(self):
        server = self.serve()
        server.shutdown()
        server.server_close()
        self.failing("reach", "does not answer", "firewall")

    def test_a_server_that_speaks_no_tls(self):
        server = self.serve()
        self.backend.setting_ids.value = f"https://127.0.0.1:{server.server_port}"
        self.failing("encryption", "no TLS", "port is right")

    def test_a_refused_secret(self):
        self.serve((401, {"error": "who are you"}))
        self.failing("sign_in", "HTTP 401", "Check the credential")

    def test_a_secret_without_the_right(self):
        self.serve((403, {}))
        self.failing("permission", "HTTP 403", "rights")

    def test_a_web_page_instead_of_an_answer(self):
        self.serve((200, b"<html>Welcome</html>"))
        told, _steps = self.connect()
        self.assertEqual(told["type"], "danger")

    def test_a_change_after_the_test_is_shown(self):
        self.serve()
        self.mine.action_test_connection()
        self.assertFalse(self.backend.connection_stale)
        self.backend.setting_ids.value = "https://elsewhere.example"
        self.assertTrue(self.backend.connection_stale)

    # -------------------------------------------------------------- go live

    def checks(self):
        self.env.invalidate_all()
        return {check.name: check.ok for check in self.mine._go_live_checks()}

    def make_ready(self):
        self.serve()
        self.mine.action_test_connection()
        self.arrive(shipment())

    def test_what_is_open_is_said_with_what_to_do(self):
        checks = self.checks()
        self.assertEqual(
            {name for name, ok in checks.items() if not ok}, {"connection", "webhook"}
        )
        with self.assertRaisesRegex(UserError, "Press Test the connection"):
            self.mine.environment = "production"
        self.assertEqual(self.backend.environment, "test")
        self.assertIn("webhook", str(self.mine.go_live_html))

    def test_a_backend_that_is_ready_goes_live(self):
        self.make_ready()
        self.assertEqual(set(self.checks().values()), {True})
        self.mine.action_go_live()
        self.assertEqual(self.backend.environment, "production")
        self.assertTrue(self.backend.go_live_at)

    def test_each_point_can_be_the_one_that_is_open(self):
        self.make_ready()
        self.arrive(shipment("S2", "R2", carrier="ZZ"))
        self.assertFalse(self.checks()["codes"])
        self.backend.user_id = False
        self.assertFalse(self.checks()["owner"])
        secret = self.backend.credential_ids.filtered(lambda c: c.name == "api_token")
        secret.expires_on = "2020-01-01"
        self.assertFalse(self.checks()["credentials"])
        secret.unlink()
        checks = self.checks()
        self.assertFalse(checks["credentials"] or checks["connection"])
        self.assertFalse(checks["exceptions"])

    def test_a_manager_goes_live_all_the_same_with_a_reason_on_record(self):
        action = self.mine.action_go_live()
        wizard = (
            self.env["dist.backend.go.live"]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({"reason": "The partner has no test system"})
        )
        wizard.action_go_live()
        self.assertEqual(self.backend.environment, "production")
        entry = self.env["dist.audit"].search(
            [("action", "=", "backend.go_live"), ("res_id", "=", self.backend.id)],
            limit=1,
        )
        self.assertEqual(
            (entry.user_id, entry.summary),
            (self.manager, "The partner has no test system"),
        )
        self.assertEqual(entry.detail, {"open_points": ["connection", "webhook"]})
        self.assertEqual(self.backend.go_live_reason, entry.summary)

    def test_no_reason_no_production(self):
        with self.assertRaises(UserError):
            self.mine._go_live_in_spite("  ")
        operator = new_test_user(
            self.env, "op", groups="dist_connector_base.group_operator"
        )
        with self.assertRaises(AccessError):
            self.backend.with_user(operator)._go_live_in_spite("because")

    def test_nobody_types_the_checklist_green(self):
        for vals in ({"connection_state": "ok"}, {"go_live_reason": "x"}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self.mine.write(vals)

    def test_a_backend_begins_in_test(self):
        vals = {"name": "New", "profile_id": self.backend.profile_id.id}
        backends = self.env["dist.backend"].with_user(self.manager)
        with self.assertRaises(UserError):
            backends.create({**vals, "environment": "production"})
        self.assertEqual(backends.create(vals).environment, "test")

    # ---------------------------------------------------------------- proofs

    def proof(self, patterns, declared="gross"):
        labels = {"gross": "All of it", "net": "What is free"}
        return (
            self.env["dist.proof"]
            .with_user(self.manager)
            ._keep(self.mine, "stock", labels, patterns, declared)
        )

    def test_a_proof_keeps_its_sample_and_what_it_chose(self):
        proof = self.proof({(True, True): 90, (False, True): 9, (True, False): 1})
        self.assertEqual(
            (proof.decision, proof.winner, proof.row_count, proof.telling_count),
            ("decided", "net", 100, 10),
        )
        self.assertEqual(proof.user_id, self.manager)
        proof.action_accept()
        self.assertEqual(self.backend._proved("stock"), proof)
        with self.assertRaises(AccessError):
            proof.write({"winner": "gross"})

    def test_what_was_not_decided_is_not_used(self):
        with self.assertRaises(UserError):
            self.proof({(True, True): 90, (False, True): 2}).action_accept()
        self.assertFalse(self.backend._proved("stock"))
