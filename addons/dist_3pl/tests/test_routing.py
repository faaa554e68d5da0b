"""Which warehouse ships an order, decided at confirmation and after a refusal."""

from datetime import datetime

from freezegun import freeze_time
from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.addons.dist_connector_base.tests.common import BrowserCase
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import ThirdPartyCase


class RoutingCase(ThirdPartyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.make_warehouse("CSV", cls.make_backend("Csv house"))
        cls.put_in_stock(cls.tea, 50, warehouse=cls.other)
        cls.put_in_stock(cls.mug, 50, warehouse=cls.other)

    @classmethod
    def rule(cls, warehouse, **values):
        return cls.env["dist.routing.rule"].create(
            {"name": warehouse.name, "warehouse_id": warehouse.id, **values}
        )


@tagged("post_install", "-at_install")
class TestRouting(RoutingCase):
    def test_without_rules_the_chosen_warehouse_ships(self):
        order = self.order((self.tea, 1), warehouse=self.other)
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.other)
        self.assertFalse(order.dist_routing_log)

    def test_an_order_goes_to_the_warehouse_of_its_country(self):
        self.rule(self.other, country_ids=self.env.ref("base.us").ids)
        self.rule(self.warehouse, country_ids=self.env.ref("base.de").ids, sequence=1)
        order = self.order((self.tea, 1))
        self.assertEqual(order.warehouse_id, self.other)
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.other)
        self.assertIn("does not ship to United States", order.dist_routing_log)

    def test_a_person_who_chose_the_warehouse_is_not_overruled(self):
        self.rule(self.other)
        order = self.order((self.tea, 1), confirm=False)
        order.dist_routing = "kept"
        order.action_confirm()
        self.assertEqual(order.warehouse_id, self.warehouse)

    def test_an_order_is_split_line_by_line_where_the_rules_allow_it(self):
        pot = self.make_product("POT")
        self.put_in_stock(pot, 5, warehouse=self.other)
        self.rule(self.warehouse, may_split=True)
        self.rule(self.other, may_split=True, product_mode="only", product_ids=pot.ids)
        order = self.order((self.tea, 2), (pot, 1))
        where = {
            picking.picking_type_id.warehouse_id: picking.move_ids.product_id
            for picking in order.picking_ids
        }
        self.assertEqual(where, {self.warehouse: self.tea, self.other: pot})
        self.assertEqual(len(set(order.picking_ids.mapped("dist_request_key"))), 2)

    def test_what_was_promised_to_others_is_not_free(self):
        self.order((self.tea, 45), warehouse=self.other)
        self.rule(self.other, sequence=1)
        self.rule(self.warehouse, sequence=2)
        order = self.order((self.tea, 10))
        self.assertEqual(order.warehouse_id, self.warehouse)

    def test_units_of_the_order_are_compared_in_the_units_of_the_stock(self):
        self.rule(self.other, sequence=1)
        self.rule(self.warehouse, sequence=2)
        order = self.order((self.tea, 1), confirm=False)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order.order_line.product_uom_qty = 6
        order.action_confirm()
        self.assertEqual(order.warehouse_id, self.warehouse, "72 are only here")

    def test_a_warehouse_of_another_company_takes_no_part(self):
        elsewhere = self.env["res.company"].create({"name": "Another house"})
        foreign = self.env["stock.warehouse"].search(
            [("company_id", "=", elsewhere.id)], limit=1
        )
        self.rule(foreign, company_id=elsewhere.id, sequence=0)
        self.assertFalse(self.env["dist.routing"]._has_rules(self.env.company))
        self.assertEqual(self.order((self.tea, 1)).warehouse_id, self.warehouse)

    @freeze_time("2026-03-06 13:30:00")  # a Friday
    def test_after_the_cut_off_it_leaves_on_the_next_working_day(self):
        rule = self.rule(self.other, cutoff_hour=14)
        self.other.dist_backend_id.tz = "UTC"
        leaves = self.env["dist.routing"]._leaves_at
        self.assertEqual(leaves(rule), datetime(2026, 3, 6, 14))
        rule.cutoff_hour = 13
        self.assertEqual(leaves(rule), datetime(2026, 3, 9, 13))
        # at half past one in London it is half past two in Berlin
        rule.cutoff_hour = 14
        self.other.dist_backend_id.tz = "Europe/Berlin"
        self.assertEqual(leaves(rule), datetime(2026, 3, 9, 13))

    def test_a_zip_range_includes_its_last(self):
        rule = self.rule(self.other, zip_from="60000", zip_to="62701")
        none = self.env["delivery.carrier"]
        self.assertFalse(rule._refusal(self.customer, none))
        self.customer.zip = "62702"
        self.assertIn("62702", rule._refusal(self.customer, none))

    def test_a_rule_that_speaks_of_no_product_is_refused(self):
        with self.assertRaises(ValidationError):
            self.rule(self.other, product_mode="only")

    def test_simulation_says_who_and_why_and_orders_nothing(self):
        self.rule(self.warehouse, cost_order=9)
        self.rule(self.other, cost_order=4)
        before = self.env["stock.picking"].search_count([])
        form = Form(self.env["dist.routing.simulation"])
        form.order_id = self.order((self.tea, 3), confirm=False)
        simulation = form.save()
        simulation.action_simulate()
        self.assertEqual(simulation.outcome, self.other.name)
        self.assertEqual(simulation.line_ids.warehouse_id, self.other)
        first, second = simulation.verdict_ids
        self.assertEqual((first.warehouse_id, first.chosen), (self.other, True))
        self.assertIn("costs more than", second.why)
        self.assertEqual(self.env["stock.picking"].search_count([]), before)

    def test_an_operator_may_simulate_and_not_change_the_rules(self):
        operator = new_test_user(
            self.env, "op", groups="dist_connector_base.group_operator"
        )
        rule = self.rule(self.other).with_user(operator)
        with self.assertRaises(AccessError):
            rule.cost_order = 1
        self.assertTrue(
            self.env["dist.routing.simulation"]
            .with_user(operator)
            .create({"partner_id": self.customer.id})
        )


