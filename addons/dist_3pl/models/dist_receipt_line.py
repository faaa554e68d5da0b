"""What was announced to a warehouse, line by line, and how much of it came in."""

from odoo import api, fields, models


class DistReceiptLine(models.Model):
    _name = "dist.receipt.line"
    _inherit = "dist.asked.line"
    _description = "Receipt Advice Line"
    _rec_name = "receipt_key"

    receipt_key = fields.Char("Advice", required=True, readonly=True)
    move_id = fields.Many2one(
        help="The move that is to bring what is still open of the line.",
    )
    quantity = fields.Float("Announced")
    quantity_received = fields.Float("Received", digits="Product Unit", readonly=True)
    quantity_blocked = fields.Float(
        "Of it not sellable",
        digits="Product Unit",
        readonly=True,
        help="Received damaged or into quarantine.",
    )
    quantity_refused = fields.Float(
        "Refused",
        digits="Product Unit",
        readonly=True,
        help="Sent back at the door: it never was in stock.",
    )
    difference = fields.Float(
        "Over or short", digits="Product Unit", compute="_compute_difference"
    )
    reason = fields.Char(readonly=True, help="Why it is over, short or damaged.")

    _line_unique = models.UniqueIndex(
        "(backend_id, receipt_key, line_key)",
        "This line was announced already.",
    )

    @api.depends("quantity", "quantity_received")
    def _compute_difference(self):
        for line in self:
            line.difference = line.quantity_received - line.quantity
