"""A return belongs to the case of the order whose goods come back."""

from odoo import models


class DistReturn(models.Model):
    _name = "dist.return"
    _inherit = ["dist.return", "dist.timeline.mixin"]

    def _dist_correlations(self):
        """The order that was delivered; a return that nobody knows is its own case."""
        self.ensure_one()
        origin = self.sale_id or self.delivery_id or self.picking_id
        return origin._dist_correlations() if origin else [self.name]
