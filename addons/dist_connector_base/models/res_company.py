"""What a company counts as valuable, and as a top seller."""

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    dist_high_value = fields.Monetary(
        "Valuable order from",
        default=1000.0,
        help="An exception about an order of this value is more severe; from ten times "
        "this value on still more. 0: the value does not count.",
    )
    dist_top_seller_share = fields.Float(
        "Top sellers, in %",
        default=20.0,
        help="So many percent of the products that left in the last 90 days, those "
        "with the largest quantities, are top sellers. 0: there are none.",
    )

    _dist_share = models.Constraint(
        "CHECK (dist_top_seller_share BETWEEN 0 AND 100)",
        "The share of the top sellers lies between 0 and 100 %.",
    )
