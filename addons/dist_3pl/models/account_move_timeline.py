"""Invoices and bills belong to the cases of the orders that they are for."""

from odoo import models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "dist.timeline.mixin"]

    def _dist_correlations(self):
        """The orders on its lines; a bill may be for several."""
        self.ensure_one()
        lines = self.invoice_line_ids
        found = []
        for order in lines.sale_line_ids.order_id:
            found += order._dist_correlations()
        for order in lines.purchase_line_id.order_id:
            found += order._dist_correlations()
        return list(dict.fromkeys(found))

    def _post(self, soft=True):
        """Note on the orders' timelines that they were invoiced."""
        posted = super()._post(soft)
        self.env["dist.milestone"]._note(
            posted.filtered(lambda move: move.is_invoice()), "invoiced"
        )
        return posted
