"""What a warehouse says it holds, against what Odoo says."""

import json
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_reconciliation import StockReconciliationCase


@tagged("post_install", "-at_install")
class TestStockReconciliation(StockReconciliationCase):
    def quant(self, product, location=None, lot=None):
        return sum(
            self.env["stock.quant"]
            .search(
                [
                    ("product_id", "=", product.id),
                    ("location_id", "=", (location or self.warehouse.lot_stock_id).id),
                    ("lot_id", "=", lot.id if lot else False),
                ]
            )
            .mapped("quantity")
        )

    # ------------------------------------------------------------- the grain

    def test_the_same_stock_on_both_sides_makes_no_difference(self):
        self.assertFalse(self.differ(*self.all_but()))

    def test_a_difference_has_product_value_and_both_numbers(self):
        line = self.differ(*self.all_but({"sku": "TEA", "quantity": 97}))
        self.assertEqual(
            (line.product_id, line.warehouse_id), (self.tea, self.warehouse)
        )
        self.assertEqual((line.ours, line.theirs, line.difference), (100, 97, -3))
        self.assertEqual(line.value, 6)

    def test_each_lot_is_compared_alone(self):
        jam = self.make_product("JAM", tracking="lot")
        for name in ("L1", "L2"):
            self.make_lot(jam, name, stock=10)
        lines = self.differ(
            *self.all_but(),
            {"sku": "JAM", "quantity": 12, "lot": "L1"},
            {"sku": "JAM", "quantity": 8, "lot": "L3"},
        )
        self.assertEqual(
            {key[1]: value[1] for key, value in self.said(lines).items()},
            {"L1": 2, "L2": -10, "L3": 8},
        )

    def test_without_lots_a_product_is_compared_as_a_whole(self):
        self.backend.stock_lots = False
        jam = self.make_product("JAM", tracking="lot")
        self.make_lot(jam, "L1", stock=10)
        self.make_lot(jam, "L2", stock=10)
        line = self.differ(*self.all_but(), {"sku": "JAM", "quantity": 19})
        self.assertEqual((line.lot_name, line.difference), ("", -1))
        with self.assertRaisesRegex(UserError, "does not allow"):
            line._settle("adopt", reason="counted")

    def test_a_lot_in_two_places_of_a_warehouse_is_one_sum(self):
        jam = self.make_product("JAM", tracking="lot")
        lot = self.make_lot(jam, "L1", stock=10)
        shelf = self.warehouse.lot_stock_id.copy({"name": "Shelf"})
        shelf.location_id = self.warehouse.lot_stock_id
        self.env["stock.quant"]._update_available_quantity(jam, shelf, 5, lot_id=lot)
        line = self.differ(*self.all_but(), {"sku": "JAM", "quantity": 14, "lot": "L1"})
        self.assertEqual((line.ours, line.theirs), (15, 14))

    def test_lots_of_a_product_that_is_not_tracked_any_more_are_one_sum(self):
        jam = self.make_product("JAM", tracking="lot")
        self.make_lot(jam, "L1", stock=10)
        self.make_lot(jam, "L2", stock=10)
        jam.tracking = "none"
        line = self.differ(*self.all_but(), {"sku": "JAM", "quantity": 19})
        self.assertEqual((line.lot_name, line.ours, line.theirs), ("", 20, 19))

    def test_each_stock_status_has_its_place(self):
        self.env["stock.quant"]._update_available_quantity(self.tea, self.damaged, 4)
        lines = self.differ(
            *self.all_but(), {"sku": "TEA", "quantity": 5, "status": "damaged"}
        )
        self.assertEqual(set(self.said(lines)), {("TEA", "", "damaged")})
        self.assertEqual(lines.difference, 1)

    def test_who_tells_only_what_is_for_sale_is_not_asked_for_the_rest(self):
        self.env["stock.quant"]._update_available_quantity(self.tea, self.damaged, 4)
        self.backend.stock_statuses = False
        self.assertFalse(self.differ(*self.all_but()))
        self.backend.stock_statuses = True
        self.assertEqual(
            set(self.said(self.compare().line_ids)), {("TEA", "", "damaged")}
        )

    def test_each_warehouse_of_a_partner_is_compared_alone(self):
        second = self.make_warehouse("ROB", self.backend)
        self.put_in_stock(self.tea, 7, warehouse=second)
        self.tell(*self.all_but())
        self.tell({"sku": "TEA", "quantity": 5}, warehouse="ROB")
        line = self.compare().line_ids
        self.assertEqual((line.warehouse_id, line.ours, line.theirs), (second, 7, 5))

    def test_a_warehouse_nobody_knows_is_told(self):
        self.make_warehouse("ROB", self.backend)
        snapshot = self.tell({"sku": "TEA", "quantity": 5}, warehouse="NOB")
        self.assertIn("NOB", snapshot.warnings[0].message)

    def test_other_companies_stock_does_not_count(self):
        other = self.env["res.company"].create({"name": "Other"})
        elsewhere = self.make_warehouse(
            "OTH", self.make_backend("Eve", company=other), other
        )
        self.put_in_stock(self.tea, 50, warehouse=elsewhere)
        self.assertFalse(self.differ(*self.all_but()))

    # ----------------------------------------------------------- the meaning

    def test_what_is_not_listed_is_unknown_until_declared_zero(self):
        self.moved_long_ago()
        self.tell({"sku": "TEA", "quantity": 100}, whole=False)
        run = self.compare()
        self.assertFalse(run.line_ids)
        self.assertEqual(run.left_out_count, 1)
        self.backend.stock_absent = "zero"
        lines = self.differ({"sku": "TEA", "quantity": 100}, minutes=1, whole=False)
        self.assertEqual(self.said(lines), {("MUG", "", "sellable"): ("missing", -100)})

    def test_with_changes_only_the_last_number_stands(self):
        self.backend.stock_absent = "stands"
        self.tell({"sku": "TEA", "quantity": 99}, whole=False)
        lines = self.differ({"sku": "MUG", "quantity": 100}, minutes=1, whole=False)
        self.assertEqual(lines.product_id, self.tea)
        self.assertFalse(self.env["dist.partner.snapshot"].search([]))

    def test_a_net_quantity_is_free_stock(self):
        self.backend.stock_basis = "net_told"
        told = {"sku": "TEA", "quantity": 90, "allocated": 10}
        self.assertFalse(self.differ(*self.all_but(told)))
        self.backend.stock_basis = "gross"
        self.assertEqual(self.compare().line_ids.difference, -10)

    def test_free_stock_alone_is_compared_with_unreserved_stock(self):
        self.backend.stock_basis = "net"
        self.delivery((self.tea, 10))
        self.assertFalse(self.differ(*self.all_but({"sku": "TEA", "quantity": 90})))

    # ------------------------------------------------------- late or real

    def test_a_movement_after_the_count_is_late(self):
        self.moved_long_ago()
        self.tell(*self.all_but(), minutes=-60)
        picking = self.accepted((self.tea, 3))
        self.ship_in_full(picking)
        line = self.compare().line_ids
        self.assertEqual((line.difference, line.kind), (3, "late"))

    def test_a_movement_before_a_count_that_says_the_same_again_is_not_late(self):
        self.moved_long_ago()
        self.tell(*self.all_but(), minutes=-180)
        picking = self.accepted((self.tea, 3))
        self.ship_in_full(picking)
        moved = self.now - timedelta(minutes=60)
        picking.move_line_ids.date = moved.replace(tzinfo=None)
        self.tell(*self.all_but(), minutes=-10)
        line = self.compare().line_ids
        self.assertEqual(line.difference, 3)
        self.assertNotEqual(line.kind, "late")

    def test_what_a_list_leaves_out_is_missing(self):
        self.moved_long_ago()
        self.tell(*self.all_but(), minutes=-60)
        lines = self.differ({"sku": "TEA", "quantity": 100})
        self.assertEqual(self.said(lines), {("MUG", "", "sellable"): ("missing", -100)})

    def test_what_the_partner_may_have_shipped_is_late(self):
        self.moved_long_ago()
        self.accepted((self.tea, 3))
        lines = self.differ(
            *self.all_but(
                {"sku": "TEA", "quantity": 97}, {"sku": "MUG", "quantity": 97}
            )
        )
        self.assertEqual(
            {key[0]: value[0] for key, value in self.said(lines).items()},
            {"TEA": "late", "MUG": "different"},
        )

    def test_more_than_was_asked_for_is_real(self):
        self.moved_long_ago()
        self.accepted((self.tea, 3))
        line = self.differ(*self.all_but({"sku": "TEA", "quantity": 96}))
        self.assertEqual(line.kind, "different")

    def test_an_old_request_explains_nothing(self):
        self.moved_long_ago()
        self.accepted((self.tea, 3))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE dist_request_line SET create_date = create_date - interval '9 days'"
        )
        line = self.differ(*self.all_but({"sku": "TEA", "quantity": 97}))
        self.assertEqual(line.kind, "different")

    def confirmation(self, message_type, **document):
        """Put a confirmation on record that has no effect yet."""
        return self.env["dist.message"].create(
            {
                "backend_id": self.backend.id,
                "company_id": self.env.company.id,
                "direction": "in",
                "message_type": message_type,
                "state": "exception",
                "canonical": json.dumps(document),
            }
        )

    def test_a_confirmation_that_is_not_applied_explains_what_it_says(self):
        self.moved_long_ago()
        self.confirmation(
            "receipt_confirmation", lines=[{"sku": "TEA", "quantity": "5"}]
        )
        self.confirmation(
            "inventory_adjustment",
            lines=[{"sku": "MUG", "quantity": "-2", "reason_code": "lost"}],
        )
        lines = self.differ(
            {"sku": "TEA", "quantity": 105}, {"sku": "MUG", "quantity": 98}
        )
        self.assertEqual(set(lines.mapped("kind")), {"late"})

    def test_what_names_none_of_several_warehouses_explains_nothing(self):
        self.moved_long_ago()
        second = self.make_warehouse("ROB", self.backend)
        self.confirmation(
            "receipt_confirmation", lines=[{"sku": "TEA", "quantity": "5"}]
        )
        self.confirmation(
            "inventory_adjustment",
            warehouse="ROB",
            lines=[{"sku": "MUG", "quantity": "2", "reason_code": "found"}],
        )
        self.tell({"sku": "TEA", "quantity": 105}, {"sku": "MUG", "quantity": 102})
        self.tell({"sku": "MUG", "quantity": 2}, warehouse=second.code)
        self.assertEqual(
            {
                (line.warehouse_id.code, line.product_id.default_code): line.kind
                for line in self.compare().line_ids
            },
            {
                ("BOB", "TEA"): "different",
                ("BOB", "MUG"): "different",
                ("ROB", "MUG"): "late",
            },
        )

    def test_a_confirmation_explains_the_warehouse_of_its_request(self):
        self.moved_long_ago()
        self.make_warehouse("ROB", self.backend)
        picking = self.accepted((self.tea, 3))
        self.confirmation(
            "shipment_confirmation",
            request_key=picking.dist_request_key,
            lines=[{"line_key": str(picking.move_ids.id), "quantity": "3"}],
        )
        self.tell(*self.all_but({"sku": "TEA", "quantity": 97}))
        self.assertEqual(self.compare().line_ids.kind, "late")

    def test_a_request_and_its_confirmation_explain_one_quantity_once(self):
        self.moved_long_ago()
        picking = self.accepted((self.tea, 3))
        self.confirmation(
            "shipment_confirmation",
            request_key=picking.dist_request_key,
            lines=[{"line_key": str(picking.move_ids.id), "quantity": "3"}],
        )
        line = self.differ(*self.all_but({"sku": "TEA", "quantity": 97}))
        self.assertEqual(line.kind, "late")
        line = self.differ(*self.all_but({"sku": "TEA", "quantity": 94}), minutes=1)
        self.assertEqual(line.kind, "different")

    def test_a_return_that_nobody_assigned_explains_what_is_back_on_the_shelf(self):
        self.moved_long_ago()
        self.env["dist.return"].create(
            {
                "backend_id": self.backend.id,
                "company_id": self.env.company.id,
                "state": "unassigned",
                "notice": "{}",
                "line_ids": [
                    (0, 0, {"product_id": product.id, "quantity": 2, "disposition": to})
                    for product, to in ((self.tea, "restock"), (self.mug, "scrap"))
                ],
            }
        )
        lines = self.differ(
            *self.all_but(
                {"sku": "TEA", "quantity": 102}, {"sku": "MUG", "quantity": 102}
            )
        )
        self.assertEqual(
            {key[0]: value[0] for key, value in self.said(lines).items()},
            {"TEA": "late", "MUG": "different"},
        )

    # --------------------------------------------------------------- actions

    def test_adopting_books_an_adjustment_with_its_reason(self):
        line = self.differ(*self.all_but({"sku": "TEA", "quantity": 97}))
        line._settle("adopt", reason="counted together")
        self.assertEqual(self.quant(self.tea), 97)
        move = self.env["stock.move"].search(
            [("product_id", "=", self.tea.id), ("is_inventory", "=", True)]
        )
        self.assertIn("counted together", move.inventory_name)
        self.assertIn("cycle_count", move.inventory_name)
        self.assertEqual((line.state, line.note), ("done", move.origin))
        self.moved_long_ago()
        self.assertFalse(self.compare().line_ids)
        self.assertEqual(line.state, "settled")

    def test_a_lot_and_a_status_of_the_partner_are_adopted(self):
        jam = self.make_product("JAM", tracking="lot")
        jam.standard_price = 1
        line = self.differ(
            *self.all_but(),
            {"sku": "JAM", "quantity": 8, "lot": "THEIRS", "status": "damaged"},
        )
        line._settle("adopt", reason="found")
        lot = self.env["stock.lot"].search([("product_id", "=", jam.id)])
        self.assertEqual(lot.name, "THEIRS")
        self.assertEqual(self.quant(jam, self.damaged, lot), 8)

    def test_a_status_without_a_place_cannot_be_adopted(self):
        line = self.differ(
            *self.all_but(), {"sku": "TEA", "quantity": 8, "status": "hold"}
        )
        with self.assertRaisesRegex(UserError, "no place for goods"):
            line._settle("adopt", reason="found")

    def test_what_moved_since_the_comparison_is_not_adopted(self):
        line = self.differ(*self.all_but({"sku": "TEA", "quantity": 97}))
        self.put_in_stock(self.tea, -3)
        with self.assertRaisesRegex(UserError, "changed since the comparison"):
            line._settle("adopt", reason="counted")
        self.assertEqual(self.quant(self.tea), 97)

    def test_above_the_limit_adopting_waits_for_a_reviewer(self):
        self.flow.drift_value_limit = 5
        line = self.differ(*self.all_but({"sku": "TEA", "quantity": 97}))
        line._settle("adopt", reason="counted")
        self.assertEqual((line.state, self.quant(self.tea)), ("approval", 100))
        reviewer = self.env["res.users"].create(
            {
                "name": "Rita",
                "login": "rita",
                "group_ids": [
                    (4, self.env.ref("dist_connector_base.group_reviewer").id)
                ],
            }
        )
        line.with_user(reviewer).action_approve()
        self.assertEqual((line.state, self.quant(self.tea)), ("done", 97))

    def test_a_late_difference_is_not_adopted(self):
        self.tell(*self.all_but(), minutes=-60)
        picking = self.accepted((self.tea, 3))
        self.ship_in_full(picking)
        line = self.compare().line_ids
        self.assertEqual(line.kind, "late")
        with self.assertRaisesRegex(UserError, "does not allow"):
            line._settle("adopt", reason="x")

    def test_republishing_asks_for_a_new_snapshot(self):
        line = self.differ(*self.all_but({"sku": "TEA", "quantity": 97}))
        self.flow.fetch_minutes = 0
        line._settle("republish")
        self.assertEqual(line.state, "asked")
        self.assertIn("Ask the partner", line.note)

    # ------------------------------------------------------------- schedule

    def runs(self):
        return self.env["dist.reconciliation"].search(
            [("backend_id", "=", self.backend.id)]
        )

    def test_a_complete_snapshot_is_compared_at_once_where_the_flow_says_so(self):
        self.tell(*self.all_but())
        self.assertFalse(self.runs())
        self.flow.recon_when = "after"
        self.tell(*self.all_but(), minutes=1)
        self.assertEqual(len(self.runs()), 1)

    def test_pages_of_one_moment_are_compared_when_all_are_there(self):
        self.flow.recon_when = "after"
        self.tell({"sku": "TEA", "quantity": 100}, pages=2)
        self.assertFalse(self.runs())
        with self.assertRaisesRegex(UserError, "1 of 2 pages"):
            self.compare()
        self.tell({"sku": "MUG", "quantity": 99}, pages=2)
        self.assertEqual(self.runs().line_ids.product_id, self.mug)

    def test_pages_without_a_number_are_complete_after_a_quiet_time(self):
        self.flow.recon_when = "after"
        self.flow.recon_settle_minutes = 10
        self.tell({"sku": "TEA", "quantity": 99}, pages=None, whole=False)
        source = self.env["dist.reconciliation.source.partner_stock"]
        self.assertNotIn(self.backend, source._due())
        self.env["dist.partner.snapshot"].search([]).arrived_at = "2020-01-01 00:00:00"
        self.assertIn(self.backend, source._due())
        self.env["dist.reconciliation"]._cron_compare()
        self.assertEqual(self.runs().line_ids.product_id, self.tea)
        self.assertNotIn(self.backend, source._due())

    def test_a_younger_snapshot_that_is_arriving_holds_the_comparison_up(self):
        self.tell(*self.all_but())
        self.tell({"sku": "TEA", "quantity": 1}, minutes=5, pages=3)
        with self.assertRaisesRegex(UserError, "still arriving"):
            self.compare()

    def test_nothing_told_is_nothing_to_compare(self):
        with self.assertRaisesRegex(UserError, "no complete stock"):
            self.compare()

    def test_a_thousand_rows_take_as_many_statements_as_ten(self):
        def statements(number, minutes):
            products = self.env["product.product"].create(
                [
                    {
                        "name": f"P{minutes}-{i}",
                        "default_code": f"P{minutes}-{i}",
                        "is_storable": True,
                    }
                    for i in range(number)
                ]
            )
            self.tell(
                *self.all_but(),
                *({"sku": p.default_code, "quantity": 1} for p in products),
                minutes=minutes,
            )
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.compare()
            return self.cr.sql_log_count - before

        statements(5, 1)
        self.assertLessEqual(statements(300, 3), statements(10, 2))
