"""Databases in which every row of stock carried the moment that named it last."""

import importlib.util
from pathlib import Path

from odoo.tests import tagged

from .common import ThirdPartyCase

SCRIPT = Path(__file__).parents[1] / "migrations/19.0.1.1.0/post-migration.py"


@tagged("post_install", "-at_install")
class TestStockMigration(ThirdPartyCase):
    def setUp(self):
        super().setUp()
        spec = importlib.util.spec_from_file_location("post_migration", SCRIPT)
        self.script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.script)

    def tell(self, sku, hour, **values):
        self.store(
            self.snapshot(
                {"sku": sku, "quantity": 5},
                taken_at=f"2026-03-02T{hour:02}:00:00+00:00",
                **values,
            )
        )

    def told(self):
        stock = self.env["dist.partner.stock"].search(
            [("backend_id", "=", self.backend.id)]
        )
        return set(stock.product_id.mapped("default_code"))

    def migrate(self):
        self.env.flush_all()
        self.script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()

    def test_what_the_newest_whole_list_left_out_goes(self):
        self.tell("TEA", 7, complete=True)
        self.env.cr.execute(
            """INSERT INTO dist_partner_stock (backend_id, company_id, warehouse_id,
                   product_id, lot_name, status, owner_ref, quantity, allocated,
                   taken_at)
               VALUES (%s, %s, %s, %s, '', 'sellable', '', 0, 0,
                       '2026-03-02 06:00')""",
            [
                self.backend.id,
                self.env.company.id,
                self.warehouse.id,
                self.mug.id,
            ],
        )
        self.migrate()
        self.assertEqual(self.told(), {"TEA"})
        self.assertEqual(str(self.warehouse.dist_stock_told_at), "2026-03-02 07:00:00")

    def test_what_a_part_did_not_name_stays(self):
        self.tell("MUG", 6)
        self.tell("TEA", 7, pages=1)
        self.migrate()
        self.assertEqual(self.told(), {"TEA", "MUG"})
