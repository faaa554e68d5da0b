"""What is recorded of a flow: everything that decides what runs, and when."""

from odoo import models


class DistFlow(models.Model):
    _name = "dist.flow"
    _inherit = ["dist.flow", "dist.audit.mixin"]

    def _audited_fields(self):
        return super()._audited_fields() | {
            "active",
            "batch_size",
            "channel",
            "fetch_minutes",
            "lookup_delay",
            "max_tries",
            "parallel",
        }
