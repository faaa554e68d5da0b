"""A warehouse may be run by a third party."""

from odoo import fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    dist_backend_id = fields.Many2one(
        "dist.backend",
        "Run by (3PL)",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The third party that ships from this warehouse. Its deliveries are sent "
        "there as fulfilment requests as soon as they are ready.",
    )
    dist_prescribe_lots = fields.Boolean(
        "Prescribe lots",
        help="Name the reserved lots in the request. Otherwise the warehouse chooses "
        "the lots and tells us which ones it took.",
    )
    dist_stock_told_at = fields.Datetime(
        "Stock told as of",
        readonly=True,
        copy=False,
        help="The newest count that the third party told. Snapshots of one warehouse "
        "are stored one after the other, each of which writes here.",
    )
