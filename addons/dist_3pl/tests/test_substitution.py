"""A warehouse ships something else than was asked for."""

from odoo.addons.dist_connector_base.core.errors import BusinessError
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import ThirdPartyCase


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
        self.assertIn("in place of", order.message_ids[0].body)

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
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises((IntegrityError, ValidationError)),
            self.env.cr.savepoint(),
        ):
            self.rule()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises((IntegrityError, ValidationError)),
            self.env.cr.savepoint(),
        ):
            self.rule(substitute_id=self.tea.id)

    def test_a_refused_substitute_counts_as_not_shipped(self):
        self.rule(policy="refused")
        picking = self.accepted((self.tea, 5), (self.mug, 2))
        mug = picking.move_ids.filtered(lambda m: m.product_id == self.mug)
        arrived = self.ship(picking, self.line(picking, 5), (mug, 2))
        self.assertEqual(self.shipped(picking), {"MUG": 2})
        self.assertEqual(picking.backorder_ids.move_ids.product_id, self.tea)
        self.assertIn("booked nowhere", arrived.warnings[0].message)

    # --------------------------------------------------------------- decision

    def failed(self, picking):
        """Give the exception of a confirmation that ships GREEN for TEA."""
        arrived = self.shipment(picking, self.line(picking, 5))
        message = self.env["dist.message"].create(
            {
                "backend_id": self.backend.id,
                "company_id": self.backend.company_id.id,
                "direction": "in",
                "message_type": "shipment_confirmation",
                "kind": "document",
                "state": "exception",
                "key": "SHP-1",
                "canonical": arrived.document.to_json(),
            }
        )
        error = BusinessError("GREEN was shipped instead of TEA", path="lines[0].sku")
        return self.env["dist.exception"]._open_for_message(message, error)

    def decide(self, exception, button, **values):
        action = getattr(exception, button)()
        self.env["dist.substitution.decide"].with_context(**action["context"]).create(
            {"reason": "Agreed by phone", **values}
        ).action_confirm()

    def again(self, picking, exception):
        """Hand the confirmation over once more, as the replay does."""
        arrived = self.shipment(picking, self.line(picking, 5))
        arrived.message_id = exception.message_id.id
        self.confirm([arrived])
        return arrived

    def test_a_reviewer_approves_and_the_message_is_replayed(self):
        picking = self.accepted((self.tea, 5))
        exception = self.failed(picking)
        self.assertTrue(exception.is_substitution)
        self.decide(exception, "action_approve_substitution")
        self.assertIn(exception.message_id.state, ("received", "ready"))
        self.again(picking, exception)
        self.assertEqual(self.shipped(picking), {"GREEN": 5})
        audit = self.env["dist.audit"].search(
            [("action", "=", "exception.approve_substitution")], limit=1
        )
        self.assertEqual(audit.res_id, exception.id)

    def test_an_approval_holds_for_this_confirmation_only(self):
        picking = self.accepted((self.tea, 5))
        self.decide(self.failed(picking), "action_approve_substitution")
        other = self.accepted((self.tea, 5))
        with self.assertRaises(BusinessError):
            self.ship(other, self.line(other, 5))

    def test_an_approval_may_hold_from_now_on(self):
        picking = self.accepted((self.tea, 5))
        self.rule(policy="approval")
        self.decide(self.failed(picking), "action_approve_substitution", always=True)
        other = self.accepted((self.tea, 5))
        self.ship(other, self.line(other, 5))
        self.assertEqual(self.shipped(other), {"GREEN": 5})

    def test_a_reviewer_rejects(self):
        picking = self.accepted((self.tea, 5))
        exception = self.failed(picking)
        self.decide(exception, "action_reject_substitution")
        self.again(picking, exception)
        self.assertFalse(self.shipped(picking))
        self.assertEqual(picking.dist_state, "rejected")

    def test_only_a_reviewer_decides(self):
        exception = self.failed(self.accepted((self.tea, 5)))
        operator = new_test_user(
            self.env, "operator", groups="dist_connector_base.group_operator"
        )
        with self.assertRaises(AccessError):
            exception.with_user(operator).action_approve_substitution()
