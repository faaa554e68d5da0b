"""Warehouses know where goods lie that are not for sale."""

from odoo import fields, models


class StockWarehouse(models.Model):
    # who runs the warehouse is in stock_warehouse.py
    _inherit = "stock.warehouse"  # pylint: disable=consider-merging-classes-inherited

    dist_place_ids = fields.One2many(
        "dist.place",
        "warehouse_id",
        "Places at the 3PL",
        help="Where damaged and quarantined goods lie, and where stock is booked that "
        "was lost, found or thrown away.",
    )
