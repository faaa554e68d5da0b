"""Two stock lists of one warehouse at once."""

from types import SimpleNamespace

from odoo.addons.dist_connector_base.core.canonical import InventorySnapshot
from odoo.addons.dist_connector_base.tests.committed import CommittedCase
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import SerializationFailure

SKU = "MEETING-TEA"


@tagged("post_install", "-at_install")
class TestSnapshotMeeting(CommittedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.transaction() as env:
            env["product.product"].create({"name": SKU, "default_code": SKU})
            warehouse = env["stock.warehouse"].search(
                [("dist_backend_id", "=", False)], limit=1
            )
            warehouse.dist_backend_id = cls.backend_id

    @classmethod
    def _remove(cls):
        with cls.transaction() as env:
            env.cr.execute(
                "UPDATE stock_warehouse SET dist_backend_id = NULL,"
                " dist_stock_told_at = NULL WHERE dist_backend_id IN ("
                " SELECT b.id FROM dist_backend b JOIN dist_profile p"
                " ON p.id = b.profile_id WHERE p.code = 'test_meeting')"
            )
            env["product.product"].search([("default_code", "=", SKU)]).unlink()
        return super()._remove()

    def tell(self, env, quantity, hour):
        document = InventorySnapshot.parse(
            {
                "snapshot_key": f"INV-{hour}",
                "taken_at": f"2026-03-02T{hour:02}:00:00+00:00",
                "warehouse": "BOB",
                "complete": True,
                "rows": [{"sku": SKU, "quantity": quantity}],
            }
        )
        inbound = SimpleNamespace(
            backend=env["dist.backend"].browse(self.backend_id), document=document
        )
        env["dist.handler.inventory_snapshot"]._apply([inbound])

    def quantity(self):
        with self.transaction() as env:
            stock = env["dist.partner.stock"].search(
                [("backend_id", "=", self.backend_id)]
            )
            return stock.quantity

    def test_an_older_list_at_the_same_time_tries_again_and_changes_nothing(self):
        with self.transaction() as env:
            self.tell(env, 7, hour=6)
        with (
            self.assertRaises(SerializationFailure),
            mute_logger("odoo.sql_db"),
            self.transaction() as slow,
        ):
            slow.cr.execute("SELECT 1 FROM dist_partner_stock")
            with self.transaction() as quick:
                # says the same: not one row of stock is written
                self.tell(quick, 7, hour=8)
            self.tell(slow, 4, hour=7)
        with self.transaction() as env:
            self.tell(env, 4, hour=7)
        self.assertEqual(self.quantity(), 7)
