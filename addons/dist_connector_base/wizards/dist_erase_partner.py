"""Erase the personal data of a person from the ledger."""

import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..core import masking
from ..pipeline import retention
from ..pipeline.ledger import OPEN_STATES


class DistErasePartner(models.TransientModel):
    """What proves the exchange stays: keys, fingerprints, states and times."""

    _name = "dist.erase.partner"
    _description = "Erase Personal Data of a Partner"

    partner_id = fields.Many2one("res.partner", "Person", required=True)
    reason = fields.Char(required=True, help="Such as the number of the request.")
    message_count = fields.Integer("Messages", compute="_compute_counts")
    held_count = fields.Integer("Under legal hold", compute="_compute_counts")
    open_count = fields.Integer("Still in work", compute="_compute_counts")

    @api.depends("partner_id")
    def _compute_counts(self):
        for wizard in self:
            free, held, still_open = wizard._messages()
            wizard.message_count = len(free)
            wizard.held_count = len(held)
            wizard.open_count = len(still_open)

    def _messages(self):
        """Give the messages to erase, those under hold, and those still in work."""
        messages = self.env["dist.message"]
        if not self.partner_id:
            return messages, messages, messages
        # sudo: the request concerns the person, whatever company the message is of
        found = messages.sudo()._about_partner(self.partner_id)
        found |= found.parent_id
        rules = self.env["dist.legal.hold"]._held()
        held = found.filtered(rules.keeps)
        still_open = (found - held).filtered(lambda m: m.state in OPEN_STATES)
        return found - held - still_open, held, still_open

    def action_erase(self):
        """Erase now; what is held or in work stays, and is told.

        :raises AccessError: for anybody but an integration manager
        """
        self.ensure_one()
        if not self.env.user.has_group("dist_connector_base.group_manager"):
            raise AccessError(
                self.env._("Only an integration manager may erase personal data.")
            )
        free, held, still_open = self._messages()
        if not free and not held and not still_open:
            raise UserError(self.env._("No message is about this person."))
        for message in free:
            self._erase(message)
        self.env["dist.audit"]._record(
            "partner.erase",
            self.partner_id,
            self.reason,
            erased=free.ids,
            held=held.ids,
            in_work=still_open.ids,
        )
        kind = "warning" if held or still_open else "success"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "sticky": kind == "warning",
                "message": self.env._(
                    "Erased in %(erased)s messages. %(held)s are under legal hold, "
                    "%(open)s are still in work.",
                    erased=len(free),
                    held=len(held),
                    open=len(still_open),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.model
    def _erase(self, message):
        """Blank what is personal in a message and in everything that hangs on it."""
        document = json.loads(message.canonical) if message.canonical else None
        values = list(masking.personal_values(document, masking.ERASE))
        people = self.partner_id | self.partner_id.child_ids
        for person in people.sudo():
            values += filter(
                None, (person.name, person.email, person.phone, person.street)
            )

        def clean(text):
            return masking.mask_text(text, personal=values) if text else text

        message.write(
            {
                "canonical": document and json.dumps(masking.erased(document)),
                "note": clean(message.note),
                "erased_at": fields.Datetime.now(),
            }
        )
        self.env.cr.execute(
            "UPDATE dist_message SET payload = NULL WHERE id = %s", [message.id]
        )
        retention.strip_copies(self.env, message.ids)
        for attempt in message.attempt_ids:
            attempt.write(
                {"request": False, "response": False, "detail": clean(attempt.detail)}
            )
        for exception in message.exception_ids:
            exception.with_context(tracking_disable=True).write(
                {
                    name: clean(exception[name])
                    for name in ("name", "detail", "resolution_note")
                }
            )
