"""Packs: told to partners, converted when they confirm in them, and never confused."""

from unittest.mock import patch

from odoo.addons.dist_connector_base.core.canonical import (
    FulfilmentRequest,
    InventoryAdjustment,
)
from odoo.addons.dist_connector_base.core.errors import (
    BusinessError,
    DataError,
    MappingError,
)
from odoo.addons.dist_connector_base.models.dist_attempt import DistAttempt
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import Arrived
from .test_return import ReturnCase
from .test_surplus import SurplusCase


class PacksMixin:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls.make_pack("Case of 12", "CS", 12)
        cls.tea.uom_ids = cls.case

    @classmethod
    def make_pack(cls, name, code, size):
        return cls.env["uom.uom"].create(
            {
                "name": name,
                "relative_factor": size,
                "relative_uom_id": cls.env.ref("uom.product_uom_unit").id,
                "dist_unit_code": code,
            }
        )

    def request_of(self, picking):
        return FulfilmentRequest.from_json(self.messages(picking)[-1].canonical)


@tagged("post_install", "-at_install")
class TestPacks(PacksMixin, ReturnCase):
    # ------------------------------------------------------------ confirmed

    def test_a_shipment_told_in_cases_is_booked_in_pieces(self):
        picking = self.accepted((self.tea, 24))
        self.ship(picking, {"sku": "TEA", "quantity": 2, "unit": "CS"})
        self.assertEqual((picking.state, picking.move_ids.quantity), ("done", 24))

    def test_a_dozen_is_twelve_of_whatever_it_is(self):
        picking = self.accepted((self.mug, 24))
        self.ship(picking, {"sku": "MUG", "quantity": 2, "unit": "DZN"})
        self.assertEqual(picking.move_ids.quantity, 24)

    def test_a_pack_that_the_product_does_not_have_is_named(self):
        picking = self.accepted((self.mug, 24))
        with self.assertRaisesRegex(MappingError, "MUG is kept in EA .* no pack CS"):
            self.ship(picking, {"sku": "MUG", "quantity": 2, "unit": "CS"})
        self.assertEqual(picking.state, "assigned")

    def test_an_order_made_in_cases_needs_no_packaging_on_the_product(self):
        order = self.order((self.mug, 2), confirm=False)
        order.order_line.product_uom_id = self.case
        order.action_confirm()
        self.commit()
        picking = order.picking_ids
        self.ship(picking, {"sku": "MUG", "quantity": 2, "unit": "CS"})
        self.assertEqual((picking.state, picking.move_ids.product_qty), ("done", 24))

    def test_a_receipt_told_in_cases_is_booked_in_pieces(self):
        picking = self.announced((self.tea, 24))
        self.receive(picking, {"sku": "TEA", "quantity": 2, "unit": "CS"})
        self.assertEqual((picking.state, picking.move_ids.quantity), ("done", 24))

    def test_a_return_told_in_cases_is_booked_in_pieces(self):
        picking = self.shipped((self.tea, 24))
        record = self.expected(picking, 12)
        self.come_back(
            {"sku": "TEA", "quantity": 1, "unit": "CS"}, authorisation=record.name
        )
        self.assertEqual(record.line_ids.quantity_received, 12)

    def test_an_adjustment_told_in_cases_is_booked_in_pieces(self):
        self.backend.adjustment_limit = 100
        adjustment = self.adjust({"sku": "TEA", "quantity": -1, "unit": "CS"})
        self.assertEqual(adjustment.line_ids.quantity, -12)
        self.assertEqual(self.held(self.tea), 88)

    def test_a_broken_piece_is_refused(self):
        third = self.make_pack("Third of a hundred", "CT", 100 / 3)
        self.tea.uom_ids |= third
        with self.assertRaisesRegex(DataError, "no whole number"):
            self.adjust({"sku": "TEA", "quantity": -1, "unit": "CT"})

    def adjust(self, *lines):
        arrived = Arrived(
            self.backend,
            InventoryAdjustment.parse(
                {
                    "adjustment_key": "ADJ-1",
                    "adjusted_at": "2026-03-02T10:00:00+00:00",
                    "warehouse": "BOB",
                    "lines": [{"reason_code": "lost", **line} for line in lines],
                }
            ),
        )
        self.take([arrived], "inventory_adjustment")
        return arrived.linked

    # -------------------------------------------------------------- doubted

    def test_a_receipt_over_by_what_a_case_holds_is_asked_about(self):
        self.backend.over_receipt_percent = 2000
        picking = self.announced((self.tea, 2))
        with self.assertRaisesRegex(BusinessError, "pieces or packs.*24 EA of TEA"):
            self.receive(picking, {"sku": "TEA", "quantity": 24})

    def test_the_question_can_be_switched_off(self):
        self.backend.over_receipt_percent = 2000
        self.backend.check_packs = False
        picking = self.announced((self.tea, 2))
        self.receive(picking, {"sku": "TEA", "quantity": 24})
        self.assertEqual(picking.move_ids.quantity, 24)

    # ------------------------------------------------------------ requested

    def test_requests_say_nothing_of_packs_unless_told_to(self):
        (line,) = self.request_of(self.delivery((self.tea, 24))).lines
        self.assertFalse(line.packs)

    def test_requests_say_whole_packs_where_the_partner_wants_them(self):
        self.backend.order_in_packs = True
        barcode = self.env["product.uom"].create(
            {
                "product_id": self.tea.id,
                "uom_id": self.case.id,
                "barcode": "10614141000040",
            }
        )
        full, rest = self.request_of(self.delivery((self.tea, 24), (self.mug, 5))).lines
        (pack,) = full.packs
        self.assertEqual(
            (pack.unit, pack.packs, pack.contains, pack.gtin, full.quantity),
            ("CS", 2, 12, barcode.barcode, 24),
        )
        self.assertFalse(rest.packs)


