"""What a warehouse may book by itself, and what a person decides."""

from odoo import fields, models


class DistBackend(models.Model):
    _inherit = "dist.backend"

    over_receipt_percent = fields.Float(
        "Surplus allowed (%)",
        help="So much more than announced may be received without a question. Empty "
        "means none: any surplus waits for a person.",
    )
    adjustment_limit = fields.Monetary(
        "Adjustments without approval up to",
        currency_field="company_currency_id",
        help="An adjustment whose value at cost is above this waits for a reviewer. "
        "Empty means zero: every adjustment waits.",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    freight_product_id = fields.Many2one(
        "product.product",
        "Product for freight",
        domain="[('type', '=', 'service')]",
        check_company=True,
        help="With Landed Costs installed, freight that a receipt confirmation names "
        "becomes a draft landed cost with this product. A person validates it.",
    )
