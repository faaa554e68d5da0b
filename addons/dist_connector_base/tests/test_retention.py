"""What is removed when its time is over, what is held, and what a person may ask."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger
from psycopg2 import IntegrityError

from ..core.errors import BusinessError
from ..pipeline import retention
from .common import DistCase, shipment


class RetentionCase(DistCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["dist.retention.rule"]
        cls.rules.search([]).active = False
        cls.rule = cls.rules.create({"content_days": 90})
        cls.manager = new_test_user(
            cls.env, "manager", groups="dist_connector_base.group_manager"
        )

    def aged(self, messages, days=100):
        """Let closed messages be so many days old."""
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE dist_message SET done_at = done_at - make_interval(days => %s)
                WHERE id = ANY(%s)""",
            [days, messages.ids],
        )
        self.env.invalidate_all()
        return messages

    def clean(self, limit=2000):
        """Run the clean-up; give the sizes of its batches."""
        self.env.flush_all()
        sizes = list(retention.batches(self.env(su=True), limit))
        self.env.invalidate_all()
        return sizes

    def gone(self, message):
        self.assertEqual(bool(message._payloads()[message.id]), bool(message.canonical))
        return not message.canonical


@tagged("post_install", "-at_install")
class TestRetention(RetentionCase):
    def test_content_goes_and_the_proof_stays(self):
        message = self.aged(self.arrive(shipment()))
        self.rule.drop_attempts = False
        sha, key = message.payload_sha256, message.key
        self.assertEqual(self.clean(), [1])
        self.assertTrue(self.gone(message))
        self.assertEqual((message.payload_sha256, message.key), (sha, key))
        self.assertTrue(message.content_hash)
        self.assertTrue(message.content_removed_at)
        self.assertTrue(message.attempt_ids)
        self.assertEqual(self.clean(), [], "once")

    def test_same_document_is_still_a_duplicate_after_its_content_is_gone(self):
        self.aged(self.arrive(shipment()))
        self.clean()
        again = self.arrive(shipment())
        self.assertEqual(again.state, "duplicate")

    def test_young_and_open_messages_stay(self):
        young = self.aged(self.arrive(shipment("S1")), days=80)
        self.handler.faults = {"S2": BusinessError("no")}
        failed = self.arrive(shipment("S2"))
        self.env.cr.execute(
            "UPDATE dist_message SET received_at = '2020-01-01' WHERE id = %s",
            [failed.id],
        )
        self.assertEqual(self.clean(), [])
        self.assertFalse(self.gone(young))
        self.assertFalse(self.gone(failed))

    def test_first_rule_that_fits_decides_by_type_direction_and_state(self):
        keep = self.rules.create(
            {"sequence": 1, "message_type": "shipment_confirmation", "content_days": 0}
        )
        message = self.aged(self.arrive(shipment()))
        self.assertEqual(self.clean(), [])
        keep.direction = "out"
        self.assertEqual(self.clean(), [1])
        self.assertTrue(self.gone(message))

    def test_duplicates_can_go_earlier(self):
        self.rules.create({"sequence": 1, "state": "duplicate", "content_days": 7})
        first = self.aged(self.arrive(shipment()), days=10)
        second = self.aged(self.arrive(shipment()), days=10)
        self.assertEqual(second.state, "duplicate")
        self.clean()
        self.assertFalse(self.gone(first))
        self.assertTrue(second.content_removed_at)

    def test_attempts_go_too_when_the_rule_says_so(self):
        self.rule.drop_attempts = True
        message = self.aged(self.arrive(shipment()))
        self.clean()
        self.assertFalse(message.attempt_ids)

    def test_whole_message_goes_after_its_content_and_not_before(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.rule.row_days = 30
            self.env.flush_all()
        self.rule.row_days = 365
        message = self.aged(self.arrive(shipment()), days=400)
        self.assertEqual(self.clean(), [1, 1])
        self.assertFalse(message.exists())

    def test_resolved_exceptions_without_a_message_go(self):
        self.rule.exception_days = 30
        error = BusinessError("x")
        cause = self.env["dist.exception"]._open_for_cause(
            self.backend, self.backend.flow_ids[:1], error
        )
        self.assertEqual(self.clean(), [])
        cause._resolve("closed")
        cause.resolved_at = "2020-01-01 00:00:00"
        self.assertEqual(self.clean(), [1])
        self.assertFalse(cause.exists())

    def test_batches_are_bounded(self):
        self.aged(self.arrive(*(shipment(f"S{n}") for n in range(5))))
        self.assertEqual(self.clean(limit=2), [2, 2, 1])

    def test_cron_commits_between_batches_and_stops_when_its_time_is_over(self):
        self.aged(self.arrive(*(shipment(f"S{n}") for n in range(3))))
        cron = type(self.env["ir.cron"])
        with (
            patch.object(retention, "BATCH", 1),
            patch.object(retention.batches, "__defaults__", (1,)),
            patch.object(cron, "_commit_progress", return_value=0.0) as progress,
        ):
            self.rules._cron_retain()
        progress.assert_called_once_with(1, remaining=1)

    def test_due_messages_are_found_by_an_index_however_long_the_ledger(self):
        flow = self.flow("shipment_confirmation")
        held = self.env["dist.legal.hold"]._held()
        for content, index in (
            (True, "dist_message_content_kept"),
            (False, "dist_message_content_gone"),
        ):
            query = retention.due(flow, "done", 90, held, 2000, content=content)
            # an empty table is read whole by any planner: ask for the index it has
            self.env.cr.execute("SET LOCAL enable_seqscan = off")
            self.env.cr.execute(SQL("EXPLAIN %s", query))
            plan = "\n".join(line for (line,) in self.env.cr.fetchall())
            with self.subTest(index=index):
                self.assertIn(index, plan)
                self.assertIn("Limit", plan)
                self.assertNotIn("Sort", plan, "the index gives the order")

    # ------------------------------------------------------------------- holds

    def hold(self, **target):
        return (
            self.env["dist.legal.hold"]
            .with_user(self.manager)
            .create({"name": "Case 17", **target})
        )

    def test_hold_keeps_backend_message_or_case_until_it_is_released(self):
        message = self.aged(self.arrive(shipment()))
        self.assertTrue(message.correlation)
        for target in (
            {"backend_id": self.backend.id},
            {"message_id": message.id},
            {"correlation": message.correlation},
        ):
            with self.subTest(target=target):
                hold = self.hold(**target)
                self.assertEqual(self.clean(), [])
                hold.action_release()
        self.assertEqual(self.clean(), [1])

    def test_hold_on_a_person_keeps_what_is_about_them(self):
        person = self.env["res.partner"].create({"name": "Ada"})
        message = self.aged(self.arrive(shipment()))
        message.write({"res_model": "res.partner", "res_id": person.id})
        self.hold(partner_id=person.id)
        self.assertEqual(self.clean(), [])

    def test_hold_is_audited_and_never_deleted(self):
        hold = self.hold(backend_id=self.backend.id)
        hold.action_release()
        with self.assertRaises(UserError):
            hold.sudo().unlink()
        entries = self.env["dist.audit"].search(
            [("res_model", "=", "dist.legal.hold"), ("res_id", "=", hold.id)],
            order="id",
        )
        self.assertEqual(
            entries.mapped("action"), ["legal_hold.create", "legal_hold.change"]
        )

    def test_hold_names_one_thing(self):
        with self.assertRaises(ValidationError):
            self.hold()
        with self.assertRaises(ValidationError):
            self.hold(backend_id=self.backend.id, correlation="x")


@tagged("post_install", "-at_install")
class TestErase(RetentionCase):
    def setUp(self):
        super().setUp()
        self.person = self.env["res.partner"].create(
            {"name": "Ada Lovelace", "email": "ada@example.com"}
        )
        self.partner.script = [
            (422, {"reason": "nobody named Ada Lovelace lives there"})
        ]
        self.message = self.send("R1", run=False)
        document = self.message.canonical.replace("Customer", "Ada Lovelace")
        self.message.write(
            {
                "canonical": document,
                "res_model": "res.partner",
                "res_id": self.person.id,
            }
        )
        self.run_flow(self.flow("fulfilment_request"), times=1)

    def wizard(self, user=None):
        return (
            self.env["dist.erase.partner"]
            .with_user(user or self.manager)
            .create({"partner_id": self.person.id, "reason": "request 7"})
        )

    def settle(self):
        self.message.with_context(dist_no_wake=True).action_accept()

    def everything(self):
        self.env.flush_all()
        told = []
        for table, column in (
            ("dist_message", "id"),
            ("dist_attempt", "message_id"),
            ("dist_exception", "message_id"),
            ("dist_message_version", "message_id"),
            ("dist_shadow_result", "message_id"),
        ):
            self.env.cr.execute(
                f"SELECT to_jsonb(t)::text FROM {table} t WHERE {column} = %s",
                [self.message.id],
            )
            told += [row for (row,) in self.env.cr.fetchall()]
        return "\n".join(told)

    def copies(self):
        """Let a corrected version and a rehearsal of the message stand beside it."""
        content = self.message.canonical.encode()
        self.env["dist.message.version"]._keep(self.message, content, number=0)
        self.env["dist.shadow.result"].sudo().create(
            {
                "message_id": self.message.id,
                "flow_id": self.message.flow_id.id,
                "backend_id": self.backend.id,
                "company_id": self.backend.company_id.id,
                "prepared": content.decode(),
            }
        )

    def test_copies_go_with_the_content(self):
        self.copies()
        retention.strip(self.env(su=True), self.message.ids)
        self.env.invalidate_all()
        version = self.env["dist.message.version"].search(
            [("message_id", "=", self.message.id)]
        )
        self.assertEqual(version._contents(), {version.id: b""})
        self.assertTrue(version.sha256)
        self.assertNotIn("Ada", self.everything())

    def test_person_is_gone_and_the_proof_is_not(self):
        self.copies()
        self.settle()
        self.assertIn("Ada Lovelace", self.everything())
        sha, content = self.message.payload_sha256, self.message.content_hash
        self.wizard().action_erase()
        self.env.invalidate_all()
        self.assertNotIn("Ada", self.everything())
        self.assertIn('"request_key": "R1"', self.message.canonical)
        self.assertEqual(
            (self.message.payload_sha256, self.message.content_hash), (sha, content)
        )
        self.assertTrue(self.message.attempt_ids.outcome)
        self.assertTrue(self.message.erased_at)

    def test_erasure_is_audited_without_the_name(self):
        self.settle()
        self.wizard().action_erase()
        entry = self.env["dist.audit"].search([("action", "=", "partner.erase")])
        self.assertEqual(entry.user_id, self.manager)
        self.assertEqual(entry.summary, "request 7")
        self.assertIn(self.message.id, entry.detail["erased"])
        self.assertNotIn("Ada", f"{entry.name}{entry.detail_text}")

    def test_message_in_work_and_message_under_hold_stay(self):
        wizard = self.wizard()
        self.assertEqual((wizard.message_count, wizard.open_count), (0, 1))
        wizard.action_erase()
        self.assertIn("Ada Lovelace", self.message.canonical)
        self.settle()
        self.env["dist.legal.hold"].create(
            {"name": "Case 17", "message_id": self.message.id}
        )
        wizard = self.wizard()
        self.assertEqual((wizard.message_count, wizard.held_count), (0, 1))
        self.assertEqual(wizard.action_erase()["params"]["type"], "warning")
        self.assertIn("Ada Lovelace", self.message.canonical)

    def test_messages_of_the_same_case_are_found(self):
        other = self.arrive(shipment("S1", order="R1"))
        self.assertEqual(other.correlation, self.message.correlation)
        found = self.env["dist.message"]._about_partner(self.person)
        self.assertIn(other, found)

    def test_reviewer_may_not_erase(self):
        reviewer = new_test_user(
            self.env, "reviewer", groups="dist_connector_base.group_reviewer"
        )
        with self.assertRaises(AccessError):
            self.wizard(reviewer)
        wizard = self.wizard()
        with self.assertRaises(AccessError):
            wizard.with_user(reviewer).sudo().action_erase()
