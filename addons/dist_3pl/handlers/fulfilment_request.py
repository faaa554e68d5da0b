"""Fulfilment requests: collected from deliveries, settled with the partner's answer."""

from odoo import fields, models
from odoo.addons.dist_connector_base.core.canonical import FulfilmentRequest
from odoo.addons.dist_connector_base.core.errors import BusinessError
from odoo.tools import html2plaintext


class FulfilmentRequestHandler(models.AbstractModel):
    _name = "dist.handler.fulfilment_request"
    _inherit = "dist.handler.asked"
    _description = "Fulfilment request"

    _asked_type = "fulfilment_request"
    _asked_lines = "dist.request.line"
    _asked_key = "request_key"
    _asked_state = "dist_state"
    _asked_count = "dist_request_count"
    _asked_cancelling = ("cancel_pending",)
    _asked_cancel = "dist.handler.fulfilment_cancel"

    def _asked_backend(self, picking):
        return picking._dist_warehouse_backend()

    def _asked_ready(self, backend, pickings):
        return pickings._dist_without_unknown_articles(backend)

    def _asked_pickings(self, messages):
        return self.env["stock.picking"]._dist_of_messages(messages)

    def _asked_rejected(self, picking, verdict):
        picking._dist_open()._dist_rejected(verdict.message, verdict.code)

    def _asked_taken(self, picking, result):
        super()._asked_taken(picking, result)
        if picking.dist_change_state == "held":
            picking._dist_change_later()

    # ------------------------------------------------------------------ map

    def _map(self, backend, picking):
        """Give the canonical request of a delivery.

        :raises DataError: the address or a product lacks what a request needs
        :raises BusinessError: nothing is reserved, or a product has no reference
        """
        carrier = picking.carrier_id
        warehouse = picking.picking_type_id.warehouse_id
        return FulfilmentRequest.parse(
            {
                "request_key": self._asked_key_of(picking),
                "order_reference": picking.origin or picking.name,
                "customer_reference": picking.sale_id.client_order_ref or "",
                "warehouse": warehouse.code,
                "ship_to": self._party(picking),
                "carrier": carrier.dist_carrier_code or None,
                "service": carrier.dist_service_code or None,
                "priority": "urgent" if picking.priority == "1" else None,
                "requested_ship_date": picking.scheduled_date.date(),
                "requested_delivery_date": (
                    picking.date_deadline.date() if picking.date_deadline else None
                ),
                "created_at": f"{fields.Datetime.now().isoformat()}+00:00",
                "lines": self._lines(backend, picking),
                "notes": html2plaintext(picking.note).strip() if picking.note else "",
            }
        )

    def _party(self, picking):
        partner = picking.partner_id
        if not partner:
            raise BusinessError(
                self.env._("The delivery has no address."),
                path="ship_to",
                next_step=self.env._("Enter the address and request again."),
            )
        company = partner.commercial_partner_id
        name = partner.name or company.name
        return {
            "name": name or "",
            "contact": partner.name if name != company.name else "",
            "address": self._asked_address(partner),
            "phone": partner.phone or "",
            "email": partner.email or "",
        }

    def _lines(self, backend, picking):
        """Give what is reserved, move by move, in the products' own units."""
        with_lots = picking.picking_type_id.warehouse_id.dist_prescribe_lots
        lines = []
        for move in picking.move_ids:
            if move.state in ("done", "cancel") or not move.quantity:
                continue
            quantity = move.product_uom._compute_quantity(
                move.quantity, move.product_id.uom_id, rounding_method="HALF-UP"
            )
            lines.append(
                {
                    "line_key": str(move.id),
                    **self._asked_product(move.product_id, f"lines[{len(lines)}]"),
                    "quantity": quantity,
                    "lots": self._lots(move) if with_lots else [],
                    "packs": (
                        self._asked_packs(move, quantity, False)
                        if backend.order_in_packs
                        else []
                    ),
                }
            )
        if not lines:
            raise BusinessError(self.env._("Nothing is reserved."), path="lines")
        return lines

    def _lots(self, move):
        return [
            {"lot": line.lot_id.name, "quantity": line.quantity_product_uom}
            for line in move.move_line_ids
            if line.lot_id
        ]
