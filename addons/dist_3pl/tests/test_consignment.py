"""Goods of other owners: asked for, taken in, compared and adjusted by owner."""

import json

from odoo.addons.dist_connector_base.core.canonical import InventoryAdjustment
from odoo.addons.dist_connector_base.core.errors import MappingError
from odoo.tests import tagged

from .common import Arrived
from .common_inbound import InboundCase
from .common_reconciliation import StockReconciliationCase


class Consignment:
    """A tea estate that owns goods in the warehouse; Odoo keeps owners."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.group_user").implied_ids |= cls.env.ref(
            "stock.group_tracking_owner"
        )
        cls.estate = cls.env["res.partner"].create({"name": "Estate", "ref": "EST-1"})

    def consign(self, product, quantity):
        """Put goods of the estate on the shelf."""
        self.env["stock.quant"]._update_available_quantity(
            product, self.warehouse.lot_stock_id, quantity, owner_id=self.estate
        )

    def owned(self, product):
        """Give how much of a product is ours, and how much the estate's."""
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", self.warehouse.lot_stock_id.id),
            ]
        )
        theirs = quants.filtered(lambda quant: quant.owner_id == self.estate)
        return (
            sum((quants - theirs).mapped("quantity")),
            sum(theirs.mapped("quantity")),
        )

    def told(self, picking, message_type):
        """Give the lines of the document that is to tell of a transfer."""
        (message,) = self.messages(picking, message_type)
        return json.loads(message.canonical)["lines"]


@tagged("post_install", "-at_install")
class TestConsignedTransfers(Consignment, InboundCase):
    def test_a_request_names_the_owner_of_what_is_reserved(self):
        jam = self.make_product("JAM")
        self.consign(jam, 5)
        picking = self.delivery((jam, 2), (self.tea, 1))
        self.commit()
        owners = {
            line["sku"]: line.get("owner")
            for line in self.told(picking, "fulfilment_request")
        }
        self.assertEqual(owners, {"JAM": "EST-1", "TEA": None})

    def test_shipped_goods_leave_the_stock_of_their_owner(self):
        jam = self.make_product("JAM")
        self.consign(jam, 5)
        picking = self.accepted((jam, 2))
        self.ship_in_full(picking)
        self.assertEqual(picking.state, "done")
        self.assertEqual(self.owned(jam), (0, 3))

    def test_an_owner_without_a_reference_blocks_the_request_and_says_why(self):
        self.estate.ref = False
        jam = self.make_product("JAM")
        self.consign(jam, 5)
        picking = self.delivery((jam, 2))
        self.commit()
        self.assertEqual(picking.dist_state, "blocked")
        self.assertIn("Estate has no reference", picking.dist_reason)

    def test_goods_of_two_owners_are_not_asked_for_in_one_line(self):
        jam = self.make_product("JAM", stock=1)
        self.consign(jam, 1)
        picking = self.delivery((jam, 2))
        self.commit()
        self.assertEqual(picking.dist_state, "blocked")
        self.assertIn("several owners", picking.dist_reason)

    def test_what_is_received_into_consignment_is_the_owners(self):
        jam = self.make_product("JAM")
        kind = self.warehouse.in_type_id
        places = {
            "location_id": self.supplier.property_stock_supplier.id,
            "location_dest_id": kind.default_location_dest_id.id,
        }
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "partner_id": self.supplier.id,
                "owner_id": self.estate.id,
                **places,
                "move_ids": [
                    (0, 0, {"product_id": jam.id, "product_uom_qty": 4, **places})
                ],
            }
        )
        picking.action_confirm()
        self.commit()
        (line,) = self.told(picking, "receipt_notice")
        self.assertEqual(line["owner"], "EST-1")
        self.receive_in_full(picking)
        self.assertEqual(self.owned(jam), (0, 4))


