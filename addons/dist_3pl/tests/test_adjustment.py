"""What a warehouse found, lost or damaged by itself."""

from odoo.addons.dist_connector_base.core.canonical import InventoryAdjustment
from odoo.addons.dist_connector_base.core.errors import (
    BusinessError,
    DataError,
    MappingError,
)
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import Arrived
from .common_inbound import InboundCase


@tagged("post_install", "-at_install")
class TestAdjustment(InboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.adjustment_limit = 100
        cls.tea.standard_price = 3
        cls.lost = cls.env["stock.location"].create(
            {"name": "Lost at Bob", "usage": "inventory"}
        )
        cls.make_place("lost", cls.lost, kind="reason")

    def document(self, *lines, key="ADJ-1", **values):
        return Arrived(
            self.backend,
            InventoryAdjustment.parse(
                {
                    "adjustment_key": key,
                    "adjusted_at": "2026-03-02T10:00:00+00:00",
                    "warehouse": "BOB",
                    "lines": [{"reason_code": "lost", **line} for line in lines],
                    **values,
                }
            ),
        )

    def adjust(self, *lines, **values):
        arrived = self.document(*lines, **values)
        self.take([arrived], "inventory_adjustment")
        return arrived.linked

    # --------------------------------------------------------------- booked

    def test_lost_stock_goes_to_the_place_of_its_cause(self):
        adjustment = self.adjust({"sku": "TEA", "quantity": -4, "reason": "aisle 3"})
        self.assertEqual(adjustment.state, "applied")
        self.assertEqual((self.held(self.tea), self.held(self.tea, self.lost)), (96, 4))
        move = adjustment.line_ids.move_ids
        self.assertTrue(move.is_inventory)
        self.assertEqual(move.inventory_name, "ADJ-1: lost: aisle 3")
        self.assertEqual(str(move.date), "2026-03-02 10:00:00")
        self.assertIn("-4 [TEA]", adjustment.summary)
        self.assertIn("(lost)", adjustment.summary)

    def test_a_cause_without_a_place_takes_the_inventory_loss(self):
        self.adjust({"sku": "TEA", "quantity": -4, "reason_code": "expired"})
        loss = self.tea.property_stock_inventory
        self.assertEqual(self.tea.stock_move_ids.location_dest_id, loss)

    def test_found_stock_comes_in(self):
        self.adjust({"sku": "TEA", "quantity": 6, "reason_code": "found"})
        self.assertEqual(self.held(self.tea), 106)

    def test_found_stock_serves_a_delivery_that_waits(self):
        cup = self.make_product("CUP", stock=1)
        picking = self.delivery((cup, 3))
        self.adjust({"sku": "CUP", "quantity": 2, "reason_code": "found"})
        self.assertEqual(picking.move_ids.state, "assigned")

    def test_sellable_stock_becomes_damaged(self):
        adjustment = self.adjust(
            {
                "sku": "TEA",
                "quantity": 5,
                "from_status": "sellable",
                "status": "damaged",
                "reason_code": "damaged",
            }
        )
        self.assertEqual(
            (self.held(self.tea), self.held(self.tea, self.damaged)), (95, 5)
        )
        self.assertEqual(adjustment.value, 15)

    def test_damaged_stock_is_thrown_away_and_sellable_stock_is_not_touched(self):
        self.env["stock.quant"]._update_available_quantity(self.tea, self.damaged, 5)
        self.adjust({"sku": "TEA", "quantity": -5, "status": "damaged"})
        self.assertEqual(
            (self.held(self.tea), self.held(self.tea, self.damaged)), (100, 0)
        )

    def test_stock_is_taken_from_the_shelves_but_not_from_damaged_goods(self):
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.warehouse.lot_stock_id.id}
        )
        cup = self.make_product("CUP")
        for place, quantity in ((shelf, 4), (self.damaged, 9)):
            self.env["stock.quant"]._update_available_quantity(cup, place, quantity)
        self.adjust({"sku": "CUP", "quantity": -3})
        self.assertEqual((self.held(cup, shelf), self.held(cup, self.damaged)), (1, 9))

    def test_lots(self):
        cup = self.make_product("CUP", tracking="lot")
        self.make_lot(cup, "L1", stock=5)
        self.adjust(
            {"sku": "CUP", "quantity": -2, "lot": "L1"},
            {
                "sku": "CUP",
                "quantity": 3,
                "lot": "L2",
                "reason_code": "found",
                "expiry": "2027-01-31",
            },
        )
        self.assertEqual((self.held(cup, lot="L1"), self.held(cup, lot="L2")), (3, 3))

    def test_many_in_one_batch(self):
        batch = [
            self.document({"sku": "TEA", "quantity": -1}, key=f"ADJ-{number}")
            for number in range(5)
        ]
        self.take(batch, "inventory_adjustment")
        self.assertEqual(self.held(self.tea), 95)

    # --------------------------------------------------------------- waits

    def test_above_the_limit_it_waits_and_a_reviewer_approves(self):
        adjustment = self.adjust({"sku": "TEA", "quantity": -40})
        self.assertEqual((adjustment.state, adjustment.value), ("to_approve", 120))
        self.assertIn("above the limit", adjustment.wait_reason)
        self.assertEqual(self.held(self.tea), 100)
        worker = self.make_user("dist_connector_base.group_operator")
        with self.assertRaises(AccessError):
            adjustment.with_user(worker).action_approve()
        reviewer = worker.copy({"login": "reviewer_inbound"})
        reviewer.group_ids += self.env.ref("dist_connector_base.group_reviewer")
        adjustment.with_user(reviewer).action_approve()
        self.assertEqual((adjustment.state, self.held(self.tea)), ("applied", 60))
        self.assertEqual(adjustment.decided_by_id, reviewer)
        self.assertEqual(self.audited(adjustment), ["adjustment.approve"])
        with self.assertRaisesRegex(UserError, "decided already"):
            adjustment.action_approve()

    def test_gains_do_not_hide_losses(self):
        self.mug.standard_price = 3
        adjustment = self.adjust(
            {"sku": "TEA", "quantity": -20},
            {"sku": "MUG", "quantity": 20, "reason_code": "found"},
        )
        self.assertEqual((adjustment.state, adjustment.value), ("to_approve", 120))

    def test_an_empty_limit_lets_everything_wait(self):
        self.backend.adjustment_limit = 0
        adjustment = self.adjust({"sku": "MUG", "quantity": -1})
        self.assertEqual(adjustment.state, "to_approve")

    def test_a_refusal_needs_a_reason_and_books_nothing(self):
        adjustment = self.adjust({"sku": "TEA", "quantity": -40})
        with self.assertRaisesRegex(UserError, "remark"):
            adjustment.action_refuse()
        adjustment.decision_note = "Counted again: all there"
        adjustment.action_refuse()
        self.assertEqual((adjustment.state, self.held(self.tea)), ("refused", 100))
        self.assertEqual(self.audited(adjustment), ["adjustment.refuse"])

    def test_more_than_we_hold_waits_and_is_booked_below_zero_when_approved(self):
        cup = self.make_product("CUP", stock=3)
        adjustment = self.adjust({"sku": "CUP", "quantity": -5})
        self.assertEqual(adjustment.state, "to_approve")
        self.assertIn("2 less", adjustment.wait_reason)
        adjustment.action_approve()
        self.assertEqual(self.held(cup), -2)

    def test_pending_approvals_lists_what_waits(self):
        waiting = self.adjust({"sku": "TEA", "quantity": -40})
        booked = self.adjust({"sku": "TEA", "quantity": -1}, key="ADJ-2")
        action = self.env.ref("dist_3pl.dist_adjustment_action_pending")
        found = self.env[action.res_model].search(safe_eval(action.domain))
        self.assertIn(waiting, found)
        self.assertNotIn(booked, found)

    # --------------------------------------------------------------- faults

    def test_faults_are_for_a_person(self):
        cup = self.make_product("CUP", tracking="lot")
        self.make_lot(cup, "L1", stock=5)
        hold = {"from_status": "sellable", "status": "hold", "reason_code": "x"}
        for line, error, path in (
            ({"sku": "NIX", "quantity": 1}, BusinessError, "lines[0].sku"),
            ({"sku": "TEA", "quantity": 0}, DataError, "lines[0].quantity"),
            (
                {"sku": "TEA", "quantity": 1, "unit": "CS"},
                MappingError,
                "lines[0].unit",
            ),
            ({"sku": "CUP", "quantity": -1}, BusinessError, "lines[0].lot"),
            (
                {"sku": "CUP", "quantity": -1, "lot": "L8"},
                BusinessError,
                "lines[0].lot",
            ),
            ({"sku": "TEA", "quantity": 1, **hold}, MappingError, "lines[0].status"),
            (
                {"sku": "TEA", "quantity": -1, **hold, "status": "damaged"},
                DataError,
                "lines[0].quantity",
            ),
        ):
            with self.subTest(line=line), self.assertRaises(error) as caught:
                self.adjust(line)
            self.assertEqual(caught.exception.path, path)
        mine = [("backend_id", "=", self.backend.id)]
        self.assertFalse(self.env["dist.adjustment"].search(mine))

    def audited(self, adjustment):
        return (
            self.env["dist.audit"]
            .search(
                [
                    ("res_model", "=", "dist.adjustment"),
                    ("res_id", "=", adjustment.id),
                ]
            )
            .mapped("action")
        )
