"""Cancelling what a partner may be shipping."""

from odoo.addons.dist_connector_base.core.errors import BusinessError
from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ThirdPartyCase


@tagged("post_install", "-at_install")
class TestCancel(ThirdPartyCase):
    def test_before_the_request_left_the_delivery_is_cancelled_at_once(self):
        picking = self.delivery((self.tea, 5))
        picking.action_cancel()
        self.assertEqual((picking.state, picking.dist_state), ("cancel", "cancelled"))
        self.assertEqual(self.messages(picking).state, "cancelled")
        self.assertFalse(self.messages(picking, "fulfilment_cancel"))

    def test_after_it_left_the_delivery_stays_open_and_the_partner_is_asked(self):
        picking = self.accepted((self.tea, 5))
        picking.action_cancel()
        cancel = self.messages(picking, "fulfilment_cancel")
        self.assertEqual(
            (picking.state, picking.dist_state), ("assigned", "cancel_pending")
        )
        self.assertEqual(cancel.key, picking.dist_request_key)
        self.assertIn('"remote_id":"77"', cancel.canonical)
        self.assertIn("cancel was asked for", picking.message_ids[0].body)

    def test_the_partner_agrees(self):
        picking = self.accepted((self.tea, 5))
        picking.action_cancel()
        self.answer(picking, Outcome.ACCEPTED, "fulfilment_cancel")
        self.assertEqual((picking.state, picking.dist_state), ("cancel", "cancelled"))

    def test_the_partner_refuses_and_ships(self):
        picking = self.accepted((self.tea, 5))
        picking.action_cancel()
        self.answer(
            picking, Outcome.REJECTED, "fulfilment_cancel", message="on the truck"
        )
        self.assertEqual(
            (picking.state, picking.dist_state), ("assigned", "cancel_refused")
        )
        self.assertEqual(picking.dist_reason, "on the truck")
        self.ship_in_full(picking)
        self.assertEqual((picking.state, picking.dist_state), ("done", "shipped"))

    def test_a_refused_cancel_can_be_asked_again(self):
        picking = self.accepted((self.tea, 5))
        picking.action_cancel()
        self.answer(picking, Outcome.REJECTED, "fulfilment_cancel")
        picking.action_cancel()
        self.assertEqual(picking.dist_state, "cancel_pending")
        first, second = self.messages(picking, "fulfilment_cancel")
        self.assertEqual((first.state, second.state), ("cancelled", "ready"))

    def test_cancelling_twice_asks_once(self):
        picking = self.accepted((self.tea, 5))
        picking.action_cancel()
        picking.action_cancel()
        self.assertEqual(len(self.messages(picking, "fulfilment_cancel")), 1)

    def test_a_request_on_its_way_is_cancelled_once_its_number_is_known(self):
        picking = self.delivery((self.tea, 5))
        self.leave(self.messages(picking))
        picking.action_cancel()
        self.assertEqual(picking.dist_state, "cancel_pending")
        self.assertFalse(self.messages(picking, "fulfilment_cancel"))
        self.answer(picking, Outcome.ACCEPTED, remote_id="80")
        self.assertIn(
            '"remote_id":"80"', self.messages(picking, "fulfilment_cancel").canonical
        )

    def test_a_request_on_its_way_that_is_rejected_is_cancelled(self):
        picking = self.delivery((self.tea, 5))
        self.leave(self.messages(picking))
        picking.action_cancel()
        self.answer(picking, Outcome.REJECTED, message="no")
        self.assertEqual((picking.state, picking.dist_state), ("cancel", "cancelled"))

    def test_a_rejected_delivery_is_cancelled_at_once(self):
        picking = self.delivery((self.tea, 5))
        self.answer(picking, Outcome.REJECTED, message="no")
        picking.action_cancel()
        self.assertEqual(picking.state, "cancel")
        self.assertFalse(self.messages(picking, "fulfilment_cancel"))

    def test_a_cancelled_sale_order_asks_the_partner(self):
        order = self.order((self.tea, 5))
        picking = order.picking_ids
        self.answer(picking, Outcome.ACCEPTED, remote_id="77")
        order._action_cancel()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(
            (picking.state, picking.dist_state), ("assigned", "cancel_pending")
        )
        self.answer(picking, Outcome.ACCEPTED, "fulfilment_cancel")
        self.assertEqual(picking.state, "cancel")

    def test_a_cancelled_sale_order_whose_request_has_not_left(self):
        order = self.order((self.tea, 5))
        order._action_cancel()
        self.assertEqual(order.picking_ids.state, "cancel")
        self.assertEqual(self.messages(order.picking_ids).state, "cancelled")

    def test_one_line_cannot_be_taken_out_where_the_partner_takes_no_changes(self):
        self.backend._flow("fulfilment_change").active = False
        picking = self.accepted((self.tea, 5), (self.mug, 2))
        mug = picking.move_ids[1]
        mug._action_cancel()
        self.assertEqual(mug.state, "assigned")
        self.assertIn("A line was not cancelled", picking.message_ids[0].body)

    def test_one_line_taken_out_before_it_left_makes_a_new_request(self):
        picking = self.delivery((self.tea, 5), (self.mug, 2))
        picking.move_ids[1]._action_cancel()
        self.commit()
        old, new = self.messages(picking)
        self.assertEqual((old.state, new.state), ("cancelled", "ready"))
        self.assertNotIn("MUG", new.canonical)

    def test_the_rest_of_a_part_shipped_request_can_be_cancelled(self):
        picking = self.accepted((self.tea, 5))
        self.ship(picking, (picking.move_ids, 3), completes_request=False)
        backorder = picking.backorder_ids
        backorder.action_cancel()
        self.assertEqual(backorder.dist_state, "cancel_pending")
        self.answer(backorder, Outcome.ACCEPTED, "fulfilment_cancel")
        self.assertEqual((picking.state, backorder.state), ("done", "cancel"))

    def test_what_shipped_before_the_cancel_arrived_is_shipped(self):
        picking = self.accepted((self.tea, 5))
        picking.action_cancel()
        self.ship_in_full(picking)
        self.answer(picking, Outcome.REJECTED, "fulfilment_cancel", message="shipped")
        self.assertEqual((picking.state, picking.dist_state), ("done", "shipped"))

    def test_a_shipment_of_a_cancelled_request_is_for_a_person(self):
        picking = self.delivery((self.tea, 5))
        arrived = self.shipment(picking, (picking.move_ids, 5))
        picking.action_cancel()
        with self.assertRaisesRegex(BusinessError, "cancelled"):
            self.confirm([arrived])

    def test_only_an_integration_manager_overrules_the_partner(self):
        picking = self.accepted((self.tea, 5))
        picking.action_cancel()
        worker = self.env["res.users"].create(
            {
                "name": "Worker",
                "login": "worker_3pl",
                "group_ids": [(4, self.env.ref("stock.group_stock_user").id)],
            }
        )
        with self.assertRaises(AccessError):
            picking.with_user(worker).action_dist_cancel_here()
        picking.action_dist_cancel_here()
        self.assertEqual((picking.state, picking.dist_state), ("cancel", "cancelled"))
