"""What the stock levels of a partner mean: declared, and never guessed."""

from odoo import fields, models
from odoo.addons.dist_connector_base.core.profile import STOCK_FLOW


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
    stock_owners = fields.Boolean(
        "Tells owners",
        help="Goods of other owners (consignment) are compared owner by owner. An "
        "owner is known by the reference of its contact.",
    )
    stock_pages = fields.Selection(
        [
            ("many", "Pages: what is of one moment belongs together"),
            ("one", "One message: each is a list of its own"),
        ],
        "A list comes in",
        default="many",
        required=True,
        help="Pages are counted where we read them ourselves or the partner says how "
        "many there are. Else the list is complete after the quiet time of the flow.",
    )
    stock_declared = fields.Json(
        readonly=True,
        copy=False,
        help="What the profile said last. What a person set otherwise stays.",
    )
    partner_snapshot_ids = fields.One2many("dist.partner.snapshot", "backend_id")

    # -------------------------------------------------------------- profile

    def _follow_profile(self):
        """Take over what the profile says of stock."""
        result = super()._follow_profile()
        for backend in self.sudo().with_context(dist_no_audit=True):
            backend._follow_stock(backend.profile_id._parsed())
        return result

    def _follow_stock(self, profile):
        """Take over what a profile says, where no person set anything else.

        A person set what is neither what the profile said last nor, before it said
        anything, what new backends begin with.
        """
        self.ensure_one()
        spec, stock_flow = profile.stock, profile.flows.get(STOCK_FLOW)
        if stock_flow is None:
            return
        said = {
            (self, "stock_basis"): spec.quantity,
            (self, "stock_absent"): spec.absent,
            (self, "stock_lots"): spec.tells("lots", stock_flow),
            (self, "stock_statuses"): spec.tells("statuses", stock_flow),
            (self, "stock_owners"): spec.tells("owners", stock_flow),
            (self, "stock_pages"): spec.pages,
            (self._flow(STOCK_FLOW), "recon_settle_minutes"): (
                round(spec.quiet.total_seconds() / 60)
            ),
        }
        before = self.stock_declared or {}
        for (record, name), value in said.items():
            if name not in before:
                before = {**before, **record.default_get([name])}
            if record and record[name] == before.get(name, False):
                record[name] = value
        self.stock_declared = {name: value for (_record, name), value in said.items()}
