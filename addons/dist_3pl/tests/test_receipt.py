"""Receipt confirmations validate receipts."""

from odoo.addons.dist_connector_base.core.errors import BusinessError, MappingError
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_inbound import InboundCase


@tagged("post_install", "-at_install")
class TestReceipt(InboundCase):
    def test_in_full(self):
        picking = self.announced((self.tea, 5), (self.mug, 2))
        arrived = self.receive_in_full(picking)
        self.assertEqual(
            (picking.state, picking.dist_receipt_state), ("done", "received")
        )
        self.assertEqual(arrived.linked, picking)
        self.assertFalse(arrived.warnings)
        self.assertEqual(str(picking.dist_received_at), "2026-03-02 10:00:00")
        self.assertEqual(self.held(self.tea), 105)
        self.assertFalse(self.backorder_of(picking))
        lines = picking.purchase_id.order_line
        self.assertEqual(lines.mapped("qty_received"), [5, 2])

    def test_a_line_is_found_by_its_sku(self):
        picking = self.announced((self.tea, 5))
        self.receive(picking, {"sku": "TEA", "quantity": 5})
        self.assertEqual(picking.state, "done")

    # ------------------------------------------------------ over and under

    def test_a_shortage_makes_a_backorder_and_has_an_owner(self):
        picking = self.announced((self.tea, 5))
        arrived = self.receive(
            picking,
            {
                "sku": "TEA",
                "quantity": 3,
                "reason_code": "short_shipped",
                "reason": "two cases missing",
            },
        )
        backorder = self.backorder_of(picking)
        self.assertEqual(picking.move_ids.quantity, 3)
        self.assertEqual(backorder.move_ids.product_uom_qty, 2)
        # the partner closed its receipt: the rest is announced anew
        self.assertEqual(backorder.dist_receipt_state, "queued")
        self.assertNotEqual(backorder.dist_receipt_key, picking.dist_receipt_key)
        self.assertEqual(
            picking.dist_receipt_line_ids.reason, "short shipped: two cases missing"
        )
        (warning,) = arrived.warnings
        self.assertIn("TEA: 3 of 5 (short shipped", warning.message)

    def test_a_surplus_within_the_tolerance_is_booked(self):
        self.backend.over_receipt_percent = 20
        picking = self.announced((self.tea, 5))
        self.receive(
            picking, {"sku": "TEA", "quantity": 6, "reason_code": "over_shipped"}
        )
        self.assertEqual((picking.state, picking.move_ids.quantity), ("done", 6))
        line = picking.dist_receipt_line_ids
        self.assertEqual((line.difference, line.reason), (1, "over shipped"))
        self.assertEqual(picking.purchase_id.order_line.qty_received, 6)

    def test_a_surplus_waits_for_a_person_and_an_empty_tolerance_allows_none(self):
        picking = self.announced((self.tea, 5))
        with self.assertRaises(BusinessError) as caught:
            self.receive(picking, {"sku": "TEA", "quantity": 6})
        self.assertEqual(caught.exception.path, "lines[0].quantity")
        self.assertEqual(picking.state, "assigned")
        worker = self.make_user(
            "stock.group_stock_user", "dist_connector_base.group_operator"
        )
        with self.assertRaises(AccessError):
            picking.with_user(worker).action_dist_accept_surplus()
        picking.action_dist_accept_surplus()
        self.receive(picking, {"sku": "TEA", "quantity": 6})
        self.assertEqual((picking.state, picking.move_ids.quantity), ("done", 6))
        self.assertIn(
            "receipt.accept_surplus",
            self.env["dist.audit"]
            .search([("res_model", "=", "stock.picking"), ("res_id", "=", picking.id)])
            .mapped("action"),
        )

    def test_a_product_that_was_not_announced_is_for_a_person(self):
        picking = self.announced((self.tea, 5))
        with self.assertRaises(BusinessError) as caught:
            self.receive(picking, {"sku": "MUG", "quantity": 1})
        self.assertEqual(caught.exception.path, "lines[0].sku")

    def test_what_was_refused_at_the_door_is_not_in_stock(self):
        picking = self.announced((self.tea, 5))
        arrived = self.receive(
            picking,
            {"sku": "TEA", "quantity": 3},
            {"sku": "TEA", "quantity": 2, "condition": "rejected", "reason": "wet"},
        )
        self.assertEqual(self.held(self.tea), 103)
        line = picking.dist_receipt_line_ids
        self.assertEqual((line.quantity_refused, line.reason), (2, "wet"))
        self.assertEqual(len(arrived.warnings), 1)

    def test_nothing_came(self):
        picking = self.announced((self.tea, 5))
        arrived = self.receive(picking, {"sku": "TEA", "quantity": 0})
        self.assertEqual(
            (picking.state, picking.dist_receipt_state), ("assigned", "rejected")
        )
        self.assertEqual(len(arrived.warnings), 1)

    # ------------------------------------------------------ several arrivals

    def test_partial_arrivals_under_one_advice(self):
        picking = self.announced((self.tea, 5), (self.mug, 2))
        tea, mug = picking.move_ids
        key = picking.dist_receipt_key
        first = self.receive(picking, (tea, 3), completes_receipt=False)
        backorder = self.backorder_of(picking)
        self.assertFalse(first.warnings)
        self.assertEqual(
            (backorder.dist_receipt_key, backorder.dist_receipt_state), (key, "partly")
        )
        self.assertFalse(self.messages(backorder, "receipt_notice"))
        # the partner still knows the lines by the keys of the advice
        second = self.receive(
            backorder,
            {"line_key": str(tea.id), "sku": "TEA", "quantity": 2},
            {"line_key": str(mug.id), "sku": "MUG", "quantity": 2},
            key="REC-2",
        )
        self.assertEqual(
            (backorder.state, backorder.dist_receipt_state), ("done", "received")
        )
        self.assertFalse(second.warnings)
        lines = picking.purchase_id.order_line
        self.assertEqual(lines.mapped("qty_received"), [5, 2])
        self.assertFalse(self.backorder_of(backorder))

    def test_the_policy_no_backorder_keeps_what_still_arrives(self):
        self.warehouse.in_type_id.create_backorder = "never"
        picking = self.announced((self.tea, 5))
        self.receive(picking, (picking.move_ids, 3), completes_receipt=False)
        self.assertEqual(self.backorder_of(picking).dist_receipt_state, "partly")

    def test_two_confirmations_of_one_advice_in_one_batch(self):
        picking = self.announced((self.tea, 5))
        tea = picking.move_ids
        self.take(
            [
                self.confirmation(picking, (tea, 3), completes_receipt=False),
                self.confirmation(picking, (tea, 2), key="REC-2"),
            ]
        )
        pickings = picking + self.backorder_of(picking)
        self.assertEqual(pickings.mapped("state"), ["done", "done"])
        self.assertEqual(pickings.move_ids.mapped("quantity"), [3, 2])

    def test_a_second_confirmation_has_no_second_effect(self):
        picking = self.announced((self.tea, 5))
        self.receive_in_full(picking)
        with self.assertRaisesRegex(BusinessError, "received already"):
            self.receive(picking, (picking.move_ids, 5), key="REC-2")
        self.assertEqual(self.held(self.tea), 105)

    # ------------------------------------------------------- lots and status

    def test_an_unknown_lot_is_created_with_its_expiry(self):
        cup = self.make_product("CUP", tracking="lot")
        picking = self.announced((cup, 5))
        self.receive(
            picking,
            {
                "sku": "CUP",
                "quantity": 5,
                "lots": [
                    {"lot": "L1", "quantity": 3, "expiry": "2027-05-31"},
                    {"lot": "L2", "quantity": 2},
                ],
            },
        )
        self.assertEqual(picking.state, "done")
        self.assertEqual((self.held(cup, lot="L1"), self.held(cup, lot="L2")), (3, 2))
        lot = self.env["stock.lot"].search(
            [("product_id", "=", cup.id), ("name", "=", "L1")]
        )
        if "expiration_date" in lot._fields:
            self.assertEqual(str(lot.expiration_date.date()), "2027-05-31")

    def test_a_lot_is_told_or_nothing_is_booked(self):
        cup = self.make_product("CUP", tracking="lot")
        picking = self.announced((cup, 5))
        with self.assertRaisesRegex(BusinessError, "lots of CUP are missing"):
            self.receive(picking, {"sku": "CUP", "quantity": 5})

    def test_what_is_not_good_goes_to_the_place_of_its_status(self):
        cup = self.make_product("CUP", tracking="lot")
        picking = self.announced((self.tea, 10), (cup, 4))
        self.receive(
            picking,
            {"sku": "TEA", "quantity": 7},
            {"sku": "TEA", "quantity": 2, "condition": "damaged"},
            {"sku": "TEA", "quantity": 1, "condition": "quarantine"},
            {
                "sku": "CUP",
                "quantity": 4,
                "condition": "quarantine",
                "lots": [{"lot": "L9", "quantity": 4}],
            },
        )
        self.assertEqual(
            (
                self.held(self.tea),
                self.held(self.tea, self.damaged),
                self.held(self.tea, self.quarantine),
                self.held(cup, self.quarantine, "L9"),
            ),
            (107, 2, 1, 4),
        )
        tea_line = picking.dist_receipt_line_ids[0]
        self.assertEqual(
            (tea_line.quantity_received, tea_line.quantity_blocked), (10, 3)
        )

    def test_a_status_without_a_place_is_for_a_person(self):
        self.warehouse.dist_place_ids.unlink()
        picking = self.announced((self.tea, 5))
        with self.assertRaises(MappingError) as caught:
            self.receive(picking, {"sku": "TEA", "quantity": 5, "condition": "damaged"})
        self.assertEqual(caught.exception.value, "damaged")
        self.assertEqual(caught.exception.path, "lines[0].condition")
        self.assertEqual(picking.state, "assigned")

    # ----------------------------------------------------- after the fact

    def test_what_was_received_by_hand_is_booked_no_second_time(self):
        picking = self.announced((self.tea, 5))
        picking.button_validate()
        self.commit()
        self.assertTrue(picking.dist_receipt_by_hand)
        arrived = self.receive(picking, (picking.move_ids, 5))
        self.assertEqual(self.held(self.tea), 105)
        self.assertFalse(arrived.warnings)
        self.assertEqual(arrived.linked, picking)
        with self.assertRaisesRegex(BusinessError, "received already"):
            self.receive(picking, (picking.move_ids, 5), key="REC-2")

    def test_a_count_that_differs_from_the_one_by_hand_is_told(self):
        picking = self.announced((self.tea, 5))
        picking.button_validate()
        self.commit()
        arrived = self.receive(picking, (picking.move_ids, 4))
        self.assertEqual(self.held(self.tea), 105)
        self.assertIn("TEA: 5 here, 4 there", arrived.warnings[0].message)

    def test_a_receipt_that_was_never_announced_is_found_by_its_order(self):
        self.backend._flow("receipt_notice").active = False
        order = self.purchase((self.tea, 5))
        picking = order.picking_ids
        self.receive(picking, {"sku": "TEA", "quantity": 5}, order_reference=order.name)
        self.assertEqual(
            (picking.state, picking.dist_receipt_state), ("done", "received")
        )

    def test_two_receipts_of_one_order_are_not_guessed_between(self):
        self.backend._flow("receipt_notice").active = False
        first = self.purchase((self.tea, 5))
        second = self.purchase((self.tea, 5))
        second.picking_ids.origin = first.name
        arrived = self.confirmation(
            first.picking_ids, {"sku": "TEA", "quantity": 5}, order_reference=first.name
        )
        with self.assertRaises(BusinessError) as caught:
            self.take([arrived])
        self.assertIn(second.picking_ids.name, caught.exception.message)
        both = first.picking_ids + second.picking_ids
        self.assertEqual(both.mapped("state"), ["assigned"] * 2)

    def test_an_unknown_advice_is_for_a_person(self):
        picking = self.announced((self.tea, 5))
        arrived = self.confirmation(
            picking, {"sku": "TEA", "quantity": 5}, receipt_key="IN-0"
        )
        with self.assertRaises(BusinessError) as caught:
            self.take([arrived])
        self.assertEqual(caught.exception.path, "receipt_key")

    # ---------------------------------------------------------------- costs

    def test_freight_is_kept_with_the_receipt(self):
        picking = self.announced((self.tea, 5))
        self.receive_in_full(
            picking,
            charges=[
                {"kind": "freight", "amount": "12.50", "description": "Truck 7"},
                {"kind": "handling", "amount": "3"},
            ],
        )
        self.assertEqual(
            [(c.kind, c.amount) for c in picking.dist_receipt_cost_ids],
            [("freight", 12.5), ("handling", 3)],
        )

    def test_freight_becomes_a_draft_landed_cost_where_that_is_installed(self):
        self.backend.freight_product_id = self.env["product.product"].create(
            {"name": "Freight", "type": "service"}
        )
        picking = self.announced((self.tea, 5))
        self.receive_in_full(picking, charges=[{"amount": "12.50"}])
        cost = picking.dist_receipt_cost_ids
        if "stock.landed.cost" not in self.env:
            self.assertFalse(cost.landed_cost_id)
            return
        landed = self.env["stock.landed.cost"].browse(cost.landed_cost_id)
        self.assertEqual((landed.state, landed.picking_ids), ("draft", picking))
        self.assertEqual(landed.cost_lines.price_unit, 12.5)

    def test_a_currency_we_do_not_use_is_for_a_person(self):
        picking = self.announced((self.tea, 5))
        with self.assertRaises(BusinessError) as caught:
            self.receive_in_full(
                picking, charges=[{"amount": "12.50", "currency": "XQX"}]
            )
        self.assertEqual(caught.exception.path, "charges[0].currency")
        self.assertEqual(picking.state, "assigned")

    # ----------------------------------------------------------------- cost

    def test_a_batch_costs_hardly_more_queries_than_bare_validation(self):
        ours, bare = (
            [self.announced((self.tea, 1), (self.mug, 1)) for _number in range(10)]
            for _side in range(2)
        )
        batch = [
            self.confirmation(p, *((m, 1) for m in p.move_ids), key=p.name)
            for p in ours
        ]
        bare = self.env["stock.picking"].concat(*bare)
        bare._dist_write({"dist_receipt_state": "none"})
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        bare.move_ids.picked = True
        bare.with_context(skip_backorder=True).button_validate()
        self.env.flush_all()
        bare_queries = self.cr.sql_log_count - before
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.env["dist.handler.receipt_confirmation"]._apply(batch)
        self.env.flush_all()
        self.assertLess(self.cr.sql_log_count - before, bare_queries + 15)
