"""Versions of a document: what came, and every correction of it."""

import hashlib

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.errors import DistError
from ..core.payload_text import editable

#: More than this is not laid out on a screen.
SHOWN_BYTES = 100_000


class DistMessageVersion(models.Model):
    _name = "dist.message.version"
    _description = "Version of a Document"
    _order = "message_id, number"
    _rec_name = "number"

    message_id = fields.Many2one(
        "dist.message", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    number = fields.Integer(readonly=True, help="0 is the original.")
    user_id = fields.Many2one("res.users", "Who", readonly=True)
    created_at = fields.Datetime("When", readonly=True, default=fields.Datetime.now)
    reason = fields.Char(readonly=True)
    difference = fields.Text("What changed", readonly=True)
    sha256 = fields.Char("Fingerprint", readonly=True)
    content_text = fields.Text("Document", compute="_compute_content_text")

    _number_unique = models.UniqueIndex(
        "(message_id, number)", "This document was corrected by somebody else just now."
    )

    def init(self):
        # Raw bytes, as on the message itself.
        self.env.cr.execute(
            "ALTER TABLE dist_message_version ADD COLUMN IF NOT EXISTS content bytea"
        )

    def _compute_content_text(self):
        contents = self._contents()
        for version in self:
            version.content_text = shown(contents.get(version.id, b""))

    def _contents(self):
        """Give the bytes of the versions the user may read.

        :rtype: dict[int, bytes]
        """
        self.check_access("read")
        if not self.ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT id, content FROM dist_message_version WHERE id = ANY(%s)",
                list(self.ids),
            )
        )
        return {row_id: bytes(raw) if raw else b"" for row_id, raw in rows}

    @api.model
    def _keep(self, message, content, **vals):
        """Keep one more version of a message.

        :param content: its bytes
        """
        version = self.sudo().create(
            {
                "message_id": message.id,
                "company_id": message.company_id.id,
                "sha256": hashlib.sha256(content).hexdigest(),
                **vals,
            }
        )
        version.flush_recordset()
        self.env.execute_query(
            SQL(
                "UPDATE dist_message_version SET content = %s WHERE id = %s "
                "RETURNING id",
                content,
                version.id,
            )
        )
        return version


def shown(content: bytes, otherwise: str = "") -> str:
    """Give bytes as text for people.

    :param otherwise: what to show of bytes that are no text, or too many of them
    """
    if len(content) > SHOWN_BYTES:
        return otherwise or content[:SHOWN_BYTES].decode("latin-1") + "\n…"
    try:
        return editable(content).text
    except DistError:
        return otherwise or content.decode("latin-1").replace(
            "\x00", "\N{REPLACEMENT CHARACTER}"
        )
