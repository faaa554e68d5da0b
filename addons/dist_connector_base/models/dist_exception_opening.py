"""Open exceptions, renew them, and close what succeeded after all."""

import re

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.canonical import DOCUMENTS
from ..core.errors import ERROR_CLASSES, DistError, MappingError
from ..core.fingerprint import fingerprint
from .dist_exception import CLASS_LABELS


def _sentence(text: str) -> str:
    """Give the first line of a message as people write it, with a capital.

    A line that begins with an address, a key or a quantity stays as it is.
    """
    line = text.splitlines()[0][:250]
    if line.split(" ", 1)[0].isalpha():
        return line[0].upper() + line[1:]
    return line


def _cause(error: DistError) -> str:
    """Give the words for a cause, the same for all errors of one fingerprint."""
    if isinstance(error, MappingError):
        return f"{error.vocabulary} {error.value}"
    if error.path:
        return re.sub(r"\[\d+\]", "", error.path)
    return re.sub(r"\d+", "#", _sentence(error.message))


class DistException(models.Model):
    _inherit = "dist.exception"

    @api.model
    def _open_for_message(self, message, error: DistError):
        """Open the exception of a message, or renew the one that is open.

        :param message: the ``dist.message`` record
        """
        return self._open_for_messages([(message, error)])

    @api.model
    def _open_for_messages(self, failures):
        """Open or renew the exceptions of many messages, set-wise.

        :param failures: list of ``(dist.message record, DistError)``
        :return: the exceptions, in the order of ``failures``
        """
        messages = self.env["dist.message"].browse(
            [message.id for message, _error in failures]
        )
        found = self.search(
            [("message_id", "in", messages.ids), ("state", "!=", "resolved")]
        )
        known = {exception.message_id.id: exception for exception in found}
        fresh = {}
        for message, (_message, error) in zip(messages, failures, strict=True):
            vals = self._vals(
                error, message.backend_id, message.flow_id, message.message_type or ""
            )
            vals["message_id"] = message.id
            vals["res_model"] = message.res_model
            vals["res_id"] = message.res_id
            if message.id in known:
                known[message.id]._again(vals)
            elif message.id in fresh:
                fresh[message.id].update(
                    vals, occurrences=fresh[message.id].get("occurrences", 1) + 1
                )
            else:
                fresh[message.id] = vals
        for exception in self._open(list(fresh.values())):
            known[exception.message_id.id] = exception
        return self.browse([known[message.id].id for message in messages])

    @api.model
    def _open_for_cause(self, backend, flow, error: DistError):
        """Open the exception of a cause that has no message of its own.

        :param backend: the ``dist.backend`` it happened at, or an empty record
        :param flow: its flow, or an empty record
        """
        vals = self._vals(error, backend, flow, flow.message_type or "")
        known = self.search(
            [
                ("message_id", "=", False),
                ("backend_id", "=", backend.id),
                ("fingerprint", "=", vals["fingerprint"]),
                ("state", "!=", "resolved"),
            ]
        )
        if known:
            known._again(vals)
            return known
        return self._open([vals])

    def _again(self, vals):
        """Count one more occurrence of an open exception.

        Whose it is and how severe stays as it was: people work on it already.
        """
        self.ensure_one()
        self.write(
            {
                "occurrences": self.occurrences + 1,
                "last_seen": fields.Datetime.now(),
                **vals,
            }
        )

    @api.model
    def _open(self, vals_list):
        """Create exceptions: how severe they are, whose, and until when."""
        if not vals_list:
            return self.browse()
        self._weigh(vals_list)
        self.env["dist.exception.rule"]._route(vals_list)
        # no chatter line per exception: a burst of them is a burst already
        return self.with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True, tracking_disable=True
        ).create(vals_list)

    @api.model
    def _vals(self, error, backend, flow, message_type):
        mapping = isinstance(error, MappingError)
        code = error.code if error.code in ERROR_CLASSES else "fatal"
        return {
            "name": _sentence(error.message),
            "error_class": code,
            "fingerprint": fingerprint(
                error, backend=str(backend.id), message_type=message_type
            ),
            "cause": f"{dict(CLASS_LABELS)[code]}: {_cause(error)}",
            "path": error.path or False,
            "detail": str(error),
            "next_step": error.next_step,
            "vocabulary": error.vocabulary if mapping else False,
            "code_value": error.value if mapping else False,
            "backend_id": backend.id,
            "flow_id": flow.id,
            "message_type": message_type if message_type in DOCUMENTS else False,
            "company_id": backend.company_id.id,
        }

    @api.model
    def _close_for_messages(self, message_ids):
        """Close the open exceptions of messages that succeeded after all.

        With them go those of earlier messages with the same number, which can have
        no effect any more: they were replaced by what succeeded.
        """
        if not message_ids:
            return
        self.env["dist.message"].flush_model()
        self.flush_model()
        self.env.execute_query(
            SQL(
                """UPDATE dist_exception
                      SET state = 'resolved', resolution = 'replayed',
                          resolved_at = now() AT TIME ZONE 'UTC',
                          resolved_by_id = coalesce(last_action_by_id, %s)
                    WHERE message_id = ANY(%s) AND state != 'resolved'
                RETURNING id""",
                self.env.uid,
                list(message_ids),
            )
        )
        self._close_older(message_ids)
        self.invalidate_model()

    @api.model
    def _close_older(self, message_ids):
        """Close what stood open for a number before a message with it succeeded."""
        rows = self.env.execute_query(
            SQL(
                """SELECT e.id, old.id, max(new.id)
                     FROM dist_message new
                     JOIN dist_message old
                       ON old.backend_id = new.backend_id
                      AND old.message_type = new.message_type
                      AND old.key = new.key AND old.direction = new.direction
                      AND old.id < new.id AND old.state IN ('exception', 'dead')
                     JOIN dist_exception e
                       ON e.message_id = old.id AND e.state != 'resolved'
                    WHERE new.id = ANY(%s) AND new.state = 'done'
                      AND new.key IS NOT NULL
                 GROUP BY e.id, old.id""",
                list(message_ids),
            )
        )
        for exception_id, old_id, new_id in rows:
            text = self.env._("Message %s with the same number succeeded.", new_id)
            self.browse(exception_id)._resolve("later", text)
            self.env["dist.message"].sudo().browse(old_id).write(
                {
                    "state": "cancelled",
                    "note": f"replaced by message {new_id}",
                    "done_at": fields.Datetime.now(),
                }
            )
