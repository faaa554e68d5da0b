"""Rates: what one fee costs, and how far a bill may be off."""

from odoo import fields, models

from ..core.charges import Rate
from .dist_routing import exact


class DistRateLine(models.Model):
    _name = "dist.rate.line"
    _description = "Rate"
    _order = "sequence, id"

    card_id = fields.Many2one("dist.rate.card", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="card_id.company_id", store=True)
    currency_id = fields.Many2one(related="card_id.currency_id")
    sequence = fields.Integer(default=10)
    fee = fields.Char(
        required=True, help="As the code map calls it: freight, pick, storage, ..."
    )
    basis = fields.Selection(
        [
            ("order", "Per delivery"),
            ("line", "Per line"),
            ("unit", "Per unit"),
            ("parcel", "Per parcel"),
            ("kg", "Per kilogram"),
            ("stated", "By what the partner counted"),
            ("confirmed", "By the shipping cost confirmed"),
        ],
        default="order",
        required=True,
    )
    price = fields.Float(digits=(12, 4), required=True)
    base = fields.Float("Basic price", digits=(12, 4), help="Once, on top.")
    included = fields.Float(digits=(12, 3), help="So many are in the basic price.")
    carrier = fields.Char(help="Canonical code; empty: for every carrier.")
    weight_from = fields.Float("From (kg)", digits=(12, 3))
    weight_to = fields.Float("To (kg)", digits=(12, 3), help="0: no upper limit.")
    tolerance_percent = fields.Float("Tolerance (%)", digits=(6, 2))
    tolerance_amount = fields.Float(
        "Tolerance (amount)",
        digits=(12, 2),
        help="A difference must be within both tolerances. Empty allows nothing.",
    )

    def _rate(self):
        """Give the line as the audit works on it.

        :rtype: Rate
        """
        self.ensure_one()
        by_weight = self.weight_from or self.weight_to
        return Rate(
            ref=self.id,
            fee=self.fee,
            basis=self.basis,
            price=exact(self.price),
            base=exact(self.base),
            included=exact(self.included),
            carrier=self.carrier or "",
            weight_from=exact(self.weight_from) if by_weight else None,
            weight_to=exact(self.weight_to) if self.weight_to else None,
            tolerance_percent=exact(self.tolerance_percent),
            tolerance_amount=exact(self.tolerance_amount),
        )
