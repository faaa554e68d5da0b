"""Packs and kits: how a warehouse is asked, and when its figures are doubted."""

from odoo import fields, models


class DistBackend(models.Model):
    _inherit = "dist.backend"

    check_packs = fields.Boolean(
        "Ask when packs were counted as pieces",
        default=True,
        help="A confirmation in pieces that is over by exactly what a case holds, or "
        "short by it with more that speaks for a mistake, waits for a person. An "
        "ordinary short shipment is booked as it is.",
    )
    order_in_packs = fields.Boolean(
        "Order in packs",
        help="Requests say of each line how many cases it is, too, where it is a whole "
        "number of them. The quantity in pieces is told all the same.",
    )
    builds_kits = fields.Boolean(
        "Partner builds kits",
        help="Requests ask for a kit in one line, under its own reference, and say "
        "what it is made of. Otherwise they ask for the components, and each says "
        "which kit it belongs to. Kits come with Manufacturing.",
    )
