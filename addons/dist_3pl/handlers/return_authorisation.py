"""Return authorisations: what a customer sends back, told to the warehouse."""

from typing import ClassVar

from odoo import models
from odoo.addons.dist_connector_base.core.canonical import ReturnAuthorisation
from odoo.addons.dist_connector_base.core.errors import (
    BusinessError,
    ConfigurationError,
)
from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.addons.dist_connector_base.pipeline.outbox import Outbound
from odoo.exceptions import UserError


class ReturnAuthorisationHandler(models.AbstractModel):
    _name = "dist.handler.return_authorisation"
    _inherit = "dist.handler"
    _description = "Return authorisation"

    _dist_milestones: ClassVar[dict[str, str]] = {
        "stored": "requested",
        "sent": "sent",
        "accepted": "acknowledged",
        "rejected": "rejected",
    }

    # -------------------------------------------------------------- collect

    def _collect(self, returns):
        """Queue one authorisation for each return, in the caller's transaction.

        :param returns: drafts (sudo), checked
        :raises UserError: what the partner needs is missing; a person is at it now
        """
        for backend, ready in returns.grouped("backend_id").items():
            rejected = ready.filtered(lambda r: r.state == "rejected")
            self.env["dist.message"]._dist_make_room(
                "return_authorisation", backend, rejected.mapped("name")
            )
            try:
                documents = [(record, self._map(backend, record)) for record in ready]
                backend._dist_send(
                    "return_authorisation",
                    [Outbound(document, record) for record, document in documents],
                )
            except (BusinessError, ConfigurationError) as exc:
                raise UserError(exc.advice) from exc
            for record in ready:
                record._return_transfer()
                record.write({"state": "queued", "reason_text": False})

    # ------------------------------------------------------------------ map

    def _map(self, backend, record):
        """Give the canonical authorisation of a return.

        :raises BusinessError: a product has no reference or its unit no code
        """
        delivery = record.delivery_id
        parcels = delivery.dist_parcel_ids.filtered("tracking_number")
        sender = delivery.partner_id
        return ReturnAuthorisation.parse(
            {
                "return_key": record.name,
                "order_reference": delivery.origin or delivery.name,
                "request_key": delivery.dist_request_key or None,
                "shipment_key": delivery.dist_parcel_ids[:1].confirmation_key or None,
                "warehouse": delivery.picking_type_id.warehouse_id.code,
                "sender": {"name": sender.name or ""} if sender else None,
                "tracking_number": record.tracking_number or "",
                "original_tracking_number": parcels[:1].tracking_number or "",
                "lines": self._lines(backend, record),
            }
        )

    def _lines(self, backend, record):
        lines = []
        announced = record.line_ids.filtered("quantity")
        items = self.env["dist.partner.item"]._of(backend, announced.product_id)
        for line in announced:
            product = line.product_id
            for value, field in (
                (product.default_code, "sku"),
                (line.uom_id.dist_unit_code, "unit"),
            ):
                if not value:
                    raise BusinessError(
                        self.env._(
                            "%s lacks its internal reference or its unit code.",
                            product.display_name,
                        ),
                        path=f"lines[{len(lines)}].{field}",
                        next_step=self.env._("Enter it and announce the return again."),
                    )
            lines.append(
                {
                    "line_key": str(line.id),
                    "sku": product.default_code,
                    "remote_item": items.get(product.id),
                    "description": product.name,
                    "quantity": line.quantity,
                    "unit": line.uom_id.dist_unit_code,
                    "reason_code": line.reason_code or None,
                    "disposition": line.disposition,
                }
            )
        return lines

    # --------------------------------------------------------------- settle

    def _settle(self, results):
        """Write the partners' answers onto the returns."""
        for result in results:
            record = self._of(result.message)
            if not record or record.state not in ("queued", "rejected"):
                continue
            verdict = result.verdict
            if verdict.outcome is Outcome.REJECTED:
                text = " ".join(
                    filter(
                        None,
                        (f"[{verdict.code}]" if verdict.code else "", verdict.message),
                    )
                )
                record.write({"state": "rejected", "reason_text": text})
                continue
            later = result.message.flow_id._answers_later()
            record.write(
                {
                    "state": "sent" if later else "accepted",
                    "reason_text": False,
                    "remote_key": verdict.remote_id or record.remote_key,
                }
            )

    def _failed(self, message, error):
        """Show on the return why its authorisation did not get out."""
        record = self._of(message)
        if record.state == "queued":
            record.reason_text = str(error)

    def _of(self, message):
        return (
            self.env["dist.return"]
            .sudo()
            .search(
                [
                    ("backend_id", "=", message.backend_id.id),
                    ("name", "=", message.key),
                ],
                limit=1,
            )
        )
