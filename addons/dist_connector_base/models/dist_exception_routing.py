"""Whose an exception is, and until when it is to be solved."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class DistException(models.Model):
    _inherit = "dist.exception"

    user_id = fields.Many2one(
        "res.users",
        "Owner",
        index=True,
        tracking=True,
        domain=lambda self: [
            (
                "all_group_ids",
                "in",
                self.env.ref("dist_connector_base.group_operator").ids,
            )
        ],
    )
    team_id = fields.Many2one(
        "dist.team", index=True, tracking=True, ondelete="restrict"
    )
    rule_id = fields.Many2one(
        "dist.exception.rule", "Routed by", readonly=True, ondelete="set null"
    )
    sla_deadline = fields.Datetime(
        "To be solved by",
        readonly=True,
        index=True,
        help="Counted in the working hours of the team, from when it was opened.",
    )
    breached = fields.Boolean(
        "Too late",
        compute="_compute_breached",
        search="_search_breached",
        help="It was not solved in time.",
    )
    escalated_at = fields.Datetime(readonly=True, copy=False)

    _escalation = models.Index(
        "(sla_deadline) WHERE state != 'resolved' AND escalated_at IS NULL"
    )

    @api.depends("sla_deadline", "resolved_at", "state")
    def _compute_breached(self):
        now = fields.Datetime.now()
        for record in self:
            end = record.resolved_at if record.state == "resolved" else now
            record.breached = bool(
                record.sla_deadline and end and end > record.sla_deadline
            )

    def _search_breached(self, operator, value):
        if operator != "in":
            return NotImplemented
        if True in value and False in value:
            return Domain.TRUE
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                """(coalesce(%(due)s < CASE WHEN %(state)s = 'resolved' THEN %(end)s
                                       ELSE now() AT TIME ZONE 'UTC' END, false)
                    = %(wanted)s)""",
                due=model._field_to_sql(alias, "sla_deadline", query),
                state=model._field_to_sql(alias, "state", query),
                end=model._field_to_sql(alias, "resolved_at", query),
                wanted=True in value,
            )
        )

    def write(self, vals):
        assigned = not self.env.su and vals.keys() & {"user_id", "team_id"}
        result = super().write(vals)
        if assigned:
            self.env["dist.audit"]._record(
                "exception.assign",
                self,
                user_id=vals.get("user_id"),
                team_id=vals.get("team_id"),
            )
        return result
