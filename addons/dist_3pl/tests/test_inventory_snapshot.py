"""Stock levels that partners report."""

from unittest.mock import patch

from odoo.addons.dist_connector_base.core.errors import DataError, MappingError
from odoo.tests import tagged

from ..reconcile import snapshot_rows
from .common import ThirdPartyCase


@tagged("post_install", "-at_install")
class TestInventorySnapshot(ThirdPartyCase):
    def stock(self, product, **values):
        domain = [("product_id", "=", product.id)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["dist.partner.stock"].search(domain)

    def test_rows_are_stored(self):
        self.store(
            self.snapshot(
                {"sku": "TEA", "quantity": 7, "allocated": 2},
                {"sku": "MUG", "quantity": 3, "status": "damaged"},
            )
        )
        tea = self.stock(self.tea)
        self.assertEqual((tea.quantity, tea.allocated, tea.status), (7, 2, "sellable"))
        self.assertEqual(str(tea.taken_at), "2026-03-02 06:00:00")
        self.assertEqual(
            (tea.backend_id, tea.company_id), (self.backend, self.env.company)
        )
        self.assertEqual(self.stock(self.mug).status, "damaged")

    def test_a_younger_snapshot_replaces_an_older_one(self):
        self.store(self.snapshot({"sku": "TEA", "quantity": 7}))
        self.store(
            self.snapshot(
                {"sku": "TEA", "quantity": 4}, taken_at="2026-03-02T07:00:00+00:00"
            )
        )
        self.assertEqual(self.stock(self.tea).quantity, 4)

    def test_an_older_snapshot_changes_nothing(self):
        self.store(self.snapshot({"sku": "TEA", "quantity": 7}))
        self.store(
            self.snapshot(
                {"sku": "TEA", "quantity": 4}, taken_at="2026-03-02T05:00:00+00:00"
            )
        )
        self.assertEqual(self.stock(self.tea).quantity, 7)

    def test_the_youngest_of_a_batch_counts(self):
        self.store(
            self.snapshot({"sku": "TEA", "quantity": 9}),
            self.snapshot(
                {"sku": "TEA", "quantity": 4}, taken_at="2026-03-02T05:00:00+00:00"
            ),
            self.snapshot({"sku": "TEA", "quantity": 8}),
        )
        self.assertEqual(self.stock(self.tea).quantity, 8)

    def test_rows_of_one_sku_in_one_snapshot_are_summed(self):
        self.store(
            self.snapshot(
                {"sku": "TEA", "quantity": 7}, {"sku": "TEA", "quantity": "0.5"}
            )
        )
        self.assertEqual(self.stock(self.tea).quantity, 7.5)

    def test_lots_have_their_own_rows(self):
        jam = self.make_product("JAM", tracking="lot")
        lot = self.make_lot(jam, "L1")
        self.store(
            self.snapshot(
                {"sku": "JAM", "quantity": 1, "lot": "L1", "expiry": "2027-01-31"},
                {"sku": "JAM", "quantity": 2, "lot": "THEIRS"},
            )
        )
        self.assertEqual(self.stock(jam, lot_name="L1").lot_id, lot)
        self.assertFalse(self.stock(jam, lot_name="THEIRS").lot_id)

    def test_unknown_skus_are_told_and_the_others_count(self):
        snapshot = self.snapshot(
            {"sku": "TEA", "quantity": 7},
            {"sku": "COFFEE", "quantity": 1},
            {"sku": "CAKE", "quantity": 1},
        )
        self.store(snapshot)
        self.assertEqual(self.stock(self.tea).quantity, 7)
        self.assertIsInstance(snapshot.warnings[0], DataError)
        self.assertIn("CAKE, COFFEE", snapshot.warnings[0].message)

    def test_all_faults_of_a_snapshot_make_one_exception(self):
        snapshot = self.snapshot(
            {"sku": "TEA", "quantity": 7, "unit": "CS"}, {"sku": "CAKE", "quantity": 1}
        )
        self.store(snapshot)
        self.assertEqual(len(snapshot.warnings), 1)
        self.assertIn("CAKE", snapshot.warnings[0].message)
        self.assertIn("TEA (CS)", snapshot.warnings[0].message)

    def test_a_sku_of_two_products_names_none(self):
        self.make_product("TEA")
        snapshot = self.snapshot({"sku": "TEA", "quantity": 7})
        self.store(snapshot)
        self.assertFalse(self.stock(self.tea))
        self.assertIn("TEA", snapshot.warnings[0].message)

    def test_a_case_is_never_stored_as_an_each(self):
        snapshot = self.snapshot({"sku": "TEA", "quantity": 7, "unit": "CS"})
        self.store(snapshot)
        self.assertFalse(self.stock(self.tea))
        self.assertIsInstance(snapshot.warnings[0], MappingError)

    def test_a_complete_snapshot_says_what_is_not_there(self):
        self.store(
            self.snapshot({"sku": "TEA", "quantity": 7}, {"sku": "MUG", "quantity": 3})
        )
        self.store(
            self.snapshot(
                {"sku": "TEA", "quantity": 6},
                taken_at="2026-03-02T07:00:00+00:00",
                complete=True,
            )
        )
        self.assertEqual(self.stock(self.tea).quantity, 6)
        self.assertEqual(self.stock(self.mug).quantity, 0)

    def test_a_batch_of_small_snapshots_costs_as_much_as_one(self):
        def queries(count):
            batch = [
                self.snapshot({"sku": "TEA", "quantity": number})
                for number in range(count)
            ]
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.env["dist.handler.inventory_snapshot"]._apply(batch)
            return self.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(500), queries(1))
        # warehouses, turn, rows, faults, count of pages
        self.assertLessEqual(queries(1), 5)


