"""Parcels: one row for each package with its own label."""

from odoo import api, fields, models


class DistParcel(models.Model):
    _name = "dist.parcel"
    _description = "Parcel"
    _order = "id desc"
    _rec_name = "tracking_number"

    picking_id = fields.Many2one(
        "stock.picking",
        "Delivery",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    backend_id = fields.Many2one("dist.backend", "Shipped by", readonly=True)
    partner_id = fields.Many2one(related="picking_id.partner_id", string="Ship to")
    confirmation_key = fields.Char(
        "Shipment", readonly=True, help="The partner's own number of the shipment."
    )
    tracking_number = fields.Char(readonly=True, index="btree_not_null")
    carrier = fields.Char(readonly=True, help="Canonical carrier code.")
    service = fields.Char(readonly=True, help="Canonical service level.")
    sscc = fields.Char("SSCC", readonly=True, index="btree_not_null")
    package_type = fields.Char(readonly=True)
    weight_kg = fields.Float("Weight (kg)", digits="Stock Weight", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    shipping_cost = fields.Monetary(
        readonly=True, help="Where the warehouse tells it parcel by parcel."
    )
    shipped_at = fields.Datetime(readonly=True)
    content_ids = fields.One2many("dist.parcel.content", "parcel_id", "Contents")

    @api.depends("tracking_number", "sscc", "confirmation_key")
    def _compute_display_name(self):
        for parcel in self:
            parcel.display_name = (
                parcel.tracking_number or parcel.sscc or parcel.confirmation_key
            )
