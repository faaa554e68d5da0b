"""Transfers have a timeline; the order that they are for is the case."""

from odoo import models


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "dist.timeline.mixin"]

    def _dist_correlations(self):
        """The sale order, the purchase order, or the transfer that this one returns.

        A backorder and a return belong to the case of what they came from.
        """
        self.ensure_one()
        origin = self.sale_id or self.purchase_id or self.return_id
        origin = origin or self.backorder_id
        return origin._dist_correlations() if origin else [self.name]

    def _action_done(self):
        """Note what left and came without a partner's word."""
        done_before = self.filtered(lambda p: p.state == "done")
        result = super()._action_done()
        if self.env.context.get("dist_partner_received"):
            # the partner's message says so itself, with the partner's time
            return result
        done = (self - done_before).filtered(lambda p: p.state == "done")
        milestones = self.env["dist.milestone"]
        returned = done.filtered("return_id")
        milestones._note(returned, "returned")
        milestones._note(
            (done - returned).filtered(lambda p: p.picking_type_code == "incoming"),
            "received",
        )
        if not self.env.context.get("dist_partner_shipped"):
            milestones._note(
                (done - returned).filtered(
                    lambda p: p.picking_type_code in ("outgoing", "dropship")
                ),
                "shipped",
            )
        return result
