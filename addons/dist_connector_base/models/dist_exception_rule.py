"""Routing rules: whose exception it is, and how soon it is to be solved."""

from odoo import api, fields, models

from ..core.canonical import DOCUMENTS
from ..core.impact import SLA_HOURS, rank
from .dist_exception import CLASS_LABELS, SEVERITY_LABELS, document_labels


class DistExceptionRule(models.Model):
    _name = "dist.exception.rule"
    _description = "Exception Routing Rule"
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10, help="The first rule that fits is taken.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for all companies."
    )
    backend_id = fields.Many2one(
        "dist.backend", "Partner", ondelete="cascade", help="Empty: every partner."
    )
    message_type = fields.Selection(
        selection=lambda self: document_labels(DOCUMENTS),
        string="Document",
        help="Empty: every document.",
    )
    error_class = fields.Selection(CLASS_LABELS, "Kind", help="Empty: every kind.")
    min_severity = fields.Selection(
        SEVERITY_LABELS, "Severity from", help="Empty: every severity."
    )
    min_value = fields.Monetary(
        "Order value from",
        help="In the company's currency. 0: also where no order is known.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency")
    team_id = fields.Many2one("dist.team", ondelete="restrict")
    user_id = fields.Many2one(
        "res.users", "Owner", help="Empty: whoever of the team takes it."
    )
    sla_hours = fields.Float(
        "To solve within",
        help="In working hours of the team. 0: by severity (critical 4, high 8, "
        "medium 16, low 40).",
    )

    _somebody = models.Constraint(
        "CHECK (team_id IS NOT NULL OR user_id IS NOT NULL)",
        "Name a team or an owner: an exception of nobody is solved by nobody.",
    )
    _hours_positive = models.Constraint(
        "CHECK (sla_hours >= 0 AND min_value >= 0)",
        "Hours and value cannot be negative.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency(self):
        for rule in self:
            rule.currency_id = (rule.company_id or self.env.company).currency_id

    # ------------------------------------------------------------- services

    def _fits(self, vals):
        """Say whether an exception about to be opened falls under the rule.

        :param vals: its values
        """
        self.ensure_one()
        return (
            (not self.company_id or self.company_id.id == vals["company_id"])
            and (not self.backend_id or self.backend_id.id == vals["backend_id"])
            and (not self.message_type or self.message_type == vals["message_type"])
            and (not self.error_class or self.error_class == vals["error_class"])
            and rank(vals["severity"]) >= rank(self.min_severity)
            and vals.get("impact_value", 0.0) >= self.min_value
        )

    @api.model
    def _route(self, vals_list):
        """Give exceptions about to be opened a team or an owner, and a deadline.

        Without a rule that fits, an exception is the responsible's of its partner;
        without one, the team's that the suite comes with.
        """
        rules = self.search([])
        fallback = self.env.ref(
            "dist_connector_base.dist_team_default", raise_if_not_found=False
        )
        planner = _Planner(self.env)
        for vals in vals_list:
            rule = next((rule for rule in rules if rule._fits(vals)), self.browse())
            backend = self.env["dist.backend"].browse(vals["backend_id"] or [])
            team, user = rule.team_id, rule.user_id
            if not rule:
                user = backend.user_id
                team = fallback if fallback and not user else team
            hours = rule.sla_hours or SLA_HOURS[vals["severity"]]
            vals.update(
                rule_id=rule.id,
                team_id=team.id,
                user_id=user.id,
                sla_deadline=planner.deadline(
                    team._hours(backend.company_id or self.env.company), hours
                ),
            )


class _Planner:
    """Counts deadlines from now, each sum of hours of a calendar once."""

    def __init__(self, env):
        self.now = env.cr.now().replace(microsecond=0)
        self.known = {}

    def deadline(self, calendar, hours):
        """Give the UTC time when so many working hours are over."""
        place = (calendar.id, hours)
        if place not in self.known:
            # a calendar without any hours gives False: the clock counts then
            planned = calendar and calendar.plan_hours(
                hours, self.now, compute_leaves=True
            )
            self.known[place] = planned or fields.Datetime.add(self.now, hours=hours)
        return self.known[place]
