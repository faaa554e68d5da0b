"""Moves that book what a warehouse adjusted."""

from odoo import fields, models


class StockMove(models.Model):
    # moves of deliveries are in stock_move.py
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    dist_adjustment_line_id = fields.Many2one(
        "dist.adjustment.line", "3PL adjustment", readonly=True, index="btree_not_null"
    )
