"""Delivery methods carry the codes by which warehouses know them."""

from odoo import fields, models


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    dist_carrier_code = fields.Char(
        "Carrier code",
        help="Canonical carrier code sent with fulfilment requests, such as UPS. "
        "Partners' own codes are mapped to it in the backend's code map.",
    )
    dist_service_code = fields.Char(
        "Service code", help="Canonical service level, such as GROUND or EXPRESS."
    )
