"""Sale orders are the root of the cases that partners take part in."""

from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "dist.timeline.mixin"]

    def _dist_correlations(self):
        """The order's number, which its requests, confirmations and invoices carry."""
        self.ensure_one()
        return [self.name]

    def _action_confirm(self):
        """Note that it was ordered, before deliveries ask partners."""
        self.env["dist.milestone"]._note(self, "ordered")
        return super()._action_confirm()

    def _action_cancel(self):
        """Note that the order was cancelled here."""
        result = super()._action_cancel()
        cancelled = self.filtered(lambda order: order.state == "cancel")
        self.env["dist.milestone"]._note(cancelled, "cancelled")
        return result
