"""Fulfilment releases: asked of the partner, settled with its answer."""

from typing import ClassVar

from odoo import models
from odoo.addons.dist_connector_base.core.canonical import FulfilmentRelease
from odoo.addons.dist_connector_base.core.wire import Outcome


class FulfilmentReleaseHandler(models.AbstractModel):
    _name = "dist.handler.fulfilment_release"
    _inherit = "dist.handler.fulfilment_hold"
    _description = "Fulfilment release"

    _dist_type = "fulfilment_release"
    _dist_milestones: ClassVar[dict[str, str]] = {
        "stored": "release_asked",
        "accepted": "released",
        "rejected": "release_refused",
    }

    def _map(self, picking):
        return FulfilmentRelease.parse(self._head(picking))

    def _settle(self, results):
        """Show what ships again, and what the partner keeps back all the same."""
        for picking, verdict, later in self._answers(results):
            if verdict.outcome is Outcome.REJECTED:
                picking._dist_release_refused(verdict.message)
            elif not later and picking.dist_hold_state == "release_asked":
                picking._dist_hold_over()
