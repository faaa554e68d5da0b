"""An exception about a delivery says which order, whose, and whether it sells."""

import json

from odoo.addons.dist_connector_base.core.errors import BusinessError
from odoo.tests import tagged

from .common import ThirdPartyCase


@tagged("post_install", "-at_install")
class TestImpact(ThirdPartyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a company of its own would need a warehouse; what sold before is too old
        cls.env["stock.move"].search([("state", "=", "done")]).date = "2020-01-01"
        cls.env.company.dist_top_seller_share = 20

    def sell(self):
        """Sell much tea and few mugs: of two products, one is a top seller."""
        for key, product, quantity in (("A", self.tea, 9), ("B", self.mug, 2)):
            self.ship_in_full(self.accepted((product, quantity)), key=key)
        self.env.flush_all()
        self.env.registry.clear_cache()

    def opened(self, message):
        return self.env["dist.exception"]._open_for_message(
            message, BusinessError("no")
        )

    def incoming(self, message_type, **document):
        return self.env["dist.message"].create(
            {
                "backend_id": self.backend.id,
                "company_id": self.backend.company_id.id,
                "direction": "in",
                "message_type": message_type,
                "state": "exception",
                "canonical": json.dumps(document),
            }
        )

    def test_a_request_that_fails_names_order_customer_and_promise(self):
        order = self.order((self.tea, 4), confirm=False)
        order.commitment_date = "2030-01-05 10:00:00"
        order.action_confirm()
        self.commit()
        exception = self.opened(self.messages(order.picking_ids))
        self.assertEqual(exception.order_value, order.amount_total)
        self.assertEqual(exception.order_currency_id, order.currency_id)
        self.assertEqual(exception.customer_id, self.customer)
        self.assertEqual(exception.promised_at, order.commitment_date)
        self.assertFalse(exception.top_seller)

    def test_a_top_seller_is_known_by_what_left_in_the_last_90_days(self):
        self.sell()
        tea = self.opened(self.messages(self.delivery((self.tea, 1))))
        mug = self.opened(self.messages(self.delivery((self.mug, 1))))
        self.assertEqual((tea.top_seller, mug.top_seller), (True, False))
        self.assertGreater(tea.severity_rank, mug.severity_rank)

    def test_a_company_may_have_more_top_sellers_or_none(self):
        self.sell()
        for share, expected in ((100, True), (0, False)):
            self.env.company.dist_top_seller_share = share
            exception = self.opened(self.messages(self.delivery((self.mug, 1))))
            with self.subTest(share):
                self.assertEqual(exception.top_seller, expected)

    def test_what_sold_long_ago_counts_no_more(self):
        self.sell()
        self.env["stock.move"].search([("state", "=", "done")]).date = "2020-01-01"
        self.env.flush_all()
        self.env.registry.clear_cache()
        exception = self.opened(self.messages(self.delivery((self.tea, 1))))
        self.assertFalse(exception.top_seller)

    def test_a_confirmation_that_fails_is_about_the_delivery_of_its_request(self):
        picking = self.accepted((self.tea, 3))
        exception = self.opened(
            self.incoming("shipment_confirmation", request_key=picking.dist_request_key)
        )
        self.assertEqual(
            (exception.res_model, exception.res_id), (picking._name, picking.id)
        )
        self.assertEqual(exception.order_value, picking.sale_id.amount_total)

    def test_a_failed_stock_update_of_a_top_seller_comes_first(self):
        self.sell()
        tea = self.opened(self.incoming("inventory_adjustment", lines=[{"sku": "TEA"}]))
        mug = self.opened(self.incoming("inventory_adjustment", lines=[{"sku": "MUG"}]))
        late = [
            self.opened(self.incoming("price_list", lines=[{"sku": "MUG"}]))
            for _row in range(5)
        ]
        alerts = self.env["dist.exception"].search(
            [("id", "in", [tea.id, mug.id, *(one.id for one in late)])]
        )
        self.assertEqual(alerts[0], tea)
        self.assertEqual((tea.top_seller, mug.top_seller), (True, False))

    def test_many_messages_cost_no_more_queries_than_few(self):
        pickings = [self.delivery((self.tea, 1)) for _number in range(12)]
        messages = [self.messages(picking) for picking in pickings]
        costs = [self.cost(messages[:2]), self.cost(messages[2:])]
        self.assertLessEqual(costs[1], costs[0] + 2)

    def cost(self, messages):
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        handler = self.env["dist.handler.fulfilment_request"].sudo()
        before = self.env.cr.sql_log_count
        found = handler._dist_impact(self.env["dist.message"].concat(*messages))
        self.assertEqual(len(found), len(messages))
        return self.env.cr.sql_log_count - before
