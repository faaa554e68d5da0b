"""Moves of deliveries that a third party ships."""

from odoo import api, fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    dist_request_line_ids = fields.One2many(
        "dist.request.line", "move_id", "3PL request lines"
    )

    dist_drop_asked = fields.Boolean(
        readonly=True, copy=False, help="The 3PL was asked to leave the line out."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Notice lines that somebody adds to what a partner ships."""
        moves = super().create(vals_list)
        moves.picking_id._dist_open()._dist_change_later()
        return moves

    def write(self, vals):
        """Withdraw or note a request whose demand somebody lowers."""
        lowered = (
            self._dist_lowered(vals) if "product_uom_qty" in vals else self.browse()
        )
        result = super().write(vals)
        if lowered:
            left = lowered.picking_id._dist_withdraw()
            left._dist_change_later()
            for move in lowered.filtered(lambda m: m.picking_id in left):
                move.picking_id.sudo().message_post(
                    body=self.env._(
                        "Demand of %(product)s was lowered to %(quantity)s after "
                        "%(partner)s was asked: it may ship more than that.",
                        product=move.product_id.display_name,
                        quantity=move.product_uom_qty,
                        partner=move.picking_id.dist_backend_id.sudo().name,
                    )
                )
        return result

    def _dist_lowered(self, vals):
        """Give the moves of open requests that ``vals`` lowers."""
        # a split lowers the demand of what ships now; the rest is in the backorder
        context = self.env.context
        if context.get("do_not_unreserve") or context.get("dist_no_change"):
            return self.browse()
        return self.filtered(
            lambda m: (
                m.picking_id._dist_open()
                and m.product_uom.compare(vals["product_uom_qty"], m.product_uom_qty)
                < 0
            )
        )

    def _action_cancel(self):
        """Leave open what a partner may be shipping, and ask it for the cancel."""
        return super(StockMove, self - self._dist_held())._action_cancel()

    def _dist_held(self):
        """Give the moves that must stay open because a partner has them.

        :return: moves of deliveries whose request has left; a cancel of the whole
            delivery is asked for, single lines cannot be taken out of a request
        """
        context = self.env.context
        if context.get("dist_partner_agreed") or context.get("dist_partner_shipped"):
            return self.browse()
        moves = self.filtered(lambda m: m.state not in ("done", "cancel"))
        pickings = moves.picking_id._dist_open()
        if not pickings:
            return self.browse()
        whole = pickings.filtered(
            lambda p: all(
                move in moves or move.state in ("done", "cancel") for move in p.move_ids
            )
        )
        held = (whole - whole._dist_cancel()) + (pickings - whole)._dist_withdraw()
        changing = (held - whole).filtered(lambda p: p._dist_takes_changes())
        moves.filtered(lambda m: m.picking_id in changing).dist_drop_asked = True
        changing._dist_change_later()
        for picking in held - whole - changing:
            picking.sudo().message_post(
                body=self.env._(
                    "A line was not cancelled: %s was asked to ship it. Cancel the "
                    "whole delivery, or let it ship.",
                    picking.dist_backend_id.sudo().name,
                )
            )
        return moves.filtered(lambda m: m.picking_id in held)

    def _prepare_move_split_vals(self, qty):
        """Let the rest of a line that the partner still ships keep its request line."""
        vals = super()._prepare_move_split_vals(qty)
        if self.picking_id.id in self.env.context.get("dist_rest_follows", ()):
            vals["dist_request_line_ids"] = [
                fields.Command.link(line.id)
                for line in self.sudo().dist_request_line_ids
                if line.request_key == self.picking_id.dist_request_key
            ]
        return vals

    def _search_picking_for_assignation_domain(self):
        """Put new demand into a delivery of its own once the partner has one.

        A sale order that is lowered still finds the delivery, which it is to lower.
        """
        domain = super()._search_picking_for_assignation_domain()
        if self[:1].product_uom_qty < 0:
            return domain
        return [*domain, ("dist_state", "in", ["none", "blocked"])]
