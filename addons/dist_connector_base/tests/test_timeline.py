"""Milestones are written by the run that reaches them, and read by everybody."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..pipeline.timeline import Milestone
from .common import DistCase, shipment

#: Who may do what: r(ead), w(rite); nobody creates or deletes any.
RIGHTS = {
    "dist.milestone": {"base.group_user": "r", "group_manager": "r"},
    "dist.timeline": {"base.group_user": "r", "group_manager": "r"},
    "dist.correlation": {"base.group_user": "", "group_operator": "r"},
    "dist.expectation": {"base.group_user": "", "group_auditor": "r"},
    "dist.expectation.rule": {"group_operator": "r", "group_manager": "rw"},
}


@tagged("post_install", "-at_install")
class TestTimeline(DistCase):
    def stones(self, message):
        return self.env["dist.milestone"].search([("message_id", "=", message.id)])

    def test_what_a_run_reaches_is_noted_with_its_message(self):
        self.handler.milestones = {
            "stored": Milestone("requested"),
            "accepted": Milestone("acknowledged", note="at once"),
            "rejected": Milestone("rejected"),
        }
        self.partner.script = [(201, {"id": 1}), (422, {"reason": "no"})]
        taken, refused = self.send("R1", "R2")
        self.assertEqual(
            self.stones(taken).mapped("kind"), ["requested", "acknowledged"]
        )
        self.assertEqual(self.stones(taken)[1].note, "at once")
        self.assertEqual(self.stones(taken)[0].reference, "R1")
        self.assertEqual(self.stones(refused).mapped("kind"), ["requested", "rejected"])

    def test_what_comes_is_noted_when_it_had_its_effect(self):
        self.handler.milestones = {"applied": Milestone("shipped")}
        message = self.arrive(shipment())
        self.assertEqual(self.stones(message).kind, "shipped")
        self.assertEqual(self.stones(message).correlation, message.correlation)

    def test_what_a_flow_in_shadow_prepares_is_no_step_of_the_case(self):
        self.handler.milestones = {"stored": Milestone("requested")}
        flow = self.flow("fulfilment_request")
        self.env["dist.expectation.rule"].create(
            {"flow_id": flow.id, "code": "x", "name": "No.", "when": "stored"}
        )
        flow.mode = "shadow"
        hidden = self.send("R1", run=False)
        flow.mode = "live"
        shown = self.send("R2", run=False)
        self.assertFalse(self.stones(hidden))
        self.assertTrue(self.stones(shown))
        opened = self.env["dist.expectation"].search([("flow_id", "=", flow.id)])
        self.assertEqual(opened.message_id, shown)

    def test_a_replay_notes_nothing_a_second_time(self):
        self.handler.milestones = {"applied": Milestone("shipped")}
        message = self.arrive(shipment())
        message.write({"state": "received", "next_try_at": "2020-01-01 00:00:00"})
        self.env.flush_all()
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual(message.state, "done")
        self.assertEqual(len(self.stones(message)), 1)

    def test_each_role_has_its_rights_and_no_more(self):
        for model, rights in RIGHTS.items():
            for group, letters in rights.items():
                xml_id = group if "." in group else f"dist_connector_base.{group}"
                user = new_test_user(self.env, f"{model} {group}", groups=xml_id)
                for verb in ("read", "write", "create", "unlink"):
                    with self.subTest(model=model, group=group, verb=verb):
                        allowed = self.env[model].with_user(user).has_access(verb)
                        self.assertEqual(allowed, verb[0] in letters)

    def test_companies_do_not_see_each_others_expectations_and_numbers(self):
        other = self.env["res.company"].create({"name": "Other company"})
        user = new_test_user(
            self.env,
            "elsewhere",
            groups="dist_connector_base.group_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        message = self.send("R1", run=False)
        rule = self.env["dist.expectation.rule"].create(
            {"flow_id": message.flow_id.id, "code": "x", "name": "Nothing came."}
        )
        number = self.env["dist.correlation"].create(
            {
                "kind": "file",
                "value": "F1",
                "message_id": message.id,
                "company_id": message.company_id.id,
            }
        )
        for record in (rule, number):
            found = record.with_user(user).search([("id", "in", record.ids)])
            self.assertFalse(found)
            with self.assertRaises(AccessError):
                record.with_user(user).read(["display_name"])
