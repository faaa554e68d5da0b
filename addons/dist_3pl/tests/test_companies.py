"""Several companies, each with its own third parties."""

from odoo.addons.dist_connector_base.core.errors import BusinessError
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ThirdPartyCase


@tagged("post_install", "-at_install")
class TestCompanies(ThirdPartyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.their_backend = cls.make_backend("Theirs", company=cls.other)

    def test_a_warehouse_is_run_by_a_backend_of_its_company(self):
        with self.assertRaises(UserError):
            self.warehouse.dist_backend_id = self.their_backend

    def test_a_request_key_of_another_backend_is_unknown(self):
        picking = self.accepted((self.tea, 5))
        arrived = self.shipment(picking, (picking.move_ids, 5))
        arrived.backend = self.their_backend
        with self.assertRaisesRegex(BusinessError, "know no request"):
            self.confirm([arrived])
        self.assertEqual(picking.state, "assigned")

    def test_stock_levels_are_seen_by_their_company_only(self):
        self.store(
            self.snapshot({"sku": "TEA", "quantity": 7}),
            self.snapshot({"sku": "TEA", "quantity": 9}, backend=self.their_backend),
        )
        worker = self.env["res.users"].create(
            {
                "name": "Worker",
                "login": "worker_3pl",
                "company_id": self.env.company.id,
                "company_ids": [(6, 0, self.env.company.ids)],
                "group_ids": [(4, self.env.ref("stock.group_stock_user").id)],
            }
        )
        rows = self.env["dist.partner.stock"].with_user(worker).search([])
        self.assertEqual(rows.mapped("quantity"), [7])

    def test_a_sku_of_another_company_is_unknown(self):
        self.tea.product_tmpl_id.company_id = self.env.company
        snapshot = self.snapshot(
            {"sku": "TEA", "quantity": 9}, backend=self.their_backend
        )
        self.store(snapshot)
        self.assertIn("TEA", snapshot.warnings[0].message)
