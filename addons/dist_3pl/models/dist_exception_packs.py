"""Packs read as pieces, kits not complete: a person decides, in one click."""

from odoo import api, fields, models
from odoo.addons.dist_connector_base.core.canonical import ShipmentConfirmation
from odoo.addons.dist_connector_base.core.errors import DistError
from odoo.exceptions import UserError

from ..core.pack_check import AS_PACKS, AS_SAID

CHECKED = ("shipment_confirmation", "receipt_confirmation")


class DistException(models.Model):
    # what is over without any pack in play is in dist_exception_surplus.py
    _inherit = "dist.exception"  # pylint: disable=consider-merging-classes-inherited

    is_pack_question = fields.Boolean(compute="_compute_questions")
    is_kit_question = fields.Boolean(compute="_compute_questions")

    @api.depends("message_id.message_type", "error_class", "path")
    def _compute_questions(self):
        for exception in self:
            checked = (
                exception.message_id.message_type in CHECKED
                and exception.error_class == "business"
            )
            path = exception.path or ""
            exception.is_pack_question = checked and path.endswith(".unit")
            exception.is_kit_question = checked and path == "lines.kit"

    def action_read_as_packs(self):
        """Take the figures for those of packs, or of pieces multiplied, and replay.

        :raises AccessError: for anybody but a reviewer
        :raises UserError: nobody has to decide it any more
        """
        return self._answer_packs(
            AS_PACKS, self.env._("Booked as ordered. The message is in line again.")
        )

    def action_accept_as_said(self):
        """Book the figures as the partner said them, and replay.

        What is over is accepted with it, and so are kits that are not complete.

        :raises AccessError: for anybody but a reviewer
        :raises UserError: nobody has to decide it any more
        """
        return self._answer_packs(
            AS_SAID, self.env._("Booked as said. The message is in line again.")
        )

    def _answer_packs(self, answer, told):
        self._need("group_reviewer")
        self.ensure_one()
        message = self.message_id.sudo()
        asked = self.is_pack_question or (answer == AS_SAID and self.is_kit_question)
        if message.state not in ("exception", "dead") or not asked:
            raise UserError(self.env._("This is decided already."))
        message.figures_answer = answer
        if answer == AS_SAID and self.is_pack_question:
            self._accept_what_is_over(message)
        self.env["dist.audit"]._record(f"exception.figures_{answer}", self, self.name)
        self._replay(value=dict(message._fields["figures_answer"].selection)[answer])
        return self._notify(told)

    def _accept_what_is_over(self, message):
        """Allow what is over, so that nobody is asked a second time.

        :raises UserError: the confirmation has another fault
        """
        if message.message_type != "shipment_confirmation":
            # what an answered receipt brings is booked whatever the tolerance
            return
        handler = self.env["dist.handler.shipment_confirmation"].sudo()
        try:
            handler._accept_surplus(
                message.backend_id, ShipmentConfirmation.from_json(message.canonical)
            )
        except DistError as exc:
            raise UserError(exc.advice) from exc
