"""Deliveries of a 3PL warehouse become fulfilment requests."""

import json

from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ThirdPartyCase


@tagged("post_install", "-at_install")
class TestRequest(ThirdPartyCase):
    def test_a_ready_delivery_is_requested(self):
        picking = self.delivery((self.tea, 5), (self.mug, 2))
        message = self.messages(picking)
        self.assertEqual(picking.dist_state, "queued")
        self.assertEqual(picking.dist_request_key, picking.name.replace("/", "-"))
        self.assertEqual(message.key, picking.dist_request_key)
        self.assertEqual((message.state, message.backend_id), ("ready", self.backend))
        document = json.loads(message.canonical)
        self.assertEqual(document["order_reference"], picking.origin)
        self.assertEqual(document["ship_to"]["address"]["postal_code"], "62701")
        self.assertEqual(
            [(line["sku"], float(line["quantity"])) for line in document["lines"]],
            [("TEA", 5), ("MUG", 2)],
        )
        self.assertEqual(
            [line["line_key"] for line in document["lines"]],
            [str(move.id) for move in picking.move_ids],
        )

    def test_urgent_order_passes_the_others(self):
        orders = self.order((self.tea, 1), confirm=False)
        orders += self.order((self.tea, 1), confirm=False)
        orders.action_confirm()
        plain, urgent = (order.picking_ids for order in orders)
        urgent.priority = "1"
        self.commit()
        self.assertEqual(self.messages(plain).priority, 0)
        self.assertEqual(self.messages(urgent).priority, 1)

    def test_many_orders_of_one_transaction_are_requested_together(self):
        orders = self.env["sale.order"]
        for _number in range(4):
            orders += self.order((self.tea, 1), confirm=False)
        orders.action_confirm()
        self.assertFalse(self.messages(orders[0].picking_ids))
        self.commit()
        for picking in orders.picking_ids:
            self.assertEqual(len(self.messages(picking)), 1)

    def test_a_delivery_of_our_own_warehouse_is_not(self):
        own = self.make_warehouse("OWN", self.env["dist.backend"])
        self.put_in_stock(self.tea, 10, warehouse=own)
        picking = self.delivery((self.tea, 5), warehouse=own)
        self.assertEqual(picking.state, "assigned")
        self.assertEqual(picking.dist_state, "none")
        self.assertFalse(self.messages(picking))

    def test_a_delivery_that_waits_for_stock_is_not_requested_yet(self):
        cup = self.make_product("CUP")
        picking = self.delivery((cup, 5))
        self.assertEqual(picking.dist_state, "none")
        self.put_in_stock(cup, 5)
        picking.action_assign()
        self.commit()
        self.assertEqual(picking.dist_state, "queued")

    def test_checking_availability_again_asks_for_nothing_twice(self):
        picking = self.delivery((self.tea, 5))
        picking.do_unreserve()
        picking.action_assign()
        self.commit()
        self.assertEqual(len(self.messages(picking)), 1)

    def test_partial_stock_is_requested_as_far_as_it_is_there(self):
        cup = self.make_product("CUP", stock=3)
        picking = self.delivery((cup, 5))
        document = json.loads(self.messages(picking).canonical)
        self.assertEqual(float(document["lines"][0]["quantity"]), 3)

    def test_ship_complete_waits_until_all_is_there(self):
        cup = self.make_product("CUP", stock=3)
        order = self.order((cup, 5), (self.tea, 1), confirm=False)
        order.picking_policy = "one"
        order.action_confirm()
        self.commit()
        self.assertEqual(order.picking_ids.dist_state, "none")
        self.put_in_stock(cup, 2)
        order.picking_ids.action_assign()
        self.commit()
        self.assertEqual(order.picking_ids.dist_state, "queued")

    def test_a_receipt_that_frees_stock_requests_the_waiting_delivery(self):
        cup = self.make_product("CUP")
        picking = self.delivery((cup, 5))
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": cup.id,
                            "product_uom_qty": 5,
                            "product_uom": cup.uom_id.id,
                            "location_id": self.env.ref(
                                "stock.stock_location_suppliers"
                            ).id,
                            "location_dest_id": self.warehouse.lot_stock_id.id,
                        },
                    )
                ],
            }
        )
        receipt.action_confirm()
        receipt.move_ids.write({"quantity": 5, "picked": True})
        receipt.button_validate()
        self.commit()
        self.assertEqual(picking.dist_state, "queued")

    def test_missing_data_blocks_only_the_delivery_that_lacks_it(self):
        self.mug.default_code = False
        good = self.order((self.tea, 1), confirm=False)
        bad = self.order((self.mug, 1), confirm=False)
        (good + bad).action_confirm()
        self.commit()
        self.assertEqual(good.picking_ids.dist_state, "queued")
        self.assertEqual(bad.picking_ids.dist_state, "blocked")
        self.assertIn("internal reference", bad.picking_ids.dist_reason)
        self.assertIn("Enter it on the product", bad.picking_ids.dist_reason)
        self.mug.default_code = "MUG"
        bad.picking_ids.action_dist_request_again()
        self.assertEqual(bad.picking_ids.dist_state, "queued")

    def test_the_partners_acceptance_and_number_are_kept(self):
        picking = self.accepted((self.tea, 5))
        self.assertEqual(
            (picking.dist_state, picking.dist_remote_id), ("accepted", "77")
        )

    def test_a_known_request_counts_as_accepted(self):
        picking = self.delivery((self.tea, 5))
        self.answer(picking, Outcome.DUPLICATE, remote_id="78")
        self.assertEqual(
            (picking.dist_state, picking.dist_remote_id), ("accepted", "78")
        )

    def test_a_rejection_shows_with_its_reason_and_can_be_asked_again(self):
        picking = self.delivery((self.tea, 5))
        first = picking.dist_request_key
        self.answer(picking, Outcome.REJECTED, message="zip code is wrong", code="A1")
        self.assertEqual(picking.dist_state, "rejected")
        self.assertEqual(picking.dist_reason, "[A1] zip code is wrong")
        self.assertEqual(picking.state, "assigned")
        picking.action_dist_request_again()
        self.assertEqual(picking.dist_state, "queued")
        self.assertEqual(picking.dist_request_key, f"{first}-2")
        self.assertEqual(self.messages(picking).mapped("state"), ["cancelled", "ready"])

    def test_what_the_partner_has_cannot_be_asked_again(self):
        picking = self.accepted((self.tea, 5))
        with self.assertRaises(UserError):
            picking.action_dist_request_again()

    def test_a_failed_send_shows_on_the_delivery(self):
        picking = self.delivery((self.tea, 5))
        message = self.messages(picking)
        self.env["dist.handler.fulfilment_request"]._failed(
            message, ValueError("no connection")
        )
        self.assertEqual(
            (picking.dist_state, picking.dist_reason), ("queued", "no connection")
        )

    def test_new_demand_after_the_request_gets_a_delivery_of_its_own(self):
        order = self.order((self.tea, 5))
        first = order.picking_ids
        order.order_line.product_uom_qty = 8
        self.commit()
        second = order.picking_ids - first
        self.assertEqual(first.move_ids.product_uom_qty, 5)
        self.assertEqual(second.move_ids.product_uom_qty, 3)
        self.assertEqual(second.dist_state, "queued")

    def test_lower_demand_replaces_a_request_that_has_not_left(self):
        picking = self.delivery((self.tea, 5))
        picking.move_ids.product_uom_qty = 3
        self.commit()
        self.assertEqual((picking.state, picking.dist_state), ("confirmed", "none"))
        picking.action_assign()
        self.commit()
        old, new = self.messages(picking)
        self.assertEqual((old.state, new.state), ("cancelled", "ready"))
        document = json.loads(new.canonical)
        self.assertEqual(float(document["lines"][0]["quantity"]), 3)

    def test_lower_demand_is_noted_when_the_partner_has_the_request(self):
        picking = self.accepted((self.tea, 5))
        picking.move_ids.product_uom_qty = 3
        self.commit()
        self.assertEqual(len(self.messages(picking)), 1)
        self.assertIn("lowered", picking.message_ids[0].body)

    def test_reserved_lots_are_named_where_the_warehouse_wants_them(self):
        jam = self.make_product("JAM", tracking="lot")
        self.make_lot(jam, "L1", stock=5)
        self.warehouse.dist_prescribe_lots = True
        picking = self.delivery((jam, 4))
        document = json.loads(self.messages(picking).canonical)
        lots = [
            (lot["lot"], float(lot["quantity"])) for lot in document["lines"][0]["lots"]
        ]
        self.assertEqual(lots, [("L1", 4)])

    def test_a_warehouse_worker_cannot_ship_by_hand_what_the_partner_ships(self):
        picking = self.accepted((self.tea, 5))
        worker = self.env["res.users"].create(
            {
                "name": "Worker",
                "login": "worker_3pl",
                "group_ids": [(4, self.env.ref("stock.group_stock_user").id)],
            }
        )
        with self.assertRaisesRegex(UserError, "Bob"):
            picking.with_user(worker).button_validate()
        worker.group_ids += self.env.ref("dist_connector_base.group_manager")
        picking.with_user(worker).button_validate()
        self.assertEqual((picking.state, picking.dist_state), ("done", "shipped"))
        self.assertIn("Worker", picking.dist_reason)
