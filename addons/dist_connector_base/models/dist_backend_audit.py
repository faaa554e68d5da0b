"""What is recorded of a backend: everything that decides whom it calls, and how."""

from odoo import models


class DistBackend(models.Model):
    _name = "dist.backend"
    _inherit = ["dist.backend", "dist.audit.mixin"]

    def _audited_fields(self):
        return super()._audited_fields() | {
            "active",
            "company_id",
            "environment",
            "name",
            "profile_id",
            "tz",
            "user_id",
            "webhook_max_bytes",
        }