@tagged("post_install", "-at_install")
class TestConsignedStock(Consignment, StockReconciliationCase):
    def setUp(self):
        super().setUp()
        self.consign(self.tea, 5)
        self.backend.stock_owners = True
        self.backend.adjustment_limit = 100

    def owners(self, lines):
        return {(line.owner_ref or "", line.difference) for line in lines}

    def test_both_sides_are_compared_owner_by_owner(self):
        line = self.differ(
            *self.all_but(
                {"sku": "TEA", "quantity": 100},
                {"sku": "TEA", "quantity": 4, "owner": "EST-1"},
            )
        )
        self.assertEqual(self.owners(line), {("EST-1", -1)})
        line._settle("adopt", reason="counted together")
        self.assertEqual(self.owned(self.tea), (100, 4))

    def test_goods_under_the_wrong_owner_are_two_differences(self):
        lines = self.differ(*self.all_but({"sku": "TEA", "quantity": 105}))
        self.assertEqual(self.owners(lines), {("", 5), ("EST-1", -5)})

    def test_our_own_reference_means_our_goods(self):
        self.env.company.partner_id.ref = "WE"
        lines = self.differ(
            *self.all_but(
                {"sku": "TEA", "quantity": 100, "owner": "WE"},
                {"sku": "TEA", "quantity": 5, "owner": "EST-1"},
            )
        )
        self.assertFalse(lines)

    def test_where_owners_are_not_told_all_goods_are_one_sum(self):
        self.backend.stock_owners = False
        self.assertFalse(
            self.differ(
                *self.all_but(
                    {"sku": "TEA", "quantity": 100},
                    {"sku": "TEA", "quantity": 5, "owner": "EST-1"},
                )
            )
        )
        self.assertFalse(
            self.differ(*self.all_but({"sku": "TEA", "quantity": 105}), minutes=1)
        )

    def test_lots_of_two_owners_are_one_sum_where_owners_do_not_count(self):
        self.backend.stock_owners = False
        jam = self.make_product("JAM", tracking="lot")
        self.make_lot(jam, "L1", stock=10)
        line = self.differ(
            *self.all_but({"sku": "TEA", "quantity": 105}),
            {"sku": "JAM", "quantity": 6, "lot": "L1"},
            {"sku": "JAM", "quantity": 3, "lot": "L1", "owner": "EST-1"},
        )
        self.assertEqual((line.lot_name, line.theirs, line.ours), ("L1", 9, 10))

    def test_an_owner_nobody_knows_is_told_and_the_others_count(self):
        snapshot = self.tell(
            {"sku": "TEA", "quantity": 100},
            {"sku": "MUG", "quantity": 3, "owner": "WHO"},
        )
        (warning,) = snapshot.warnings
        self.assertIsInstance(warning, MappingError)
        self.assertEqual((warning.vocabulary, warning.value), ("owner", "WHO"))
        stock = self.env["dist.partner.stock"].search(
            [("backend_id", "=", self.backend.id)]
        )
        self.assertEqual(stock.product_id, self.tea)

    def adjust(self, **line):
        arrived = Arrived(
            self.backend,
            InventoryAdjustment.parse(
                {
                    "adjustment_key": "ADJ-1",
                    "adjusted_at": "2026-03-02T10:00:00+00:00",
                    "warehouse": "BOB",
                    "lines": [{"sku": "TEA", "reason_code": "lost", **line}],
                }
            ),
        )
        with self.env.cr.savepoint():
            self.env["dist.handler.inventory_adjustment"]._apply([arrived])

    def test_an_adjustment_changes_the_stock_of_its_owner(self):
        self.adjust(quantity=-2, owner="EST-1")
        self.assertEqual(self.owned(self.tea), (100, 3))

    def test_found_goods_are_their_owners(self):
        self.adjust(quantity=2, owner="EST-1")
        self.assertEqual(self.owned(self.tea), (100, 7))

    def test_an_adjustment_without_owner_is_ours(self):
        self.adjust(quantity=-2)
        self.assertEqual(self.owned(self.tea), (98, 5))

    def test_an_adjustment_of_a_stranger_is_refused(self):
        with self.assertRaisesRegex(MappingError, "owner's reference WHO"):
            self.adjust(quantity=2, owner="WHO")
