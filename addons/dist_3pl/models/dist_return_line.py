"""One product that comes back, why, and what became of it."""

from odoo import api, fields, models
from odoo.exceptions import UserError

#: Canonical reasons; partners' own codes are mapped in the vocabulary
#: ``return_reason``.
REASONS = [
    ("damaged", "Damaged"),
    ("wrong_item", "Wrong item"),
    ("not_wanted", "Not wanted"),
    ("late", "Came too late"),
    ("undelivered", "Could not be delivered"),
    ("other", "Other"),
]
DISPOSITIONS = [
    ("restock", "Back to stock"),
    ("quarantine", "Quarantine"),
    ("scrap", "Throw away"),
    ("undecided", "Warehouse decides"),
]


class DistReturnLine(models.Model):
    _name = "dist.return.line"
    _description = "Return Line"
    _order = "id"
    _rec_name = "product_id"

    return_id = fields.Many2one(
        "dist.return", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="return_id.company_id", store=True)
    move_id = fields.Many2one(
        "stock.move", "Delivered by", readonly=True, ondelete="restrict"
    )
    product_id = fields.Many2one("product.product", required=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    quantity_delivered = fields.Float(
        "Delivered",
        digits="Product Unit",
        compute="_compute_quantity_delivered",
        help="Delivered and not returned yet.",
    )
    quantity = fields.Float(
        "Comes back", digits="Product Unit", help="In the product's unit."
    )
    reason_code = fields.Selection(REASONS, "Reason", default="other")
    reason = fields.Char("In words")
    disposition = fields.Selection(
        DISPOSITIONS,
        default="undecided",
        required=True,
        help="What the warehouse shall do with it. What it did is in the columns "
        "beside.",
    )
    quantity_received = fields.Float("Received", digits="Product Unit", readonly=True)
    quantity_restocked = fields.Float(
        "Back in stock", digits="Product Unit", readonly=True
    )
    quantity_quarantined = fields.Float(
        "In quarantine", digits="Product Unit", readonly=True
    )
    quantity_scrapped = fields.Float(
        "Thrown away", digits="Product Unit", readonly=True
    )

    @api.depends("move_id")
    def _compute_quantity_delivered(self):
        for line in self:
            line.quantity_delivered = line._returnable()

    def _returnable(self):
        """Give how much of the delivered quantity is not back yet."""
        move = self.move_id
        if not move:
            return 0.0
        back = move.returned_move_ids.filtered(lambda m: m.state == "done")
        return move.product_qty - sum(back.mapped("product_qty"))

    def _check_quantity(self):
        """Refuse to take back more than was delivered.

        :raises UserError: with the product
        """
        if self.uom_id.compare(self.quantity, self._returnable()) > 0:
            raise UserError(
                self.env._(
                    "Of %(product)s only %(most)s can come back.",
                    product=self.product_id.display_name,
                    most=f"{self._returnable():g}",
                )
            )
