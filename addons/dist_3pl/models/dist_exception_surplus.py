"""Shipments of more than was asked: a reviewer may accept the surplus."""

from odoo import api, fields, models
from odoo.addons.dist_connector_base.core.canonical import ShipmentConfirmation
from odoo.addons.dist_connector_base.core.errors import DistError
from odoo.exceptions import UserError


class DistException(models.Model):
    _inherit = "dist.exception"

    is_surplus = fields.Boolean(compute="_compute_is_surplus")

    @api.depends("message_id.message_type", "error_class", "path")
    def _compute_is_surplus(self):
        for exception in self:
            exception.is_surplus = (
                exception.message_id.message_type == "shipment_confirmation"
                and exception.error_class == "business"
                and (exception.path or "").endswith(".quantity")
            )

    def action_accept_surplus(self):
        """Allow what was shipped beyond what was asked, and replay.

        :raises AccessError: for anybody but a reviewer
        :raises UserError: when the confirmation has another fault, or none
        """
        self._need("group_reviewer")
        self.ensure_one()
        message = self.message_id.sudo()
        if message.state not in ("exception", "dead") or not message.canonical:
            raise UserError(self.env._("This confirmation is not in exception."))
        handler = self.env["dist.handler.shipment_confirmation"].sudo()
        try:
            allowed = handler._accept_surplus(
                message.backend_id, ShipmentConfirmation.from_json(message.canonical)
            )
        except DistError as exc:
            raise UserError(exc.advice) from exc
        if not allowed:
            raise UserError(
                self.env._(
                    "Nothing is over any more: replay the message as it is, or see "
                    "what else is wrong with it."
                )
            )
        self.env["dist.audit"]._record("exception.accept_surplus", self, allowed)
        self._replay(value=allowed)
        return self._notify(
            self.env._("Accepted: %s. The message is in line again.", allowed)
        )
