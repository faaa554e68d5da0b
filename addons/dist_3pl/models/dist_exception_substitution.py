"""Shipments of something else than was asked for: a reviewer decides."""

from odoo import api, fields, models
from odoo.addons.dist_connector_base.core.canonical import ShipmentConfirmation
from odoo.exceptions import UserError


class DistException(models.Model):
    _inherit = "dist.exception"

    is_substitution = fields.Boolean(compute="_compute_is_substitution")

    @api.depends("message_id.message_type", "error_class", "path")
    def _compute_is_substitution(self):
        for exception in self:
            exception.is_substitution = (
                exception.message_id.message_type == "shipment_confirmation"
                and exception.message_id.state in ("exception", "dead")
                and exception.error_class == "business"
                and (exception.path or "").endswith(".sku")
            )

    def action_approve_substitution(self):
        """Ask why the substitution is approved."""
        return self._decide_substitution("allowed")

    def action_reject_substitution(self):
        """Ask why the substitution is rejected."""
        return self._decide_substitution("refused")

    def _decide_substitution(self, policy):
        """Open the form that asks for the reason.

        :raises AccessError: for anybody but a reviewer
        :raises UserError: there is nothing to decide
        """
        self._need("group_reviewer")
        self.ensure_one()
        if not self._open_swaps():
            raise UserError(
                self.env._(
                    "No substitution is left to decide: replay the message, or see "
                    "what else is wrong with it."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": (
                self.env._("Approve the substitution")
                if policy == "allowed"
                else self.env._("Reject the substitution")
            ),
            "res_model": "dist.substitution.decide",
            "view_mode": "form",
            "target": "new",
            "context": {"default_exception_id": self.id, "default_policy": policy},
        }

    def _open_swaps(self):
        """Give what is to be decided; see ``_open_swaps`` of the handler."""
        message = self.message_id.sudo()
        if message.state not in ("exception", "dead") or not message.canonical:
            return []
        return (
            self.env["dist.handler.shipment_confirmation"]
            .sudo()
            ._open_swaps(message, ShipmentConfirmation.from_json(message.canonical))
        )
