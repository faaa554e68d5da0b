"""Moves of receipts that a third party expects."""

from odoo import fields, models


class StockMove(models.Model):
    # moves of deliveries are in stock_move.py
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    dist_receipt_line_ids = fields.One2many(
        "dist.receipt.line", "move_id", "3PL receipt lines"
    )

    dist_replaces_id = fields.Many2one(
        "dist.return", "Replacement for", readonly=True, index="btree_not_null"
    )

    def write(self, vals):
        """Look again at receipts whose demand somebody changes."""
        result = super().write(vals)
        if "product_uom_qty" in vals or "picking_id" in vals:
            told = self.picking_id.filtered(
                lambda p: p.dist_receipt_state in ("queued", "sent", "accepted")
            )
            if told:
                told._dist_announce_later(told.ids)
        return result

    def _dist_expected(self):
        """Give how much is expected, in the product's unit.

        Goods of another warehouse: what has left there. Purchases: what was ordered.
        """
        self.ensure_one()
        if not self.move_orig_ids:
            return self.product_qty
        return self.product_uom._compute_quantity(
            self.quantity, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _action_cancel(self):
        """Leave open what a partner may be receiving, and ask it for the cancel."""
        return super(StockMove, self - self._dist_receipt_held())._action_cancel()

    def _dist_receipt_held(self):
        """Give the moves that must stay open because a partner expects them.

        A single line may go: the rest is announced anew.
        """
        context = self.env.context
        if context.get("dist_partner_agreed") or context.get("dist_partner_received"):
            return self.browse()
        moves = self.filtered(lambda m: m.state not in ("done", "cancel"))
        pickings = moves.picking_id._dist_receipt_open()
        if not pickings:
            return self.browse()
        whole = pickings.filtered(
            lambda p: all(
                move in moves or move.state in ("done", "cancel") for move in p.move_ids
            )
        )
        rest = pickings - whole
        if rest:
            rest._dist_announce_later(rest.ids)
        held = whole - whole._dist_receipt_cancel()
        return moves.filtered(lambda m: m.picking_id in held)

    def _prepare_move_split_vals(self, qty):
        """Let the rest of a line that the partner still expects keep its advice."""
        vals = super()._prepare_move_split_vals(qty)
        rest = self.env.context.get("dist_receipt_rest_follows")
        picking = self.picking_id
        if picking.dist_receipt_key and (rest is None or picking.id in rest):
            lines = self.sudo().dist_receipt_line_ids.filtered(
                lambda line: line.receipt_key == picking.dist_receipt_key
            )
            if lines:
                vals["dist_receipt_line_ids"] = [
                    fields.Command.link(line.id) for line in lines
                ]
        return vals

    def _search_picking_for_assignation_domain(self):
        """Add nothing to a receipt that the partner is at already.

        A replacement gets a delivery of its own, whatever else waits for its order.
        """
        own = self.dist_replaces_id
        return [
            *super()._search_picking_for_assignation_domain(),
            ("dist_replaces_id", "=", own.id),
            (
                "dist_receipt_state",
                "in",
                ["none", "blocked", "queued", "sent", "accepted"],
            ),
        ]
