"""Parcels of a shipment: a row for each, and the joined tracking reference."""

from odoo import models


class ShipmentParcels(models.AbstractModel):
    _name = "dist.shipment.parcels"
    _description = "Parcels of a Shipment"

    def _write(self, shipments):
        """Store the parcels of all shipments and join their tracking numbers.

        :param shipments: list of ``shipment_confirmation.Shipment``
        """
        values = [
            self._values(shipment, parcel)
            for shipment in shipments
            for parcel in shipment.document.parcels
        ]
        if not values:
            return
        self.env["dist.parcel"].sudo().create(values)
        for shipment in shipments:
            numbers = [p.tracking_number for p in shipment.document.parcels]
            known = (shipment.picking.carrier_tracking_ref or "").split(",")
            # Odoo itself joins several numbers with a comma, and splits them there
            joined = ",".join(dict.fromkeys(filter(None, (*known, *numbers))))
            if joined:
                shipment.picking._dist_write({"carrier_tracking_ref": joined})

    def _values(self, shipment, parcel):
        document, picking = shipment.document, shipment.picking
        return {
            "picking_id": picking.id,
            "company_id": picking.company_id.id,
            "backend_id": shipment.inbound.backend.id,
            "confirmation_key": document.confirmation_key,
            "tracking_number": parcel.tracking_number,
            "carrier": parcel.carrier or document.carrier,
            "service": parcel.service or document.service,
            "sscc": parcel.sscc,
            "package_type": parcel.package_type,
            "weight_kg": float(parcel.weight_kg or 0),
            **self._cost(shipment, parcel.shipping_cost),
            "shipped_at": document.shipped_at.replace(tzinfo=None),
            "content_ids": [
                (0, 0, self._content_values(shipment, content))
                for content in parcel.contents
            ],
        }

    def _cost(self, shipment, money):
        if not money:
            return {}
        costs = self.env["dist.shipping.cost"]
        currency = costs._currency(money.currency, shipment.picking.company_id)
        return {"shipping_cost": float(money.amount), "currency_id": currency.id}

    def _content_values(self, shipment, content):
        line = shipment.lines.filtered(
            lambda line: (
                line.line_key == content.line_key
                or (
                    not content.line_key and line.product_id.default_code == content.sku
                )
            )
        )[:1]
        return {
            "product_id": line.product_id.id,
            "sku": content.sku or line.product_id.default_code,
            "quantity": float(content.quantity),
            "unit": content.unit,
            "lot": content.serial or content.lot,
            "expiry": content.expiry,
        }
