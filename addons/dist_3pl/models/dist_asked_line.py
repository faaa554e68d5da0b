"""What a line that was asked of a warehouse is about, whichever way the goods go."""

from odoo import fields, models


class DistAskedLine(models.AbstractModel):
    _name = "dist.asked.line"
    _description = "Line Asked of a Warehouse"
    _order = "id"

    backend_id = fields.Many2one(
        "dist.backend", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    line_key = fields.Char("Line", required=True, readonly=True)
    move_id = fields.Many2one(
        "stock.move", "Stock move", readonly=True, index=True, ondelete="cascade"
    )
    product_id = fields.Many2one("product.product", required=True, readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    quantity = fields.Float(
        digits="Product Unit", readonly=True, help="In the product's unit."
    )
