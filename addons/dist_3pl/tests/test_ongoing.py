"""Orders, receipts and returns with the SOAP partner, over a real socket."""

from odoo.tests import tagged

from .common_ongoing import OngoingCase, needs_partner


@needs_partner
@tagged("post_install", "-at_install")
class TestOngoing(OngoingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.adjustment_limit = 100
        cls.oolong = cls.make_product("OOLONG", tracking="lot")
        for name in ("L1", "L2"):
            cls.make_lot(cls.oolong, name, stock=10)

    def requested(self, *lines):
        """Give a delivery that the partner has accepted, its articles told before."""
        picking = self.delivery(*lines)
        self.leave("article")
        self.leave("fulfilment_request")
        self.assertEqual(picking.dist_state, "accepted", picking.dist_reason)
        return picking

    def shipped(self, picking, *items, **plan):
        """Let the partner ship ``(move, quantity, lot)``, and take its word for it."""
        told = [
            {"line": str(move.id), "quantity": quantity, "batch": lot}
            for move, quantity, lot in items
        ]
        number = picking.dist_request_key
        self.partner.plan(ship=[{"number": number, "items": told, **plan}])
        self.fetch("shipment_confirmation")

    def leave_article(self, product):
        """Let the partner know a product."""
        self.env["dist.handler.article"]._ensure(self.backend, product)
        self.leave("article")

    def exceptions(self):
        return self.env["dist.exception"].search(
            [("backend_id", "=", self.backend.id), ("state", "!=", "resolved")]
        )

    def test_order_waits_for_its_article_and_leaves_with_its_lots(self):
        picking = self.delivery((self.oolong, 5))
        self.assertEqual(picking.dist_state, "blocked")
        self.assertIn("does not know OOLONG", picking.dist_reason)
        self.leave("article")
        self.assertEqual(picking.dist_state, "queued")
        self.leave("fulfilment_request")
        self.assertEqual(picking.dist_state, "accepted")
        self.assertTrue(picking.dist_remote_id)
        move = picking.move_ids
        self.shipped(
            picking,
            (move, 3, "L1"),
            (move, 2, "L2"),
            packages={"1": {"label": "00340012345678901234", "weight": "2"}},
        )
        self.assertEqual(picking.state, "done")
        lots = {
            line.lot_id.name: line.quantity for line in picking.move_ids.move_line_ids
        }
        self.assertEqual(lots, {"L1": 3, "L2": 2})
        self.assertEqual(picking.dist_parcel_ids.sscc, "340012345678901234")
        self.assertFalse(self.exceptions())

    def test_partner_is_told_what_was_booked_and_it_changes_nothing(self):
        picking = self.requested((self.mug, 4))
        self.shipped(picking, (picking.move_ids, 4, None))
        self.leave("shipment_acknowledgement")
        order = self.partner.state()["orders"][picking.dist_request_key]
        self.assertEqual(
            {line: float(count) for line, count in order["reported"].items()},
            {str(picking.move_ids.id): 4},
        )
        self.fetch("shipment_confirmation")
        self.assertFalse(self.exceptions())

    def test_changed_delivery_is_changed_at_the_partner_unless_it_is_picked(self):
        picking = self.requested((self.mug, 4))
        picking.partner_id = picking.partner_id.copy({"city": "Shelbyville"})
        self.leave("fulfilment_change")
        number = picking.dist_request_key
        order = self.partner.state()["orders"][number]
        self.assertEqual(order["city"], "Shelbyville")
        self.partner.plan(status={number: 300})
        picking.partner_id = picking.partner_id.copy({"city": "Ogdenville"})
        self.leave("fulfilment_change")
        self.assertEqual(picking.dist_change_state, "refused")
        self.assertIn("worked on", picking.dist_change_reason)

    def test_receipt_is_announced_arrives_and_is_booked_by_lot_and_condition(self):
        picking = self.receipt((self.oolong, 6))
        self.leave("receipt_notice")
        self.assertEqual(picking.dist_receipt_state, "accepted")
        number = picking.dist_receipt_key
        self.partner.plan(arrive=[number])
        self.fetch("receipt_response")
        self.assertEqual(picking.dist_receipt_state, "arrived")
        line = str(picking.move_ids.id)
        self.partner.plan(
            receive=[
                {
                    "number": number,
                    "items": [
                        {"line": line, "quantity": 4, "batch": "N1"},
                        {"line": line, "quantity": 2, "batch": "N2", "locked": True},
                    ],
                }
            ]
        )
        self.fetch("receipt_confirmation")
        self.assertEqual(picking.state, "done")
        self.assertEqual(self.held(self.oolong, lot="N1"), 4)
        self.assertEqual(self.held(self.oolong, self.quarantine, lot="N2"), 2)
        self.leave("receipt_acknowledgement")
        receipt = self.partner.state()["receipts"][number]
        self.assertEqual(float(receipt["reported"][line]), 6)
        self.assertFalse(self.exceptions())

    def test_return_comes_back_by_lot_and_waits_where_nobody_decided(self):
        picking = self.requested((self.oolong, 5))
        move = picking.move_ids
        self.shipped(picking, (move, 3, "L1"), (move, 2, "L2"))
        record = self.env["dist.return"].browse(picking.action_dist_return()["res_id"])
        record.line_ids.write({"quantity": 2, "reason_code": "damaged"})
        record.action_authorise()
        self.leave("return_authorisation")
        self.assertEqual(record.state, "accepted", record.reason_text)
        self.assertTrue(record.remote_key)
        item = {"sku": "OOLONG", "quantity": 1}
        items = [{**item, "batch": "L1", "status": "OK"}, {**item, "batch": "L2"}]
        self.partner.plan(bring_back=[{"number": record.name, "items": items}])
        self.fetch("return_notice")
        self.assertEqual(record.state, "received")
        self.assertEqual(self.held(self.oolong, lot="L1"), 8)
        self.assertEqual(self.held(self.oolong, self.quarantine, lot="L2"), 1)
        # the order shows again, split into what stayed and what came back
        self.fetch("shipment_confirmation")
        self.assertFalse(self.exceptions())

    def test_article_that_the_partner_refuses_holds_its_order_back_and_says_why(self):
        product = self.make_product("A-NUMBER-OF-MANY-SIGNS", stock=5)
        picking = self.delivery((product, 1))
        self.leave("article")
        self.assertEqual(picking.dist_state, "blocked")
        self.assertIn("longer than an article number may be", picking.dist_reason)
        self.assertEqual(self.exceptions().message_id.message_type, "article")

    def test_stock_take_is_booked_by_its_cause_once(self):
        self.leave_article(self.oolong)
        take = {"sku": "OOLONG", "quantity": -2, "cause": "DAMAGED", "batch": "L1"}
        self.partner.plan(adjust=[take])
        for _time in range(2):
            self.fetch("inventory_adjustment")
        self.assertEqual(self.held(self.oolong, lot="L1"), 8)
        adjustment = self.env["dist.adjustment"].search(
            [("backend_id", "=", self.backend.id)]
        )
        self.assertEqual(adjustment.state, "applied")
        self.assertEqual(adjustment.line_ids.reason_code, "damaged")

    def test_stock_is_kept_by_lot_and_status(self):
        self.leave_article(self.oolong)
        items = [
            {"quantity": 7, "batch": "L1"},
            {"quantity": 2, "batch": "L2", "status": "QUARANTINE"},
        ]
        self.partner.plan(
            stock={"OOLONG": items, "SKU-001": [], "SKU-005": []},
        )
        self.fetch("inventory_snapshot")
        rows = self.env["dist.partner.stock"].search(
            [("backend_id", "=", self.backend.id)]
        )
        self.assertEqual(
            {(row.lot_name, row.status, row.quantity) for row in rows},
            {("L1", "sellable", 7), ("L2", "quarantine", 2)},
        )

    def test_invoice_is_audited_with_its_fees(self):
        picking = self.requested((self.mug, 4))
        self.shipped(picking, (picking.move_ids, 4, None))
        money = {"currency": self.env.company.currency_id.name}
        pick = {"code": "PICK", "price": "9", "order": picking.dist_request_key}
        rows = [{**pick, **money}, {"code": "FREIGHT", "price": "3", **money}]
        self.partner.plan(bill=[{"number": "F1", "total": "12", "rows": rows}])
        self.fetch("service_charge")
        self.fetch("service_invoice")
        invoice = self.env["dist.service.invoice"].search(
            [("backend_id", "=", self.backend.id)]
        )
        self.assertEqual((invoice.number, invoice.total), ("F1", 12))
        self.assertEqual(sum(invoice.charge_ids.mapped("amount")), 12)
        self.assertEqual(set(invoice.charge_ids.mapped("fee")), {"pick", "freight"})
