"""The timeline: milestones, and the gaps where an answer should stand."""

from odoo import api, fields, models, tools

from .dist_milestone import MILESTONES


class DistTimeline(models.Model):
    _name = "dist.timeline"
    _description = "Timeline"
    _auto = False
    _order = "moment, id"
    _rec_name = "kind"

    kind = fields.Selection(
        [*MILESTONES, ("expected", "Expected")], "What", readonly=True
    )
    state = fields.Selection(
        [
            ("done", "Done"),
            ("refused", "Refused"),
            ("late", "Came late"),
            ("due", "Expected"),
            ("missing", "Missing"),
        ],
        readonly=True,
    )
    moment = fields.Datetime("When", readonly=True)
    correlation = fields.Char("Order", readonly=True)
    reference = fields.Char("Document", readonly=True)
    note = fields.Char(readonly=True)
    text = fields.Char("Remark", compute="_compute_text")
    about = fields.Char(compute="_compute_about")
    company_id = fields.Many2one("res.company", readonly=True)
    backend_id = fields.Many2one("dist.backend", readonly=True)
    where = fields.Char("At", compute="_compute_where")
    message_id = fields.Many2one("dist.message", readonly=True)
    rule_id = fields.Many2one("dist.expectation.rule", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)

    def init(self):
        tools.drop_view_if_exists(self.env.cr, self._table)
        # two tables, one line of time: odd numbers are expectations
        self.env.cr.execute(
            """CREATE VIEW dist_timeline AS
                 SELECT s.id * 2 AS id, s.kind,
                        CASE WHEN s.kind IN ('rejected', 'cancel_refused',
                                             'change_refused') THEN 'refused'
                             WHEN EXISTS (
                                 SELECT 1 FROM dist_expectation e
                                  WHERE e.met_message_id = s.message_id AND e.late)
                             THEN 'late' ELSE 'done' END AS state,
                        s.happened_at AS moment, s.correlation, s.reference, s.note,
                        s.company_id, s.backend_id, s.message_id,
                        NULL::int AS rule_id, s.res_model, s.res_id
                   FROM dist_milestone s
              UNION ALL
                 SELECT e.id * 2 + 1, 'expected',
                        CASE e.state WHEN 'overdue' THEN 'missing' ELSE 'due' END,
                        e.deadline, e.correlation, e.subject, NULL,
                        e.company_id, e.backend_id, e.message_id, e.rule_id,
                        e.res_model, e.res_id
                   FROM dist_expectation e
                  WHERE e.state IN ('open', 'overdue')"""
        )

    @api.depends("note", "rule_id")
    def _compute_text(self):
        for line in self:
            line.text = line.note or line.sudo().rule_id.name

    @api.depends("backend_id")
    def _compute_where(self):
        for line in self:
            line.where = line.sudo().backend_id.name or self.env._("Odoo")

    @api.depends("res_model", "res_id")
    def _compute_about(self):
        # sudo: whoever may see an order may read the numbers of its transfers
        for model, lines in self.grouped("res_model").items():
            known = {}
            if model in self.env:
                records = self.env[model].sudo().browse(lines.mapped("res_id"))
                known = {rec.id: rec.display_name for rec in records.exists()}
            for line in lines:
                line.about = known.get(line.res_id, False)

    def action_open(self):
        """Open the message, or the document where there is none."""
        self.ensure_one()
        model, res_id = self.res_model, self.res_id
        if self.message_id and self.env["dist.message"].has_access("read"):
            model, res_id = "dist.message", self.message_id.id
        if not model or not res_id:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": res_id,
            "view_mode": "form",
        }
