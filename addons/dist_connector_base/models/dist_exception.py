"""Exceptions: what people work on."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.errors import ERROR_CLASSES, DistError, MappingError
from ..core.fingerprint import fingerprint

#: What an error class means for the person who reads it.
CLASS_LABELS = [
    ("transient", "Partner not reachable"),
    ("limit", "Partner asks to slow down"),
    ("data", "Faulty document"),
    ("mapping", "Unknown code"),
    ("business", "Business decision"),
    ("sequence", "Something is missing before it"),
    ("conflict", "Same key, other content"),
    ("configuration", "Settings"),
    ("security", "Cannot be trusted"),
    ("unknown_outcome", "Outcome unknown"),
    ("fatal", "Fault in the software"),
]


def _sentence(text: str) -> str:
    """Give the first line of a message as people write it, with a capital.

    A line that begins with an address, a key or a quantity stays as it is.
    """
    line = text.splitlines()[0][:250]
    if line.split(" ", 1)[0].isalpha():
        return line[0].upper() + line[1:]
    return line


class DistException(models.Model):
    _name = "dist.exception"
    _description = "Exception"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "first_seen, id"

    name = fields.Char("What is wrong", required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("working", "In work"), ("resolved", "Resolved")],
        default="open",
        required=True,
        index=True,
        tracking=True,
        group_expand=True,
    )
    error_class = fields.Selection(CLASS_LABELS, "Kind", required=True, readonly=True)
    fingerprint = fields.Char(
        readonly=True, index=True, help="The same cause has the same fingerprint."
    )
    path = fields.Char("Where", readonly=True, help="Place of the fault.")
    detail = fields.Text("In full", readonly=True)
    next_step = fields.Text("What to do", readonly=True)
    vocabulary = fields.Char(readonly=True)
    code_value = fields.Char("Unmapped code", readonly=True)
    backend_id = fields.Many2one(
        "dist.backend", readonly=True, index=True, ondelete="cascade"
    )
    flow_id = fields.Many2one("dist.flow", readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    message_id = fields.Many2one(
        "dist.message", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    message_type = fields.Char(related="message_id.message_type", store=True)
    message_key = fields.Char(related="message_id.key", string="Business key")
    payload_text = fields.Text(related="message_id.payload_text")
    canonical_pretty = fields.Text(related="message_id.canonical_pretty")
    message_state = fields.Selection(
        related="message_id.state", string="State of the message"
    )
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(
        "Related record", model_field="res_model", readonly=True
    )
    user_id = fields.Many2one("res.users", "Owner", tracking=True)
    occurrences = fields.Integer(default=1, readonly=True)
    first_seen = fields.Datetime(default=fields.Datetime.now, readonly=True)
    last_seen = fields.Datetime(default=fields.Datetime.now, readonly=True)
    age_hours = fields.Float("Age (h)", compute="_compute_age", digits=(12, 1))
    resolution = fields.Selection(
        [
            ("replayed", "Replayed with success"),
            ("accepted", "Accepted by a person"),
            ("superseded", "Replaced by a later document"),
            ("closed", "Closed"),
        ],
        readonly=True,
    )
    resolution_note = fields.Text()
    resolved_at = fields.Datetime(readonly=True)
    resolved_by_id = fields.Many2one("res.users", readonly=True)

    _message_unique = models.UniqueIndex(
        "(message_id) WHERE message_id IS NOT NULL AND state != 'resolved'",
        "This message has an open exception already.",
    )
    _cause_unique = models.UniqueIndex(
        "(backend_id, fingerprint) WHERE message_id IS NULL AND state != 'resolved'",
        "This cause has an open exception already.",
    )

    @api.depends("first_seen", "resolved_at")
    def _compute_age(self):
        now = fields.Datetime.now()
        for record in self:
            end = record.resolved_at or now
            record.age_hours = (end - (record.first_seen or now)).total_seconds() / 3600

    # -------------------------------------------------------------- buttons

    def action_take(self):
        """Make the user the owner."""
        self.check_access("write")
        self.write({"user_id": self.env.uid, "state": "working"})

    def action_replay(self):
        """Handle the messages once more. The exception closes when it succeeds."""
        self.check_access("write")
        self.message_id.action_replay()
        self.filtered(lambda e: e.state == "open").write({"state": "working"})
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "%s messages are in line again.", len(self.message_id)
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_send_again(self):
        """Send again after the partner said that nothing arrived."""
        self.check_access("write")
        self.message_id.action_send_again()
        self.write({"state": "working"})

    def action_accept(self):
        """Close without an effect: a person settled the matter elsewhere."""
        self.check_access("write")
        self.message_id.filtered(
            lambda m: m.state in ("exception", "dead")
        ).action_accept()
        self._resolve("accepted" if self.message_id else "closed")

    def action_map_code(self):
        """Open the code map with the unknown code filled in."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Map the code"),
            "res_model": "dist.code.map",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_backend_id": self.backend_id.id,
                "default_vocabulary": self.vocabulary,
                "default_partner_code": self.code_value,
            },
        }

    def action_open_message(self):
        """Open the message behind the exception."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "dist.message",
            "res_id": self.message_id.id,
            "view_mode": "form",
        }

    def action_open_record(self):
        """Open the record behind the exception."""
        self.ensure_one()
        return self.message_id.action_open_record()

    # ------------------------------------------------------------- services

    def _resolve(self, resolution, note=""):
        still_open = self.filtered(lambda e: e.state != "resolved")
        still_open.sudo().write(
            {
                "state": "resolved",
                "resolution": resolution,
                "resolution_note": note or False,
                "resolved_at": fields.Datetime.now(),
                "resolved_by_id": self.env.uid,
            }
        )

    @api.model
    def _open_for_message(self, message, error: DistError):
        """Open the exception of a message, or renew the one that is open.

        :param message: the ``dist.message`` record
        """
        vals = self._vals(
            error,
            message.backend_id,
            message.flow_id,
            message_type=message.message_type or "",
        )
        vals["message_id"] = message.id
        vals["res_model"] = message.res_model
        vals["res_id"] = message.res_id
        known = self.search(
            [("message_id", "=", message.id), ("state", "!=", "resolved")]
        )
        return self._store(known, vals)

    @api.model
    def _open_for_cause(self, backend, flow, error: DistError):
        """Open the exception of a cause that has no message of its own.

        :param backend: the ``dist.backend`` it happened at
        :param flow: its flow, or an empty record
        """
        vals = self._vals(error, backend, flow, message_type=flow.message_type or "")
        known = self.search(
            [
                ("message_id", "=", False),
                ("backend_id", "=", backend.id),
                ("fingerprint", "=", vals["fingerprint"]),
                ("state", "!=", "resolved"),
            ]
        )
        return self._store(known, vals)

    @api.model
    def _store(self, known, vals):
        """Create the exception, or count one more occurrence of the open one."""
        if known:
            known.write(
                {
                    "occurrences": known.occurrences + 1,
                    "last_seen": fields.Datetime.now(),
                    **vals,
                }
            )
            return known
        # no chatter line per exception: a burst of them is a burst already
        return self.with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True, tracking_disable=True
        ).create(vals)

    @api.model
    def _vals(self, error, backend, flow, *, message_type):
        mapping = isinstance(error, MappingError)
        return {
            "name": _sentence(error.message),
            "error_class": error.code if error.code in ERROR_CLASSES else "fatal",
            "fingerprint": fingerprint(
                error, backend=str(backend.id), message_type=message_type
            ),
            "path": error.path or False,
            "detail": str(error),
            "next_step": error.next_step,
            "vocabulary": error.vocabulary if mapping else False,
            "code_value": error.value if mapping else False,
            "backend_id": backend.id,
            "flow_id": flow.id,
            "company_id": backend.company_id.id,
        }

    @api.model
    def _close_for_messages(self, message_ids):
        """Close the open exceptions of messages that succeeded after all."""
        if not message_ids:
            return
        self.env.execute_query(
            SQL(
                """UPDATE dist_exception
                      SET state = 'resolved', resolution = 'replayed',
                          resolved_at = now() AT TIME ZONE 'UTC', resolved_by_id = %s
                    WHERE message_id = ANY(%s) AND state != 'resolved'
                RETURNING id""",
                self.env.uid,
                list(message_ids),
            )
        )
        self.invalidate_model(["state", "resolution", "resolved_at", "resolved_by_id"])
