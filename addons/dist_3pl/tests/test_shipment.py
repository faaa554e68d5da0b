"""Shipment confirmations validate deliveries."""

from odoo.addons.dist_connector_base.core.errors import BusinessError, DataError
from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.tests import tagged

from .common import ThirdPartyCase


@tagged("post_install", "-at_install")
class TestShipment(ThirdPartyCase):
    def open_backorder(self, picking):
        return self.env["stock.picking"].search([("backorder_id", "=", picking.id)])

    def test_in_full(self):
        picking = self.accepted((self.tea, 5), (self.mug, 2))
        arrived = self.ship_in_full(picking, remote_order_id="99")
        self.assertEqual((picking.state, picking.dist_state), ("done", "shipped"))
        self.assertEqual(picking.move_ids.mapped("quantity"), [5, 2])
        self.assertEqual(arrived.linked, picking)
        self.assertEqual(str(picking.dist_shipped_at), "2026-03-02 10:00:00")
        self.assertFalse(self.open_backorder(picking))
        self.assertEqual(picking.sale_id.order_line.mapped("qty_delivered"), [5, 2])

    def test_many_deliveries_in_one_batch(self):
        pickings = [self.accepted((self.tea, n + 1), (self.mug, 1)) for n in range(5)]
        self.confirm(
            [
                self.shipment(p, *((m, m.quantity) for m in p.move_ids), key=p.name)
                for p in pickings
            ]
        )
        self.assertEqual({p.state for p in pickings}, {"done"})
        self.assertEqual([p.move_ids[0].quantity for p in pickings], [1, 2, 3, 4, 5])

    def test_a_shipment_may_come_before_the_answer_to_its_request(self):
        picking = self.delivery((self.tea, 5))
        self.leave(self.messages(picking))
        self.ship_in_full(picking, remote_order_id="99")
        self.answer(picking, Outcome.ACCEPTED)
        self.assertEqual((picking.state, picking.dist_state), ("done", "shipped"))
        self.assertEqual(picking.dist_remote_id, "99")

    def test_a_line_is_found_by_its_sku(self):
        picking = self.accepted((self.tea, 5))
        self.ship(picking, {"sku": "TEA", "quantity": 5})
        self.assertEqual(picking.state, "done")

    def test_backorder_becomes_its_own_request(self):
        picking = self.accepted((self.tea, 5))
        self.ship(picking, (picking.move_ids, 3))
        backorder = self.open_backorder(picking)
        self.assertEqual(picking.move_ids.quantity, 3)
        self.assertEqual(backorder.move_ids.product_uom_qty, 2)
        self.assertEqual(backorder.dist_state, "queued")
        self.assertNotEqual(backorder.dist_request_key, picking.dist_request_key)
        self.assertEqual(len(self.messages(backorder)), 1)

    def test_a_line_not_shipped_at_all_goes_to_the_backorder(self):
        picking = self.accepted((self.tea, 5), (self.mug, 2))
        tea, mug = picking.move_ids
        self.ship(picking, (tea, 5), (mug, 0))
        backorder = self.open_backorder(picking)
        self.assertEqual(picking.move_ids, tea)
        self.assertEqual(backorder.move_ids, mug)
        self.assertEqual(mug.state, "assigned")
        self.assertEqual(backorder.dist_state, "queued")

    def test_a_line_the_partner_does_not_speak_of_is_not_shipped(self):
        picking = self.accepted((self.tea, 5), (self.mug, 2))
        tea, mug = picking.move_ids
        self.ship(picking, (tea, 5))
        self.assertEqual((tea.state, mug.state), ("done", "assigned"))

    def test_the_rest_follows_under_the_same_request(self):
        picking = self.accepted((self.tea, 5), (self.mug, 2))
        tea, mug = picking.move_ids
        key = picking.dist_request_key
        self.ship(picking, (tea, 3), completes_request=False)
        backorder = self.open_backorder(picking)
        self.assertEqual((picking.state, picking.dist_state), ("done", "shipped"))
        self.assertEqual(backorder.dist_request_key, key)
        self.assertEqual(backorder.dist_state, "partly_shipped")
        self.assertFalse(self.messages(backorder))
        # the partner still knows the lines by the keys of the request
        self.ship(
            backorder,
            {"line_key": str(tea.id), "quantity": 2},
            {"line_key": str(mug.id), "quantity": 2},
            key="SHP-2",
        )
        self.assertEqual((backorder.state, backorder.dist_state), ("done", "shipped"))
        self.assertEqual(picking.sale_id.order_line.mapped("qty_delivered"), [5, 2])
        self.assertFalse(self.open_backorder(backorder))

    def test_the_rest_may_not_exceed_what_is_left_of_the_request(self):
        picking = self.accepted((self.tea, 5))
        tea = picking.move_ids
        self.ship(picking, (tea, 3), completes_request=False)
        backorder = self.open_backorder(picking)
        with self.assertRaises(BusinessError) as caught:
            self.ship(backorder, {"line_key": str(tea.id), "quantity": 3}, key="SHP-2")
        self.assertEqual(caught.exception.path, "lines[0].quantity")
        self.assertEqual(backorder.state, "assigned")

    def test_two_shipments_of_one_request_in_one_batch(self):
        picking = self.accepted((self.tea, 5))
        tea = picking.move_ids
        self.confirm(
            [
                self.shipment(picking, (tea, 3), completes_request=False),
                self.shipment(picking, (tea, 2), key="SHP-2"),
            ]
        )
        pickings = picking + self.open_backorder(picking)
        self.assertEqual(pickings.mapped("state"), ["done", "done"])
        self.assertEqual(pickings.move_ids.mapped("quantity"), [3, 2])

    def test_the_policy_no_backorder_drops_what_the_partner_left_out(self):
        self.warehouse.out_type_id.create_backorder = "never"
        picking = self.accepted((self.tea, 5))
        self.ship(picking, (picking.move_ids, 3))
        self.assertEqual(picking.state, "done")
        self.assertFalse(self.open_backorder(picking))

    def test_the_policy_no_backorder_keeps_what_the_partner_still_ships(self):
        self.warehouse.out_type_id.create_backorder = "never"
        picking = self.accepted((self.tea, 5))
        self.ship(picking, (picking.move_ids, 3), completes_request=False)
        self.assertEqual(self.open_backorder(picking).dist_state, "partly_shipped")

    def test_partial_stock_ships_and_the_rest_waits(self):
        cup = self.make_product("CUP", stock=3)
        picking = self.accepted((cup, 5))
        self.ship(picking, (picking.move_ids, 3))
        backorder = self.open_backorder(picking)
        self.assertEqual((picking.state, backorder.state), ("done", "confirmed"))
        self.assertEqual(backorder.dist_state, "none")
        self.put_in_stock(cup, 2)
        backorder.action_assign()
        self.commit()
        self.assertEqual(backorder.dist_state, "queued")

    def test_stock_that_came_after_the_request_does_not_ship_with_it(self):
        cup = self.make_product("CUP", stock=3)
        picking = self.accepted((cup, 5))
        self.put_in_stock(cup, 2)
        picking.action_assign()
        self.ship(picking, (picking.move_ids, 3))
        backorder = self.open_backorder(picking)
        self.assertEqual(picking.move_ids.quantity, 3)
        self.assertEqual(
            (backorder.state, backorder.dist_state), ("assigned", "queued")
        )

    def test_goods_that_lost_their_reservation_here_have_left_all_the_same(self):
        picking = self.accepted((self.tea, 5))
        picking.do_unreserve()
        self.ship(picking, (picking.move_ids, 5))
        self.assertEqual((picking.state, picking.move_ids.quantity), ("done", 5))

    def test_more_than_asked_is_refused(self):
        picking = self.accepted((self.tea, 5))
        with self.assertRaises(BusinessError) as caught:
            self.ship(picking, (picking.move_ids, 6))
        self.assertEqual(caught.exception.path, "lines[0].quantity")
        self.assertEqual(picking.state, "assigned")

    def test_an_unknown_sku_is_refused(self):
        picking = self.accepted((self.tea, 5))
        with self.assertRaises(DataError) as caught:
            self.ship(picking, {"sku": "COFFEE", "quantity": 1})
        self.assertEqual(caught.exception.path, "lines[0].sku")

    def test_an_unknown_request_is_refused(self):
        picking = self.accepted((self.tea, 5))
        arrived = self.shipment(picking, (picking.move_ids, 5), request_key="OUT-0")
        with self.assertRaises(BusinessError) as caught:
            self.confirm([arrived])
        self.assertEqual(caught.exception.path, "request_key")

    def test_a_second_confirmation_has_no_second_effect(self):
        picking = self.accepted((self.tea, 5))
        self.ship_in_full(picking)
        with self.assertRaisesRegex(BusinessError, "shipped already"):
            self.ship(picking, (picking.move_ids, 5), key="SHP-2")
        self.assertEqual(picking.sale_id.order_line.qty_delivered, 5)

    def test_a_rejected_request_that_ships_is_for_a_person(self):
        picking = self.accepted((self.tea, 5))
        picking._dist_rejected("no stock")
        with self.assertRaisesRegex(BusinessError, "rejected"):
            self.ship_in_full(picking)

    def test_nothing_shipped_closes_the_request_and_asks_a_person(self):
        picking = self.accepted((self.tea, 5))
        arrived = self.ship(picking, (picking.move_ids, 0))
        self.assertEqual((picking.state, picking.dist_state), ("assigned", "rejected"))
        self.assertEqual(len(arrived.warnings), 1)

    def test_a_confirmation_in_the_orders_own_unit_of_measure(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.order((self.tea, 2), confirm=False)
        order.order_line.product_uom_id = dozen
        order.action_confirm()
        self.commit()
        picking = order.picking_ids
        self.assertEqual(picking.move_ids.dist_request_line_ids.quantity, 24)
        picking._dist_write({"dist_state": "accepted"})
        self.ship(picking, {"sku": "TEA", "quantity": 12})
        self.assertEqual(order.order_line.qty_delivered, 1)

    def test_a_batch_costs_hardly_more_queries_than_bare_validation(self):
        ours, bare = (
            [self.accepted((self.tea, 1), (self.mug, 1)) for _number in range(10)]
            for _side in range(2)
        )
        batch = [
            self.shipment(p, *((m, 1) for m in p.move_ids), key=p.name) for p in ours
        ]
        bare = self.env["stock.picking"].concat(*bare)
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        bare.move_ids.picked = True
        bare.with_context(skip_backorder=True).button_validate()
        self.env.flush_all()
        bare_queries = self.cr.sql_log_count - before
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.env["dist.handler.shipment_confirmation"]._apply(batch)
        self.env.flush_all()
        self.assertLess(self.cr.sql_log_count - before, bare_queries + 15)
