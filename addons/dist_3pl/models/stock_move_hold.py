"""Moves of deliveries that are held without their stock."""

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        """Leave to other orders what a hold has freed."""
        freed = self.browse()
        if not self.env.context.get("dist_release"):
            freed = self.filtered(
                lambda m: (
                    m.picking_id.dist_hold_state in ("waiting", "held")
                    and not m.picking_id.dist_hold_keep_stock
                )
            )
        return super(StockMove, self - freed)._action_assign(force_qty=force_qty)

    def _action_cancel(self):
        """Forget the hold of what never was asked for and is cancelled."""
        result = super()._action_cancel()
        self.picking_id.filtered(
            lambda p: p.state == "cancel" and p.dist_hold_state == "waiting"
        )._dist_hold_over()
        return result