@tagged("post_install", "-at_install")
class TestReroute(RoutingCase):
    def reroute(self, picking):
        picking.action_dist_reroute()
        self.commit()

    def open_deliveries(self, order):
        return order.picking_ids.filtered(lambda p: p.state != "cancel")

    def test_a_rejected_delivery_is_shipped_from_elsewhere(self):
        self.rule(self.warehouse)
        self.rule(self.other)
        picking = self.delivery((self.tea, 2))
        self.answer(picking, Outcome.REJECTED, message="no such address")
        self.reroute(picking)
        self.assertEqual(picking.state, "cancel")
        other = self.open_deliveries(picking.sale_id)
        self.assertEqual(other.picking_type_id.warehouse_id, self.other)
        self.assertEqual(other.move_ids.product_uom_qty, 2)
        self.assertEqual(other.dist_backend_id, self.other.dist_backend_id)
        self.assertNotEqual(other.dist_request_key, picking.dist_request_key)

    def test_nothing_moves_before_the_partner_confirms_the_cancel(self):
        self.rule(self.warehouse)
        self.rule(self.other)
        picking = self.accepted((self.tea, 2))
        order = picking.sale_id
        self.reroute(picking)
        self.assertEqual(picking.dist_state, "cancel_pending")
        self.assertEqual(self.open_deliveries(order), picking)
        self.answer(picking, Outcome.ACCEPTED, "fulfilment_cancel")
        self.assertEqual(picking.state, "cancel")
        other = self.open_deliveries(order)
        self.assertEqual(other.picking_type_id.warehouse_id, self.other)
        self.assertEqual(sum(other.move_ids.mapped("product_uom_qty")), 2)

    def test_a_refused_cancel_ships_from_where_it_is_and_only_there(self):
        self.rule(self.warehouse)
        self.rule(self.other)
        picking = self.accepted((self.tea, 2))
        self.reroute(picking)
        self.answer(
            picking, Outcome.REJECTED, "fulfilment_cancel", message="already packed"
        )
        self.assertEqual(picking.dist_state, "cancel_refused")
        self.assertFalse(picking.dist_reroute)
        self.assertEqual(self.open_deliveries(picking.sale_id), picking)

    def test_where_no_other_warehouse_may_ship_nothing_is_cancelled(self):
        self.rule(self.warehouse)
        self.rule(self.other, country_ids=self.env.ref("base.de").ids)
        picking = self.accepted((self.tea, 2))
        with self.assertRaisesRegex(UserError, "No other warehouse"):
            self.reroute(picking)
        self.assertEqual(picking.dist_state, "accepted")


@tagged("post_install", "-at_install")
class TestRoutingTour(BrowserCase, RoutingCase):
    def test_a_planner_asks_where_an_order_would_go(self):
        self.rule(self.warehouse, cost_order=9)
        self.rule(self.other, cost_order=4)
        order = self.order((self.tea, 3), confirm=False)
        order.name = "SIM-ORDER"
        self.start_tour(
            "/odoo/distribution-routing", "dist_simulate_routing", login="admin"
        )
        self.assertFalse(order.picking_ids)
