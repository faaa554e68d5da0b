"""Settings that a profile asks of each backend."""

from odoo import api, fields, models

from ..core.masking import mask_url


class DistBackendSetting(models.Model):
    _name = "dist.backend.setting"
    _description = "Backend Setting"
    _inherit = ["dist.audit.mixin"]
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

    @api.depends("label", "name")
    def _compute_display_name(self):
        for setting in self:
            setting.display_name = setting.label or setting.name

    def _audited_fields(self):
        return super()._audited_fields() | {"value"}

    def _audit_values(self, names):
        values = super()._audit_values(names)
        # an address may carry a user and a password
        return {name: mask_url(value) for name, value in values.items()}
