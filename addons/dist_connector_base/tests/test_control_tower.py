"""The first screen, the self-check, and what the monitoring reads."""

import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from ..controllers import monitor
from ..core.errors import BusinessError
from ..models.dist_self_check import DistSelfCheck
from .common import DistCase, shipment


@tagged("post_install", "-at_install")
class TestControlTower(DistCase):
    def tower(self, days=7):
        self.env.flush_all()
        return self.env["dist.control.tower"].get_data(days)

    def tile(self, key, days=7):
        return next(t for t in self.tower(days)["tiles"] if t["key"] == key)

    def records(self, action):
        """Give the records that a number opens."""
        return self.env[action["res_model"]].search(action["domain"])

    def fail(self, number, **values):
        self.handler.faults = {number: BusinessError("too much was shipped")}
        message = self.arrive(shipment(number, order=f"R-{number}"))
        self.handler.faults = {}
        message.exception_ids.write(values)
        return message

    def test_every_number_opens_the_records_that_it_counts(self):
        self.fail("S1", severity="critical", impact_value=250.0)
        self.fail("S2", severity="low", user_id=self.env.uid)
        for key in ("urgent", "unowned"):
            tile = self.tile(key)
            self.assertEqual(tile["value"], len(self.records(tile["action"])), key)
        value = self.tile("value")
        self.assertEqual(
            value["value"],
            sum(self.records(value["action"]).mapped("impact_value")),
        )
        self.assertGreaterEqual(value["value"], 250)

    def test_an_empty_house_has_good_news(self):
        self.env["dist.exception"].search([])._resolve("closed")
        for key in ("orders", "value", "urgent"):
            tile = self.tile(key)
            self.assertEqual((tile["value"], tile["tone"]), (0, "good"), key)

    def test_deadlines_kept_are_a_share_of_those_that_fell_due(self):
        self.env["dist.exception"].search([]).write({"sla_deadline": False})
        now = fields.Datetime.now()
        for number, late in (("S1", False), ("S2", False), ("S3", False), ("S4", True)):
            message = self.fail(number, sla_deadline=now - timedelta(hours=5))
            after = timedelta(hours=1 if late else -1)
            message.exception_ids.write(
                {
                    "state": "resolved",
                    "resolved_at": now - timedelta(hours=5) + after,
                }
            )
        self.assertEqual(self.tile("sla")["value"], 75.0)

    def test_what_stands_in_line_is_shown_by_flow_with_its_age(self):
        message = self.arrive(shipment("S9"), run=False)
        message.write({"received_at": fields.Datetime.now() - timedelta(hours=3)})
        line = next(f for f in self.tower()["flows"] if f["id"] == message.flow_id.id)
        self.assertEqual(line["due"], 1)
        self.assertAlmostEqual(line["minutes"], 180, delta=1)
        self.assertIn(message, self.records(line["action"]))

    def test_a_line_that_is_stopped_is_shown_with_its_partner(self):
        def line():
            return next(
                p for p in self.tower()["partners"] if p["id"] == self.backend.id
            )

        self.assertEqual(line()["circuit"], "closed")
        circuit = self.env["dist.circuit"].sudo()
        for operation, state in (("create_order", "half_open"), ("find", "open")):
            circuit.create(
                {
                    "backend_id": self.backend.id,
                    "company_id": self.backend.company_id.id,
                    "operation": operation,
                    "state": state,
                }
            )
        self.assertEqual(line()["circuit"], "open")
        circuit.search([("operation", "=", "find")]).override = "closed"
        self.assertEqual(line()["circuit"], "half_open")

    def test_exceptions_stand_in_the_class_of_their_age(self):
        self.env["dist.exception"].search([])._resolve("closed")
        now = fields.Datetime.now()
        for number, hours in (("S1", 1), ("S2", 5), ("S3", 30), ("S4", 100)):
            self.fail(number, severity="high", first_seen=now - timedelta(hours=hours))
        ageing = self.tower()["ageing"]
        high = next(s for s in ageing["series"] if s["key"] == "high")
        self.assertEqual(high["values"], [1, 1, 1, 1])
        for action in ageing["actions"]:
            self.assertEqual(len(self.records(action)), 1)

    def test_finished_messages_are_counted_once_however_often_one_counts(self):
        self.arrive(shipment("S1"), shipment("S2", order="R2"))
        self.env.flush_all()
        stat = self.env["dist.flow.stat"]
        for _time in range(2):
            stat._count()
        flow = self.flow("shipment_confirmation")
        self.assertEqual(
            sum(stat.search([("flow_id", "=", flow.id)]).mapped("done")), 2
        )

    def test_a_message_that_is_committed_late_is_counted_still(self):
        message = self.arrive(shipment("S1"))
        stat = self.env["dist.flow.stat"]
        self.env.flush_all()
        stat._count()
        late = self.arrive(shipment("S2", order="R2"))
        late.done_at = message.done_at - timedelta(minutes=50)
        self.env.flush_all()
        stat._count()
        flow = self.flow("shipment_confirmation")
        self.assertEqual(
            sum(stat.search([("flow_id", "=", flow.id)]).mapped("done")), 2
        )

    def test_the_other_company_is_not_counted(self):
        self.fail("S1", severity="critical", impact_value=250.0)
        other = self.env["res.company"].create({"name": "Another house"})
        self.env.flush_all()
        tower = self.env["dist.control.tower"].with_context(
            allowed_company_ids=other.ids
        )
        data = tower.get_data(7)
        numbers = {t["key"]: t["value"] for t in data["tiles"]}
        self.assertEqual((numbers["urgent"], numbers["value"]), (0, 0))
        self.assertFalse(data["partners"])

    def test_somebody_without_a_role_sees_nothing(self):
        stranger = new_test_user(self.env, "stranger", groups="base.group_user")
        for model, method in (
            ("dist.control.tower", "get_data"),
            ("dist.self.check", "get_checks"),
        ):
            with self.assertRaises(AccessError):
                getattr(self.env[model].with_user(stranger), method)()

    def test_each_role_can_open_the_screen(self):
        for role in ("operator", "reviewer", "manager", "auditor", "credential_admin"):
            user = new_test_user(
                self.env, f"a_{role}", groups=f"dist_connector_base.group_{role}"
            )
            data = self.env["dist.control.tower"].with_user(user).get_data(30)
            self.assertEqual(data["days"], 30)
            self.assertTrue(self.env["dist.self.check"].with_user(user).get_checks())


