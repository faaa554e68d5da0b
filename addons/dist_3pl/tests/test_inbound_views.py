"""What people see of receipts, adjustments and returns, and whose they are."""

from odoo.addons.dist_connector_base.core.canonical import InventoryAdjustment
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import Arrived
from .test_return import ReturnCase


@tagged("post_install", "-at_install")
class TestInboundViews(ReturnCase):
    def test_expected_receipts_lists_what_is_not_received(self):
        waiting = self.announced((self.tea, 1))
        received = self.announced((self.tea, 1))
        self.receive_in_full(received)
        action = self.env.ref("dist_3pl.stock_picking_action_receipts")
        found = self.env["stock.picking"].search(safe_eval(action.domain))
        self.assertIn(waiting, found)
        self.assertNotIn(received, found)

    def test_a_stock_user_opens_a_receipt(self):
        picking = self.announced((self.tea, 5))
        self.receive_in_full(picking, charges=[{"amount": "12.50"}])
        worker = self.make_user("stock.group_stock_user")
        read = picking.with_user(worker).web_read(
            {
                "dist_receipt_state": {},
                "dist_receipt_line_ids": {"fields": {"difference": {}}},
                "dist_receipt_cost_ids": {"fields": {"amount": {}}},
            }
        )[0]
        self.assertEqual(read["dist_receipt_state"], "received")
        self.assertEqual(read["dist_receipt_line_ids"][0]["difference"], 0)
        self.assertEqual(read["dist_receipt_cost_ids"][0]["amount"], 12.5)

    def test_another_company_sees_nothing_of_it(self):
        self.backend.adjustment_limit = 0
        picking = self.announced((self.tea, 5))
        self.receive_in_full(picking, charges=[{"amount": "12.50"}])
        delivery = self.shipped((self.tea, 5))
        self.expected(delivery, 2)
        document = InventoryAdjustment.parse(
            {
                "adjustment_key": "ADJ-1",
                "adjusted_at": "2026-03-02T10:00:00+00:00",
                "warehouse": "BOB",
                "lines": [{"sku": "TEA", "quantity": 1, "reason_code": "found"}],
            }
        )
        self.take([Arrived(self.backend, document)], "inventory_adjustment")
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.make_user(
            "stock.group_stock_manager", "dist_connector_base.group_manager"
        )
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        for model in (
            "dist.receipt.line",
            "dist.receipt.cost",
            "dist.place",
            "dist.adjustment",
            "dist.adjustment.line",
            "dist.return",
            "dist.return.line",
        ):
            mine = [("company_id", "=", self.env.company.id)]
            self.assertTrue(self.env[model].search(mine), model)
            self.assertFalse(self.env[model].with_user(stranger).search(mine), model)

    def test_a_place_fits_its_status_or_reason(self):
        with self.assertRaises(ValidationError):
            self.make_place("hold", self.scrap)
        with self.assertRaises(ValidationError):
            self.make_place("lost", self.damaged, kind="reason")
        with self.assertRaises(ValidationError):
            self.make_place("dusty", self.damaged)

    def test_what_is_not_for_sale_lies_outside_the_stock(self):
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.warehouse.lot_stock_id.id}
        )
        with self.assertRaisesRegex(ValidationError, "promised to customers"):
            self.make_place("hold", shelf)

    def test_damaged_goods_are_promised_to_nobody(self):
        cup = self.make_product("CUP")
        picking = self.announced((cup, 3))
        self.receive(picking, {"sku": "CUP", "quantity": 3, "condition": "damaged"})
        delivery = self.delivery((cup, 3))
        self.assertEqual(delivery.state, "confirmed")

    def test_a_surplus_that_was_accepted_is_replayed_from_the_ledger(self):
        picking = self.announced((self.tea, 5))
        message = self.env["dist.message"].create(
            {
                "backend_id": self.backend.id,
                "company_id": self.env.company.id,
                "direction": "in",
                "message_type": "receipt_confirmation",
                "partition": picking.dist_receipt_key,
                "state": "exception",
            }
        )
        message.note = "6 of TEA came in, 5 were announced"
        self.assertEqual(picking.dist_receipt_waits, message.note)
        # the profile of the tests has no flow for it: nothing can be replayed
        with self.assertRaises(UserError):
            picking.action_dist_accept_surplus()
        flow = self.env["dist.flow"].create(
            {
                "backend_id": self.backend.id,
                "message_type": "receipt_confirmation",
                "direction": "in",
            }
        )
        message.flow_id = flow
        picking.action_dist_accept_surplus()
        self.assertEqual(message.state, "received")
        picking.invalidate_recordset()
        self.assertFalse(picking.dist_receipt_waits)
