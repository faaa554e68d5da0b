"""Settling differences: by a person in a role, or by the flow's policy."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .reconciliation import ReconciliationCase


@tagged("post_install", "-at_install")
class TestReconciliationActions(ReconciliationCase):
    def setUp(self):
        super().setUp()
        self.policy.drift_value_limit = 10
        self.operator = self.user("operator", "olga")
        self.reviewer = self.user("reviewer", "rita")

    def differ(self, reference="A", by=1, also=()):
        """Give the run in which some references differ by so many pieces."""
        names = (reference, *also)
        return self.compare(
            ours=[(name, 50) for name in names],
            theirs=[(name, 50 - by) for name in names],
        )

    def audits(self, action):
        return self.env["dist.audit"].search(
            [("action", "=", f"reconciliation.{action}")]
        )

    # -------------------------------------------------------------- persons

    def test_an_operator_adopts_what_is_worth_little(self):
        self.differ()
        self.line("A").with_user(self.operator)._settle("adopt", reason="counted")
        line = self.line("A")
        self.assertEqual(self.source.done, [("adopt", "A", "counted")])
        self.assertEqual((line.state, line.acted_by_id), ("done", self.operator))

    def test_what_is_worth_much_waits_for_another_reviewer(self):
        self.differ(by=11)
        self.line("A").with_user(self.reviewer)._settle("adopt", reason="counted")
        self.assertEqual((self.line("A").state, self.source.done), ("approval", []))
        with self.assertRaises(AccessError):
            self.line("A").with_user(self.operator).action_approve()
        with self.assertRaisesRegex(UserError, "another reviewer"):
            self.line("A").with_user(self.reviewer).action_approve()
        second = self.user("reviewer", "rolf")
        self.line("A").with_user(second).action_approve()
        self.assertEqual(self.source.done, [("adopt", "A", "counted")])
        self.assertEqual(self.line("A").state, "done")

    def test_an_unknown_value_needs_a_reviewer(self):
        self.source.price = 0
        self.differ()
        self.line("A").with_user(self.operator)._settle("adopt", reason="counted")
        self.assertEqual(self.line("A").state, "approval")

    def test_an_empty_limit_means_always_a_reviewer(self):
        self.policy.drift_value_limit = 0
        self.differ()
        self.line("A").with_user(self.operator)._settle("adopt", reason="counted")
        self.assertEqual(self.line("A").state, "approval")

    def test_a_refused_adoption_is_open_again(self):
        self.differ(by=11)
        self.line("A").with_user(self.operator)._settle("adopt", reason="counted")
        self.line("A").with_user(self.reviewer).action_refuse()
        self.assertEqual((self.line("A").state, self.source.done), ("open", []))

    def test_accepting_takes_a_reviewer_and_a_reason(self):
        self.differ()
        with self.assertRaises(AccessError):
            self.line("A").with_user(self.operator)._settle("accept", reason="so be it")
        with self.assertRaisesRegex(UserError, "Say why"):
            self.line("A").with_user(self.reviewer)._settle("accept", reason=" ")
        self.line("A").with_user(self.reviewer)._settle("accept", reason="sample")
        self.assertEqual(self.line("A").state, "accepted")
        self.assertFalse(self.line("A").reconciliation_id.open_count)

    def test_republish_and_recount_ask_the_partner(self):
        self.differ(also=["B"])
        self.line("A").with_user(self.operator)._settle("republish")
        self.line("B").with_user(self.operator)._settle("recount")
        self.assertEqual(self.source.done, [("republish", "A"), ("recount", "B")])
        self.assertEqual(
            (self.line("A").state, self.line("A").note), ("asked", "asked again")
        )

    def test_an_operator_takes_a_difference_or_gives_it_away(self):
        self.differ()
        self.line("A").with_user(self.operator).action_take()
        self.assertEqual(self.line("A").user_id, self.operator)
        self.line("A").with_user(self.operator)._settle("assign", user=self.reviewer)
        self.assertEqual(self.line("A").user_id, self.reviewer)

    def test_chosen_differences_open_one_exception(self):
        self.differ(also=["B"])
        chosen = self.line("A") + self.line("B")
        chosen.with_user(self.operator)._settle("exception", reason="ask Bob")
        self.assertEqual(len(chosen.exception_id), 1)
        self.assertIn("2 differences", chosen.exception_id.name)
        self.assertNotEqual(chosen.exception_id, chosen.reconciliation_id.exception_id)

    def test_an_auditor_changes_nothing(self):
        self.differ()
        auditor = self.user("auditor", "aude")
        self.assertTrue(self.line("A").with_user(auditor).ours)
        for action in (
            "adopt",
            "republish",
            "recount",
            "accept",
            "assign",
            "exception",
        ):
            with self.assertRaises(AccessError):
                self.line("A").with_user(auditor)._settle(action, reason="x")

    def test_nobody_writes_a_difference_directly(self):
        self.differ()
        with self.assertRaises(AccessError):
            self.line("A").with_user(self.reviewer).write({"state": "accepted"})

    def test_other_companies_differences_are_out_of_reach(self):
        self.differ()
        company = self.env["res.company"].create({"name": "Other"})
        stranger = self.user("reviewer", "sam")
        stranger.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        with self.assertRaises(AccessError):
            self.line("A").with_user(stranger)._settle("accept", reason="x")

    def test_what_the_source_does_not_allow_is_refused(self):
        self.differ()
        self.source.allowed = ("accept",)
        with self.assertRaisesRegex(UserError, "does not allow"):
            self.line("A")._settle("adopt", reason="x")

    def test_an_older_run_is_not_settled_any_more(self):
        first = self.differ()
        self.differ()
        with self.assertRaisesRegex(UserError, "does not allow"):
            first.line_ids._settle("adopt", reason="x")

    def test_every_action_is_audited(self):
        self.differ(also=["B"])
        self.line("A").with_user(self.operator)._settle("adopt", reason="counted")
        self.line("B").with_user(self.operator)._settle("recount")
        self.assertEqual(self.audits("adopt").user_id, self.operator)
        self.assertEqual(len(self.audits("recount")), 1)
        self.assertTrue(self.audits("run"))

    # --------------------------------------------------------------- wizard

    def test_the_wizard_says_what_is_at_stake_and_does_it(self):
        self.differ(also=["B"], by=4)
        lines = self.line("A") + self.line("B")
        action = lines.with_user(self.operator).action_settle()
        wizard = self.env[action["res_model"]].with_user(self.operator)
        wizard = wizard.browse(action["res_id"])
        self.assertEqual((wizard.line_count, wizard.value), (2, 8))
        self.assertEqual(wizard.approval_count, 0)
        wizard.reason = "counted"
        wizard.action_apply()
        self.assertEqual(set(lines.mapped("state")), {"done"})

    # --------------------------------------------------------------- policy

    def test_without_a_policy_a_person_is_asked(self):
        self.differ()
        self.assertEqual((self.line("A").state, self.source.done), ("open", []))

    def test_the_policy_adopts_by_kind_up_to_the_limit(self):
        self.policy.write({"system_of_record": "theirs", "drift_different": "adopt"})
        self.compare(
            ours=[("CHEAP", 50), ("DEAR", 50), ("GONE", 5)],
            theirs=[("CHEAP", 49), ("DEAR", 10)],
        )
        self.assertEqual([done[:2] for done in self.source.done], [("adopt", "CHEAP")])
        cheap = self.line("CHEAP")
        self.assertEqual((cheap.state, cheap.automatic), ("done", True))
        self.assertEqual(cheap.action, "adopt")
        self.assertEqual(self.line("DEAR").state, "open")
        self.assertEqual(self.line("GONE").state, "open")

    def test_the_policy_republishes(self):
        self.policy.write({"system_of_record": "ours", "drift_missing": "republish"})
        self.compare(ours=[("A", 5)], theirs=[])
        self.assertEqual(self.source.done, [("republish", "A")])
        self.assertEqual(self.line("A").state, "asked")
        self.assertTrue(self.line("A").automatic)

    def test_late_differences_are_left_alone(self):
        self.policy.drift_different = "adopt"
        self.source.way = [("A", 1, 0)]
        self.differ()
        self.assertEqual(self.source.done, [])

    def test_a_line_that_cannot_be_adopted_says_why_and_stays_open(self):
        self.policy.drift_different = "adopt"
        self.source.refused = {"A"}
        self.differ(also=["B"])
        self.assertEqual(self.line("A").state, "open")
        self.assertIn("period is closed", self.line("A").note)
        self.assertEqual(self.line("B").state, "done")

    def test_a_policy_cannot_contradict_the_system_of_record(self):
        with self.assertRaises(ValidationError):
            self.policy.write({"system_of_record": "ours", "drift_extra": "adopt"})
        with self.assertRaises(ValidationError):
            self.policy.write(
                {"system_of_record": "theirs", "drift_extra": "republish"}
            )

    def test_a_daily_flow_is_compared_once_a_day(self):
        self.policy.recon_when = "daily"
        source = self.env["dist.reconciliation.source"]
        source = source.with_context()
        type(source)._dist_message_type = "shipment_confirmation"
        self.addCleanup(setattr, type(source), "_dist_message_type", "")
        self.assertIn(self.backend, source._due())
        self.differ()
        self.assertNotIn(self.backend, source._due())
