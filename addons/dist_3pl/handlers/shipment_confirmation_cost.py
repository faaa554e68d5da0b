"""Shipment confirmations that say what the way of the goods costs."""

from odoo import models


class ShipmentConfirmationHandler(models.AbstractModel):
    _inherit = "dist.handler.shipment_confirmation"

    def _write(self, shipments):
        """Keep and post the cost of each shipment once it is booked.

        :raises DistError: a currency that cannot be converted
        """
        costs = self.env["dist.shipping.cost"]
        told = [
            (s.inbound, s.picking, costs._read(s.document, s.picking.company_id))
            for s in shipments
        ]
        result = super()._write(shipments)
        costs._book(told)
        return result
