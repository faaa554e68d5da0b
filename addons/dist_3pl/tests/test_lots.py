"""Lots and serial numbers of what a partner shipped."""

from odoo.addons.dist_connector_base.core.errors import BusinessError, DataError
from odoo.tests import tagged

from .common import ThirdPartyCase


@tagged("post_install", "-at_install")
class TestLots(ThirdPartyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jam = cls.make_product("JAM", tracking="lot")
        cls.first = cls.make_lot(cls.jam, "L1", stock=10)
        cls.second = cls.make_lot(cls.jam, "L2", stock=10)
        cls.phone = cls.make_product("PHONE", tracking="serial")
        for name in ("S1", "S2", "S3"):
            cls.make_lot(cls.phone, name, stock=1)

    def line(self, move, quantity, **lots):
        kind = "serial" if move.has_tracking == "serial" else "lot"
        return {
            "line_key": str(move.id),
            "quantity": quantity,
            "lots": [{kind: name, "quantity": part} for name, part in lots.items()],
        }

    def shipped_lots(self, picking):
        return {
            line.lot_id.name: line.quantity for line in picking.move_ids.move_line_ids
        }

    def test_the_partners_lots_replace_those_we_reserved(self):
        picking = self.accepted((self.jam, 6))
        self.assertEqual(picking.move_line_ids.lot_id, self.first)
        self.ship(picking, self.line(picking.move_ids, 6, L1=2, L2=4))
        self.assertEqual(picking.state, "done")
        self.assertEqual(self.shipped_lots(picking), {"L1": 2, "L2": 4})
        self.assertEqual((self.first.product_qty, self.second.product_qty), (8, 6))

    def test_the_lots_we_reserved_stay_where_they_are_the_partners(self):
        picking = self.accepted((self.jam, 6))
        reserved = picking.move_line_ids
        self.ship(picking, self.line(picking.move_ids, 6, L1=6))
        self.assertEqual(picking.move_line_ids, reserved)

    def test_part_of_a_lot_leaves_the_rest_to_the_backorder(self):
        picking = self.accepted((self.jam, 6))
        self.ship(picking, self.line(picking.move_ids, 4, L2=4))
        backorder = picking.backorder_ids
        self.assertEqual(self.shipped_lots(picking), {"L2": 4})
        self.assertEqual(backorder.move_ids.product_uom_qty, 2)
        self.assertEqual(backorder.dist_state, "queued")

    def test_a_missing_lot_is_made_where_the_operation_allows_it(self):
        self.warehouse.out_type_id.use_create_lots = True
        picking = self.accepted((self.jam, 6))
        line = self.line(picking.move_ids, 6, NEW=6)
        line["lots"][0]["expiry"] = "2027-01-31"
        self.ship(picking, line)
        lot = picking.move_ids.lot_ids
        self.assertEqual((picking.state, lot.name), ("done", "NEW"))
        self.assertEqual(str(lot.expiration_date)[:10], "2027-01-31")

    def test_a_missing_lot_is_a_question_where_it_does_not(self):
        self.warehouse.out_type_id.use_create_lots = False
        picking = self.accepted((self.jam, 6))
        with self.assertRaises(BusinessError) as caught:
            self.ship(picking, self.line(picking.move_ids, 6, NEW=6))
        self.assertEqual(caught.exception.path, "lines[0].lots")
        self.assertEqual(picking.state, "assigned")

    def test_serial_numbers(self):
        picking = self.accepted((self.phone, 2))
        self.ship(picking, self.line(picking.move_ids, 2, S3=1, S2=1))
        self.assertEqual(self.shipped_lots(picking), {"S2": 1, "S3": 1})

    def test_a_serial_number_with_quantity_two_is_refused(self):
        picking = self.accepted((self.phone, 2))
        with self.assertRaises(DataError):
            self.ship(picking, self.line(picking.move_ids, 2, S3=2))

    def test_a_tracked_product_without_its_lots_is_refused(self):
        picking = self.accepted((self.jam, 6))
        with self.assertRaisesRegex(BusinessError, "missing"):
            self.ship(picking, (picking.move_ids, 6))

    def test_a_lot_that_another_delivery_reserved_ships_all_the_same(self):
        other = self.accepted((self.jam, 10))
        picking = self.accepted((self.jam, 5))
        self.assertEqual(picking.move_line_ids.lot_id, self.second)
        self.ship(picking, self.line(picking.move_ids, 5, L1=5))
        self.assertEqual(self.shipped_lots(picking), {"L1": 5})
        self.assertEqual(self.first.product_qty, 5)
        self.assertEqual(other.state, "assigned")
