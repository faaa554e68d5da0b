"""Products, receipts, stock, counts and bills with ShipBob, over a real socket."""

from odoo.addons.dist_connector_base.core.canonical import Article
from odoo.tests import tagged

from .common_shipbob import ShipbobCase, needs_partner


@needs_partner
@tagged("post_install", "-at_install")
class TestShipbob(ShipbobCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.oolong = cls.make_product("OOLONG", tracking="lot")

    def exceptions(self):
        return self.env["dist.exception"].search(
            [("backend_id", "=", self.backend.id), ("state", "!=", "resolved")]
        )

    def received(self, *counted):
        """Give a receipt of OOLONG and MUG that the house has counted."""
        self.stock_there(
            {"sku": "OOLONG", "quantity": 0}, {"sku": "MUG", "quantity": 0}
        )
        self.fetch("item_list")
        picking = self.receipt((self.oolong, 5), (self.mug, 2))
        self.leave("receipt_notice")
        self.assertEqual(picking.dist_receipt_state, "accepted", picking.dist_reason)
        lines = [{"sku": "MUG", "quantity": 2}, *counted]
        self.partner.control("receive", key=picking.dist_receipt_key, lines=lines)
        self.fetch("receipt_confirmation")
        return picking

    def shipped(self, product, quantity):
        """Give a delivery that the house has shipped, its articles told before."""
        self.stock_there({"sku": product.default_code, "quantity": 50})
        picking = self.delivery((product, quantity))
        self.leave("article")
        self.leave("fulfilment_request")
        self.assertEqual(picking.dist_state, "accepted", picking.dist_reason)
        self.partner.settle()
        self.fetch("shipment_confirmation")
        self.assertEqual(picking.state, "done")
        return picking

    def billed(self, **prices):
        """Let the house bill, and give our fees by their word."""
        self.partner.control(
            "bill", prices={name.replace("_", " "): p for name, p in prices.items()}
        )
        self.fetch("service_invoice")
        self.fetch("service_charge")
        charges = self.env["dist.service.charge"].search(
            [("backend_id", "=", self.backend.id)]
        )
        return {charge.fee: charge for charge in charges}

    def test_lots_of_a_receipt_are_booked_out_of_its_boxes(self):
        picking = self.received(
            {"sku": "OOLONG", "quantity": 3, "lot": "LA", "expiry": "2031-01-01"},
            {"sku": "OOLONG", "quantity": 2, "lot": "LB", "expiry": "2032-01-01"},
        )
        self.assertEqual(picking.state, "done")
        lines = picking.move_line_ids.filtered("lot_id")
        self.assertEqual(
            {line.lot_id.name: line.quantity for line in lines}, {"LA": 3, "LB": 2}
        )
        if "expiration_date" in self.env["stock.lot"]._fields:
            days = {line.lot_id.name: line.lot_id.expiration_date for line in lines}
            self.assertEqual(str(days["LB"])[:4], "2032")
        self.assertFalse(self.exceptions())

    def test_stock_is_told_by_lot(self):
        self.stock_there(
            {"sku": "OOLONG", "quantity": 6, "lot": "LA"},
            {"sku": "OOLONG", "quantity": 4, "lot": "LB"},
            {"sku": "MUG", "quantity": 7},
        )
        self.fetch("inventory_snapshot")
        levels = self.env["dist.partner.stock"].search(
            [
                ("backend_id", "=", self.backend.id),
                ("product_id", "in", (self.oolong + self.mug).ids),
            ]
        )
        told = {(r.product_id.default_code, r.lot_name): r.quantity for r in levels}
        self.assertEqual(told[("OOLONG", "LA")], 6)
        self.assertEqual(told[("OOLONG", "LB")], 4)
        self.assertEqual(told[("MUG", "")], 7)
        self.assertEqual(len(set(levels.mapped("taken_at"))), 1, "one moment for all")

    def test_a_count_of_the_house_waits_for_approval_or_is_booked(self):
        lot = self.make_lot(self.oolong, "LA", stock=9)
        self.backend.adjustment_limit = 1000
        self.stock_there({"sku": "OOLONG", "quantity": 9, "lot": "LA"})
        self.partner.control(
            "change", sku="OOLONG", quantity="-2", reason="LOST", lot="LA"
        )
        self.fetch("inventory_adjustment")
        adjustment = self.env["dist.adjustment"].search(
            [("backend_id", "=", self.backend.id)], order="id desc", limit=1
        )
        self.assertEqual(adjustment.line_ids.lot_id, lot)
        self.assertEqual(adjustment.line_ids.quantity, -2)
        self.assertEqual(adjustment.state, "applied")

    def test_fees_find_the_shipment_and_the_receipt_they_are_for(self):
        receipt = self.received({"sku": "OOLONG", "quantity": 5, "lot": "LA"})
        delivery = self.shipped(self.mug, 1)
        fees = self.billed(Shipping="6.50", WRO_Receiving_Fee="25")
        self.assertEqual(fees["freight"].picking_id, delivery)
        self.assertEqual(fees["receiving"].picking_id, receipt)
        invoices = fees["freight"].invoice_id + fees["receiving"].invoice_id
        self.assertEqual(len(invoices), 2)
        for invoice in invoices:
            self.assertTrue(invoice.has_total)
            self.assertAlmostEqual(invoice.total, invoice.charged)

    def test_an_order_waits_for_its_article_which_is_changed_in_place_later(self):
        chai = self.make_product("CHAI", stock=10)
        self.stock_there({"sku": "CHAI", "quantity": 10})
        picking = self.delivery((chai, 1))
        self.assertEqual(picking.dist_state, "blocked")
        self.leave("article")
        self.leave("fulfilment_request")
        self.assertEqual(picking.dist_state, "accepted")
        chai.name = "Chai, spiced"
        self.leave("article")
        known = self.partner.control("catalogue")["CHAI"]
        self.assertEqual((known["name"], known["changes"]), ("Chai, spiced", 1))
        last = self.env["dist.message"].search(
            [("message_type", "=", "article"), ("res_id", "=", chai.id)], limit=1
        )
        self.assertTrue(Article.from_json(last.canonical).remote_id)

    def test_a_product_that_shipbob_has_is_not_made_again_but_brought_up_to_date(self):
        made = self.partner.call(
            "/product", {"name": "Rooibos", "variants": [{"sku": "ROOIBOS"}]}
        )
        rooibos = self.make_product("ROOIBOS", tracking="lot")
        self.make_lot(rooibos, "L1", stock=10)
        picking = self.delivery((rooibos, 1))
        self.assertEqual(picking.dist_state, "blocked")
        self.leave("article")
        self.assertEqual(picking.dist_state, "queued")
        self.assertFalse(self.exceptions())
        binding = self.env["dist.binding"].search(
            [
                ("backend_id", "=", self.backend.id),
                ("res_model", "=", "product.product"),
                ("res_id", "=", rooibos.id),
            ]
        )
        number = f"{made['id']}-{made['variants'][0]['id']}"
        self.assertEqual((binding.external_id, binding.remote_id), ("ROOIBOS", number))
        catalogue = self.partner.control("catalogue")
        self.assertEqual(len(catalogue), 1)
        (variant,) = catalogue["ROOIBOS"]["variants"]
        self.assertTrue(variant["lot_information"]["is_lot"])
