"""How long the ledger keeps what: content, rows, attempts, exceptions."""

from odoo import api, fields, models

from ..pipeline import retention

CLOSED = [
    ("done", "Done"),
    ("duplicate", "Duplicate"),
    ("cancelled", "Cancelled"),
]


class DistRetentionRule(models.Model):
    """The first rule that fits a flow and a state counts; without one, all is kept.

    Only what is closed is ever removed. The audit trail is kept for good.
    """

    _name = "dist.retention.rule"
    _description = "Retention Rule"
    _inherit = ["dist.audit.mixin"]
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    backend_id = fields.Many2one(
        "dist.backend", index=True, ondelete="cascade", help="Empty: for all partners."
    )
    direction = fields.Selection(
        [("in", "Incoming"), ("out", "Outgoing")], help="Empty: both."
    )
    message_type = fields.Char(
        "Document", help="Such as inventory_snapshot; empty: all documents."
    )
    state = fields.Selection(CLOSED, help="Empty: all that are closed.")
    content_days = fields.Integer(
        "Content (days)",
        default=365,
        required=True,
        help="After so many days since it was closed, payload and document of a "
        "message go; key, fingerprints, states and times stay. 0: never.",
    )
    drop_attempts = fields.Boolean(
        "Attempts go with it",
        help="Otherwise an attempt stays, without what was sent and answered.",
    )
    row_days = fields.Integer(
        "Whole message (days)",
        default=0,
        required=True,
        help="After so many days the message itself goes, once its content is gone. "
        "If the partner sends the same document after that, it is taken as a new one. "
        "0: never.",
    )
    exception_days = fields.Integer(
        "Resolved exceptions (days)",
        default=0,
        required=True,
        help="For exceptions that have no message; the others go with it. 0: never.",
    )

    _days = models.Constraint(
        "CHECK (content_days >= 0 AND row_days >= 0 AND exception_days >= 0)",
        "A number of days is not below zero.",
    )
    _order_of_days = models.Constraint(
        "CHECK (row_days = 0 OR (content_days > 0 AND row_days >= content_days))",
        "The content of a message goes first, then the message.",
    )

    @api.depends("backend_id", "message_type", "state")
    def _compute_display_name(self):
        for rule in self:
            parts = (rule.backend_id.name, rule.message_type, rule.state)
            rule.display_name = ", ".join(filter(None, parts)) or self.env._("All")

    def _audited_fields(self):
        return super()._audited_fields() | {
            "active",
            "backend_id",
            "company_id",
            "direction",
            "message_type",
            "state",
            "content_days",
            "drop_attempts",
            "row_days",
            "exception_days",
        }

    def _for_flow(self, flow, state):
        """Give the first of these rules that fits messages of a flow in a state."""
        return self.filtered(
            lambda rule: (
                (not rule.company_id or rule.company_id == flow.company_id)
                and (not rule.backend_id or rule.backend_id == flow.backend_id)
                and rule.direction in (False, flow.direction)
                and rule.message_type in (False, flow.message_type)
                and rule.state in (False, state)
            )
        )[:1]

    @api.model
    def _cron_retain(self):
        """Remove what its time is over for, in batches, each committed."""
        crons = self.env["ir.cron"]
        for removed in retention.batches(self.env(su=True)):
            if not crons._commit_progress(removed, remaining=1):
                return
        crons._commit_progress(remaining=0)
