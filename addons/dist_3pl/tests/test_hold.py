"""Holding back what a partner was asked to ship, or is to be asked."""

from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .common_hold import HoldCase


@tagged("post_install", "-at_install")
class TestHold(HoldCase):
    def held(self, *lines, **values):
        """Give a delivery that the partner keeps back for us."""
        picking = self.accepted(*lines)
        self.hold(picking, **values)
        self.answer(picking, Outcome.ACCEPTED, "fulfilment_hold")
        return picking

    # ------------------------------------------------- before it was asked for

    def test_before_the_request_left_it_waits_here_and_nothing_goes_out(self):
        picking = self.delivery((self.tea, 5))
        self.hold(picking)
        self.assertEqual(
            (picking.dist_hold_state, picking.dist_state), ("waiting", "none")
        )
        self.assertEqual(self.messages(picking).state, "cancelled")
        self.assertFalse(self.messages(picking, "fulfilment_hold"))
        picking.do_unreserve()
        picking.action_assign()
        self.commit()
        self.assertEqual(len(self.messages(picking)), 1)

    def test_a_delivery_that_is_not_ready_yet_can_be_held(self):
        scarce = self.make_product("SCARCE")
        picking = self.delivery((scarce, 500))
        self.assertEqual(picking.state, "confirmed")
        self.hold(picking)
        self.put_in_stock(scarce, 500)
        picking.action_assign()
        self.commit()
        self.assertEqual((picking.state, picking.dist_state), ("assigned", "none"))
        self.assertFalse(self.messages(picking))

    def test_what_waited_here_is_asked_for_when_it_is_released(self):
        picking = self.delivery((self.tea, 5))
        self.hold(picking)
        self.release(picking)
        self.assertEqual(
            (picking.dist_hold_state, picking.dist_state), ("none", "queued")
        )
        old, new = self.messages(picking)
        self.assertEqual((old.state, new.state), ("cancelled", "ready"))
        self.assertFalse(self.messages(picking, "fulfilment_release"))

    def test_what_is_held_here_cannot_be_asked_for_by_hand(self):
        picking = self.delivery((self.tea, 5))
        self.hold(picking)
        picking._dist_write({"dist_state": "blocked"})
        with self.assertRaisesRegex(UserError, "Release it first"):
            picking.action_dist_request_again()

    def test_what_is_held_here_is_cancelled_without_a_word_to_the_partner(self):
        picking = self.delivery((self.tea, 5))
        self.hold(picking)
        picking.action_cancel()
        self.commit()
        self.assertEqual((picking.state, picking.dist_hold_state), ("cancel", "none"))
        self.assertFalse(self.messages(picking, "fulfilment_cancel"))

    # ------------------------------------------------------- at the partner

    def test_after_it_left_the_partner_is_asked_and_told_why(self):
        picking = self.accepted((self.tea, 5))
        self.hold(picking, "address", note="call first", keep_stock=False)
        message = self.messages(picking, "fulfilment_hold")
        self.assertEqual(picking.dist_hold_state, "asked")
        self.assertEqual(message.partition, picking.dist_request_key)
        for part in (
            '"reason_code":"address"',
            '"reason":"call first"',
            '"keep_stock":false',
            '"remote_id":"77"',
        ):
            self.assertIn(part, message.canonical)

    def test_the_partner_agrees(self):
        picking = self.held((self.tea, 5))
        self.assertEqual(
            (picking.dist_hold_state, picking.dist_state), ("held", "accepted")
        )
        self.assertEqual(picking.state, "assigned")

    def test_the_partner_refuses_and_says_why(self):
        picking = self.accepted((self.tea, 5))
        self.hold(picking)
        self.answer(picking, Outcome.REJECTED, "fulfilment_hold", message="packed")
        self.assertEqual(
            (picking.dist_hold_state, picking.dist_hold_reason), ("refused", "packed")
        )
        self.hold(picking)
        first, second = self.messages(picking, "fulfilment_hold")
        self.assertEqual((first.state, second.state), ("cancelled", "ready"))
        self.assertNotEqual(first.key, second.key)

    def test_a_refused_hold_does_not_stand_before_a_cancel(self):
        picking = self.accepted((self.tea, 5))
        self.hold(picking)
        self.answer(picking, Outcome.REJECTED, "fulfilment_hold")
        picking.action_cancel()
        self.assertEqual(self.messages(picking, "fulfilment_hold").state, "cancelled")
        self.assertEqual(picking.dist_state, "cancel_pending")

    def test_a_hold_of_a_request_on_its_way_leaves_once_its_number_is_known(self):
        picking = self.delivery((self.tea, 5))
        self.leave(self.messages(picking))
        self.hold(picking)
        self.assertEqual(picking.dist_hold_state, "asked")
        self.assertFalse(self.messages(picking, "fulfilment_hold"))
        self.answer(picking, Outcome.ACCEPTED, remote_id="80")
        self.assertIn(
            '"remote_id":"80"', self.messages(picking, "fulfilment_hold").canonical
        )

    def test_a_hold_that_was_withdrawn_before_its_request_arrived_is_never_sent(self):
        picking = self.delivery((self.tea, 5))
        self.leave(self.messages(picking))
        self.hold(picking)
        self.release(picking)
        self.answer(picking, Outcome.ACCEPTED, remote_id="80")
        self.assertEqual(picking.dist_hold_state, "none")
        self.assertFalse(self.messages(picking, "fulfilment_hold"))

    def test_a_rejected_request_takes_its_hold_along(self):
        picking = self.delivery((self.tea, 5))
        self.leave(self.messages(picking))
        self.hold(picking)
        self.answer(picking, Outcome.REJECTED, message="no")
        self.assertEqual(
            (picking.dist_state, picking.dist_hold_state), ("rejected", "none")
        )

    def test_what_is_shipped_cannot_be_held(self):
        picking = self.accepted((self.tea, 5))
        self.ship_in_full(picking)
        self.assertFalse(picking.dist_can_hold)
        with self.assertRaises(UserError):
            picking.action_dist_hold()

    def test_what_is_about_to_be_cancelled_cannot_be_held(self):
        picking = self.accepted((self.tea, 5))
        picking.action_cancel()
        with self.assertRaisesRegex(UserError, "cancel asked"):
            picking.action_dist_hold()

    def test_no_hold_is_offered_where_the_partner_takes_none(self):
        picking = self.accepted((self.tea, 5))
        self.assertTrue(picking.dist_can_hold)
        self.backend._flow("fulfilment_hold").active = False
        picking.invalidate_recordset()
        self.assertFalse(picking.dist_can_hold)
        with self.assertRaisesRegex(UserError, "takes no holds"):
            picking.action_dist_hold()

    # -------------------------------------------------------------- release

    def test_a_release_goes_after_the_hold_and_ends_it(self):
        picking = self.held((self.tea, 5))
        self.release(picking)
        release = self.messages(picking, "fulfilment_release")
        self.assertEqual(picking.dist_hold_state, "release_asked")
        self.assertEqual(release.partition, picking.dist_request_key)
        self.assertNotEqual(release.key, self.messages(picking, "fulfilment_hold").key)
        self.answer(picking, Outcome.ACCEPTED, "fulfilment_release")
        self.assertEqual(
            (picking.dist_hold_state, picking.dist_state), ("none", "accepted")
        )
        self.assertFalse(picking.dist_hold_code)

    def test_a_refused_release_can_be_asked_again(self):
        picking = self.held((self.tea, 5))
        self.release(picking)
        self.answer(picking, Outcome.REJECTED, "fulfilment_release", message="busy")
        self.assertEqual(
            (picking.dist_hold_state, picking.dist_hold_reason),
            ("release_refused", "busy"),
        )
        self.release(picking)
        self.assertEqual(picking.dist_hold_state, "release_asked")
        self.assertEqual(
            self.messages(picking, "fulfilment_release").mapped("state"),
            ["cancelled", "ready"],
        )

    def test_a_hold_that_has_not_left_is_taken_back_without_a_word(self):
        picking = self.accepted((self.tea, 5))
        self.hold(picking)
        self.release(picking)
        self.assertEqual(picking.dist_hold_state, "none")
        self.assertEqual(self.messages(picking, "fulfilment_hold").state, "cancelled")
        self.assertFalse(self.messages(picking, "fulfilment_release"))

    def test_nothing_is_released_that_is_not_held(self):
        picking = self.accepted((self.tea, 5))
        with self.assertRaisesRegex(UserError, "not held"):
            picking.action_dist_release()

    # ---------------------------------------------------------------- stock

    def test_freed_stock_goes_to_other_orders_until_the_release(self):
        picking = self.held((self.tea, 5), keep_stock=False)
        self.assertEqual(picking.state, "confirmed")
        picking.action_assign()
        self.assertFalse(picking.move_ids.quantity)
        self.release(picking)
        self.assertEqual(
            (picking.state, picking.dist_hold_state), ("assigned", "release_asked")
        )

    def test_stock_is_kept_until_the_partner_agrees_to_hold(self):
        picking = self.accepted((self.tea, 5))
        self.hold(picking, keep_stock=False)
        self.assertEqual(picking.state, "assigned")

    def test_a_release_without_stock_is_refused(self):
        picking = self.held((self.tea, 5), keep_stock=False)
        self.delivery((self.tea, 98))
        with self.assertRaisesRegex(UserError, "went to other orders"):
            picking.action_dist_release()

    # --------------------------------------------------- cancel and shipment

    def test_what_is_held_can_be_cancelled(self):
        picking = self.held((self.tea, 5))
        picking.action_cancel()
        self.answer(picking, Outcome.ACCEPTED, "fulfilment_cancel")
        self.assertEqual(
            (picking.state, picking.dist_state, picking.dist_hold_state),
            ("cancel", "cancelled", "none"),
        )

    def test_a_cancel_overtakes_a_hold_that_has_not_left(self):
        picking = self.accepted((self.tea, 5))
        self.hold(picking)
        picking.action_cancel()
        self.assertEqual(self.messages(picking, "fulfilment_hold").state, "cancelled")
        self.assertEqual(self.messages(picking, "fulfilment_cancel").state, "ready")

    def test_a_held_order_that_the_partner_shipped_is_booked_and_told(self):
        picking = self.held((self.tea, 5))
        arrived = self.ship_in_full(picking)
        self.assertEqual(
            (picking.state, picking.dist_state, picking.dist_hold_state),
            ("done", "shipped", "none"),
        )
        self.assertIn("had on hold for us", arrived.warnings[0].message)

    def test_a_shipment_of_held_goods_whose_stock_was_freed_is_booked(self):
        picking = self.held((self.tea, 5), keep_stock=False)
        arrived = self.ship(picking, (picking.move_ids, 5))
        self.assertEqual((picking.state, picking.move_ids.quantity), ("done", 5))
        self.assertEqual(len(arrived.warnings), 1)

    def test_a_shipment_after_the_release_is_no_exception(self):
        picking = self.held((self.tea, 5))
        self.release(picking)
        self.assertFalse(self.ship_in_full(picking).warnings)
        self.assertEqual(
            self.messages(picking, "fulfilment_release").state, "cancelled"
        )

    def test_the_rest_of_a_held_order_stays_held_under_the_same_request(self):
        picking = self.held((self.tea, 5))
        self.ship(picking, (picking.move_ids, 3), completes_request=False)
        backorder = picking.backorder_ids
        self.assertEqual(backorder.dist_hold_state, "held")
        self.release(backorder)
        self.answer(backorder, Outcome.ACCEPTED, "fulfilment_release")
        self.assertEqual(backorder.dist_hold_state, "none")

    def test_the_rest_of_a_held_order_that_was_closed_waits_here(self):
        picking = self.held((self.tea, 5))
        self.ship(picking, (picking.move_ids, 3))
        backorder = picking.backorder_ids
        self.assertEqual(
            (backorder.dist_hold_state, backorder.dist_state), ("waiting", "none")
        )
        self.assertFalse(self.messages(backorder))
        self.release(backorder)
        self.assertEqual(len(self.messages(backorder)), 1)

    # ------------------------------------------------------ people and time

    def test_the_audit_says_who_held_and_who_released(self):
        picking = self.held((self.tea, 5))
        self.release(picking)
        rows = self.env["dist.audit"].search(
            [("res_model", "=", "stock.picking"), ("res_id", "=", picking.id)]
        )
        self.assertEqual(
            set(rows.mapped("action")), {"delivery.hold", "delivery.release"}
        )

    def test_only_people_who_work_with_partners_hold_and_release(self):
        picking = self.held((self.tea, 5))
        clerk = new_test_user(self.env, "clerk", groups="stock.group_stock_user")
        for action in ("action_dist_hold", "action_dist_release"):
            with self.assertRaises(AccessError):
                getattr(picking.with_user(clerk), action)()

    def test_the_timeline_names_the_hold(self):
        picking = self.held((self.tea, 5))
        self.release(picking)
        kinds = self.env["dist.milestone"].search(
            [("res_model", "=", "stock.picking"), ("res_id", "=", picking.id)]
        )
        self.assertLessEqual({"hold_asked", "release_asked"}, set(kinds.mapped("kind")))

    def test_held_orders_are_among_the_orders_in_flight(self):
        picking = self.delivery((self.tea, 5))
        self.hold(picking)
        action = self.env.ref("dist_3pl.stock_picking_action_in_flight")
        found = self.env["stock.picking"].search(safe_eval(action.domain))
        self.assertIn(picking, found)
