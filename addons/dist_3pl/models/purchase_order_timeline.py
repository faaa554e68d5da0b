"""Purchase orders have a timeline; bought for one sale order, it is that order's."""

from odoo import models


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "dist.timeline.mixin"]

    def _dist_correlations(self):
        """The sale order that it was bought for, if it is one; else its own number."""
        self.ensure_one()
        sales = self.reference_ids.sale_ids
        return sales._dist_correlations() if len(sales) == 1 else [self.name]

    def button_approve(self, force=False):
        """Note that it was ordered."""
        result = super().button_approve(force=force)
        ordered = self.filtered(lambda order: order.state == "purchase")
        self.env["dist.milestone"]._note(ordered, "ordered")
        return result

    def button_cancel(self):
        """Note that it was cancelled here."""
        result = super().button_cancel()
        cancelled = self.filtered(lambda order: order.state == "cancel")
        self.env["dist.milestone"]._note(cancelled, "cancelled")
        return result
