"""Receipts of a 3PL warehouse: what the partner shall expect, and what it says."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

#: The partner expects the goods or may do so.
OPEN_RECEIPT_STATES = (
    "queued",
    "sent",
    "accepted",
    "arrived",
    "partly",
    "change_pending",
    "change_refused",
    "cancel_pending",
    "cancel_refused",
)
#: The partner expects nothing: the receipt may be announced.
FREE_RECEIPT_STATES = ("none", "blocked", "rejected", "cancelled")
#: Goods are at the partner's door: nothing can be taken back any more.
AT_THE_DOOR = ("arrived", "partly")


class StockPicking(models.Model):
    # what is common to deliveries and receipts, and deliveries, is in stock_picking.py
    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    dist_receipt_key = fields.Char(
        "3PL advice", readonly=True, copy=False, index="btree_not_null"
    )
    dist_receipt_count = fields.Integer(readonly=True, copy=False)
    dist_receipt_state = fields.Selection(
        [
            ("none", "Not announced"),
            ("blocked", "Data missing"),
            ("queued", "Queued"),
            ("sent", "Sent"),
            ("accepted", "Announced"),
            ("arrived", "Arrived"),
            ("partly", "Partly received"),
            ("received", "Received"),
            ("rejected", "Rejected"),
            ("change_pending", "Change asked"),
            ("change_refused", "Change refused"),
            ("cancel_pending", "Cancel asked"),
            ("cancelled", "Cancelled"),
            ("cancel_refused", "Cancel refused"),
        ],
        "3PL receipt",
        default="none",
        readonly=True,
        copy=False,
        help="What the third party that runs the warehouse last said of the arrival.",
    )
    dist_received_at = fields.Datetime("Received by 3PL", readonly=True, copy=False)
    dist_receipt_by_hand = fields.Boolean(
        readonly=True,
        copy=False,
        help="Somebody validated the receipt before the partner confirmed it: the "
        "confirmation will be compared, and booked no second time.",
    )
    dist_receipt_over_ok = fields.Boolean("Surplus accepted", readonly=True, copy=False)
    dist_receipt_line_ids = fields.One2many(
        "dist.receipt.line", compute="_compute_dist_receipt_line_ids"
    )
    dist_receipt_cost_ids = fields.One2many(
        "dist.receipt.cost", "picking_id", "Costs of the receipt", readonly=True
    )

    dist_receipt_waits = fields.Char(
        "Waits",
        compute="_compute_dist_receipt_waits",
        groups="dist_connector_base.group_operator",
        help="Why a confirmation of this receipt could not be booked.",
    )

    _dist_receipts_expected = models.Index(
        "(dist_backend_id, dist_receipt_state) WHERE dist_receipt_state NOT IN "
        "('none', 'received', 'cancelled')"
    )

    # ------------------------------------------------------------- computes

    def _compute_dist_receipt_line_ids(self):
        for picking in self:
            lines = picking.move_ids.dist_receipt_line_ids
            picking.dist_receipt_line_ids = lines.filtered(
                lambda line, key=picking.dist_receipt_key: line.receipt_key == key
            )

    def _compute_dist_receipt_waits(self):
        notes = {
            (message.backend_id, message.partition): message.note
            for message in self.sudo()._dist_waiting_confirmations()
        }
        for picking in self:
            place = (picking.dist_backend_id.sudo(), picking.dist_receipt_key)
            picking.dist_receipt_waits = notes.get(place)

    def _dist_waiting_confirmations(self):
        """Give the confirmations of these receipts that wait for a person."""
        keys = self.filtered("dist_receipt_key").mapped("dist_receipt_key")
        messages = self.env["dist.message"]
        if not keys:
            return messages
        return messages.search(
            [
                ("backend_id", "in", self.dist_backend_id.ids),
                ("direction", "=", "in"),
                ("message_type", "=", "receipt_confirmation"),
                ("partition", "in", keys),
                ("state", "=", "exception"),
            ]
        )

    def _compute_state(self):
        """Notice every receipt that can be announced, or is not what was announced."""
        result = super()._compute_state()
        found = [
            picking.id
            for picking in self
            if picking.state == "assigned"
            and picking.id
            and picking.picking_type_id.code != "outgoing"
            and (
                picking.dist_receipt_state in ("queued", "sent", "accepted")
                or (
                    picking.dist_receipt_state == "none"
                    and picking._dist_receipt_backend()
                )
            )
        ]
        if found:
            self._dist_announce_later(found)
        return result

    def _dist_receipt_backend(self):
        """Give the backend that receives this transfer, or an empty record.

        Purchases and goods of another warehouse; what customers send back is a return.
        """
        self.ensure_one()
        none = self.env["dist.backend"]
        if self.picking_type_id.code == "outgoing" or self.location_id._is_outgoing():
            return none
        warehouse = self.location_dest_id.warehouse_id
        if warehouse == self.location_id.warehouse_id:
            return none
        backend = warehouse.sudo().dist_backend_id
        return backend if backend and backend._flow("receipt_notice") else none

    # -------------------------------------------------------------- buttons

    def action_dist_announce_again(self):
        """Announce receipts once more, under a new key."""
        self.check_access("write")
        for picking in self:
            if (
                picking.dist_receipt_state not in FREE_RECEIPT_STATES
                or picking.state != "assigned"
            ):
                raise UserError(
                    self.env._(
                        "%s cannot be announced again: it is not ready, or the "
                        "partner expects it.",
                        picking.name,
                    )
                )
        self.sudo()._dist_close_failed()
        self.env["dist.handler.receipt_notice"]._collect(self.sudo())
        return True

    def action_dist_receipt_cancel_here(self):
        """Cancel receipts here although the partner did not agree to it.

        :raises AccessError: for anybody but an integration manager
        """
        self.check_access("write")
        if not self._dist_may_overrule():
            raise AccessError(
                self.env._("Only an integration manager may overrule the partner.")
            )
        held = self._dist_receipt_open()
        held.with_context(dist_partner_agreed=True).action_cancel()
        for picking in held:
            picking.message_post(
                body=self.env._("Cancelled here without the consent of the 3PL.")
            )
        held._dist_write({"dist_receipt_state": "cancelled"})
        self.env["dist.audit"]._record("receipt.cancel_here", held)
        return True

    def action_dist_accept_surplus(self):
        """Take whatever the partner received on top, and replay its confirmation.

        :raises AccessError: for anybody but a reviewer
        """
        self.check_access("write")
        reviewer = self.env.user.has_group("dist_connector_base.group_reviewer")
        if not (self.env.su or reviewer):
            raise AccessError(
                self.env._("Only a reviewer may accept more than was announced.")
            )
        self._dist_write({"dist_receipt_over_ok": True})
        self.env["dist.audit"]._record("receipt.accept_surplus", self)
        self.sudo()._dist_waiting_confirmations()._replay()
        return True

    # --------------------------------------------- what Odoo does with them

    def _action_done(self):
        """Note what somebody received by hand before the partner confirmed it."""
        by_hand = self.browse()
        if not self.env.context.get("dist_partner_received"):
            by_hand = self._dist_receipt_open()
        result = super()._action_done()
        for picking in by_hand:
            picking._dist_write(
                {
                    "dist_receipt_state": "received",
                    "dist_receipt_by_hand": True,
                    "dist_reason": self.env._(
                        "Received by hand by %s", self.env.user.name
                    ),
                }
            )
            for line in picking.dist_receipt_line_ids.sudo():
                done = line.move_id.filtered(lambda m: m.state == "done")
                line.quantity_received += sum(done.mapped("product_qty"))
        return result

    def _create_backorder_picking(self):
        """Keep the advice on a backorder that the partner still expects under it."""
        backorder = super()._create_backorder_picking()
        rest = self.env.context.get("dist_receipt_rest_follows")
        follows = self._dist_receipt_open() if rest is None else self.id in rest
        if self.dist_receipt_key and follows:
            backorder._dist_write(
                {
                    "dist_backend_id": self.dist_backend_id.id,
                    "dist_receipt_key": self.dist_receipt_key,
                    "dist_receipt_count": self.dist_receipt_count,
                    "dist_receipt_over_ok": self.dist_receipt_over_ok,
                    "dist_remote_id": self.dist_remote_id,
                    "dist_receipt_state": "partly",
                }
            )
        return backorder
