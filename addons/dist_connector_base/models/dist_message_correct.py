"""Correct a document that failed, and replay at a measured pace."""

import hashlib

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.canonical import DOCUMENTS
from ..core.errors import DistError
from .dist_message_version import shown

#: After a send that ended so, the partner may act on the document that left. False:
#: the server stopped before the answer.
MAY_HAVE_IT = ("unknown", "accepted", "duplicate", False)


class DistMessage(models.Model):
    _inherit = "dist.message"

    version_ids = fields.One2many("dist.message.version", "message_id", "Versions")
    payload_pretty = fields.Text("What arrived", compute="_compute_payload_pretty")

    def _compute_payload_pretty(self):
        for message in self:
            message.payload_pretty = shown(
                message._payloads().get(message.id, b""), message.payload_text
            )

    def _content(self):
        """Give what a replay reads: the bytes that came, or our own document."""
        self.ensure_one()
        if self.direction == "out":
            return (self.canonical or "").encode()
        return self._payloads().get(self.id, b"")

    def _correct(self, content, reason, difference):
        """Put a corrected document in the place of the one that failed.

        Every version is kept, the original as number 0. A replay reads the new one;
        what it says is checked for duplicates and conflicts like any other document.

        :param content: bytes as the partner would have sent them; for an outgoing
            message, the canonical document as JSON
        :raises UserError: the message is not at rest, or may have had an effect
        """
        self.ensure_one()
        locked = self.try_lock_for_update()
        if not locked or self.state not in ("exception", "dead"):
            raise UserError(
                self.env._(
                    "It is being handled just now. Only a document that failed "
                    "can be corrected."
                )
            )
        before = self._content()
        last = max(self.version_ids.mapped("number"), default=0)
        versions = self.env["dist.message.version"]
        if not self.version_ids:
            versions._keep(
                self,
                before,
                number=0,
                reason=self.env._("As it came"),
                created_at=self.received_at,
            )
        if self.direction == "out":
            self._take_canonical(content)
        else:
            self._take_payload(content)
        versions._keep(
            self,
            content,
            number=last + 1,
            user_id=self.env.uid,
            reason=reason,
            difference=difference,
        )

    def _take_payload(self, content):
        """Have a replay read these bytes, as if they had come.

        The old reading goes, and its claim to the business key with it: the new one
        may bear another number, or be several documents.
        """
        self.write(
            {
                "key": False,
                "owns_key": False,
                "content_hash": False,
                "canonical": False,
                "payload_sha256": hashlib.sha256(content).hexdigest(),
                "payload_size": len(content),
            }
        )
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                "UPDATE dist_message SET payload = %s WHERE id = %s RETURNING id",
                content,
                self.id,
            )
        )
        self.invalidate_recordset()

    def _take_canonical(self, content):
        """Have a replay send this document.

        :raises UserError: it is not valid, bears another key, or the partner may
            have the one before
        """
        last = self.attempt_ids.filtered(lambda a: a.step == "send")[:1]
        if last and (self.outcome_unknown or last.outcome in MAY_HAVE_IT):
            raise UserError(
                self.env._(
                    "The partner may have this document already. Look it up first; a "
                    "corrected one could be handled as a second order."
                )
            )
        try:
            document = DOCUMENTS[self.message_type].from_json(content.decode())
        except (DistError, UnicodeDecodeError) as exc:
            raise UserError(self.env._("This is no valid document: %s", exc)) from exc
        if document.key != self.key:
            raise UserError(
                self.env._(
                    "The document has to keep its number %s: the answer is recognized "
                    "by it.",
                    self.key,
                )
            )
        self.write(
            {
                "canonical": document.to_json(),
                "content_hash": document.content_hash(),
            }
        )

    def _spread(self, per_minute):
        """Let the messages come due one after the other, in their order.

        :param per_minute: how many each minute
        """
        self.flush_model()
        self.env.execute_query(
            SQL(
                """UPDATE dist_message m
                      SET next_try_at = (now() AT TIME ZONE 'UTC')
                          + make_interval(secs => (v.place - 1) * 60.0 / %s)
                     FROM (SELECT id, row_number() OVER (
                                      ORDER BY coalesce(parent_id, id), id) AS place
                             FROM dist_message WHERE id = ANY(%s)) v
                    WHERE m.id = v.id AND m.state IN ('received', 'ready')
                RETURNING m.id""",
                per_minute,
                list(self.ids),
            )
        )
        self.invalidate_model(["next_try_at"])
