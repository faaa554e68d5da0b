"""Exceptions: what people work on."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..core.canonical import DOCUMENTS
from ..core.impact import rank

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

SEVERITY_LABELS = [
    ("low", "Low"),
    ("medium", "Medium"),
    ("high", "High"),
    ("critical", "Critical"),
]

#: What a person did about an exception, last of all.
ACTION_LABELS = [
    ("replay", "Replayed"),
    ("map", "Mapped the code"),
    ("correct", "Corrected the document"),
    ("send_again", "Sent again"),
    ("accept", "Accepted"),
    ("reject", "Rejected and told the partner"),
]

#: What a person may write on an exception; all else changes by the buttons.
PERSON_MAY = {"user_id", "team_id", "resolution_note"}


def document_labels(names):
    """Give the labels of canonical documents, as a selection."""
    return [(name, name.replace("_", " ").capitalize()) for name in sorted(names)]


class DistException(models.Model):
    _name = "dist.exception"
    _description = "Exception"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "severity_rank desc, impact_value desc, first_seen, id"

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
    cause = fields.Char(readonly=True, help="The same for all of one fingerprint.")
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
    message_type = fields.Selection(
        selection=lambda self: document_labels(DOCUMENTS),
        string="Document",
        readonly=True,
    )
    message_key = fields.Char(related="message_id.key", string="Business key")
    message_direction = fields.Selection(related="message_id.direction")
    version_ids = fields.One2many(related="message_id.version_ids")
    payload_pretty = fields.Text(related="message_id.payload_pretty")
    canonical_pretty = fields.Text(related="message_id.canonical_pretty")
    message_state = fields.Selection(
        related="message_id.state", string="State of the message"
    )
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(
        "Related record", model_field="res_model", readonly=True
    )
    severity = fields.Selection(
        SEVERITY_LABELS,
        default="medium",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    severity_rank = fields.Integer(
        compute="_compute_severity_rank", store=True, index=True, aggregator="max"
    )
    occurrences = fields.Integer(default=1, readonly=True)
    first_seen = fields.Datetime(default=fields.Datetime.now, readonly=True)
    last_seen = fields.Datetime(default=fields.Datetime.now, readonly=True)
    age_hours = fields.Float("Age (h)", compute="_compute_age", digits=(12, 1))
    resolution = fields.Selection(
        [
            ("replayed", "Replayed with success"),
            ("accepted", "Accepted by a person"),
            ("rejected", "Rejected, and the partner told"),
            ("later", "A later message with the same number succeeded"),
            ("superseded", "Replaced by a later document"),
            ("closed", "Closed"),
        ],
        readonly=True,
    )
    resolution_note = fields.Text()
    resolved_at = fields.Datetime(readonly=True)
    resolved_by_id = fields.Many2one("res.users", readonly=True)
    last_action = fields.Selection(ACTION_LABELS, readonly=True)
    last_action_by_id = fields.Many2one("res.users", readonly=True)
    last_action_value = fields.Char(
        readonly=True, help="The code that was chosen, or the reason that was given."
    )

    _message_unique = models.UniqueIndex(
        "(message_id) WHERE message_id IS NOT NULL AND state != 'resolved'",
        "This message has an open exception already.",
    )
    _cause_unique = models.UniqueIndex(
        "(coalesce(backend_id, 0), fingerprint) "
        "WHERE message_id IS NULL AND state != 'resolved'",
        "This cause has an open exception already.",
    )

    @api.depends("first_seen", "resolved_at")
    def _compute_age(self):
        now = fields.Datetime.now()
        for record in self:
            end = record.resolved_at or now
            record.age_hours = (end - (record.first_seen or now)).total_seconds() / 3600

    @api.depends("severity")
    def _compute_severity_rank(self):
        for record in self:
            record.severity_rank = rank(record.severity)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name == "age_hours":
            # the oldest has the smallest date
            end = self._field_to_sql(alias, "resolved_at", query)
            start = self._field_to_sql(alias, "first_seen", query)
            return SQL(
                "(coalesce(%s, now() AT TIME ZONE 'UTC') - %s) %s %s",
                end,
                start,
                direction,
                nulls,
            )
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    # ----------------------------------------------------------------- CRUD

    def write(self, vals):
        if not self.env.su:
            allowed = PERSON_MAY | self._mixin_fields()
            refused = sorted(vals.keys() - allowed)
            if refused:
                raise AccessError(
                    self.env._(
                        "An exception changes by its buttons alone; %s cannot be "
                        "written.",
                        ", ".join(refused),
                    )
                )
        return super().write(vals)

    @api.model
    def _mixin_fields(self):
        """Give the fields of chatter and activities."""
        return (
            self.env["mail.thread"]._fields.keys()
            | self.env["mail.activity.mixin"]._fields.keys()
        )

    # ------------------------------------------------------------- services

    def _resolve(self, resolution, note=""):
        """Close the open ones of these exceptions.

        :param resolution: a value of the field
        :param note: why, for people
        """
        still_open = self.sudo().filtered(lambda e: e.state != "resolved")
        for by, exceptions in still_open.grouped("last_action_by_id").items():
            exceptions.write(
                {
                    "state": "resolved",
                    "resolution": resolution,
                    "resolved_at": fields.Datetime.now(),
                    "resolved_by_id": by.id or self.env.uid,
                    **({"resolution_note": note} if note else {}),
                }
            )

    def _raise_severity(self, severity):
        """Make the exceptions at least this severe."""
        for exception in self.sudo():
            if rank(severity) > exception.severity_rank:
                exception.severity = severity
