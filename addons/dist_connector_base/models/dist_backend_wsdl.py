"""The partner's WSDL: each backend keeps the copy that its partner gave."""

import base64

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.errors import ConfigurationError


class DistBackend(models.Model):
    _inherit = "dist.backend"

    wsdl = fields.Binary(
        "WSDL",
        attachment=True,
        copy=False,
        groups="dist_connector_base.group_manager",
        help="The description of its SOAP service that the partner gave. It is read "
        "from here and never from the network.",
    )
    wsdl_name = fields.Char(copy=False)
    wsdl_wanted = fields.Char(compute="_compute_wsdl_wanted")

    @api.depends("profile_id.document")
    def _compute_wsdl_wanted(self):
        for backend in self:
            profile = backend.profile_id
            backend.wsdl_wanted = profile and profile._parsed().wsdl

    @api.constrains("wsdl", "profile_id")
    def _check_wsdl(self):
        from ..transports.soap import read_wsdl

        for backend in self.sudo():
            profile = backend.profile_id._parsed()
            if profile.transport != "soap" or not backend.wsdl:
                continue
            try:
                service = read_wsdl(backend._wsdl_content())
            except ConfigurationError as exc:
                raise ValidationError(exc.advice) from exc
            wanted = {op.soap for op in profile.operations.values() if op.soap}
            if missing := sorted(wanted - service.names):
                raise ValidationError(
                    self.env._(
                        "The WSDL lacks operations that the profile calls: %s.",
                        ", ".join(missing),
                    )
                )

    def _wsdl_content(self):
        """Give the WSDL's bytes.

        :raises ConfigurationError: when there is none
        """
        self.ensure_one()
        content = self.sudo().with_context(bin_size=False).wsdl
        if not content:
            raise ConfigurationError(
                f"{self.name} has no WSDL",
                path="wsdl",
                next_step="Upload the partner's WSDL on the backend.",
            )
        return base64.b64decode(content)
