"""Fulfilment requests: collected from deliveries, settled with the partner's answer."""

from typing import ClassVar

from odoo import fields, models
from odoo.addons.dist_connector_base.core.canonical import FulfilmentRequest
from odoo.addons.dist_connector_base.core.errors import (
    BusinessError,
    ConfigurationError,
    ConflictError,
    DistError,
)
from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.addons.dist_connector_base.pipeline.outbox import Outbound
from odoo.exceptions import UserError
from odoo.tools import html2plaintext


class FulfilmentRequestHandler(models.AbstractModel):
    _name = "dist.handler.fulfilment_request"
    _inherit = "dist.handler"
    _description = "Fulfilment request"

    _dist_milestones: ClassVar[dict[str, str]] = {
        "stored": "requested",
        "sent": "sent",
        "accepted": "acknowledged",
        "rejected": "rejected",
    }

    # -------------------------------------------------------------- collect

    def _collect(self, pickings):
        """Queue one request for each ready delivery, in the caller's transaction.

        A delivery that lacks something the request needs is marked so, and holds
        back no other.

        :param pickings: ready deliveries (sudo) that no partner has
        """
        by_backend = pickings.grouped(lambda p: p._dist_warehouse_backend())
        for backend, ready in by_backend.items():
            if not backend:
                continue
            requests = []
            ready = ready._dist_without_unknown_articles(backend)
            for picking in ready.with_company(backend.company_id):
                try:
                    requests.append((picking, self._map(picking)))
                except DistError as exc:
                    picking._dist_write(
                        {"dist_state": "blocked", "dist_reason": str(exc)}
                    )
            if requests:
                self._queue(backend, requests)

    def _queue(self, backend, requests):
        """Store the requests, what they ask for, and that the deliveries wait.

        :raises UserError: a request key stands in the ledger with other content
        """
        try:
            backend._dist_send(
                "fulfilment_request",
                [
                    # an order that a person marked as urgent passes the others
                    Outbound(document, picking, priority=int(picking.priority or 0))
                    for picking, document in requests
                ],
            )
        except ConfigurationError as exc:
            for picking, _document in requests:
                picking._dist_write({"dist_state": "blocked", "dist_reason": str(exc)})
            return
        except ConflictError as exc:
            raise UserError(exc.advice) from exc
        self.env["dist.request.line"].sudo().create(
            [
                self._line_values(backend, document.request_key, line)
                for _picking, document in requests
                for line in document.lines
            ]
        )
        for picking, document in requests:
            picking._dist_write(
                {
                    "dist_backend_id": backend.id,
                    "dist_request_key": document.request_key,
                    "dist_request_count": picking.dist_request_count + 1,
                    "dist_state": "queued",
                    "dist_reason": False,
                    "dist_remote_id": False,
                }
            )

    def _line_values(self, backend, request_key, line):
        move = self.env["stock.move"].browse(int(line.line_key))
        return {
            "backend_id": backend.id,
            "company_id": backend.company_id.id,
            "request_key": request_key,
            "line_key": line.line_key,
            "move_id": move.id,
            "product_id": move.product_id.id,
            "quantity": float(line.quantity),
        }

    # ------------------------------------------------------------------ map

    def _map(self, picking):
        """Give the canonical request of a delivery.

        :raises DataError: the address or a product lacks what a request needs
        :raises BusinessError: nothing is reserved, or a product has no reference
        """
        carrier = picking.carrier_id
        warehouse = picking.picking_type_id.warehouse_id
        return FulfilmentRequest.parse(
            {
                "request_key": self._request_key(picking),
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
                "lines": self._lines(picking, warehouse.dist_prescribe_lots),
                "notes": html2plaintext(picking.note).strip() if picking.note else "",
            }
        )

    def _request_key(self, picking):
        """The delivery's name; an attempt after a rejection is a request of its own."""
        key = picking.name.replace("/", "-")
        count = picking.dist_request_count
        return f"{key}-{count + 1}" if count else key

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
            "address": {
                "street": partner.street or "",
                "street2": partner.street2 or "",
                "city": partner.city or "",
                "state": partner.state_id.code or "",
                "postal_code": partner.zip or "",
                "country": partner.country_id.code or None,
            },
            "phone": partner.phone or "",
            "email": partner.email or "",
        }

    def _lines(self, picking, with_lots):
        """Give what is reserved, move by move, in the products' own units."""
        lines = []
        for move in picking.move_ids:
            if move.state in ("done", "cancel") or not move.quantity:
                continue
            product = move.product_id
            unit = product.uom_id
            sku, code = product.default_code, unit.dist_unit_code
            if not sku:
                raise BusinessError(
                    self.env._("%s has no internal reference.", product.display_name),
                    path=f"lines[{len(lines)}].sku",
                )
            if not code:
                raise BusinessError(
                    self.env._("The unit %s has no unit code.", unit.name),
                    path=f"lines[{len(lines)}].unit",
                )
            quantity = move.product_uom._compute_quantity(
                move.quantity, unit, rounding_method="HALF-UP"
            )
            lines.append(
                {
                    "line_key": str(move.id),
                    "sku": sku,
                    "gtin": product.barcode or None,
                    "description": product.name,
                    "quantity": quantity,
                    "unit": code,
                    "lots": self._lots(move) if with_lots else [],
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

    # --------------------------------------------------------------- settle

    def _settle(self, results):
        """Write the partners' answers to requests onto the deliveries."""
        pickings = self.env["stock.picking"]._dist_of_messages(
            result.message for result in results
        )
        cancel_now = self.env["stock.picking"]
        for result in results:
            picking = pickings.get(result.message.id)
            if not picking:
                continue
            verdict = result.verdict
            if verdict.outcome is Outcome.REJECTED:
                picking._dist_open()._dist_rejected(verdict.message, verdict.code)
                continue
            # a shipment may be confirmed before the request's answer is found
            values = {"dist_remote_id": verdict.remote_id or picking.dist_remote_id}
            # a person may have replayed what was rejected first
            if picking.dist_state in ("queued", "rejected"):
                later = result.message.flow_id._answers_later()
                values["dist_state"] = "sent" if later else "accepted"
                values["dist_reason"] = False
            elif picking.dist_state == "cancel_pending":
                cancel_now += picking
            picking._dist_write(values)
            if picking.dist_change_state == "held":
                picking._dist_change_later()
        # their cancel waited for the partner's number of the request
        self.env["dist.handler.fulfilment_cancel"]._collect(cancel_now)

    def _failed(self, message, error):
        """Show on the delivery why its request did not get out."""
        for picking in self.env["stock.picking"]._dist_of_messages([message]).values():
            if picking.dist_state in ("queued", "cancel_pending"):
                picking._dist_write({"dist_reason": str(error)})
