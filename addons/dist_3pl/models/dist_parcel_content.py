"""What is in a parcel."""

from odoo import fields, models


class DistParcelContent(models.Model):
    _name = "dist.parcel.content"
    _description = "Parcel Content"
    _order = "id"
    _rec_name = "sku"

    parcel_id = fields.Many2one(
        "dist.parcel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    product_id = fields.Many2one(
        "product.product", readonly=True, help="Empty where the SKU is not ours."
    )
    sku = fields.Char("SKU", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    unit = fields.Char(readonly=True)
    lot = fields.Char("Lot/Serial", readonly=True)
    expiry = fields.Date(readonly=True)
