"""Where a backend's addresses may lead."""

from odoo import api, fields, models


class DistBackend(models.Model):
    _inherit = "dist.backend"

    allow_private_network = fields.Boolean(
        "Private network",
        tracking=True,
        copy=False,
        help="The partner stands in our own network or on this server. Without it, "
        "addresses that lead there are refused, so that nobody can make Odoo call "
        "our own systems by entering their address here.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        backends = super().create(vals_list)
        backends.filtered("allow_private_network")._audit_network()
        return backends

    def write(self, vals):
        changed = self.browse()
        if "allow_private_network" in vals:
            wanted = bool(vals["allow_private_network"])
            changed = self.filtered(lambda b: b.allow_private_network != wanted)
        result = super().write(vals)
        changed._audit_network()
        return result

    def _audit_network(self):
        for backend in self:
            self.env["dist.audit"]._record(
                "backend.private_network",
                backend,
                allowed=backend.allow_private_network,
            )
