"""A warehouse ships something else than was asked for."""

import json

from odoo.addons.dist_connector_base.core.errors import BusinessError
from odoo.addons.dist_connector_base.pipeline import ledger
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import SHIPPED_AT, ThirdPartyCase
from .test_surplus import PROFILE, SurplusCase


@tagged("post_install", "-at_install")
class TestSubstitution(ThirdPartyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.green = cls.make_product("GREEN", stock=100)

    def rule(self, **values):
        return self.env["dist.substitution"].create(
            {
                "backend_id": self.backend.id,
                "product_id": self.tea.id,
                "substitute_id": self.green.id,
                **values,
            }
        )

    def line(self, picking, quantity, **values):
        """Give a confirmation line that ships GREEN for the line of TEA."""
        move = picking.move_ids.filtered(lambda m: m.product_id == self.tea)
        return {
            "line_key": str(move.id),
            "sku": "GREEN",
            "quantity": quantity,
            **values,
        }

    def shipped(self, picking):
        """Give what left, by product."""
        done = picking.move_ids.filtered(lambda m: m.state == "done")
        return {m.product_id.default_code: m.quantity for m in done if m.quantity}

    # ---------------------------------------------------------------- allowed

    def test_an_allowed_substitute_is_booked_in_place_of_what_was_asked_for(self):
        self.rule()
        picking = self.accepted((self.tea, 5), (self.mug, 2))
        mug = picking.move_ids.filtered(lambda m: m.product_id == self.mug)
        self.ship(picking, self.line(picking, 5), (mug, 2))
        self.assertEqual((picking.state, picking.dist_state), ("done", "shipped"))
        self.assertEqual(self.shipped(picking), {"GREEN": 5, "MUG": 2})
        self.assertFalse(picking.backorder_ids)

    def test_the_sale_order_gets_a_line_of_the_substitute(self):
        self.rule()
        picking = self.accepted((self.tea, 5))
        order = picking.sale_id
        self.ship(picking, self.line(picking, 5))
        line = order.order_line.filtered(lambda s: s.product_id == self.green)
        self.assertEqual((line.product_uom_qty, line.qty_delivered), (0, 5))
        self.assertEqual(line.move_ids.picking_id, picking)
        self.assertTrue(any("in place of" in (m.body or "") for m in order.message_ids))

    def test_a_part_is_substituted_and_the_rest_shipped_as_asked(self):
        self.rule()
        picking = self.accepted((self.tea, 5))
        self.ship(picking, self.line(picking, 2), (picking.move_ids, 3))
        self.assertEqual(self.shipped(picking), {"GREEN": 2, "TEA": 3})
        self.assertFalse(picking.backorder_ids)

    def test_what_is_neither_shipped_nor_substituted_is_backordered(self):
        self.rule()
        picking = self.accepted((self.tea, 5))
        self.ship(picking, self.line(picking, 2))
        self.assertEqual(self.shipped(picking), {"GREEN": 2})
        self.assertEqual(picking.backorder_ids.move_ids.product_uom_qty, 3)
        self.assertEqual(picking.backorder_ids.move_ids.product_id, self.tea)

    def test_the_ratio_counts(self):
        self.rule(ratio=2)
        picking = self.accepted((self.tea, 5))
        self.ship(picking, self.line(picking, 6))
        self.assertEqual(self.shipped(picking), {"GREEN": 6})
        self.assertEqual(picking.backorder_ids.move_ids.product_uom_qty, 2)

    def test_a_line_that_names_what_it_takes_the_place_of(self):
        self.rule()
        picking = self.accepted((self.tea, 5))
        self.ship(picking, {"sku": "GREEN", "substitutes": "TEA", "quantity": 5})
        self.assertEqual(self.shipped(picking), {"GREEN": 5})

    def test_the_rest_under_the_same_request_may_be_substituted_later(self):
        self.rule()
        picking = self.accepted((self.tea, 5))
        line = self.line(picking, 2)
        self.ship(picking, line, completes_request=False)
        backorder = picking.backorder_ids
        self.ship(backorder, {**line, "quantity": 3}, key="SHP-2")
        self.assertEqual(self.shipped(backorder), {"GREEN": 3})

    def test_a_parcel_holds_the_substitute(self):
        self.rule()
        picking = self.accepted((self.tea, 5))
        line = self.line(picking, 5)
        self.ship(picking, line, parcels=[{"tracking_number": "T", "contents": [line]}])
        self.assertEqual(picking.dist_parcel_ids.content_ids.product_id, self.green)

    # ------------------------------------------------------------ not allowed

    def test_what_nobody_agreed_to_waits_as_an_exception(self):
        picking = self.accepted((self.tea, 5))
        for rule in (None, self.rule(policy="approval")):
            with (
                self.subTest(rule=rule),
                self.assertRaisesRegex(
                    BusinessError, "GREEN was shipped instead of TEA"
                ) as caught,
            ):
                self.ship(picking, self.line(picking, 5))
            self.assertEqual(caught.exception.path, "lines[0].sku")
        self.assertEqual(picking.state, "assigned")

    def test_more_than_was_asked_is_never_booked(self):
        self.rule()
        picking = self.accepted((self.tea, 5))
        with self.assertRaises(BusinessError) as caught:
            self.ship(picking, self.line(picking, 6))
        self.assertEqual(caught.exception.path, "lines[0].quantity")

    def test_a_rule_holds_for_its_customer_and_its_days(self):
        other = self.env["res.partner"].create({"name": "Other Shop"})
        self.rule(partner_id=other.id)
        self.rule(date_to="2020-01-01")
        picking = self.accepted((self.tea, 5))
        with self.assertRaises(BusinessError):
            self.ship(picking, self.line(picking, 5))
        self.rule(partner_id=self.customer.id)
        self.ship(picking, self.line(picking, 5))
        self.assertEqual(self.shipped(picking), {"GREEN": 5})

    def test_a_rule_for_the_customer_counts_before_the_general_one(self):
        self.rule()
        self.rule(partner_id=self.customer.id, policy="approval")
        picking = self.accepted((self.tea, 5))
        with self.assertRaises(BusinessError):
            self.ship(picking, self.line(picking, 5))

    def test_the_same_substitution_is_entered_once_and_never_of_itself(self):
        self.rule()
        for values in ({}, {"substitute_id": self.tea.id}):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
            ):
                self.rule(**values)

    def test_a_refused_substitute_counts_as_not_shipped(self):
        self.rule(policy="refused")
        picking = self.accepted((self.tea, 5), (self.mug, 2))
        mug = picking.move_ids.filtered(lambda m: m.product_id == self.mug)
        arrived = self.ship(picking, self.line(picking, 5), (mug, 2))
        self.assertEqual(self.shipped(picking), {"MUG": 2})
        self.assertEqual(picking.backorder_ids.move_ids.product_id, self.tea)
        self.assertIn("booked nowhere", arrived.warnings[0].message)


