"""What a partner says of holds in its own time: its answers, and its own holds."""

from odoo.addons.dist_connector_base.core.canonical import FulfilmentResponse
from odoo.addons.dist_connector_base.core.profile.inbound import _own_key
from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.tests import tagged

from .common import Arrived
from .common_hold import HoldCase


@tagged("post_install", "-at_install")
class TestHoldAnswers(HoldCase):
    answers = "later"

    def asked(self):
        """Give a delivery whose hold stands in the partner's folder."""
        picking = self.delivery((self.tea, 5))
        self.answer(picking, Outcome.ACCEPTED)
        self.messages(picking).state = "waiting"
        self.respond(picking, "accepted", remote_id="W-1")
        self.hold(picking)
        self.send(picking, "fulfilment_hold")
        return picking

    def send(self, picking, message_type):
        self.answer(picking, Outcome.ACCEPTED, message_type)
        self.messages(picking, message_type)[-1].state = "waiting"

    def test_a_file_that_was_taken_is_no_consent(self):
        self.assertEqual(self.asked().dist_hold_state, "asked")

    def test_the_partner_agrees(self):
        picking = self.asked()
        self.respond(picking, "on_hold", hold_key=picking._dist_hold_key())
        self.assertEqual(picking.dist_hold_state, "held")
        self.assertEqual(self.messages(picking, "fulfilment_hold").state, "done")

    def test_the_partner_refuses(self):
        picking = self.asked()
        arrived = self.respond(picking, "hold_refused", reason="packed")
        self.assertEqual(
            (picking.dist_hold_state, picking.dist_hold_reason), ("refused", "packed")
        )
        self.assertIn("refused to hold", arrived.warnings[0].message)
        self.assertEqual(self.messages(picking, "fulfilment_hold").state, "done")

    def test_a_release_is_answered(self):
        picking = self.asked()
        self.respond(picking, "on_hold")
        self.release(picking)
        self.send(picking, "fulfilment_release")
        self.assertEqual(picking.dist_hold_state, "release_asked")
        arrived = self.respond(picking, "released")
        self.assertEqual(picking.dist_hold_state, "none")
        self.assertFalse(arrived.warnings)
        self.assertEqual(self.messages(picking, "fulfilment_release").state, "done")

    def test_a_release_is_refused(self):
        picking = self.asked()
        self.respond(picking, "on_hold")
        self.release(picking)
        self.send(picking, "fulfilment_release")
        arrived = self.respond(picking, "release_refused", reason="unpaid")
        self.assertEqual(picking.dist_hold_state, "release_refused")
        self.assertEqual(len(arrived.warnings), 1)

    def test_a_hold_refused_after_the_release_was_asked_changes_nothing(self):
        picking = self.asked()
        self.release(picking)
        self.assertEqual(picking.dist_hold_state, "release_asked")
        arrived = self.respond(picking, "hold_refused", reason="packed")
        self.assertEqual(picking.dist_hold_state, "none")
        self.assertFalse(arrived.warnings)
        self.assertEqual(
            self.messages(picking, "fulfilment_release").state, "cancelled"
        )

    def test_a_hold_granted_after_the_release_was_asked_waits_for_its_answer(self):
        picking = self.asked()
        self.release(picking)
        self.respond(picking, "on_hold")
        self.assertEqual(picking.dist_hold_state, "release_asked")
        self.assertEqual(self.messages(picking, "fulfilment_hold").state, "done")

    def test_a_part_that_left_before_the_answer_leaves_the_question_open(self):
        picking = self.asked()
        self.ship(picking, (picking.move_ids, 3), completes_request=False)
        backorder = picking.backorder_ids
        self.assertEqual(backorder.dist_hold_state, "asked")
        self.assertEqual(self.messages(picking, "fulfilment_hold").state, "waiting")
        self.respond(backorder, "on_hold")
        self.assertEqual(backorder.dist_hold_state, "held")
        self.assertEqual(self.messages(picking, "fulfilment_hold").state, "done")

    def test_a_hold_is_closed_with_the_request_that_was_shipped(self):
        picking = self.asked()
        self.ship_in_full(picking)
        message = self.messages(picking, "fulfilment_hold")
        self.assertEqual(
            (message.state, message.note), ("done", "The request is over.")
        )

    # ------------------------------------------------------- on its own

    def accepted_later(self):
        picking = self.delivery((self.tea, 5))
        self.answer(picking, Outcome.ACCEPTED)
        self.respond(picking, "accepted")
        return picking

    def test_the_partner_holds_on_its_own_and_lets_go(self):
        picking = self.accepted_later()
        self.respond(
            picking,
            "on_hold",
            reason="address check",
            responded_at="2026-03-02T10:00:00Z",
        )
        self.assertEqual(
            (picking.dist_hold_state, picking.dist_hold_reason, picking.dist_state),
            ("partner", "address check", "accepted"),
        )
        self.assertEqual(str(picking.dist_hold_at), "2026-03-02 10:00:00")
        self.respond(picking, "released", responded_at="2026-03-02T11:00:00Z")
        self.assertEqual(
            (picking.dist_hold_state, picking.dist_reason), ("none", False)
        )

    def test_work_that_goes_on_ends_the_partners_hold(self):
        picking = self.accepted_later()
        self.respond(picking, "on_hold", reason="address check")
        self.respond(picking, "accepted")
        self.assertEqual(picking.dist_hold_state, "none")

    def test_an_acceptance_that_is_older_than_the_hold_ends_nothing(self):
        picking = self.accepted_later()
        self.respond(picking, "on_hold", responded_at="2026-03-02T10:00:00Z")
        self.respond(picking, "accepted", responded_at="2026-03-02T09:00:00Z")
        self.assertEqual(picking.dist_hold_state, "partner")

    def test_a_partner_that_releases_what_we_hold_is_an_exception(self):
        picking = self.asked()
        self.respond(picking, "on_hold")
        arrived = self.respond(picking, "released")
        self.assertIn("released what we had held", arrived.warnings[0].message)
        self.assertEqual(picking.dist_hold_state, "none")

    def test_two_holds_of_one_order_are_two_messages(self):
        keys = {
            _own_key(
                FulfilmentResponse.parse(
                    {"request_key": "R", "status": "on_hold", "responded_at": at}
                )
            )
            for at in ("2026-03-02T10:00:00Z", "2026-03-03T10:00:00Z")
        }
        self.assertEqual(len(keys), 2)

    def test_a_hold_of_what_has_shipped_changes_nothing(self):
        picking = self.asked()
        self.ship_in_full(picking)
        self.assertEqual(picking.dist_hold_state, "none")
        self.env["dist.handler.fulfilment_response"]._apply(
            [
                Arrived(
                    picking.dist_backend_id,
                    FulfilmentResponse.parse(
                        {
                            "request_key": picking.dist_request_key,
                            "status": "hold_refused",
                        }
                    ),
                )
            ]
        )
        self.assertEqual((picking.state, picking.dist_hold_state), ("done", "none"))
