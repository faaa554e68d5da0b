"""Messages that wait for the partner's answer in its own time, or were refused."""

from odoo import api, fields, models

from ..core.pack_check import AS_PACKS, AS_SAID


class DistMessage(models.Model):
    _inherit = "dist.message"

    figures_answer = fields.Selection(
        [(AS_PACKS, "The figures count packs"), (AS_SAID, "The figures are right")],
        "What the figures mean",
        readonly=True,
        copy=False,
        help="What a reviewer decided where a confirmation may have counted packs as "
        "pieces, or pieces as packs, or kits are not complete.",
    )

    @api.model
    def _dist_answered_by(self, backends, message_type, keys, note=False):
        """Close the outgoing messages of a type that wait for an answer.

        :param backends: the ``dist.backend`` records that answered
        :param keys: their business keys
        :param note: what the partner answered, where it is not plain consent
        """
        waiting = self.sudo().search(
            [
                ("backend_id", "in", backends.ids),
                ("direction", "=", "out"),
                ("message_type", "=", message_type),
                ("key", "in", list(keys)),
                ("owns_key", "=", True),
                ("state", "=", "waiting"),
                ("note", "not =like", "behind %"),
            ]
        )
        waiting.write({"state": "done", "note": note, "done_at": fields.Datetime.now()})
        waiting._release_partitions()

    @api.model
    def _dist_make_room(self, message_type, backends, keys):
        """Let messages that the partners refused make room for the same question."""
        refused = self.sudo().search(
            [
                ("backend_id", "in", backends.ids),
                ("direction", "=", "out"),
                ("message_type", "=", message_type),
                ("key", "in", list(keys)),
                ("owns_key", "=", True),
                ("state", "in", ("exception", "dead", "done", "cancelled")),
            ]
        )
        if not refused:
            return
        # whoever may ask again need not be one who may close an exception
        refused.filtered(lambda m: m.state in ("exception", "dead")).action_accept()
        refused.write({"owns_key": False})
        # the ledger inserts by SQL, and has to see it
        refused.flush_recordset()
        refused.exception_ids._resolve("superseded")
