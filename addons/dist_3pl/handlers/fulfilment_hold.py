"""Fulfilment holds: asked of the partner, settled with its answer."""

from typing import ClassVar

from odoo import models
from odoo.addons.dist_connector_base.core.canonical import FulfilmentHold
from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.addons.dist_connector_base.pipeline.outbox import Outbound


class FulfilmentHoldHandler(models.AbstractModel):
    _name = "dist.handler.fulfilment_hold"
    _inherit = "dist.handler"
    _description = "Fulfilment hold"

    _dist_type = "fulfilment_hold"
    _dist_milestones: ClassVar[dict[str, str]] = {
        "stored": "hold_asked",
        "accepted": "on_hold",
        "rejected": "hold_refused",
    }

    def _collect(self, pickings):
        """Queue one question for each delivery, in the caller's transaction.

        It leaves after the request, and after earlier questions about it.

        :param pickings: deliveries (sudo) whose request the partner has
        """
        for backend, asked in pickings.grouped("dist_backend_id").items():
            backend._dist_send(
                self._dist_type,
                [
                    Outbound(
                        self._map(picking), picking, partition=picking.dist_request_key
                    )
                    for picking in asked
                ],
            )
        for picking in pickings:
            picking._dist_write({"dist_hold_count": picking.dist_hold_count + 1})

    def _map(self, picking):
        return FulfilmentHold.parse(
            {
                **self._head(picking),
                "keep_stock": picking.dist_hold_keep_stock,
                "reason_code": picking.dist_hold_code or "other",
                "reason": picking.dist_hold_note or "",
            }
        )

    def _head(self, picking):
        return {
            "hold_key": picking._dist_hold_key(1),
            "request_key": picking.dist_request_key,
            "remote_id": picking.dist_remote_id or None,
            "warehouse": picking._dist_warehouse_code(),
        }

    def _settle(self, results):
        """Show what the partner keeps back, and what it refused to."""
        for picking, verdict, later in self._answers(results):
            if verdict.outcome is Outcome.REJECTED:
                picking._dist_hold_refused(verdict.message)
            elif not later:
                picking._dist_hold_granted()

    def _answers(self, results):
        """Give delivery, verdict and whether the answer comes later, of each result."""
        pickings = self.env["stock.picking"]._dist_by_request(
            (result.message.backend_id, result.document.request_key)
            for result in results
        )
        for result in results:
            key = (result.message.backend_id.id, result.document.request_key)
            picking = pickings.get(key)
            if picking and picking._dist_open():
                yield picking, result.verdict, result.message.flow_id._answers_later()

    def _failed(self, message, error):
        """Show on the delivery why the question did not get out."""
        picking = self.env["stock.picking"].sudo().browse(message.res_id).exists()
        if picking.dist_hold_state in ("asked", "release_asked"):
            picking._dist_write({"dist_hold_reason": str(error)})
