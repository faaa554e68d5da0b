"""Cancels of receipt advices: asked of the partner, settled with its answer."""

from typing import ClassVar

from odoo import models
from odoo.addons.dist_connector_base.core.canonical import ReceiptCancel
from odoo.addons.dist_connector_base.core.errors import ConfigurationError
from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.addons.dist_connector_base.pipeline.outbox import Outbound


class ReceiptCancelHandler(models.AbstractModel):
    _name = "dist.handler.receipt_cancel"
    _inherit = "dist.handler"
    _description = "Cancel of a receipt advice"

    _dist_milestones: ClassVar[dict[str, str]] = {
        "stored": "cancel_asked",
        "accepted": "cancelled",
        "rejected": "cancel_refused",
    }

    def _collect(self, pickings, reason=""):
        """Queue one cancel for each receipt whose advice the partner has.

        :param pickings: receipts (sudo)
        :param reason: why, in words for the partner
        """
        for backend, asked in pickings.grouped("dist_backend_id").items():
            self.env["dist.message"]._dist_make_room(
                "receipt_cancel", backend, asked.mapped("dist_receipt_key")
            )
            try:
                backend._dist_send(
                    "receipt_cancel",
                    [
                        Outbound(self._map(picking, reason), picking)
                        for picking in asked
                    ],
                )
            except ConfigurationError as exc:
                # this partner takes no cancels: a person has to agree it
                asked._dist_receipt_refused(str(exc))

    def _map(self, picking, reason):
        return ReceiptCancel.parse(
            {
                "receipt_key": picking.dist_receipt_key,
                "remote_id": picking.dist_remote_id or None,
                "warehouse": picking.location_dest_id.warehouse_id.code,
                "reason": reason or self.env._("Receipt cancelled"),
            }
        )

    def _settle(self, results):
        """Go on where the partner dropped the advice; show what it refused to drop."""
        pickings = self.env["stock.picking"]._dist_receipts_of(
            result.message for result in results
        )
        dropped = self.env["stock.picking"]
        for result in results:
            picking = pickings.get(result.message.id)
            if not picking or picking.dist_receipt_state not in (
                "cancel_pending",
                "change_pending",
            ):
                continue
            if result.verdict.outcome is Outcome.REJECTED:
                picking._dist_receipt_refused(result.verdict.message)
            elif not result.message.flow_id._answers_later():
                dropped += picking
        dropped._dist_receipt_dropped()

    def _failed(self, message, error):
        """Show on the receipt why its cancel did not get out."""
        for picking in self.env["stock.picking"]._dist_receipts_of([message]).values():
            if picking.dist_receipt_state in ("cancel_pending", "change_pending"):
                picking._dist_write({"dist_reason": str(error)})
