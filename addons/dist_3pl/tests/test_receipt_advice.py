"""What a warehouse is told to expect."""

from odoo.addons.dist_connector_base.core.canonical import ReceiptNotice
from odoo.addons.dist_connector_base.core.errors import BusinessError
from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_inbound import InboundCase


@tagged("post_install", "-at_install")
class TestReceiptAdvice(InboundCase):
    def document(self, picking):
        return ReceiptNotice.from_json(
            self.messages(picking, "receipt_notice")[-1].canonical
        )

    # ---------------------------------------------------------------- asked

    def test_a_purchase_is_announced_when_it_is_confirmed(self):
        order = self.purchase((self.tea, 5), (self.mug, 2), partner_ref="SUP-7")
        picking = order.picking_ids
        self.assertEqual(picking.dist_receipt_state, "queued")
        document = self.document(picking)
        self.assertEqual(document.receipt_key, picking.name.replace("/", "-"))
        self.assertEqual(document.order_reference, order.name)
        self.assertEqual(document.warehouse, "BOB")
        self.assertEqual(document.ship_from.name, "Tea Estate")
        self.assertEqual(document.expected_on, picking.scheduled_date.date())
        self.assertEqual(document.references[0].value, "SUP-7")
        self.assertEqual(
            [(line.sku, line.quantity, line.unit) for line in document.lines],
            [("TEA", 5, "EA"), ("MUG", 2, "EA")],
        )
        self.assertEqual(
            [line.line_key for line in document.lines],
            [str(move.id) for move in picking.move_ids],
        )

    def test_packs_and_the_partners_own_number_are_told(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.tea.uom_ids = dozen
        self.env["product.uom"].create(
            {"product_id": self.tea.id, "uom_id": dozen.id, "barcode": "12345670"}
        )
        self.env["dist.partner.item"].create(
            {
                "backend_id": self.backend.id,
                "product_id": self.tea.id,
                "remote_item": "4711",
            }
        )
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.supplier.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.tea.id,
                            "product_qty": 3,
                            "product_uom_id": dozen.id,
                        },
                    )
                ],
            }
        )
        order.button_confirm()
        self.commit()
        (line,) = self.document(order.picking_ids).lines
        self.assertEqual((line.quantity, line.unit), (36, "EA"))
        self.assertEqual(line.remote_item, "4711")
        (pack,) = line.packs
        self.assertEqual(
            (pack.unit, pack.packs, pack.contains, pack.gtin),
            ("DZN", 3, 12, "12345670"),
        )

    def test_goods_of_another_warehouse_are_announced_with_their_lots(self):
        cup = self.make_product("CUP", tracking="lot")
        home = self.env["stock.warehouse"].create({"name": "Home", "code": "HOM"})
        lot = self.env["stock.lot"].create({"name": "L7", "product_id": cup.id})
        self.put_in_stock(cup, 8, lot, home)
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": home.int_type_id.id,
                "location_id": home.lot_stock_id.id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": cup.id,
                            "product_uom_qty": 8,
                            "location_id": home.lot_stock_id.id,
                            "location_dest_id": self.warehouse.lot_stock_id.id,
                        },
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        self.commit()
        self.assertEqual(picking.dist_receipt_state, "queued")
        (line,) = self.document(picking).lines
        self.assertEqual([(x.lot, x.quantity) for x in line.lots], [("L7", 8)])

    def test_what_stays_in_the_warehouse_is_not_announced(self):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.int_type_id.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.damaged.id,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.tea.id,
                            "product_uom_qty": 1,
                            "location_id": self.warehouse.lot_stock_id.id,
                            "location_dest_id": self.damaged.id,
                        },
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        self.commit()
        self.assertEqual(
            (picking.state, picking.dist_receipt_state), ("assigned", "none")
        )

    def test_a_partner_that_takes_no_advices_is_not_bothered(self):
        self.backend._flow("receipt_notice").active = False
        self.assertEqual(self.receipt((self.tea, 5)).dist_receipt_state, "none")

    def test_what_lacks_its_reference_is_blocked_and_announced_later(self):
        self.tea.default_code = False
        picking = self.receipt((self.tea, 5))
        self.assertEqual(picking.dist_receipt_state, "blocked")
        self.assertIn("lines[0].sku", picking.dist_reason)
        self.tea.default_code = "TEA"
        picking.action_dist_announce_again()
        self.assertEqual(picking.dist_receipt_state, "queued")
        with self.assertRaises(UserError):
            picking.action_dist_announce_again()

    # -------------------------------------------------------------- answers

    def test_the_partners_answer_shows_on_the_receipt(self):
        picking = self.announced((self.tea, 5))
        self.assertEqual(
            (picking.dist_receipt_state, picking.dist_remote_id), ("accepted", "900")
        )
        rejected = self.receipt((self.tea, 5))
        self.answer_receipt(rejected, Outcome.REJECTED, message="no dock", code="D1")
        self.assertEqual(
            (rejected.dist_receipt_state, rejected.dist_reason),
            ("rejected", "[D1] no dock"),
        )

    def test_a_partner_that_answers_later(self):
        self.warehouse.dist_backend_id = self.make_backend("Files", answer="later")
        picking = self.receipt((self.tea, 5))
        self.answer_receipt(picking, Outcome.ACCEPTED)
        message = self.messages(picking, "receipt_notice")
        message.state = "waiting"
        self.assertEqual(picking.dist_receipt_state, "sent")
        self.respond_receipt(picking, "accepted", remote_id="W1")
        self.assertEqual(
            (picking.dist_receipt_state, picking.dist_remote_id, message.state),
            ("accepted", "W1", "done"),
        )
        self.respond_receipt(picking, "arrived")
        self.assertEqual(picking.dist_receipt_state, "arrived")
        self.respond_receipt(picking, "accepted")
        self.assertEqual(picking.dist_receipt_state, "arrived")

    def test_a_later_rejection_is_for_a_person(self):
        picking = self.announced((self.tea, 5))
        arrived = self.respond_receipt(picking, "rejected", reason="unknown SKU")
        self.assertEqual(picking.dist_receipt_state, "rejected")
        self.assertIsInstance(arrived.warnings[0], BusinessError)

    # -------------------------------------------------------------- changes

    def test_a_change_before_it_left_replaces_the_advice(self):
        order = self.purchase((self.tea, 5))
        picking = order.picking_ids
        order.order_line.product_qty = 7
        self.commit()
        old, new = self.messages(picking, "receipt_notice")
        self.assertEqual((old.state, new.state), ("cancelled", "ready"))
        self.assertEqual(self.document(picking).lines[0].quantity, 7)
        self.assertEqual(picking.dist_receipt_line_ids.quantity, 7)

    def test_a_change_after_it_left_waits_until_the_old_advice_is_dropped(self):
        order = self.purchase((self.tea, 5))
        picking = order.picking_ids
        self.answer_receipt(picking, Outcome.ACCEPTED, remote_id="900")
        first = picking.dist_receipt_key
        order.order_line.product_qty = 7
        self.commit()
        self.assertEqual(picking.dist_receipt_state, "change_pending")
        cancel = self.messages(picking, "receipt_cancel")
        self.assertEqual(cancel.key, first)
        self.assertIn('"remote_id":"900"', cancel.canonical)
        self.assertEqual(len(self.messages(picking, "receipt_notice")), 1)
        self.answer_receipt(picking, Outcome.ACCEPTED, "receipt_cancel")
        self.assertEqual(picking.dist_receipt_state, "queued")
        self.assertEqual(picking.dist_receipt_key, f"{first}-2")
        self.assertEqual(self.document(picking).lines[0].quantity, 7)

    def test_a_change_that_the_partner_refuses_is_a_state_of_its_own(self):
        order = self.purchase((self.tea, 5))
        picking = order.picking_ids
        self.answer_receipt(picking, Outcome.ACCEPTED)
        order.order_line.product_qty = 7
        self.commit()
        self.answer_receipt(
            picking, Outcome.REJECTED, "receipt_cancel", message="being unloaded"
        )
        self.assertEqual(
            (picking.state, picking.dist_receipt_state, picking.dist_reason),
            ("assigned", "change_refused", "being unloaded"),
        )

    def test_nothing_is_changed_once_the_goods_are_at_the_door(self):
        order = self.purchase((self.tea, 5))
        picking = order.picking_ids
        self.answer_receipt(picking, Outcome.ACCEPTED)
        self.respond_receipt(picking, "arrived")
        order.order_line.product_qty = 7
        self.commit()
        self.assertEqual(picking.dist_receipt_state, "arrived")
        self.assertFalse(self.messages(picking, "receipt_cancel"))

    # -------------------------------------------------------------- cancels

    def test_a_cancel_before_it_left_is_done_at_once(self):
        order = self.purchase((self.tea, 5))
        picking = order.picking_ids
        order.button_cancel()
        self.assertEqual(
            (picking.state, picking.dist_receipt_state), ("cancel", "cancelled")
        )
        self.assertEqual(self.messages(picking, "receipt_notice").state, "cancelled")

    def test_a_cancel_after_it_left_is_asked_of_the_partner(self):
        picking = self.announced((self.tea, 5))
        picking.action_cancel()
        self.assertEqual(
            (picking.state, picking.dist_receipt_state), ("assigned", "cancel_pending")
        )
        self.assertEqual(len(self.messages(picking, "receipt_cancel")), 1)
        self.answer_receipt(picking, Outcome.ACCEPTED, "receipt_cancel")
        self.assertEqual(
            (picking.state, picking.dist_receipt_state), ("cancel", "cancelled")
        )

    def test_a_refused_cancel_stays_open_and_visible(self):
        picking = self.announced((self.tea, 5))
        picking.action_cancel()
        self.answer_receipt(
            picking, Outcome.REJECTED, "receipt_cancel", message="counted"
        )
        self.assertEqual(
            (picking.state, picking.dist_receipt_state), ("assigned", "cancel_refused")
        )
        self.assertEqual(picking.dist_reason, "counted")

    def test_goods_at_the_door_cannot_be_cancelled(self):
        picking = self.announced((self.tea, 5))
        self.respond_receipt(picking, "arrived")
        picking.action_cancel()
        self.assertEqual(
            (picking.state, picking.dist_receipt_state), ("assigned", "cancel_refused")
        )
        self.assertFalse(self.messages(picking, "receipt_cancel"))

    def test_an_advice_on_its_way_is_cancelled_once_its_number_is_known(self):
        picking = self.receipt((self.tea, 5))
        self.leave(self.messages(picking, "receipt_notice"))
        picking.action_cancel()
        self.assertEqual(picking.dist_receipt_state, "cancel_pending")
        self.assertFalse(self.messages(picking, "receipt_cancel"))
        self.answer_receipt(picking, Outcome.ACCEPTED, remote_id="901")
        self.assertIn(
            '"remote_id":"901"', self.messages(picking, "receipt_cancel").canonical
        )

    def test_a_partner_that_takes_no_cancels_refuses_it(self):
        self.backend._flow("receipt_cancel").active = False
        picking = self.announced((self.tea, 5))
        picking.action_cancel()
        self.assertEqual(picking.dist_receipt_state, "cancel_refused")
        self.assertIn("no active flow", picking.dist_reason)

    def test_only_an_integration_manager_cancels_without_the_partner(self):
        picking = self.announced((self.tea, 5))
        picking.action_cancel()
        worker = self.make_user("stock.group_stock_user")
        with self.assertRaises(AccessError):
            picking.with_user(worker).action_dist_receipt_cancel_here()
        picking.action_dist_receipt_cancel_here()
        self.assertEqual(
            (picking.state, picking.dist_receipt_state), ("cancel", "cancelled")
        )
        self.assertIn(
            "receipt.cancel_here",
            self.env["dist.audit"]
            .search([("res_model", "=", "stock.picking"), ("res_id", "=", picking.id)])
            .mapped("action"),
        )
