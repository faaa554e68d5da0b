"""What helped before is offered; what is late goes up; what is open is mailed."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..core.errors import BusinessError, DataError
from .common import DistCase, shipment


@tagged("post_install", "-at_install")
class TestCare(DistCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna, cls.ben, cls.lead = (
            new_test_user(
                cls.env,
                login,
                name=login.title(),
                groups=f"dist_connector_base.group_{role}",
                email=f"{login}@example.com",
            )
            for login, role in (
                ("anna", "operator"),
                ("ben", "reviewer"),
                ("lead", "reviewer"),
            )
        )
        cls.team = cls.env["dist.team"].create(
            {
                "name": "Desk",
                "leader_id": cls.lead.id,
                "member_ids": (cls.anna + cls.ben).ids,
            }
        )
        cls.env["dist.exception.rule"].search([]).unlink()
        cls.env["dist.exception.rule"].create(
            {"name": "all", "team_id": cls.team.id, "company_id": cls.env.company.id}
        )

    def failing(self, number, error=None):
        self.handler.faults = {number: error or BusinessError("no lot is set")}
        messages = self.arrive(shipment(number, f"R{number}"))
        self.handler.faults = {}
        return messages.exception_ids

    def solve(self, exception, user):
        exception.with_user(user).with_context(dist_no_wake=True).action_replay()
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual(exception.state, "resolved")

    # ----------------------------------------------------------- suggestion

    def test_a_new_cause_has_no_suggestion(self):
        exception = self.failing("S1")
        self.assertFalse(exception.suggestion)
        with self.assertRaises(UserError):
            exception.action_follow_suggestion()

    def test_what_helped_is_told_with_how_often_and_by_whom(self):
        self.solve(self.failing("S1"), self.anna)
        self.solve(self.failing("S2"), self.ben)
        self.solve(self.failing("S3"), self.ben)
        # the rarer way stands below
        self.failing("S5").with_user(self.ben)._accept("a test")
        exception = self.failing("S4")
        self.assertRegex(
            exception.suggestion, r"^Replayed: 3×, by Ben, Anna, last on \d{4}-"
        )
        self.assertEqual(exception.suggested_action, "replay")
        self.assertEqual(exception.state, "open", "it never acts by itself")
        self.assertEqual(exception.message_id.state, "exception")
        exception.with_user(self.anna).with_context(
            dist_no_wake=True
        ).action_follow_suggestion()
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual(exception.state, "resolved")

    def test_a_code_that_was_mapped_before_is_mapped_again_with_one_click(self):
        first = self.arrive(shipment("S1", "R1", carrier="Pigeon")).exception_ids
        first = first.with_user(self.ben).with_context(dist_no_wake=True)
        first._open_map("UPS")._apply()
        self.run_flow(self.flow("shipment_confirmation"))
        self.backend.code_map_ids.filtered(
            lambda row: row.partner_code == "Pigeon"
        ).unlink()
        second = self.arrive(shipment("S2", "R2", carrier="Pigeon")).exception_ids
        self.assertIn("Mapped the code (UPS): 1×, by Ben", second.suggestion)
        with self.assertRaises(AccessError):
            second.with_user(self.anna).action_follow_suggestion()
        second.with_user(self.ben).with_context(
            dist_no_wake=True
        ).action_follow_suggestion()
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual(second.state, "resolved")

    def test_what_was_accepted_before_is_accepted_for_the_same_reason(self):
        self.failing("S1").with_user(self.ben)._accept("a test of the partner")
        second = self.failing("S2")
        second.with_user(self.ben).action_follow_suggestion()
        self.assertEqual(
            (second.resolution, second.resolution_note),
            ("accepted", "a test of the partner"),
        )

    # ----------------------------------------------------------- escalation

    def test_what_is_too_late_goes_to_the_leader_once(self):
        late, early = self.failing("S1"), self.failing("S2")
        late.sla_deadline = "2020-01-01 00:00:00"
        before = late.severity_rank
        self.assertGreaterEqual(self.env["dist.exception"]._escalate_late(), 1)
        self.assertEqual(self.env["dist.exception"]._escalate_late(), 0)
        self.assertEqual(late.severity_rank, before + 1)
        self.assertEqual(late.activity_ids.user_id, self.lead)
        self.assertTrue(late.escalated_at)
        self.assertFalse(early.escalated_at)
        entries = self.env["dist.audit"].search(
            [("action", "=", "exception.escalate"), ("res_id", "=", late.id)]
        )
        self.assertEqual(len(entries), 1)

    def test_a_person_can_escalate_earlier(self):
        exception = self.failing("S1")
        exception.with_user(self.anna).action_escalate()
        self.assertEqual(exception.activity_ids.user_id, self.lead)
        self.assertIn("Anna", exception.message_ids[0].body)

    # --------------------------------------------------------------- digest

    def test_each_member_gets_one_mail_with_the_worst_first(self):
        many = self.env["dist.exception"]
        for number in range(3):
            many |= self.failing(f"L{number}", DataError("late", path="row"))
        worst = self.failing("S1")
        worst._raise_severity("critical")
        worst.sla_deadline = "2020-01-01 00:00:00"
        sent = self.env["mail.mail"].search([])
        self.env["dist.exception"]._cron_digest()
        mails = self.env["mail.mail"].search([("id", "not in", sent.ids)])
        to = [mail.email_to for mail in mails]
        for user in (self.anna, self.ben, self.lead):
            self.assertEqual(sum(user.email in address for address in to), 1)
        mail = mails.filtered(lambda m: self.anna.email in m.email_to)
        self.assertIn("4 exceptions are open, 1 of them too late", mail.subject)
        body = str(mail.body_html)
        self.assertIn("Critical", body)
        self.assertLess(body.index(worst.cause), body.index(many[0].cause))

    def test_a_team_without_summary_gets_none(self):
        self.failing("S1")
        self.team.digest = False
        users = self.env["dist.exception"]._digest_users()
        self.assertFalse(users & (self.anna + self.ben + self.lead))

    def test_nobody_reads_of_another_companys_exceptions(self):
        other = self.env["res.company"].create({"name": "Other company"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="dist_connector_base.group_operator",
            email="s@example.com",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.failing("S1")
        self.team.member_ids |= stranger
        values = self.env["dist.exception"]._digest_values(stranger)
        self.assertEqual(values["count"], 0)

    # -------------------------------------------------------------- filters

    def test_the_filters_find_mine_my_team_and_what_breaches_today(self):
        exception = self.failing("S1")
        find = self.env["dist.exception"].with_user(self.anna).search
        ours = [("id", "=", exception.id)]
        mine = [*ours, ("user_id", "=", self.anna.id)]
        self.assertFalse(find(mine))
        self.assertTrue(find([*ours, ("team_id.member_ids", "in", [self.anna.id])]))
        exception.user_id = self.anna
        self.assertTrue(find(mine))
        exception.sla_deadline = "2999-01-01 00:00:00"
        today = [*ours, ("sla_deadline", "<", "today +1d")]
        self.assertFalse(find(today))
        exception.sla_deadline = self.env.cr.now()
        self.assertTrue(find(today))

    def test_groups_have_labels_that_people_read(self):
        exception = self.failing("S1")
        for field, label in (
            ("error_class", "Business decision"),
            ("message_type", "Shipment confirmation"),
            ("cause", "Business decision: No lot is set"),
        ):
            with self.subTest(field):
                info = exception.fields_get([field])[field]
                value = exception[field]
                shown = dict(info.get("selection", [])).get(value, value)
                self.assertEqual(shown, label)