@tagged("post_install", "-at_install")
class TestSubstitutionDecision(SurplusCase):
    """GREEN left for TEA, and the confirmation stands in exception."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.green = cls.make_product("GREEN", stock=100)

    @classmethod
    def make_backend(cls, name="Bob", answer="at_once", company=None):
        text = PROFILE.replace("test_surplus", "test_substitution").replace(
            "line_key: line,", "line_key: line, sku: sku,"
        )
        profile = cls.env["dist.profile"].create({"document": text})
        profile._approve()
        return cls.env["dist.backend"].create({"name": name, "profile_id": profile.id})

    def arrive(self, *_lines):
        """Put a confirmation of two GREEN for TEA on record, and handle it."""
        tea, mug = self.picking.move_ids
        self.flow = self.backend._flow("shipment_confirmation").with_context(
            dist_no_wake=True
        )
        body = {
            "number": f"SHP-{tea.id}",
            "request": self.picking.dist_request_key,
            "at": SHIPPED_AT,
            "lines": [
                {"line": str(tea.id), "sku": "GREEN", "quantity": 2},
                {"line": str(mug.id), "sku": "MUG", "quantity": 1},
            ],
        }
        (message_id,) = ledger.insert_arrivals(
            self.env, self.flow, [ledger.Arrival(json.dumps(body).encode(), via="file")]
        )
        self.handle()
        return self.env["dist.message"].browse(message_id)

    def decide(self, button, **values):
        """Press a button of the exception, say why, and let the replay run."""
        action = getattr(self.exception, button)()
        self.env["dist.substitution.decide"].with_context(
            **action["context"], dist_no_wake=True
        ).create({"reason": "Agreed by phone", **values}).action_confirm()
        self.replayed()

    def left(self):
        done = self.picking.move_ids.filtered(lambda m: m.state == "done")
        return {m.product_id.default_code: m.quantity for m in done if m.quantity}

    def test_a_reviewer_approves_and_the_confirmation_is_booked(self):
        self.assertTrue(self.exception.is_substitution)
        self.decide("action_approve_substitution")
        self.assertEqual(self.message.state, "done")
        self.assertEqual(self.left(), {"GREEN": 2, "MUG": 1})
        self.assertEqual(self.exception.state, "resolved")
        audit = self.env["dist.audit"].search(
            [("action", "=", "exception.approve_substitution")], limit=1
        )
        self.assertEqual(audit.res_id, self.exception.id)

    def test_an_approval_holds_for_this_confirmation_only(self):
        self.decide("action_approve_substitution")
        rule = self.env["dist.substitution"].search([])
        self.assertEqual(
            (rule.message_id, rule.reason), (self.message, "Agreed by phone")
        )
        self.picking = self.accepted((self.tea, 2), (self.mug, 1))
        self.assertEqual(self.arrive().state, "exception")

    def test_an_approval_may_hold_from_now_on(self):
        self.decide("action_approve_substitution", always=True)
        self.picking = self.accepted((self.tea, 2), (self.mug, 1))
        self.assertEqual(self.arrive().state, "done")

    def test_a_reviewer_rejects_and_the_rest_is_booked(self):
        self.decide("action_reject_substitution")
        self.assertEqual(self.message.state, "done")
        self.assertEqual(self.left(), {"MUG": 1})
        self.assertEqual(self.picking.backorder_ids.move_ids.product_id, self.tea)

    def test_there_is_nothing_to_decide_twice(self):
        self.decide("action_approve_substitution")
        with self.assertRaises(UserError):
            self.exception.action_reject_substitution()

    def test_a_product_that_we_do_not_have_is_created_first(self):
        self.green.default_code = "OTHER"
        with self.assertRaisesRegex(UserError, "no product GREEN"):
            self.decide("action_approve_substitution")

    def test_only_a_reviewer_decides(self):
        operator = new_test_user(
            self.env, "operator", groups="dist_connector_base.group_operator"
        )
        with self.assertRaises(AccessError):
            self.exception.with_user(operator).action_approve_substitution()
