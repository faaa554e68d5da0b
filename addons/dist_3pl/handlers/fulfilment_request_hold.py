"""Fulfilment requests of deliveries that somebody holds back."""

from odoo import models


class FulfilmentRequestHandler(models.AbstractModel):
    _inherit = "dist.handler.fulfilment_request"

    def _collect(self, pickings):
        """Ask for nothing that is held here."""
        return super()._collect(
            pickings.filtered(lambda p: p.dist_hold_state != "waiting")
        )

    def _settle(self, results):
        """Send the holds that waited for the partner's number of the request."""
        pickings = self.env["stock.picking"].concat(
            *self.env["stock.picking"]
            ._dist_of_messages(result.message for result in results)
            .values()
        )
        waiting = pickings.filtered(
            lambda p: p.dist_state == "queued" and p.dist_hold_state == "asked"
        )
        result = super()._settle(results)
        known = waiting.filtered(
            lambda p: (
                p.dist_state in ("sent", "accepted") and p.dist_hold_state == "asked"
            )
        )
        self.env["dist.handler.fulfilment_hold"]._collect(known)
        return result
