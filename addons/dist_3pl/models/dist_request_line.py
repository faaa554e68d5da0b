"""What was asked of a warehouse, line by line, and how much of it left."""

from odoo import api, fields, models


class DistRequestLine(models.Model):
    _name = "dist.request.line"
    _inherit = "dist.asked.line"
    _description = "Fulfilment Request Line"
    _rec_name = "request_key"

    request_key = fields.Char("Request", required=True, readonly=True)
    move_id = fields.Many2one(
        help="The move that is to ship what is still open of the line."
    )
    picking_id = fields.Many2one(related="move_id.picking_id", string="Delivery")
    quantity = fields.Float("Asked")
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

    kit_sku = fields.Char("Kit", readonly=True, help="It is a component of this kit.")
    kit_key = fields.Char("Line of the kit", readonly=True)
    kit_share = fields.Char(
        "Per kit", readonly=True, help="So much of it one kit takes: 2, or 1/3."
    )
    kit_unit = fields.Char("Unit of the kit", readonly=True)

    _line_unique = models.UniqueIndex(
        "(backend_id, request_key, line_key)",
        "This line was asked for already.",
    )

    @api.depends("quantity", "quantity_shipped")
    def _compute_quantity_open(self):
        for line in self:
            line.quantity_open = line.quantity - line.quantity_shipped
