"""What a partner says to a request in its own time."""

from odoo.addons.dist_connector_base.core.errors import BusinessError
from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.tests import tagged

from .common import ThirdPartyCase


@tagged("post_install", "-at_install")
class TestResponse(ThirdPartyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.dist_backend_id = cls.make_backend("File house", answer="later")

    def sent(self, *lines):
        """Give a delivery whose request stands in the partner's folder."""
        picking = self.delivery(*lines)
        self.answer(picking, Outcome.ACCEPTED)
        self.messages(picking).state = "waiting"
        return picking

    def test_a_file_that_was_taken_is_sent_and_not_accepted(self):
        self.assertEqual(self.sent((self.tea, 5)).dist_state, "sent")

    def test_accepted(self):
        picking = self.sent((self.tea, 5))
        arrived = self.respond(picking, "accepted", remote_id="W-1")
        self.assertEqual(
            (picking.dist_state, picking.dist_remote_id), ("accepted", "W-1")
        )
        self.assertEqual(self.messages(picking).state, "done")
        self.assertEqual(arrived.linked, picking)

    def test_rejected(self):
        picking = self.sent((self.tea, 5))
        arrived = self.respond(picking, "rejected", reason_code="STOCK", reason="none")
        self.assertEqual((picking.state, picking.dist_state), ("assigned", "rejected"))
        self.assertEqual(picking.dist_reason, "[STOCK] none")
        self.assertIsInstance(arrived.warnings[0], BusinessError)

    def test_on_hold_shows_why(self):
        picking = self.sent((self.tea, 5))
        self.respond(picking, "on_hold", reason="address check")
        self.assertEqual(picking.dist_state, "accepted")
        self.assertEqual(picking.dist_reason, "address check")

    def test_an_acceptance_that_comes_late_takes_nothing_back(self):
        picking = self.sent((self.tea, 5))
        picking.action_cancel()
        self.respond(picking, "accepted", remote_id="W-1")
        self.assertEqual(picking.dist_state, "cancel_pending")

    def test_a_cancel_waits_behind_the_request_until_the_partner_has_answered(self):
        picking = self.sent((self.tea, 5))
        picking.action_cancel()
        cancel = self.messages(picking, "fulfilment_cancel")
        cancel.write(
            {"state": "waiting", "note": f"behind message {self.messages(picking).id}"}
        )
        self.respond(picking, "accepted", remote_id="W-1")
        self.assertEqual(
            (self.messages(picking).state, cancel.state), ("done", "ready")
        )

    def test_cancelled(self):
        picking = self.sent((self.tea, 5))
        picking.action_cancel()
        self.answer(picking, Outcome.ACCEPTED, "fulfilment_cancel")
        self.assertEqual(
            (picking.state, picking.dist_state), ("assigned", "cancel_pending")
        )
        self.messages(picking, "fulfilment_cancel").state = "waiting"
        self.respond(picking, "cancelled")
        self.assertEqual(self.messages(picking, "fulfilment_cancel").state, "done")
        self.assertEqual((picking.state, picking.dist_state), ("cancel", "cancelled"))

    def test_cancel_refused(self):
        picking = self.sent((self.tea, 5))
        picking.action_cancel()
        arrived = self.respond(picking, "cancel_refused", reason="packed")
        self.assertEqual(
            (picking.state, picking.dist_state), ("assigned", "cancel_refused")
        )
        self.assertEqual(len(arrived.warnings), 1)

    def test_a_cancel_that_nobody_here_asked_for_is_like_a_rejection(self):
        picking = self.sent((self.tea, 5))
        arrived = self.respond(picking, "cancelled", reason="out of stock")
        self.assertEqual((picking.state, picking.dist_state), ("assigned", "rejected"))
        self.assertEqual(len(arrived.warnings), 1)

    def test_a_rejection_of_what_has_shipped_is_for_a_person(self):
        picking = self.sent((self.tea, 5))
        self.ship_in_full(picking)
        self.assertEqual(self.messages(picking).state, "done")
        with self.assertRaisesRegex(BusinessError, "shipped already"):
            self.respond(picking, "rejected", reason="no")

    def test_an_unknown_request_is_refused(self):
        picking = self.sent((self.tea, 5))
        with self.assertRaises(BusinessError) as caught:
            self.respond(picking, "accepted", request_key="OUT-0")
        self.assertEqual(caught.exception.path, "request_key")
