"""Messages that wait for the partner's answer in its own time."""

from odoo import api, fields, models


class DistMessage(models.Model):
    _inherit = "dist.message"

    @api.model
    def _dist_answered_by(self, backend, message_type, keys, note=False):
        """Close the outgoing messages of a type that wait for an answer.

        :param keys: their business keys
        :param note: what the partner answered, where it is not plain consent
        """
        waiting = self.sudo().search(
            [
                ("backend_id", "=", backend.id),
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