@tagged("post_install", "-at_install")
class TestSnapshotOrder(ThirdPartyCase):
    def test_rows_are_written_in_the_order_of_their_key(self):
        # two jobs that write the same rows in different order would wait in a circle
        self.store(
            self.snapshot(
                *[
                    {"sku": sku, "quantity": 1, "status": status}
                    for sku in ("MUG", "TEA")
                    for status in ("sellable", "damaged")
                ]
            )
        )
        self.store(
            self.snapshot(
                *[
                    {"sku": sku, "quantity": 2, "status": status}
                    for sku in ("TEA", "MUG")
                    for status in ("sellable", "damaged")
                ]
            )
        )
        self.env.cr.execute(
            "SELECT product_id, lot_name, status FROM dist_partner_stock"
            " WHERE backend_id = %s ORDER BY ctid",
            [self.backend.id],
        )
        written = self.env.cr.fetchall()
        self.assertEqual(written, sorted(written))


@tagged("post_install", "-at_install")
class TestLargeSnapshot(ThirdPartyCase):
    """Many rows go another way into the database: by COPY."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(snapshot_rows, "MANY", 1))

    def test_every_character_of_a_lot_arrives(self):
        jam = self.make_product("JAM", tracking="lot")
        names = ["tab\tbed", "back\\slash", "line\nfeed", "\\N", "ümlaut"]
        self.store(
            self.snapshot(
                *({"sku": "JAM", "quantity": 1, "lot": name} for name in names),
                {"sku": "TEA", "quantity": 2, "expiry": "2027-01-31"},
            )
        )
        stock = self.env["dist.partner.stock"].search([("product_id", "=", jam.id)])
        self.assertEqual(set(stock.mapped("lot_name")), set(names))

    def test_faulty_rows_are_named_and_the_others_count(self):
        snapshot = self.snapshot(
            {"sku": "TEA", "quantity": 7},
            {"sku": "TEA", "quantity": "0.5"},
            {"sku": "COFFEE", "quantity": 1},
            {"sku": "MUG", "quantity": 1, "unit": "CS"},
        )
        self.store(snapshot)
        stock = self.env["dist.partner.stock"].search(
            [("product_id", "=", self.tea.id)]
        )
        self.assertEqual(stock.quantity, 7.5)
        self.assertIn("COFFEE", snapshot.warnings[0].message)
        self.assertIn("MUG (CS)", snapshot.warnings[0].message)

    def test_two_large_snapshots_can_come_in_one_transaction(self):
        for hour in ("06", "07"):
            self.store(
                self.snapshot(
                    {"sku": "TEA", "quantity": hour},
                    taken_at=f"2026-03-02T{hour}:00:00+00:00",
                )
            )
        stock = self.env["dist.partner.stock"].search(
            [("product_id", "=", self.tea.id)]
        )
        self.assertEqual(stock.quantity, 7)


@tagged("post_install", "-at_install")
class TestStockList(ThirdPartyCase):
    """A list that tells all of a warehouse in one message replaces its stock."""

    def tell(self, *rows, hour=6, **values):
        self.store(
            self.snapshot(
                *rows,
                taken_at=f"2026-03-02T{hour:02}:00:00+00:00",
                **{"complete": True, **values},
            )
        )

    def held(self):
        """Give what the house holds: ``{SKU: quantity}``."""
        return {
            stock.product_id.default_code: stock.quantity
            for stock in self.env["dist.partner.stock"].search(
                [("backend_id", "=", self.backend.id)]
            )
        }

    def versions(self):
        """Give which version of each row the database holds."""
        self.env.cr.execute(
            "SELECT p.default_code, s.ctid, s.taken_at FROM dist_partner_stock s"
            " JOIN product_product p ON p.id = s.product_id WHERE s.backend_id = %s",
            [self.backend.id],
        )
        return {sku: version for sku, *version in self.env.cr.fetchall()}

    def test_what_says_the_same_is_not_written(self):
        self.tell({"sku": "TEA", "quantity": 7}, {"sku": "MUG", "quantity": 3})
        before = self.versions()
        self.tell({"sku": "TEA", "quantity": 7}, {"sku": "MUG", "quantity": 4}, hour=7)
        after = self.versions()
        self.assertEqual(after["TEA"], before["TEA"])
        self.assertNotEqual(after["MUG"], before["MUG"])
        self.assertEqual(self.held(), {"TEA": 7, "MUG": 4})

    def test_each_thing_that_is_told_of_a_row_is_kept_up(self):
        row = {"sku": "TEA", "quantity": 7, "allocated": 1, "expiry": "2027-01-31"}
        self.tell(row)
        for hour, change in enumerate(
            ({"quantity": 8}, {"allocated": 2}, {"expiry": "2027-02-28"}), start=7
        ):
            row |= change
            self.tell(row, hour=hour)
            stock = self.env["dist.partner.stock"].search(
                [("product_id", "=", self.tea.id)]
            )
            self.assertEqual(
                (stock.quantity, stock.allocated, str(stock.expiry)),
                (row["quantity"], row["allocated"], row["expiry"]),
            )

    def test_stock_is_as_of_the_newest_list_and_unchanged_since_an_older_one(self):
        self.tell({"sku": "TEA", "quantity": 7})
        self.tell({"sku": "TEA", "quantity": 7}, hour=8)
        stock = self.env["dist.partner.stock"].search(
            [("product_id", "=", self.tea.id)]
        )
        self.assertEqual(str(stock.as_of), "2026-03-02 08:00:00")
        self.assertEqual(str(stock.taken_at), "2026-03-02 06:00:00")

    def test_an_older_list_changes_nothing_that_stayed_the_same_since(self):
        self.tell({"sku": "TEA", "quantity": 7}, {"sku": "MUG", "quantity": 3})
        self.tell({"sku": "TEA", "quantity": 7}, hour=9)
        self.tell({"sku": "TEA", "quantity": 4}, {"sku": "MUG", "quantity": 1}, hour=8)
        self.assertEqual(self.held(), {"TEA": 7})

    def test_an_older_page_changes_nothing_that_stayed_the_same_since(self):
        self.tell({"sku": "TEA", "quantity": 7}, {"sku": "MUG", "quantity": 3})
        self.tell({"sku": "TEA", "quantity": 7}, hour=9)
        self.tell({"sku": "TEA", "quantity": 4}, hour=8, pages=2)
        self.tell({"sku": "MUG", "quantity": 1}, hour=8, pages=2)
        self.assertEqual(self.held(), {"TEA": 7})

    def test_the_youngest_list_of_a_batch_counts(self):
        self.store(
            *(
                self.snapshot(
                    {"sku": sku, "quantity": hour},
                    taken_at=f"2026-03-02T{hour:02}:00:00+00:00",
                    complete=True,
                )
                for sku, hour in (("TEA", 8), ("MUG", 9), ("MUG", 7))
            )
        )
        self.assertEqual(self.held(), {"MUG": 9})

    def test_messages_of_one_moment_are_one_list(self):
        self.tell({"sku": "TEA", "quantity": 7}, {"sku": "MUG", "quantity": 3})
        self.tell({"sku": "TEA", "quantity": 7}, hour=7)
        self.tell({"sku": "MUG", "quantity": 3}, hour=7)
        self.assertEqual(self.held(), {"TEA": 7, "MUG": 3})

    def test_pages_after_a_list_drop_what_none_of_them_names(self):
        self.tell({"sku": "TEA", "quantity": 7}, {"sku": "MUG", "quantity": 3})
        self.tell({"sku": "TEA", "quantity": 7}, {"sku": "MUG", "quantity": 3}, hour=7)
        self.tell({"sku": "TEA", "quantity": 7}, hour=8, pages=2)
        self.assertEqual(self.held(), {"TEA": 7, "MUG": 3})
        self.tell({"sku": "TEA", "quantity": 2, "lot": "L"}, hour=8, pages=2)
        self.assertEqual(set(self.held()), {"TEA"})

    def test_a_list_while_pages_arrive_leaves_what_they_told(self):
        self.tell({"sku": "TEA", "quantity": 7})
        self.tell({"sku": "MUG", "quantity": 5}, hour=9, pages=2)
        self.tell({"sku": "TEA", "quantity": 6}, {"sku": "MUG", "quantity": 1}, hour=8)
        self.assertEqual(self.held(), {"TEA": 6, "MUG": 5})

    def test_a_list_says_nothing_of_another_warehouse(self):
        self.make_warehouse("ROB", self.backend)
        self.tell({"sku": "MUG", "quantity": 3}, warehouse="ROB")
        self.tell({"sku": "TEA", "quantity": 7}, hour=7)
        self.assertEqual(self.held(), {"TEA": 7, "MUG": 3})

    def test_a_large_list_is_stored_like_a_small_one(self):
        self.startPatcher(patch.object(snapshot_rows, "MANY", 1))
        self.tell({"sku": "TEA", "quantity": 7}, {"sku": "MUG", "quantity": 3})
        before = self.versions()
        self.tell({"sku": "TEA", "quantity": 3}, {"sku": "TEA", "quantity": 4}, hour=7)
        self.assertEqual(self.held(), {"TEA": 7})
        self.assertEqual(self.versions(), {"TEA": before["TEA"]})
