"""The audit trail: added to only, chained, and checked."""

from contextlib import contextmanager

import psycopg2
from odoo import api
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import DistCase


@tagged("post_install", "-at_install")
class TestAudit(DistCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.audit = cls.env["dist.audit"]
        cls.auditor = new_test_user(
            cls.env, "auditor", groups="dist_connector_base.group_auditor"
        )

    def record(self, *reasons):
        """Put something on record for each reason, and seal it."""
        entries = self.audit.browse().union(
            *(
                self.audit._record("flow.pause", self.backend.flow_ids[:1], reason)
                for reason in reasons
            )
        )
        self.env.flush_all()
        self.audit._seal()
        return entries.sorted("id")

    @contextmanager
    def superuser(self):
        """Change the table as only its owner can: with the trigger off."""
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE dist_audit DISABLE TRIGGER USER")
        yield self.env.cr
        self.env.cr.execute("ALTER TABLE dist_audit ENABLE TRIGGER USER")
        self.env.invalidate_all()

    def findings(self):
        return "\n".join(finding.text for finding in self.audit._check()[1])

    def test_entry_tells_who_what_on_which_record(self):
        operator = new_test_user(
            self.env, "op", groups="dist_connector_base.group_operator"
        )
        (entry,) = (
            self.audit.with_user(operator)
            .sudo()
            ._record("backend.pause", self.backend, "stocktaking", until="Monday")
        )
        self.assertEqual(entry.user_id, operator, "sudo hides nobody")
        self.assertEqual(entry.action, "backend.pause")
        self.assertEqual(
            (entry.res_model, entry.res_id), ("dist.backend", self.backend.id)
        )
        self.assertEqual(entry.name, "Test house")
        self.assertEqual(entry.company_id, self.backend.company_id)
        self.assertEqual(entry.summary, "stocktaking")
        self.assertEqual(entry.detail_text, "until: Monday")

    def test_name_of_a_person_is_not_kept(self):
        partner = self.env["res.partner"].create({"name": "Ada Lovelace"})
        (entry,) = self.audit._record("partner.erase", partner)
        self.assertNotIn("Ada", entry.name)

    def test_database_refuses_to_change_an_entry(self):
        (entry,) = self.record("a")
        for statement in (
            "UPDATE dist_audit SET summary = 'b' WHERE id = %s",
            "UPDATE dist_audit SET seq = NULL WHERE id = %s",
            "DELETE FROM dist_audit WHERE id = %s",
            "TRUNCATE dist_audit -- %s",
        ):
            with (
                self.subTest(statement),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [entry.id])

    def test_entry_waiting_for_its_seal_cannot_be_changed_either(self):
        (entry,) = self.audit._record("flow.pause", self.backend, "a")
        for change in ("summary = 'b'", "summary = 'b', seq = 99, hash = 'x'"):
            with (
                self.subTest(change),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(
                    f"UPDATE dist_audit SET {change} WHERE id = {entry.id}"
                )

    def test_orm_refuses_too_even_for_the_administrator(self):
        (entry,) = self.record("a")
        with self.assertRaises(UserError):
            entry.sudo().summary = "b"
        with self.assertRaises(UserError):
            entry.sudo().unlink()
        with self.assertRaises(AccessError):
            entry.with_user(self.auditor).create({"action": "x", "user_id": 1})

    def test_untouched_chain_has_no_finding(self):
        self.record("a", "b", "c")
        self.assertEqual(self.findings(), "")
        result = self.audit.with_user(self.auditor).action_check()
        self.assertEqual(result["params"]["type"], "success")

    def test_changed_entry_is_named_and_no_other(self):
        _first, second, _third = self.record("a", "b", "c")
        with self.superuser() as cr:
            cr.execute(
                "UPDATE dist_audit SET summary = 'nothing' WHERE id = %s", [second.id]
            )
        self.assertEqual(
            self.findings(), f"entry {second.id}, number {second.seq}, was changed"
        )
        with self.assertRaises(UserError) as caught:
            self.audit.with_user(self.auditor).action_check()
        self.assertIn(str(second.id), str(caught.exception))

    def test_removed_entry_is_named(self):
        _first, second, third = self.record("a", "b", "c")
        number = second.seq
        with self.superuser() as cr:
            cr.execute("DELETE FROM dist_audit WHERE id = %s", [second.id])
        self.assertIn(f"number {number} was removed", self.findings())
        self.assertIn(f"entry {third.id}", self.findings())

    def test_removal_with_new_numbers_is_found(self):
        _first, second, third = self.record("a", "b", "c")
        number = second.seq
        with self.superuser() as cr:
            cr.execute("DELETE FROM dist_audit WHERE id = %s", [second.id])
            cr.execute(
                "UPDATE dist_audit SET seq = %s WHERE id = %s", [number, third.id]
            )
        self.assertIn(f"entry {third.id}, number {number}, does not", self.findings())

    def test_reordered_entries_are_found(self):
        first, second = self.record("a", "b")
        one, two = first.seq, second.seq
        with self.superuser() as cr:
            cr.execute("UPDATE dist_audit SET seq = -1 WHERE id = %s", [first.id])
            cr.execute("UPDATE dist_audit SET seq = %s WHERE id = %s", [one, second.id])
            cr.execute("UPDATE dist_audit SET seq = %s WHERE id = %s", [two, first.id])
        self.assertIn(f"entry {second.id}, number {one}", self.findings())
        self.assertIn(f"entry {first.id}, number {two}", self.findings())

    def test_finding_of_the_nightly_check_has_an_owner_to_find(self):
        (entry,) = self.record("a")
        with self.superuser() as cr:
            cr.execute("UPDATE dist_audit SET summary = 'x' WHERE id = %s", [entry.id])
        self.audit._cron_check()
        found = self.env["dist.exception"].search(
            [("path", "=", f"dist.audit({entry.id})")]
        )
        self.assertEqual(found.error_class, "security")

    def test_sealer_that_stands_still_is_found(self):
        entries = self.audit._record("flow.pause", self.backend)
        with self.superuser() as cr:
            cr.execute(
                "UPDATE dist_audit SET at = at - interval '2 hours' WHERE id = %s",
                [entries.id],
            )
        self.assertIn(f"entry {entries.id} was never sealed", self.findings())

    def test_operator_sees_no_audit(self):
        (entry,) = self.record("a")
        operator = new_test_user(
            self.env, "op", groups="dist_connector_base.group_operator"
        )
        with self.assertRaises(AccessError):
            entry.with_user(operator).read(["summary"])
        with self.assertRaises(AccessError):
            self.audit.with_user(operator).action_check()
        self.assertEqual(entry.with_user(self.auditor).summary, "a")


@tagged("post_install", "-at_install")
class TestAuditOfTwoWorkers(TransactionCase):
    """Real transactions, committed: this is what the chain is about."""

    def setUp(self):
        super().setUp()
        self.user = self.env.ref("base.user_admin")
        self.addCleanup(self.remove)
        # what other committed tests did is sealed first: it is none of ours
        with self.registry.cursor() as cr:
            api.Environment(cr, self.user.id, {})["dist.audit"]._seal()

    def cursor(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        # the snapshot begins with the first statement
        cr.execute("SELECT 1")
        return cr, api.Environment(cr, self.user.id, {})["dist.audit"]

    def remove(self):
        with self.registry.cursor() as cr:
            cr.execute("ALTER TABLE dist_audit DISABLE TRIGGER USER")
            cr.execute("DELETE FROM dist_audit WHERE action = 'test.worker'")
            cr.execute("ALTER TABLE dist_audit ENABLE TRIGGER USER")

    def test_two_workers_append_at_once_and_the_chain_holds(self):
        one, audit_one = self.cursor()
        two, audit_two = self.cursor()
        audit_one._record("test.worker", audit_one.env.user, "one")
        audit_two._record("test.worker", audit_two.env.user, "two")
        early, audit_early = self.cursor()
        two.commit()
        # the later id is committed first and sealed first; the earlier one follows
        seal, sealer = self.cursor()
        sealer._seal()
        seal.commit()
        one.commit()
        # this one began before anything was committed: it sees nothing to seal
        self.assertEqual(audit_early._seal(), 0)
        early.commit()
        audit_early._seal()
        early.commit()
        found = sealer.search([("action", "=", "test.worker")], order="seq")
        self.assertEqual(found.mapped("summary"), ["two", "one"])
        self.assertEqual(found[1].seq, found[0].seq + 1)
        self.assertEqual(found[1].previous, found[0].hash)
        self.assertEqual(sealer._check()[1], [])

    def test_sealer_with_an_old_view_of_the_table_seals_nothing_twice(self):
        one, audit = self.cursor()
        audit._record("test.worker", audit.env.user, "one")
        one.commit()
        _late, late_sealer = self.cursor()
        late_sealer.search_count([])
        seal, sealer = self.cursor()
        self.assertEqual(sealer._seal(), 1)
        self.assertEqual(late_sealer._seal(), 0, "one sealer at a time")
        seal.commit()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.SerializationFailure),
        ):
            late_sealer._seal()

    def test_what_is_rolled_back_leaves_no_entry(self):
        one, audit = self.cursor()
        audit._record("test.worker", audit.env.user, "never happened")
        one.rollback()
        self.assertFalse(audit.search([("action", "=", "test.worker")]))
