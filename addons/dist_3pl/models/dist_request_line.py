"""What was asked of a warehouse, line by line, and how much of it left."""

from odoo import api, fields, models


class DistRequestLine(models.Model):
    _name = "dist.request.line"
    _description = "Fulfilment Request Line"
    _order = "id"
    _rec_name = "request_key"

    backend_id = fields.Many2one(
        "dist.backend", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    request_key = fields.Char("Request", required=True, readonly=True)
    line_key = fields.Char("Line", required=True, readonly=True)
    move_id = fields.Many2one(
        "stock.move",
        "Stock move",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The move that is to ship what is still open of the line.",
    )
    picking_id = fields.Many2one(related="move_id.picking_id", string="Delivery")
    product_id = fields.Many2one("product.product", required=True, readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    quantity = fields.Float(
        "Asked", digits="Product Unit", readonly=True, help="In the product's unit."
    )
    quantity_shipped = fields.Float("Shipped", digits="Product Unit", readonly=True)
    surplus_allowed = fields.Float(
        "Surplus accepted",
        digits="Product Unit",
        readonly=True,
        help="What a reviewer allowed to be shipped beyond what was asked.",
    )
    quantity_open = fields.Float(
        "Open", digits="Product Unit", compute="_compute_quantity_open"
    )

    _line_unique = models.UniqueIndex(
        "(backend_id, request_key, line_key)",
        "This line was asked for already.",
    )

    @api.depends("quantity", "quantity_shipped")
    def _compute_quantity_open(self):
        for line in self:
            line.quantity_open = line.quantity - line.quantity_shipped
