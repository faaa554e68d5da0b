"""Settings that a profile asks of each backend."""

from odoo import fields, models


class DistBackendSetting(models.Model):
    _name = "dist.backend.setting"
    _description = "Backend Setting"
    _order = "backend_id, id"

    backend_id = fields.Many2one(
        "dist.backend", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char("Setting", required=True, readonly=True)
    label = fields.Char("Meaning", readonly=True)
    required = fields.Boolean(readonly=True)
    value = fields.Text()

    _name_unique = models.UniqueIndex(
        "(backend_id, name)", "A setting stands once on a backend."
    )
