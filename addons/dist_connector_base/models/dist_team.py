"""Teams: who works exceptions together."""

from odoo import fields, models


class DistTeam(models.Model):
    _name = "dist.team"
    _description = "Exception Team"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: the team works for all companies."
    )
    leader_id = fields.Many2one(
        "res.users",
        help="Gets what the team did not solve in time.",
    )
    member_ids = fields.Many2many("res.users", string="Members")
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working hours",
        help="Time to solve counts in these hours. Empty: those of the company.",
    )
    digest = fields.Boolean(
        "Daily summary",
        default=True,
        help="Members and leader get a mail each morning about what is open.",
    )
    exception_open_count = fields.Integer("Open", compute="_compute_open_count")

    def _compute_open_count(self):
        rows = self.env["dist.exception"]._read_group(
            [("team_id", "in", self.ids), ("state", "!=", "resolved")],
            ["team_id"],
            ["__count"],
        )
        counts = {team.id: count for team, count in rows}
        for team in self:
            team.exception_open_count = counts.get(team.id, 0)

    def action_open_exceptions(self):
        """Open what the team has to do."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dist_connector_base.dist_exception_action"
        )
        action["domain"] = [("team_id", "=", self.id)]
        return action

    def _hours(self, company):
        """Give the working hours that the team's deadlines count in.

        :param company: whose hours count when the team has none of its own
        """
        return self.calendar_id or company.resource_calendar_id
