"""What people see of a third party's deliveries."""

from lxml import etree
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import ThirdPartyCase


@tagged("post_install", "-at_install")
class TestViews(ThirdPartyCase):
    def test_orders_in_flight_lists_what_is_not_finished(self):
        waiting = self.delivery((self.tea, 1))
        shipped = self.accepted((self.tea, 1))
        self.ship_in_full(shipped)
        action = self.env.ref("dist_3pl.stock_picking_action_in_flight")
        found = self.env["stock.picking"].search(safe_eval(action.domain))
        self.assertIn(waiting, found)
        self.assertNotIn(shipped, found)

    def test_messages_and_exceptions_are_counted(self):
        picking = self.delivery((self.tea, 1))
        self.assertEqual(picking.dist_message_count, 1)
        self.assertEqual(picking.dist_exception_count, 0)
        action = picking.action_dist_messages()
        self.assertEqual(
            self.env["dist.message"].search(action["domain"]), self.messages(picking)
        )

    def test_a_stock_user_opens_the_delivery(self):
        picking = self.accepted((self.tea, 1))
        self.ship_in_full(picking, parcels=[{"tracking_number": "1Z1"}])
        worker = self.env["res.users"].create(
            {
                "name": "Worker",
                "login": "worker_3pl",
                "group_ids": [(4, self.env.ref("stock.group_stock_user").id)],
            }
        )
        read = picking.with_user(worker).web_read(
            {
                "dist_state": {},
                "dist_backend_id": {"fields": {"display_name": {}}},
                "dist_parcel_ids": {"fields": {"tracking_number": {}}},
                "dist_request_line_ids": {"fields": {"quantity_shipped": {}}},
            }
        )[0]
        self.assertEqual(read["dist_backend_id"]["display_name"], "Bob")
        self.assertEqual(read["dist_parcel_ids"][0]["tracking_number"], "1Z1")
        self.assertEqual(read["dist_request_line_ids"][0]["quantity_shipped"], 1)

    def test_every_button_of_ours_has_a_group(self):
        for name in (
            "stock_picking_view_form",
            "stock_picking_view_form_receipt",
            "stock_picking_view_form_return",
            "dist_adjustment_view_list",
            "dist_adjustment_view_form",
            "dist_return_view_form",
        ):
            arch = self.env.ref(f"dist_3pl.{name}").arch
            for button in etree.fromstring(arch).iter("button"):
                self.assertTrue(button.get("groups"), (name, button.get("name")))
