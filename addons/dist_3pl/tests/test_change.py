"""Changing an order after the warehouse was asked to ship it."""

import json

from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import ThirdPartyCase

CHANGE = "fulfilment_change"


@tagged("post_install", "-at_install")
class TestChange(ThirdPartyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.partner"].create(
            {
                "name": "Branch",
                "street": "2 Low Street",
                "city": "Shelbyville",
                "zip": "46176",
                "country_id": cls.env.ref("base.us").id,
            }
        )

    def lowered(self, *lines, to=3):
        """Give an accepted delivery whose first line somebody lowers."""
        picking = self.accepted(*(lines or [(self.tea, 5)]))
        picking.move_ids[0].product_uom_qty = to
        self.commit()
        return picking

    def change(self, picking):
        return self.messages(picking, CHANGE)[-1:]

    def document(self, picking):
        return json.loads(self.change(picking).canonical)

    def asked(self, picking):
        """Give the quantities that the last change asks for, by SKU."""
        return {
            line["sku"]: float(line["quantity"])
            for line in self.document(picking)["lines"]
        }

    def no_changes(self):
        self.backend._flow(CHANGE).active = False

    # -------------------------------------------------------------- asking

    def test_lowered_demand_is_asked_of_the_partner(self):
        picking = self.lowered()
        document = self.document(picking)
        self.assertEqual(picking.dist_change_state, "pending")
        self.assertEqual(document["changes"], ["lines"])
        self.assertEqual(document["request_key"], picking.dist_request_key)
        self.assertEqual(document["remote_id"], "77")
        self.assertEqual(self.asked(picking), {"TEA": 3})
        self.assertEqual(float(document["lines"][0]["previous_quantity"]), 5)
        self.assertEqual(self.change(picking).partition, picking.dist_request_key)
        self.assertEqual(picking.dist_state, "accepted", "the request stands")

    def test_address_and_date_changed_together_are_one_change(self):
        picking = self.accepted((self.tea, 5))
        picking.partner_id = self.branch
        picking.scheduled_date = "2030-01-15 10:00:00"
        self.commit()
        document = self.document(picking)
        self.assertEqual(len(self.messages(picking, CHANGE)), 1)
        self.assertEqual(document["changes"], ["ship_to", "ship_date"])
        self.assertEqual(document["ship_to"]["address"]["postal_code"], "46176")
        self.assertEqual(document["requested_ship_date"], "2030-01-15")

    def test_a_sale_order_that_is_lowered_asks_the_partner(self):
        order = self.order((self.tea, 5))
        self.answer(order.picking_ids, Outcome.ACCEPTED, remote_id="77")
        order.order_line.product_uom_qty = 2
        self.commit()
        self.assertEqual(self.asked(order.picking_ids), {"TEA": 2})

    def test_a_line_that_is_added_to_the_delivery_is_asked_for(self):
        picking = self.accepted((self.tea, 5))
        self.add_line(picking, self.mug, 2)
        self.assertEqual(self.asked(picking), {"TEA": 5, "MUG": 2})
        added = self.document(picking)["lines"][1]
        self.assertNotIn("previous_quantity", added)

    def add_line(self, picking, product, quantity):
        move = self.env["stock.move"].create(
            {
                "picking_id": picking.id,
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom": product.uom_id.id,
                "location_id": picking.location_id.id,
                "location_dest_id": picking.location_dest_id.id,
            }
        )
        move._action_confirm()
        move._action_assign()
        self.commit()
        return move

    def test_a_cancelled_line_stays_until_the_partner_agrees(self):
        picking = self.accepted((self.tea, 5), (self.mug, 2))
        mug = picking.move_ids[1]
        mug._action_cancel()
        self.commit()
        self.assertEqual(mug.state, "assigned")
        self.assertEqual(self.asked(picking), {"TEA": 5, "MUG": 0})
        self.answer(picking, Outcome.ACCEPTED, CHANGE)
        self.assertEqual(mug.state, "cancel")
        self.assertEqual(picking.move_ids[0].state, "assigned")

    def test_what_was_not_told_to_the_partner_changes_nothing(self):
        picking = self.accepted((self.tea, 5))
        picking.note = "call first"
        picking.scheduled_date = picking.scheduled_date
        self.commit()
        self.assertFalse(self.messages(picking, CHANGE))

    def test_a_change_before_the_request_left_is_a_new_request(self):
        picking = self.delivery((self.tea, 5))
        picking.partner_id = self.branch
        self.commit()
        old, new = self.messages(picking)
        self.assertEqual((old.state, new.state), ("cancelled", "ready"))
        self.assertIn("46176", new.canonical)
        self.assertFalse(self.messages(picking, CHANGE))

    def test_a_change_while_the_request_is_on_its_way_goes_out_after_it(self):
        picking = self.delivery((self.tea, 5))
        self.leave(self.messages(picking))
        picking.partner_id = self.branch
        self.commit()
        self.assertEqual(picking.dist_change_state, "held")
        self.assertFalse(self.messages(picking, CHANGE))
        self.answer(picking, Outcome.ACCEPTED, remote_id="80")
        self.assertEqual(picking.dist_change_state, "pending")
        self.assertEqual(self.document(picking)["remote_id"], "80")

    # ------------------------------------------------------------- answers

    def test_the_partner_agrees_and_ships_the_changed_request(self):
        picking = self.lowered()
        self.answer(picking, Outcome.ACCEPTED, CHANGE)
        self.assertEqual(picking.dist_change_state, "none")
        self.assertEqual(picking.dist_request_line_ids.quantity, 3)
        picking.action_assign()
        self.ship(picking, (picking.move_ids, 3))
        self.assertEqual((picking.state, picking.dist_state), ("done", "shipped"))
        self.assertFalse(picking.backorder_ids)

    def test_a_second_change_counts_from_what_was_agreed(self):
        picking = self.lowered()
        self.answer(picking, Outcome.ACCEPTED, CHANGE)
        picking.move_ids.product_uom_qty = 1
        self.commit()
        first, second = self.messages(picking, CHANGE)
        self.assertNotEqual(first.key, second.key)
        line = json.loads(second.canonical)["lines"][0]
        self.assertEqual(float(line["previous_quantity"]), 3)

    def test_what_changes_while_the_partner_thinks_is_asked_next(self):
        picking = self.lowered()
        picking.move_ids.product_uom_qty = 2
        self.commit()
        self.assertEqual(len(self.messages(picking, CHANGE)), 1)
        self.answer(picking, Outcome.ACCEPTED, CHANGE)
        self.assertEqual(len(self.messages(picking, CHANGE)), 2)
        self.assertEqual(self.asked(picking), {"TEA": 2})

    def test_an_added_line_that_the_partner_takes_can_be_confirmed(self):
        picking = self.accepted((self.tea, 5))
        mug = self.add_line(picking, self.mug, 2)
        self.answer(picking, Outcome.ACCEPTED, CHANGE)
        self.ship(picking, (picking.move_ids[0], 5), (mug, 2))
        self.assertEqual((picking.state, mug.state), ("done", "done"))

    def test_a_partner_that_answers_later_agrees_or_refuses(self):
        later = self.make_backend("Later", "later")
        self.warehouse.dist_backend_id = later
        for status, state in (("changed", "none"), ("change_refused", "refused")):
            picking = self.delivery((self.tea, 5))
            self.answer(picking, Outcome.ACCEPTED)
            picking.move_ids.product_uom_qty = 3
            self.commit()
            self.change(picking).state = "waiting"
            arrived = self.respond(
                picking, status, change_key=self.change(picking).key, reason="picked"
            )
            self.assertEqual(picking.dist_change_state, state)
            self.assertEqual(self.change(picking).state, "done")
            self.assertEqual(bool(arrived.warnings), state == "refused")

    def test_a_shipment_that_is_faster_ends_the_change(self):
        picking = self.lowered()
        picking.action_assign()
        self.ship(picking, (picking.move_ids, 3))
        self.assertEqual(picking.dist_change_state, "none")

    # ------------------------------------------------------- refused, choices

    def refused(self, *lines):
        picking = self.lowered(*lines)
        self.answer(picking, Outcome.REJECTED, CHANGE, message="already picked")
        return picking

    def test_a_refused_change_is_a_state_of_its_own(self):
        picking = self.refused()
        self.assertEqual(picking.dist_change_state, "refused")
        self.assertEqual(picking.dist_change_reason, "already picked")
        self.assertEqual(picking.dist_state, "accepted")
        found = self.env["stock.picking"].search(
            [("dist_change_state", "=", "refused")]
        )
        self.assertIn(picking, found)

    def test_choice_let_it_ship_as_asked_restores_quantities_and_address(self):
        picking = self.accepted((self.tea, 5))
        picking.partner_id = self.branch
        picking.move_ids.product_uom_qty = 3
        self.commit()
        self.answer(picking, Outcome.REJECTED, CHANGE, message="packed")
        picking.action_dist_accept_as_is()
        self.commit()
        self.assertEqual(picking.dist_change_state, "none")
        self.assertEqual(picking.move_ids.product_uom_qty, 5)
        self.assertEqual(picking.partner_id, self.customer)
        self.assertEqual(len(self.messages(picking, CHANGE)), 1, "nothing new is asked")
        self.ship_in_full(picking)
        self.assertEqual(picking.state, "done")

    def test_choice_ask_again_is_a_change_of_its_own(self):
        picking = self.refused()
        picking.action_dist_ask_again()
        first, second = self.messages(picking, CHANGE)
        self.assertEqual((first.state, second.state), ("cancelled", "ready"))
        self.assertEqual(picking.dist_change_state, "pending")

    def test_choice_split_ships_added_lines_apart(self):
        picking = self.accepted((self.tea, 5))
        mug = self.add_line(picking, self.mug, 2)
        self.answer(picking, Outcome.REJECTED, CHANGE, message="closed")
        self.assertTrue(picking.dist_has_added_lines)
        picking.action_dist_split()
        self.commit()
        self.assertNotEqual(mug.picking_id, picking)
        self.assertEqual(mug.picking_id.dist_state, "queued")
        self.assertEqual(picking.dist_change_state, "none")
        self.assertEqual(len(self.messages(picking, CHANGE)), 1)

    def test_nothing_to_split_is_said(self):
        picking = self.refused()
        self.assertFalse(picking.dist_has_added_lines)
        with self.assertRaisesRegex(UserError, "No line was added"):
            picking.action_dist_split()

    def test_choice_cancel_there_and_request_anew(self):
        picking = self.refused()
        picking.action_dist_replace()
        self.assertEqual(picking.dist_state, "cancel_pending")
        self.answer(picking, Outcome.ACCEPTED, "fulfilment_cancel")
        picking.action_assign()
        self.commit()
        self.assertEqual(picking.dist_state, "queued", "and not cancelled here")
        document = json.loads(self.messages(picking)[-1].canonical)
        self.assertEqual(float(document["lines"][0]["quantity"]), 3)
        self.assertNotEqual(document["request_key"], picking.name.replace("/", "-"))

    def test_a_partner_without_changes_says_so_and_offers_a_new_request(self):
        self.no_changes()
        picking = self.lowered()
        self.assertEqual(picking.dist_change_state, "impossible")
        self.assertIn("Cancel there and request anew", picking.dist_change_reason)
        self.assertFalse(self.messages(picking, CHANGE))
        picking.action_dist_replace()
        self.answer(picking, Outcome.REJECTED, "fulfilment_cancel", message="on truck")
        self.assertEqual(picking.dist_state, "cancel_refused")
        self.assertFalse(picking.dist_replace)

    def test_a_part_shipped_request_takes_no_change(self):
        picking = self.accepted((self.tea, 5))
        self.ship(picking, (picking.move_ids, 3), completes_request=False)
        rest = picking.backorder_ids
        rest.move_ids.product_uom_qty = 1
        self.commit()
        self.assertEqual(rest.dist_change_state, "refused")
        self.assertIn("shipping it already", rest.dist_change_reason)

    def test_taking_the_change_back_ends_a_refusal(self):
        picking = self.accepted((self.tea, 5))
        picking.partner_id = self.branch
        self.commit()
        self.answer(picking, Outcome.REJECTED, CHANGE, message="packed")
        picking.partner_id = self.customer
        self.commit()
        self.assertEqual(picking.dist_change_state, "none")
        self.assertEqual(len(self.messages(picking, CHANGE)), 1)

    # --------------------------------------------------- a refused cancel

    def cancel_refused(self):
        picking = self.accepted((self.tea, 5))
        picking.action_cancel()
        self.answer(picking, Outcome.REJECTED, "fulfilment_cancel", message="packed")
        return picking

    def test_a_refused_cancel_can_be_left_to_ship(self):
        picking = self.cancel_refused()
        picking.action_dist_accept_as_is()
        self.assertEqual(picking.dist_state, "accepted")
        self.ship_in_full(picking)
        self.assertEqual(picking.state, "done")

    def test_a_refused_cancel_is_asked_again(self):
        picking = self.cancel_refused()
        picking.action_dist_ask_again()
        self.assertEqual(picking.dist_state, "cancel_pending")
        self.assertEqual(len(self.messages(picking, "fulfilment_cancel")), 2)

    def test_after_a_refused_cancel_only_what_ships_is_shipped(self):
        picking = self.cancel_refused()
        picking.action_dist_split()
        self.ship(picking, (picking.move_ids, 2))
        rest = picking.backorder_ids
        self.assertEqual((picking.state, rest.state), ("done", "cancel"))
        self.assertFalse(self.messages(rest))

    # ---------------------------------------------------------------- rights

    def test_a_warehouse_worker_cannot_choose(self):
        picking = self.refused()
        worker = new_test_user(self.env, "worker_change", "stock.group_stock_user")
        for name in ("accept_as_is", "ask_again", "split", "replace"):
            with self.assertRaises(AccessError):
                getattr(picking.with_user(worker), f"action_dist_{name}")()
        worker.group_ids += self.env.ref("dist_connector_base.group_operator")
        picking.with_user(worker).action_dist_ask_again()
        entry = self.env["dist.audit"].search(
            [("action", "=", "delivery.ask_again")], order="id desc", limit=1
        )
        self.assertEqual(entry.user_id, worker)

    def test_there_is_nothing_to_choose_without_a_refusal(self):
        with self.assertRaises(UserError):
            self.accepted((self.tea, 5)).action_dist_accept_as_is()
