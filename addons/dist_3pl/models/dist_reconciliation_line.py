"""Differences of stock: which lot, in which warehouse, in which state."""

from odoo import fields, models

from .dist_partner_stock import STATUSES


class DistReconciliationLine(models.Model):
    _inherit = "dist.reconciliation.line"

    warehouse_id = fields.Many2one(
        "stock.warehouse", readonly=True, ondelete="set null"
    )
    lot_name = fields.Char("Lot/Serial", readonly=True)
    owner_ref = fields.Char("Owner", readonly=True)
    stock_status = fields.Selection(STATUSES, "Stock status", readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")

    def _title(self):
        title = super()._title()
        if not self.stock_status:
            return title
        parts = [
            title,
            self.lot_name,
            self.owner_ref,
            self._label("stock_status") if self.stock_status != "sellable" else "",
        ]
        return ", ".join(filter(None, parts))