@tagged("post_install", "-at_install")
class TestPackQuestion(PacksMixin, SurplusCase):
    def setUp(self):
        super(SurplusCase, self).setUp()
        self.startPatcher(patch.object(DistAttempt, "_own_cursor", self._same_cursor))
        self.mug.uom_ids = self.case

    def confirmed(self, *quantities):
        """Give the exception of a confirmation of 2 tea and 48 mugs."""
        self.picking = self.accepted((self.tea, 2), (self.mug, 48))
        self.message = self.arrive(*zip(self.picking.move_ids, quantities, strict=True))
        return self.message.exception_ids

    def test_it_says_both_readings_and_is_no_plain_surplus(self):
        exception = self.confirmed(24, 48)
        self.assertTrue(exception.is_pack_question)
        self.assertFalse(exception.is_surplus)
        self.assertIn("2 CS of 12 are 24", exception.name)
        self.assertEqual(self.picking.state, "assigned")

    def test_corrected_the_order_is_booked_as_it_was_asked(self):
        self.confirmed(24, 48).action_read_as_packs()
        self.replayed()
        self.assertEqual(self.message.state, "done")
        self.assertEqual(self.picking.move_ids.mapped("quantity"), [2, 48])
        audit = self.env["dist.audit"].search(
            [("action", "=", "exception.figures_packs")]
        )
        self.assertEqual(audit.user_id, self.env.user)

    def test_accepted_as_said_the_surplus_is_booked_without_a_second_question(self):
        self.confirmed(24, 48).action_accept_as_said()
        self.replayed()
        self.assertEqual(self.message.state, "done")
        self.assertEqual(self.picking.move_ids.mapped("quantity"), [24, 48])

    def test_a_short_shipment_of_one_product_is_booked_as_it_is(self):
        self.assertFalse(self.confirmed(2, 4))
        self.assertEqual(self.picking.state, "done")

    def test_it_is_decided_once(self):
        exception = self.confirmed(24, 48)
        exception.action_accept_as_said()
        with self.assertRaisesRegex(UserError, "decided already"):
            exception.action_read_as_packs()

    def test_an_operator_may_not_decide_it(self):
        exception = self.confirmed(24, 48)
        operator = new_test_user(
            self.env, "op", groups="dist_connector_base.group_operator"
        )
        with self.assertRaises(AccessError):
            exception.with_user(operator).action_read_as_packs()
        with self.assertRaises(AccessError):
            exception.with_user(operator).action_accept_as_said()
