"""Fulfilment changes: asked of the partner, settled with its answer."""

from typing import ClassVar

from odoo import models
from odoo.addons.dist_connector_base.core.canonical import FulfilmentChange
from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.addons.dist_connector_base.pipeline.outbox import Outbound


class FulfilmentChangeHandler(models.AbstractModel):
    _name = "dist.handler.fulfilment_change"
    _inherit = "dist.handler"
    _description = "Fulfilment change"

    _dist_milestones: ClassVar[dict[str, str]] = {
        "stored": "change_asked",
        "accepted": "changed",
        "rejected": "change_refused",
    }

    def _collect(self, asked):
        """Queue one change for each delivery, in the caller's transaction.

        :param asked: list of ``(delivery (sudo), what differs)``
        """
        by_backend = {}
        for picking, what in asked:
            by_backend.setdefault(picking.dist_backend_id, []).append(
                Outbound(
                    self._map(picking, what),
                    picking,
                    partition=picking.dist_request_key,
                )
            )
        for backend, items in by_backend.items():
            backend._dist_send("fulfilment_change", items)
        for picking, _what in asked:
            picking._dist_write(
                {
                    "dist_change_state": "pending",
                    "dist_change_reason": False,
                    "dist_change_count": picking.dist_change_count + 1,
                }
            )

    def _map(self, picking, what):
        """Give the canonical change of a delivery.

        :raises DataError: the address lacks what a request needs
        """
        wanted = picking._dist_wanted()
        before = picking._dist_agreed_content()["lines"]
        return FulfilmentChange.parse(
            {
                **wanted,
                "change_key": f"{picking.dist_request_key}-C"
                f"{picking.dist_change_count + 1}",
                "request_key": picking.dist_request_key,
                "remote_id": picking.dist_remote_id or None,
                "order_reference": picking.origin or picking.name,
                "warehouse": picking._dist_warehouse_code(),
                "changes": what,
                "lines": [
                    {
                        **picking._dist_change_line(line_key),
                        "line_key": line_key,
                        "quantity": quantity,
                        "previous_quantity": before.get(line_key),
                    }
                    for line_key, quantity in wanted["lines"].items()
                ],
            }
        )

    def _settle(self, results):
        """Hold deliveries to what the partner agreed to; show what it refused."""
        for result in results:
            picking = self._picking(result.message)
            if not picking or picking.dist_change_state != "pending":
                continue
            if result.verdict.outcome is Outcome.REJECTED:
                picking._dist_change_refused(result.verdict.message)
            elif not result.message.flow_id._answers_later():
                picking._dist_change_agreed(result.document)

    def _failed(self, message, error):
        """Show on the delivery why its change did not get out."""
        picking = self._picking(message)
        if picking.dist_change_state == "pending":
            picking._dist_write({"dist_change_reason": str(error)})

    def _picking(self, message):
        return self.env["stock.picking"].sudo().browse(message.res_id).exists()
