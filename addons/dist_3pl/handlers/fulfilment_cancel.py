"""Fulfilment cancels: asked of the partner, settled with its answer."""

from typing import ClassVar

from odoo import models
from odoo.addons.dist_connector_base.core.canonical import FulfilmentCancel
from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.addons.dist_connector_base.pipeline.outbox import Outbound


class FulfilmentCancelHandler(models.AbstractModel):
    _name = "dist.handler.fulfilment_cancel"
    _inherit = "dist.handler"
    _description = "Fulfilment cancel"

    _dist_milestones: ClassVar[dict[str, str]] = {
        "stored": "cancel_asked",
        "accepted": "cancelled",
        "rejected": "cancel_refused",
    }

    def _collect(self, pickings):
        """Queue one cancel for each delivery, in the caller's transaction.

        :param pickings: deliveries (sudo) whose request the partner has
        """
        for backend, asked in pickings.grouped("dist_backend_id").items():
            again = asked.filtered("dist_cancel_count")
            self.env["dist.message"]._dist_make_room(
                "fulfilment_cancel", backend, again.mapped("dist_request_key")
            )
            backend._dist_send(
                "fulfilment_cancel",
                [Outbound(self._map(picking), picking) for picking in asked],
            )
            for picking in asked:
                picking._dist_write(
                    {"dist_cancel_count": picking.dist_cancel_count + 1}
                )

    def _map(self, picking):
        return FulfilmentCancel.parse(
            {
                "request_key": picking.dist_request_key,
                "remote_id": picking.dist_remote_id or None,
                "warehouse": picking._dist_warehouse_code(),
                "reason": self.env._("Order cancelled"),
            }
        )

    def _settle(self, results):
        """Cancel what the partner dropped; show what it refused to drop."""
        pickings = self.env["stock.picking"]._dist_of_messages(
            result.message for result in results
        )
        dropped = self.env["stock.picking"]
        for result in results:
            picking = pickings.get(result.message.id)
            if not picking or picking.dist_state != "cancel_pending":
                continue
            if result.verdict.outcome is Outcome.REJECTED:
                picking._dist_cancel_refused(result.verdict.message)
            elif not result.message.flow_id._answers_later():
                dropped += picking
        dropped._dist_dropped()

    def _failed(self, message, error):
        """Show on the delivery why its cancel did not get out."""
        for picking in self.env["stock.picking"]._dist_of_messages([message]).values():
            if picking.dist_state == "cancel_pending":
                picking._dist_write({"dist_reason": str(error)})
