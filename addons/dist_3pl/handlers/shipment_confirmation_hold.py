"""Shipments of what was to be held back: booked, and told to a person."""

from odoo import models
from odoo.addons.dist_connector_base.core.errors import BusinessError


class ShipmentConfirmationHandler(models.AbstractModel):
    _inherit = "dist.handler.shipment_confirmation"

    def _write(self, shipments):
        """Book what left although it was held: the goods are gone."""
        before = [
            (shipment, shipment.picking.dist_hold_state)
            for shipment in shipments
            if shipment.shipped and shipment.picking.dist_hold_state != "none"
        ]
        result = super()._write(shipments)
        for shipment, state in before:
            if state in ("held", "release_refused"):
                shipment.inbound.warn(
                    BusinessError(
                        self.env._(
                            "The partner shipped %s, which it had on hold for us.",
                            shipment.picking.name,
                        ),
                        path="request_key",
                        next_step=self.env._(
                            "Ask the warehouse why, and stop the parcel or agree a "
                            "return if it must not arrive."
                        ),
                    )
                )
            elif state == "asked":
                shipment.picking.message_post(
                    body=self.env._("It was shipped before the hold reached the 3PL.")
                )
        return result
