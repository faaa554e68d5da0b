"""A person compares a warehouse's stock with Odoo's, and settles what differs."""

from odoo.addons.dist_connector_base.tests.common import BrowserCase
from odoo.tests import tagged

from .common_reconciliation import StockReconciliationCase


@tagged("post_install", "-at_install")
class TestReconciliationTour(BrowserCase, StockReconciliationCase):
    def test_compare_and_settle(self):
        self.tell(*self.all_but({"sku": "TEA", "quantity": 97}))
        self.start_tour(
            "/odoo/distribution-comparisons", "dist_settle_differences", login="admin"
        )
        self.env.invalidate_all()
        line = self.env["dist.reconciliation.line"].search(
            [("product_id", "=", self.tea.id)]
        )
        self.assertEqual((line.state, line.action), ("done", "adopt"))
        self.assertEqual(line.acted_by_id, self.env.ref("base.user_admin"))
        self.assertEqual(
            self.tea.with_context(warehouse_id=self.warehouse.id).qty_available, 97
        )
