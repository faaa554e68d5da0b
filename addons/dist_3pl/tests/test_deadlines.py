"""What warehouses owe us an answer to, and what they no longer do."""

from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.addons.dist_connector_base.pipeline import expect
from odoo.tests import tagged

from .common import ThirdPartyCase


@tagged("post_install", "-at_install")
class TestDeadlines(ThirdPartyCase):
    def asked(self):
        """Give an accepted delivery whose shipment is expected."""
        flow = self.backend._flow("fulfilment_request")
        self.env["dist.expectation.rule"].create(
            {
                "flow_id": flow.id,
                "code": "shipped",
                "name": "Not shipped.",
                "met_by": "shipment_confirmation",
                "amount": 2,
                "unit": "working_days",
            }
        )
        picking = self.accepted((self.tea, 5))
        self.env.flush_all()
        expect.note(self.env(su=True), flow, self.messages(picking).ids)
        expectation = self.env["dist.expectation"].search(
            [("res_model", "=", "stock.picking"), ("res_id", "=", picking.id)]
        )
        self.assertEqual(expectation.state, "open")
        return picking, expectation

    def test_a_cancel_that_the_partner_grants_ends_the_waiting(self):
        picking, expectation = self.asked()
        picking.action_cancel()
        self.assertEqual(expectation.state, "open", "it may still ship")
        self.answer(picking, Outcome.ACCEPTED, "fulfilment_cancel")
        self.assertEqual(expectation.state, "cancelled")

    def test_a_cancel_against_the_partners_will_ends_it_too(self):
        picking, expectation = self.asked()
        picking.action_cancel()
        picking.action_dist_cancel_here()
        self.assertEqual(expectation.state, "cancelled")

    def test_nobody_waits_for_what_the_partner_rejected(self):
        picking, expectation = self.asked()
        self.respond(picking, "rejected", reason="no stock")
        self.assertEqual(expectation.state, "cancelled")

    def test_shipped_profiles_name_their_deadlines(self):
        profile = self.env["dist.profile"].search([("code", "=", "csv_sftp")])[-1:]
        backend = self.env["dist.backend"].create(
            {"name": "CSV", "profile_id": profile.id}
        )
        rules = self.env["dist.expectation.rule"].search(
            [("backend_id", "=", backend.id)]
        )
        self.assertEqual(
            set(rules.mapped("code")),
            {
                "answered",
                "shipped",
                "cancel_answered",
                "change_answered",
                "advice_answered",
                "advice_cancel_answered",
                "hold_answered",
                "held_too_long",
                "release_answered",
                "released_shipped",
                "inventory_snapshot",
            },
        )
