"""Drop-ship: what a vendor ships to the customer is asked for like any delivery.

These tests need Odoo's Dropshipping, which the addon does not depend on.
"""

import json
import unittest

from lxml import etree
from odoo.addons.dist_connector_base.core.canonical import FulfilmentRequest
from odoo.addons.dist_connector_base.core.errors import DistError
from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import ThirdPartyCase
from .common_reconciliation import StockReconciliationCase


class DropshipMixin:
    """A vendor that drop-ships pots and, by serial number, clocks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        route = cls.env.ref(
            "stock_dropshipping.route_drop_shipping", raise_if_not_found=False
        )
        if not route:
            raise unittest.SkipTest(
                "drop-shipping needs Dropshipping (stock_dropshipping), not installed "
                "here"
            )
        cls.vendor = cls.env["res.partner"].create(
            {
                "name": "Potter",
                "is_company": True,
                "ref": "POTTER",
                "dist_dropship_backend_id": cls.backend.id,
            }
        )
        cls.pot = cls.dropshipped("POT", route)
        cls.clock = cls.dropshipped("CLOCK", route, tracking="serial")
        cls.kind = cls.env["stock.picking.type"].search(
            [("code", "=", "dropship"), ("company_id", "=", cls.env.company.id)]
        )

    @classmethod
    def dropshipped(cls, sku, route, **values):
        product = cls.make_product(sku, **values)
        product.write(
            {
                "route_ids": [(6, 0, route.ids)],
                "seller_ids": [
                    (0, 0, {"partner_id": cls.vendor.id, "product_code": f"V-{sku}"})
                ],
            }
        )
        return product

    def bought(self, *lines, confirm=True):
        """Give the sale order and the purchase order that it makes."""
        sale = self.order(*lines)
        purchase = sale._get_purchase_orders()
        if confirm:
            purchase.button_confirm()
            self.commit()
        return sale, purchase

    def dropship(self, *lines):
        """Give the transfer of a confirmed drop-ship purchase order."""
        return self.bought(*lines)[1].picking_ids

    def taken(self, *lines):
        """Give a drop-ship transfer whose request the partner has accepted."""
        picking = self.dropship(*lines)
        self.answer(picking, Outcome.ACCEPTED, remote_id="77")
        return picking

    def request_of(self, picking):
        return FulfilmentRequest.from_json(self.messages(picking)[-1].canonical)


@tagged("post_install", "-at_install")
class TestDropshipRequest(DropshipMixin, ThirdPartyCase):
    def test_confirming_the_purchase_order_asks_the_vendors_partner(self):
        sale, purchase = self.bought((self.pot, 5), confirm=False)
        self.assertFalse(sale.picking_ids)
        purchase.button_confirm()
        self.commit()
        picking = purchase.picking_ids
        self.assertEqual(
            (picking.dist_state, picking.dist_backend_id), ("queued", self.backend)
        )
        request = self.request_of(picking)
        self.assertEqual(request.request_key, picking.name.replace("/", "-"))
        self.assertEqual(request.order_reference, purchase.name)
        self.assertEqual(request.customer_reference, sale.name)
        self.assertEqual(request.warehouse, "POTTER")
        self.assertEqual(
            [(line.sku, line.quantity) for line in request.lines], [("POT", 5)]
        )

    def test_the_goods_go_to_the_customer_and_not_to_the_vendor(self):
        request = self.request_of(self.dropship((self.pot, 5)))
        self.assertEqual(request.ship_to.name, "Corner Shop")
        self.assertEqual(request.ship_to.address.street, "1 High Street")

    def test_the_customers_own_number_is_told_where_there_is_one(self):
        sale = self.order((self.pot, 5), confirm=False)
        sale.client_order_ref = "PO-CORNER-9"
        sale.action_confirm()
        purchase = sale._get_purchase_orders()
        purchase.button_confirm()
        self.commit()
        request = self.request_of(purchase.picking_ids)
        self.assertEqual(request.customer_reference, "PO-CORNER-9")

    def test_what_was_ordered_counts_whatever_the_transfer_has_reserved(self):
        _sale, purchase = self.bought((self.pot, 5), confirm=False)
        purchase.button_confirm()
        purchase.picking_ids.move_ids.quantity = 2
        self.commit()
        self.assertEqual(self.request_of(purchase.picking_ids).lines[0].quantity, 5)

    def test_a_vendor_without_reference_is_named_by_the_operation_type(self):
        self.vendor.ref = False
        request = self.request_of(self.dropship((self.pot, 5)))
        self.assertEqual(request.warehouse, self.kind.sequence_code)

    def test_a_contact_of_the_vendor_drop_ships_through_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Sales desk", "parent_id": self.vendor.id}
        )
        self.pot.seller_ids.partner_id = contact
        self.assertEqual(self.dropship((self.pot, 5)).dist_backend_id, self.backend)

    def test_other_vendors_are_not_asked(self):
        self.vendor.dist_dropship_backend_id = False
        picking = self.dropship((self.pot, 5))
        self.assertEqual(picking.state, "assigned")
        self.assertEqual(picking.dist_state, "none")
        self.assertFalse(self.messages(picking))

    def test_each_company_says_itself_through_whom_a_vendor_drop_ships(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.assertFalse(self.vendor.with_company(other).dist_dropship_backend_id)
        with self.assertRaises(UserError):
            self.vendor.with_company(other).dist_dropship_backend_id = self.backend

    def test_goods_of_the_vendor_and_of_a_warehouse_are_two_requests(self):
        sale, purchase = self.bought((self.pot, 5), (self.tea, 2))
        own = sale.picking_ids - purchase.picking_ids
        self.assertEqual(self.request_of(own).warehouse, "BOB")
        self.assertEqual(own.dist_backend_id, self.backend)
        self.assertEqual([line.sku for line in self.request_of(own).lines], ["TEA"])

    def test_someone_in_sales_and_purchase_can_do_it_all(self):
        clerk = new_test_user(
            self.env,
            "clerk",
            "sales_team.group_sale_salesman,purchase.group_purchase_user,"
            "stock.group_stock_user",
        )
        sale = self.order((self.pot, 5), confirm=False)
        sale.user_id = clerk
        sale.with_user(clerk).action_confirm()
        purchase = sale._get_purchase_orders()
        purchase.with_user(clerk).button_confirm()
        self.commit()
        self.assertEqual(purchase.picking_ids.dist_state, "queued")

    def test_routing_leaves_to_the_vendor_what_it_drop_ships(self):
        self.env["dist.routing.rule"].create(
            {"name": "All", "warehouse_id": self.warehouse.id}
        )
        sale, purchase = self.bought((self.pot, 5))
        self.assertFalse(sale.dist_routing_log)
        self.assertEqual(purchase.picking_ids.dist_state, "queued")

    def test_no_warehouse_ships_elsewhere_what_a_vendor_drop_ships(self):
        self.env["dist.routing.rule"].create(
            {"name": "All", "warehouse_id": self.warehouse.id}
        )
        self.put_in_stock(self.pot, 20)
        picking = self.taken((self.pot, 5))
        with self.assertRaisesRegex(UserError, "not an open delivery"):
            picking.action_dist_reroute()
        self.assertEqual(picking.dist_state, "accepted")

    def test_the_field_stands_on_the_contact_for_integration_managers(self):
        self.env.user.group_ids += self.env.ref("dist_connector_base.group_manager")
        form = self.env["res.partner"].get_view(view_type="form")["arch"]
        self.assertTrue(
            etree.fromstring(form).xpath("//field[@name='dist_dropship_backend_id']")
        )
        self.assertTrue(self.vendor.dist_dropship_possible)


@tagged("post_install", "-at_install")
class TestDropshipAnswers(DropshipMixin, ThirdPartyCase):
    def test_acceptance_rejection_and_hold_show_on_the_transfer(self):
        picking = self.taken((self.pot, 5))
        self.assertEqual(
            (picking.dist_state, picking.dist_remote_id), ("accepted", "77")
        )
        self.respond(picking, "on_hold", reason="Kiln is broken")
        self.assertEqual(picking.dist_hold_state, "partner")
        self.respond(picking, "rejected", reason="Out of clay")
        self.assertEqual(picking.dist_state, "rejected")
        self.assertIn("Out of clay", picking.dist_reason)
        picking.action_dist_request_again()
        self.assertEqual(
            picking.dist_request_key, f"{picking.name.replace('/', '-')}-2"
        )

    def test_cancelling_the_sale_order_asks_the_partner_first(self):
        sale, purchase = self.bought((self.pot, 5))
        picking = purchase.picking_ids
        self.answer(picking, Outcome.ACCEPTED)
        sale._action_cancel()
        self.commit()
        self.assertEqual(picking.dist_state, "cancel_pending")
        self.assertNotEqual(picking.state, "cancel")
        (cancel,) = self.messages(picking, "fulfilment_cancel")
        self.assertEqual(json.loads(cancel.canonical)["warehouse"], "POTTER")
        self.answer(picking, Outcome.ACCEPTED, "fulfilment_cancel")
        self.assertEqual((picking.dist_state, picking.state), ("cancelled", "cancel"))

    def test_cancelling_the_purchase_order_asks_the_partner_first(self):
        _sale, purchase = self.bought((self.pot, 5))
        picking = purchase.picking_ids
        self.answer(picking, Outcome.ACCEPTED)
        purchase.button_cancel()
        self.commit()
        self.assertEqual(picking.dist_state, "cancel_pending")
        self.assertNotEqual(picking.state, "cancel")
        self.answer(picking, Outcome.REJECTED, "fulfilment_cancel", message="Fired")
        self.assertEqual(picking.dist_state, "cancel_refused")
        self.ship(picking, (picking.move_ids, 5))
        self.assertEqual(picking.state, "done")

    def test_what_has_not_left_is_cancelled_at_once(self):
        _sale, purchase = self.bought((self.pot, 5))
        purchase.button_cancel()
        self.assertEqual(purchase.picking_ids.state, "cancel")
        self.assertEqual(purchase.picking_ids.dist_state, "cancelled")

    def test_another_address_on_the_purchase_order_is_a_change(self):
        _sale, purchase = self.bought((self.pot, 5))
        picking = purchase.picking_ids
        self.answer(picking, Outcome.ACCEPTED)
        purchase.dest_address_id = self.customer.copy({"street": "2 Low Road"})
        self.commit()
        self.assertEqual(picking.dist_change_state, "pending")
        (change,) = self.messages(picking, "fulfilment_change")
        change = json.loads(change.canonical)
        self.assertEqual(change["ship_to"]["address"]["street"], "2 Low Road")
        self.assertEqual(change["warehouse"], "POTTER")
        self.assertEqual(change["order_reference"], purchase.name)

    def test_a_customer_named_on_the_transfer_is_a_change_and_can_be_undone(self):
        picking = self.taken((self.pot, 5))
        picking.partner_id = self.customer.copy({"street": "2 Low Road"})
        self.commit()
        self.answer(picking, Outcome.REJECTED, "fulfilment_change", message="Labelled")
        self.assertEqual(picking.dist_change_state, "refused")
        picking.action_dist_accept_as_is()
        self.assertEqual(picking.partner_id, self.vendor)
        self.assertEqual(picking._dist_ship_to(), self.customer)

    def test_less_ordered_is_a_change_of_the_quantity(self):
        _sale, purchase = self.bought((self.pot, 5))
        picking = purchase.picking_ids
        self.answer(picking, Outcome.ACCEPTED)
        purchase.order_line.product_qty = 3
        self.commit()
        (change,) = self.messages(picking, "fulfilment_change")
        (line,) = json.loads(change.canonical)["lines"]
        self.assertEqual((line["quantity"], line["previous_quantity"]), ("3", "5"))

    def test_more_ordered_is_asked_for_when_the_first_part_has_shipped(self):
        _sale, purchase = self.bought((self.pot, 5))
        picking = purchase.picking_ids
        self.answer(picking, Outcome.ACCEPTED)
        purchase.order_line.product_qty = 8
        self.commit()
        move = picking.dist_request_line_ids.move_id
        self.ship(picking, (move, 5))
        rest = picking.backorder_ids
        self.assertEqual(rest.dist_state, "queued")
        self.assertEqual(self.request_of(rest).lines[0].quantity, 3)

    def test_an_operator_holds_a_drop_shipment_here_until_it_is_released(self):
        _sale, purchase = self.bought((self.pot, 5))
        picking = purchase.picking_ids
        picking._dist_hold("payment", keep_stock=False)
        self.assertEqual(
            (picking.dist_hold_state, picking.dist_state), ("waiting", "none")
        )
        picking.action_dist_release()
        self.commit()
        self.assertEqual(picking.dist_state, "queued")


@tagged("post_install", "-at_install")
class TestDropshipShipment(DropshipMixin, ThirdPartyCase):
    def test_a_confirmation_books_the_transfer_and_delivers_the_sale_order(self):
        sale, purchase = self.bought((self.pot, 5))
        picking = purchase.picking_ids
        self.answer(picking, Outcome.ACCEPTED)
        self.ship(
            picking,
            (picking.move_ids, 5),
            parcels=[{"tracking_number": "1Z999", "contents": []}],
        )
        self.assertEqual((picking.state, picking.dist_state), ("done", "shipped"))
        self.assertEqual(sale.order_line.qty_delivered, 5)
        self.assertEqual(purchase.order_line.qty_received, 5)
        self.assertEqual(picking.sale_id, sale)
        self.assertEqual(picking.dist_parcel_ids.tracking_number, "1Z999")
        self.assertEqual(picking.carrier_tracking_ref, "1Z999")
        self.assertEqual(self.pot.qty_available, 0)

    def test_a_backorder_is_a_request_of_its_own(self):
        picking = self.taken((self.pot, 5))
        self.ship(picking, (picking.move_ids, 3))
        rest = picking.backorder_ids
        self.assertEqual(rest.dist_state, "queued")
        self.assertNotEqual(rest.dist_request_key, picking.dist_request_key)
        self.assertEqual(self.request_of(rest).lines[0].quantity, 2)

    def test_the_rest_of_a_request_follows_under_its_key(self):
        picking = self.taken((self.pot, 5))
        self.ship(picking, (picking.move_ids, 3), completes_request=False)
        rest = picking.backorder_ids
        self.assertEqual(rest.dist_state, "partly_shipped")
        self.ship(rest, (picking.move_ids, 2), key="SHP-2")
        self.assertEqual(rest.state, "done")

    def test_serial_numbers_are_made_where_the_operation_type_says_so(self):
        self.kind.use_create_lots = True
        picking = self.taken((self.clock, 2))
        self.ship(
            picking,
            {
                "line_key": str(picking.move_ids.id),
                "quantity": 2,
                "lots": [
                    {"serial": "C1", "quantity": 1},
                    {"serial": "C2", "quantity": 1},
                ],
            },
        )
        self.assertEqual(picking.state, "done")
        self.assertEqual(
            sorted(picking.move_line_ids.lot_id.mapped("name")), ["C1", "C2"]
        )

    def test_more_than_was_ordered_needs_a_person(self):
        picking = self.taken((self.pot, 5))
        with self.assertRaises(DistError):
            self.ship(picking, (picking.move_ids, 6))
        self.assertEqual(picking.state, "assigned")

    def test_a_second_confirmation_is_refused(self):
        picking = self.taken((self.pot, 5))
        self.ship(picking, (picking.move_ids, 5))
        with self.assertRaisesRegex(DistError, "shipped already"):
            self.ship(picking, (picking.move_ids, 5), key="SHP-2")

    def test_what_the_partner_has_is_validated_by_hand_by_a_manager_only(self):
        sale, purchase = self.bought((self.pot, 5))
        picking = purchase.picking_ids
        self.answer(picking, Outcome.ACCEPTED)
        clerk = new_test_user(self.env, "clerk", "stock.group_stock_user")
        with self.assertRaisesRegex(UserError, "ships it and confirms it here"):
            picking.with_user(clerk).button_validate()
        picking.button_validate()
        self.assertEqual((picking.state, picking.dist_state), ("done", "shipped"))
        noted = self.env["dist.milestone"].search(
            [("correlation", "=", sale.name), ("kind", "=", "shipped")]
        )
        self.assertEqual(len(noted), 1)

    def test_goods_that_come_back_are_not_asked_for(self):
        picking = self.taken((self.pot, 5))
        self.ship(picking, (picking.move_ids, 5))
        wizard = (
            self.env["stock.return.picking"]
            .with_context(
                active_id=picking.id, active_ids=picking.ids, active_model=picking._name
            )
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves.quantity = 1
        back = wizard._create_return()
        back.action_assign()
        self.commit()
        self.assertEqual(back.dist_state, "none")


@tagged("post_install", "-at_install")
class TestDropshipReconciliation(DropshipMixin, StockReconciliationCase):
    def test_a_request_on_its_way_explains_no_difference_of_our_stock(self):
        self.put_in_stock(self.pot, 20)
        picking = self.taken((self.pot, 5))
        self.moved_long_ago()
        (line,) = self.differ(*self.all_but({"sku": "POT", "quantity": 15}))
        self.assertEqual(line.kind, "different")
        self.assertEqual(picking.dist_state, "accepted")

    def test_a_confirmation_not_applied_explains_no_difference_of_our_stock(self):
        self.put_in_stock(self.pot, 20)
        picking = self.taken((self.pot, 5))
        self.moved_long_ago()
        for line in (
            {"line_key": str(picking.move_ids.id), "quantity": "5"},
            {"sku": "POT", "quantity": "5"},
        ):
            self.env["dist.message"].create(
                {
                    "backend_id": self.backend.id,
                    "company_id": self.env.company.id,
                    "message_type": "shipment_confirmation",
                    "direction": "in",
                    "key": f"SHP-{len(line)}-{line.get('sku')}",
                    "state": "exception",
                    "canonical": json.dumps(
                        {"request_key": picking.dist_request_key, "lines": [line]}
                    ),
                }
            )
            (difference,) = self.differ(*self.all_but({"sku": "POT", "quantity": 15}))
            self.assertEqual(difference.kind, "different")
