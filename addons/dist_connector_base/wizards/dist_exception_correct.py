"""Correct a document that failed: the original is kept, the difference shown."""

import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.errors import DistError
from ..core.payload_text import difference, editable, restore


class DistExceptionCorrect(models.TransientModel):
    _name = "dist.exception.correct"
    _description = "Correct a Document"

    exception_id = fields.Many2one(
        "dist.exception",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    message_id = fields.Many2one(related="exception_id.message_id")
    seen = fields.Char(
        readonly=True,
        default=lambda self: self._default_seen(),
        help="Fingerprint of the document that the person saw.",
    )
    editable = fields.Boolean(compute="_compute_editable")
    text = fields.Text("Document", default=lambda self: self._default_text())
    file = fields.Binary("Or upload the corrected file")
    file_name = fields.Char()
    difference = fields.Text("What changes", compute="_compute_difference")
    reason = fields.Char(help="Why it is corrected, and who said so.")

    # ------------------------------------------------------------- defaults

    @api.model
    def _default_message(self):
        exception = self.env["dist.exception"].browse(self.env.context.get("active_id"))
        return exception.message_id

    def _default_seen(self):
        message = self._default_message()
        return hashlib.sha256(message._content()).hexdigest() if message else False

    def _default_text(self):
        message = self._default_message()
        try:
            return editable(message._content()).text if message else ""
        except DistError:
            return ""

    # ------------------------------------------------------------- computes

    @api.depends("exception_id")
    def _compute_editable(self):
        for wizard in self:
            try:
                wizard.editable = bool(editable(wizard.message_id._content()))
            except DistError:
                wizard.editable = False

    @api.depends("text", "file")
    def _compute_difference(self):
        for wizard in self:
            before = wizard.message_id._content() if wizard.message_id else b""
            try:
                wizard.difference = _difference(before, wizard._corrected(before))
            except UserError as exc:
                wizard.difference = str(exc)

    # -------------------------------------------------------------- buttons

    def action_apply(self):
        """Put the corrected document in place, keep the old one, and replay."""
        self.ensure_one()
        exception = self.exception_id
        exception._need("group_reviewer")
        exception._need_reason(self.reason)
        # sudo: the ledger is written by the engine only; the check is above
        message = self.message_id.sudo()
        before = message._content()
        if self.seen and hashlib.sha256(before).hexdigest() != self.seen:
            raise UserError(
                self.env._(
                    "The document was corrected by somebody else meanwhile. Open it "
                    "again."
                )
            )
        content = self._corrected(before)
        if content == before:
            raise UserError(self.env._("Nothing was changed."))
        message._correct(content, self.reason, _difference(before, content))
        self.env["dist.audit"]._record(
            "message.correct",
            message,
            self.reason,
            version=len(message.version_ids) - 1,
        )
        count = exception._replay(action="correct", value=self.reason)
        return exception._notify(
            self.env._("Corrected; %s messages are in line again.", count)
        )

    def _corrected(self, before):
        """Give the bytes of what the person made of the document."""
        if self.file:
            return base64.b64decode(self.file)
        try:
            shown = editable(before)
            if (self.text or "") == shown.text:
                return before
            return restore(self.text or "", shown)
        except DistError as exc:
            raise UserError(exc.advice) from exc


def _difference(before: bytes, after: bytes) -> str:
    """Give what differs between two documents, for people."""
    try:
        return difference(editable(before).text, editable(after).text)
    except DistError:
        return f"{len(before)} → {len(after)} bytes"
