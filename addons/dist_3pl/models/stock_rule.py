"""Rules hand on which return a replacement is for."""

from odoo import models


class StockRule(models.Model):
    _inherit = "stock.rule"

    def _get_custom_move_fields(self):
        return [*super()._get_custom_move_fields(), "dist_replaces_id"]
