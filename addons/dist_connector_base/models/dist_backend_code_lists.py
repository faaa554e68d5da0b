"""Reading the code lists that a partner keeps."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.errors import DistError, LimitError, TransientError
from ..pipeline.code_lists import read_code_lists

_logger = logging.getLogger(__name__)


class DistBackend(models.Model):
    _inherit = "dist.backend"

    tells_codes = fields.Boolean(compute="_compute_tells_codes")

    @api.depends("profile_id.document")
    def _compute_tells_codes(self):
        for backend in self:
            profile = backend.profile_id
            backend.tells_codes = bool(profile and profile._parsed().code_lists)

    def action_read_codes(self):
        """Ask the partner which codes it has, and show those that nobody mapped."""
        self.ensure_one()
        self.check_access("write")
        try:
            # sudo: what the partner calls its codes is kept by whoever may ask
            number = read_code_lists(self.sudo())
        except DistError as exc:
            raise UserError(exc.advice) from exc
        self.env["dist.audit"]._record("backend.read_codes", self, codes=number)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dist_connector_base.dist_code_unmapped_action"
        )
        action["domain"] = [("backend_id", "=", self.id)]
        action["context"] = {}
        return action

    @api.model
    def _cron_read_codes(self):
        """Enqueue the reading of the code lists of all partners that tell them."""
        for backend in self.sudo().search([]):
            if backend.tells_codes:
                backend.with_delay(
                    channel="root.dist.batch",
                    identity_key=f"dist.backend.codes:{backend.id}",
                    description=f"Read the code lists of {backend.name}",
                )._job_read_codes()

    def _job_read_codes(self):
        """Job: read the code lists of a partner.

        :return: a line for the job's result
        """
        self.ensure_one()
        if not self.exists() or not self.active:
            return "the backend is not active"
        try:
            return f"{read_code_lists(self.sudo())} codes"
        except (LimitError, TransientError) as exc:
            # nothing waits for it: tomorrow is soon enough
            _logger.info("code lists of backend %s: %s", self.id, exc)
            return str(exc)
        except DistError as exc:
            flow = self.env["dist.flow"]
            self.env["dist.exception"]._open_for_cause(self, flow, exc)
            return str(exc)
