"""What the stock levels of a partner mean: declared, and never guessed."""

from odoo import fields, models


class DistBackend(models.Model):
    _inherit = "dist.backend"

    stock_basis = fields.Selection(
        [
            ("gross", "All that is on hand"),
            ("net_told", "What is free; what is promised is told beside it"),
            ("net", "What is free; what is promised is not told"),
        ],
        "The quantity is",
        default="gross",
        required=True,
        help="Free stock whose promised part is not told is compared with Odoo's "
        "unreserved stock, which is never as exact.",
    )
    stock_absent = fields.Selection(
        [
            ("unknown", "Not known"),
            ("zero", "Zero: the list is complete"),
            ("stands", "As told last: only changes are told"),
        ],
        "A product that is not listed is",
        default="unknown",
        required=True,
        help="What is not known is not compared.",
    )
    stock_lots = fields.Boolean(
        "Tells lots",
        default=True,
        help="Without lots a product is compared as a whole, and a difference of a "
        "tracked product cannot be adopted.",
    )
    stock_statuses = fields.Boolean(
        "Tells what is not for sale",
        default=True,
        help="Without it only what is for sale is compared: a partner that lists no "
        "damaged and quarantined goods does not say that it has none.",
    )
    partner_snapshot_ids = fields.One2many("dist.partner.snapshot", "backend_id")
