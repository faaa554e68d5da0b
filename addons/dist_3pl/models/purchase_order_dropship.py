"""Purchase orders whose goods go to the customer right away."""

from odoo import models


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    def write(self, vals):
        """Notice another address than the vendor was told to ship to."""
        result = super().write(vals)
        if "dest_address_id" in vals:
            self.picking_ids._dist_open()._dist_change_later()
        return result