@tagged("post_install", "-at_install")
class TestSelfCheck(DistCase):
    def check(self, key):
        self.env.flush_all()
        checks = self.env["dist.self.check"].get_checks()
        return next((c for c in checks if c["key"] == key), None)

    def test_a_missing_runner_is_the_first_thing_one_reads(self):
        with patch.object(DistSelfCheck, "_runner_is_alive", return_value=False):
            first = self.env["dist.self.check"].get_checks()[0]
        self.assertEqual((first["key"], first["state"]), ("runner", "fail"))
        self.assertIn("server_wide_modules", first["next_step"])

    def test_a_runner_is_seen_by_its_lock(self):
        check = self.env["dist.self.check"]
        # a key like the runner's, in both halves, that no runner takes
        lock = (0x1FD57AB3 << 32) | 0x9ABCDEF1
        self.assertFalse(check._runner_is_alive(lock))
        self.env.cr.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
        self.assertTrue(check._runner_is_alive(lock))

    def test_a_cron_that_was_switched_off_is_named(self):
        self.assertEqual(self.check("crons")["state"], "ok")
        cron = self.env.ref("dist_connector_base.cron_sweep")
        cron.active = False
        check = self.check("crons")
        self.assertEqual(check["state"], "warn")
        self.assertIn("stranded", check["detail"])

    def test_a_secret_and_a_contract_that_end_soon_are_named(self):
        self.assertEqual(self.check("secrets")["state"], "ok")
        self.assertEqual(self.check("contract")["state"], "ok")
        soon = fields.Date.add(fields.Date.today(), days=2)
        secret = self.env["dist.credential"].search(
            [("backend_id", "=", self.backend.id)], limit=1
        )
        secret.expires_on = soon
        self.backend.profile_id._pin_contract(sunset=soon)
        check = self.check("secrets")
        self.assertEqual(check["state"], "warn")
        self.assertIn(secret.name, check["detail"])
        check = self.check(f"contract_{self.backend.profile_id.id}")
        self.assertEqual(check["state"], "warn")
        self.assertIn("new version", check["next_step"])

    def test_a_flow_that_is_not_polled_any_more_is_named(self):
        flow = self.flow("shipment_confirmation")
        flow.write(
            {
                "fetch_minutes": 10,
                "last_fetch_at": fields.Datetime.now() - timedelta(hours=2),
            }
        )
        check = self.check(f"fetch_{flow.id}")
        self.assertEqual(check["state"], "warn")
        self.assertEqual(check["action"]["res_id"], flow.id)

    def test_a_job_that_nobody_takes_is_told(self):
        flow = self.flow("shipment_confirmation")
        job = flow.with_delay(channel="root.dist.realtime")._job_run()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE queue_job SET date_created = date_created - interval '30 min' "
            "WHERE uuid = %s",
            [job.uuid],
        )
        self.assertIn("1 jobs are late", self.check("jobs")["detail"])


@tagged("post_install", "-at_install")
class TestMonitor(HttpCase, DistCase):
    def ask(self, path, **headers):
        return self.url_open(path, headers=headers)

    def test_health_is_told_to_anybody_and_tells_no_more_than_yes_or_no(self):
        with patch.object(DistSelfCheck, "_runner_is_alive", return_value=True):
            answer = self.ask("/dist/health")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json()["status"], "ok")
        self.assertTrue(
            all(isinstance(part, bool) for part in answer.json()["parts"].values())
        )

    def test_health_fails_while_no_runner_is_at_work(self):
        with patch.object(DistSelfCheck, "_runner_is_alive", return_value=False):
            answer = self.ask("/dist/health")
        self.assertEqual(answer.status_code, 503)
        self.assertEqual(json.loads(answer.text)["parts"]["runner"], False)

    def test_metrics_are_off_without_a_token_and_closed_to_a_wrong_one(self):
        self.assertEqual(self.ask("/dist/metrics").status_code, 404)
        with patch.object(monitor, "metrics_token", return_value="right"):
            self.assertEqual(self.ask("/dist/metrics").status_code, 401)
            wrong = self.ask("/dist/metrics", Authorization="Bearer wrong")
            self.assertEqual(wrong.status_code, 401)

    def test_metrics_count_messages_and_exceptions_without_ids(self):
        self.handler.faults = {"S2": BusinessError("too much was shipped")}
        self.arrive(shipment("S1"), shipment("S2", order="R2"))
        self.env.flush_all()
        self.env["dist.flow.stat"]._count()
        with patch.object(monitor, "metrics_token", return_value="right"):
            text = self.ask("/dist/metrics", Authorization="Bearer right").text
        name = self.backend.name
        self.assertIn(
            f'dist_messages_total{{direction="in",flow="shipment_confirmation",'
            f'partner="{name}",result="done"}} 1.0',
            text,
        )
        self.assertRegex(
            text, rf'dist_exceptions_open{{kind="business",partner="{name}"'
        )
        self.assertRegex(text, r'dist_latency_seconds_bucket{.*le="\+Inf".*} 1.0')
        self.assertNotIn("S2", text)
