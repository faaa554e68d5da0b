"""Goods that come back: announced, received, placed, replaced."""

from odoo.addons.dist_connector_base.core.canonical import (
    ReturnAuthorisation,
    ReturnNotice,
)
from odoo.addons.dist_connector_base.core.errors import BusinessError, MappingError
from odoo.addons.dist_connector_base.core.wire import Outcome, Verdict
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import Answered, Arrived
from .common_inbound import InboundCase


class ReturnCase(InboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scrap = cls.env["stock.location"].create(
            {"name": "Bin at Bob", "usage": "inventory"}
        )
        cls.make_place("scrap", cls.scrap, kind="reason")

    def shipped(self, *lines, **values):
        """Give a delivery that the partner shipped."""
        picking = self.accepted(*lines)
        self.ship_in_full(picking, key=f"SHP-{picking.id}", **values)
        return picking

    def prepared(self, picking, *quantities, **values):
        """Give the draft of a return, over what comes back of each line."""
        record = self.env["dist.return"].browse(picking.action_dist_return()["res_id"])
        for line, quantity in zip(record.line_ids, quantities, strict=True):
            line.write({"quantity": quantity, "reason_code": "not_wanted"})
        record.write(values)
        return record

    def expected(self, picking, *quantities, **values):
        """Give a return that the partner expects."""
        record = self.prepared(picking, *quantities, **values)
        record.action_authorise()
        self.answer_return(record, Outcome.ACCEPTED, remote_id="R77")
        return record

    def authorisation(self, record):
        return self.env["dist.message"].search(
            [
                ("res_model", "=", "dist.return"),
                ("res_id", "=", record.id),
                ("direction", "=", "out"),
            ],
            order="id desc",
            limit=1,
        )

    def answer_return(self, record, outcome, **verdict):
        message = self.authorisation(record)
        self.leave(message)
        message.state = "done" if outcome is not Outcome.REJECTED else "exception"
        self.env["dist.handler.return_authorisation"]._settle(
            [Answered(message, Verdict(outcome, **verdict))]
        )

    def notice(self, *lines, key="BACK-1", **values):
        return Arrived(
            self.backend,
            ReturnNotice.parse(
                {
                    "return_key": key,
                    "stage": "received",
                    "warehouse": "BOB",
                    "returned_at": "2026-03-09T10:00:00+00:00",
                    "lines": [{"disposition": "restock", **line} for line in lines],
                    **values,
                }
            ),
        )

    def come_back(self, *lines, **values):
        arrived = self.notice(*lines, **values)
        self.take([arrived], "return_notice")
        return arrived


@tagged("post_install", "-at_install")
class TestReturn(ReturnCase):
    # ----------------------------------------------------------- authorised

    def test_an_authorisation_says_what_comes_back_and_why(self):
        picking = self.shipped(
            (self.tea, 5), (self.mug, 2), parcels=[{"tracking_number": "1Z1"}]
        )
        record = self.prepared(picking, 3, 0, tracking_number="BACK-9")
        record.line_ids[0].disposition = "quarantine"
        record.action_authorise()
        self.assertEqual(record.state, "queued")
        document = ReturnAuthorisation.from_json(self.authorisation(record).canonical)
        self.assertEqual(document.return_key, record.name)
        self.assertEqual(document.order_reference, picking.origin)
        self.assertEqual(document.request_key, picking.dist_request_key)
        self.assertEqual(document.tracking_number, "BACK-9")
        self.assertEqual(document.original_tracking_number, "1Z1")
        (line,) = document.lines
        self.assertEqual(
            (line.sku, line.quantity, line.reason_code, line.disposition),
            ("TEA", 3, "not_wanted", "quarantine"),
        )
        self.assertEqual(record.picking_id.state, "assigned")
        self.assertEqual(record.picking_id.move_ids.product_uom_qty, 3)
        # a return is no receipt of a purchase
        self.assertEqual(record.picking_id.dist_receipt_state, "none")

    def test_the_partners_answer_shows_on_the_return(self):
        picking = self.shipped((self.tea, 5))
        record = self.expected(picking, 3)
        self.assertEqual((record.state, record.remote_key), ("accepted", "R77"))

    def test_a_rejected_authorisation_is_corrected_and_sent_again(self):
        picking = self.shipped((self.tea, 5))
        record = self.prepared(picking, 3)
        record.action_authorise()
        self.answer_return(record, Outcome.REJECTED, message="no label")
        self.assertEqual((record.state, record.reason_text), ("rejected", "no label"))
        record.tracking_number = "BACK-9"
        worker = self.make_user(
            "stock.group_stock_user", "dist_connector_base.group_operator"
        )
        record.with_user(worker).action_authorise()
        self.assertEqual(record.state, "queued")
        self.assertEqual(self.authorisation(record).state, "ready")

    def test_no_more_can_be_authorised_than_was_delivered(self):
        picking = self.shipped((self.tea, 5))
        record = self.prepared(picking, 6)
        with self.assertRaises(UserError):
            record.action_authorise()
        record.line_ids.quantity = 0
        with self.assertRaises(UserError):
            record.action_authorise()

    def test_a_return_is_cancelled_only_before_the_partner_expects_it(self):
        picking = self.shipped((self.tea, 5))
        early = self.prepared(picking, 3)
        early.action_authorise()
        early.action_cancel()
        self.assertEqual((early.state, early.picking_id.state), ("cancelled", "cancel"))
        late = self.expected(picking, 3)
        with self.assertRaises(UserError):
            late.action_cancel()

    def test_who_may_not_work_exceptions_authorises_no_return(self):
        picking = self.shipped((self.tea, 5))
        worker = self.make_user("stock.group_stock_user")
        with self.assertRaises(AccessError):
            picking.with_user(worker).action_dist_return()
        record = self.prepared(picking, 3)
        with self.assertRaises(AccessError):
            record.with_user(worker).action_authorise()

    def test_an_operator_works_a_return_from_start_to_end(self):
        picking = self.shipped((self.tea, 5))
        worker = self.make_user(
            "stock.group_stock_user", "dist_connector_base.group_operator"
        )
        action = picking.with_user(worker).action_dist_return()
        record = self.env["dist.return"].with_user(worker).browse(action["res_id"])
        record.line_ids.quantity = 2
        record.action_authorise()
        self.assertEqual(record.state, "queued")
        self.assertEqual(
            self.env["dist.audit"]
            .search([("res_model", "=", "dist.return"), ("res_id", "=", record.id)])
            .mapped("action"),
            ["return.authorise"],
        )

    # ------------------------------------------------------------- received

    def test_each_disposition_has_its_place(self):
        picking = self.shipped((self.tea, 10))
        record = self.expected(picking, 10)
        arrived = self.come_back(
            {"sku": "TEA", "quantity": 5},
            {"sku": "TEA", "quantity": 2, "disposition": "quarantine"},
            {"sku": "TEA", "quantity": 1, "disposition": "scrap"},
            {
                "sku": "TEA",
                "quantity": 2,
                "disposition": "undecided",
                "reason_code": "damaged",
                "reason": "crushed",
            },
            authorisation=record.name,
        )
        self.assertEqual(
            (
                self.held(self.tea),
                self.held(self.tea, self.quarantine),
                self.held(self.tea, self.scrap),
            ),
            (95, 4, 1),
        )
        self.assertEqual((record.state, record.picking_id.state), ("received", "done"))
        line = record.line_ids
        self.assertEqual(
            (
                line.quantity_received,
                line.quantity_restocked,
                line.quantity_quarantined,
                line.quantity_scrapped,
            ),
            (10, 5, 4, 1),
        )
        self.assertEqual((line.reason_code, line.reason), ("damaged", "crushed"))
        self.assertEqual(arrived.linked, record)
        self.assertFalse(arrived.warnings)
        self.assertEqual(picking.sale_id.order_line.qty_delivered, 0)

    def test_lots_come_back_as_they_left(self):
        cup = self.make_product("CUP", tracking="lot")
        self.make_lot(cup, "L1", stock=5)
        picking = self.accepted((cup, 5))
        self.ship(
            picking,
            {"sku": "CUP", "quantity": 5, "lots": [{"lot": "L1", "quantity": 5}]},
        )
        record = self.expected(picking, 5)
        with self.assertRaisesRegex(BusinessError, "lot of CUP is missing"):
            self.come_back({"sku": "CUP", "quantity": 5}, authorisation=record.name)
        self.come_back(
            {"sku": "CUP", "quantity": 5, "lots": [{"lot": "L1", "quantity": 5}]},
            authorisation=record.name,
        )
        self.assertEqual(self.held(cup, lot="L1"), 5)

    def test_less_than_authorised_is_told(self):
        picking = self.shipped((self.tea, 5))
        record = self.expected(picking, 3)
        arrived = self.come_back(
            {"sku": "TEA", "quantity": 2}, authorisation=record.name
        )
        self.assertEqual(self.held(self.tea), 97)
        self.assertIn("TEA: 2 of 3", arrived.warnings[0].message)
        self.assertFalse(self.backorder_of(record.picking_id))

    def test_more_than_was_shipped_is_for_a_person(self):
        picking = self.shipped((self.tea, 5))
        record = self.expected(picking, 3)
        with self.assertRaises(BusinessError) as caught:
            self.come_back({"sku": "TEA", "quantity": 6}, authorisation=record.name)
        self.assertEqual(caught.exception.path, "lines[0].quantity")
        self.assertEqual((record.state, self.held(self.tea)), ("accepted", 95))

    def test_a_second_notice_has_no_second_effect(self):
        picking = self.shipped((self.tea, 5))
        record = self.expected(picking, 3)
        self.come_back({"sku": "TEA", "quantity": 3}, authorisation=record.name)
        with self.assertRaisesRegex(BusinessError, "received already"):
            self.come_back(
                {"sku": "TEA", "quantity": 2}, authorisation=record.name, key="BACK-2"
            )
        self.assertEqual(self.held(self.tea), 98)

    def test_a_reason_that_is_none_of_ours_is_for_a_person(self):
        self.shipped((self.tea, 5))
        with self.assertRaises(MappingError) as caught:
            self.come_back({"sku": "TEA", "quantity": 1, "reason_code": "whim"})
        self.assertEqual(caught.exception.path, "lines[0].reason_code")
        self.assertEqual(caught.exception.vocabulary, "return_reason")

    def test_what_is_only_expected_changes_nothing(self):
        picking = self.shipped((self.tea, 5))
        arrived = self.come_back(
            {"sku": "TEA", "quantity": 3},
            stage="expected",
            order_reference=picking.origin,
        )
        self.assertEqual(self.held(self.tea), 95)
        self.assertEqual(arrived.linked, picking)

    # ---------------------------------------------------------- unannounced

    def test_an_unannounced_return_is_found_by_its_order(self):
        picking = self.shipped((self.tea, 5))
        arrived = self.come_back(
            {"sku": "TEA", "quantity": 2}, order_reference=picking.origin
        )
        record = arrived.linked
        self.assertTrue(record.is_blind)
        self.assertEqual(
            (record.state, record.delivery_id, record.remote_key),
            ("received", picking, "BACK-1"),
        )
        self.assertEqual(self.held(self.tea), 97)

    def test_an_unannounced_return_is_found_by_its_tracking_number(self):
        self.shipped((self.tea, 5), parcels=[{"tracking_number": "1Z1"}])
        picking = self.shipped((self.tea, 5), parcels=[{"tracking_number": "1Z2"}])
        for number, way in enumerate(("tracking_number", "original_tracking_number")):
            arrived = self.come_back(
                {"sku": "TEA", "quantity": 1}, key=f"BACK-{number}", **{way: "1Z2"}
            )
            self.assertEqual(arrived.linked.delivery_id, picking)

    def test_a_parcel_without_a_number_is_the_one_that_is_expected(self):
        picking = self.shipped((self.tea, 5), (self.mug, 2))
        record = self.expected(picking, 3, 0)
        other = self.come_back(
            {"sku": "MUG", "quantity": 1}, order_reference=picking.origin
        ).linked
        self.assertTrue(other.is_blind)
        mine = self.come_back(
            {"sku": "TEA", "quantity": 3}, order_reference=picking.origin, key="BACK-2"
        ).linked
        self.assertEqual((mine, record.state), (record, "received"))
        self.assertEqual((self.held(self.tea), self.held(self.mug)), (98, 99))

    def test_an_unannounced_return_takes_the_transfer_that_somebody_made(self):
        picking = self.shipped((self.tea, 5))
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 2
        by_hand = wizard._create_return()
        arrived = self.come_back(
            {"sku": "TEA", "quantity": 2}, order_reference=picking.origin
        )
        self.assertEqual(arrived.linked.picking_id, by_hand)
        self.assertEqual((by_hand.state, self.held(self.tea)), ("done", 97))

    def test_what_belongs_to_nothing_waits_and_is_assigned_with_one_click(self):
        picking = self.shipped((self.tea, 5))
        arrived = self.come_back({"sku": "TEA", "quantity": 2}, order_reference="S-0")
        record = arrived.linked
        self.assertEqual(record.state, "unassigned")
        self.assertIn("belongs to no order", arrived.warnings[0].message)
        self.assertIn("2 [TEA]", record.goods)
        self.assertTrue(record.received_at)
        self.assertEqual(self.held(self.tea), 95)
        self.assertIn(picking, record.candidate_ids)
        picking.with_context(dist_return_id=record.id).action_dist_assign_return()
        self.assertEqual((record.state, record.delivery_id), ("received", picking))
        self.assertEqual(self.held(self.tea), 97)
        self.assertFalse(record.notice)
        with self.assertRaises(UserError):
            record.action_assign()

    def test_it_cannot_be_assigned_to_what_shipped_something_else(self):
        wrong = self.shipped((self.mug, 5))
        record = self.come_back({"sku": "TEA", "quantity": 2}).linked
        self.assertNotIn(wrong, record.candidate_ids)
        record.delivery_id = wrong
        with self.assertRaises(UserError):
            record.action_assign()

    def test_two_deliveries_that_could_be_meant_are_not_guessed_at(self):
        picking = self.shipped((self.tea, 5))
        other = self.shipped((self.tea, 5))
        other.origin = picking.origin
        record = self.come_back(
            {"sku": "TEA", "quantity": 2}, order_reference=picking.origin
        ).linked
        self.assertEqual(record.state, "unassigned")

    # ---------------------------------------------------------- replacement

    def test_an_exchange_sends_a_replacement_with_a_request_of_its_own(self):
        picking = self.shipped((self.tea, 5))
        record = self.expected(picking, 3, exchange=True)
        self.come_back({"sku": "TEA", "quantity": 3}, authorisation=record.name)
        replacement = record.replacement_ids
        self.assertEqual(replacement.sale_id, picking.sale_id)
        self.assertEqual(replacement.move_ids.product_uom_qty, 3)
        self.assertEqual(replacement.dist_state, "queued")
        self.assertEqual(
            self.messages(replacement).key, replacement.name.replace("/", "-")
        )
        self.assertFalse(record.credit_note_id)
        with self.assertRaises(UserError):
            record.action_replace()

    def test_a_replacement_does_not_join_what_still_waits_of_the_order(self):
        cup = self.make_product("CUP", stock=3)
        picking = self.accepted((cup, 5))
        self.ship(picking, (picking.move_ids, 3))
        backorder = self.backorder_of(picking)
        self.assertEqual(backorder.dist_state, "none")
        record = self.expected(picking, 2)
        record.action_replace()
        self.commit()
        self.assertNotEqual(record.replacement_ids, backorder)
        self.assertEqual(backorder.move_ids.product_uom_qty, 2)
        self.assertEqual(record.replacement_ids.move_ids.product_uom_qty, 2)
