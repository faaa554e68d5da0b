"""Settle differences: choose what is right, and say why."""

from odoo import api, fields, models

from ..models.dist_reconciliation_line_actions import BATCH


class DistReconciliationSettle(models.TransientModel):
    _name = "dist.reconciliation.settle"
    _description = "Settle Differences"

    line_ids = fields.Many2many("dist.reconciliation.line", string="Differences")
    line_count = fields.Integer("Differences chosen", compute="_compute_sums")
    currency_id = fields.Many2one("res.currency", compute="_compute_sums")
    value = fields.Monetary("Worth", compute="_compute_sums")
    approval_count = fields.Integer(compute="_compute_sums")
    late_count = fields.Integer(compute="_compute_sums")
    action = fields.Selection(
        [
            ("adopt", "The partner is right: correct Odoo"),
            ("republish", "Odoo is right: ask the partner for its numbers again"),
            ("recount", "Nobody knows: ask the partner to count"),
            ("accept", "Leave it as it is"),
            ("assign", "Give it to somebody"),
            ("exception", "Open an exception about it"),
        ],
        "What to do",
        required=True,
        default="adopt",
    )
    reason = fields.Char(help="Kept with each line and on the documents it makes.")
    user_id = fields.Many2one("res.users", "Owner", domain=[("share", "=", False)])

    @api.depends("line_ids")
    def _compute_sums(self):
        for wizard in self:
            lines = wizard.line_ids
            wizard.line_count = len(lines)
            wizard.currency_id = lines[:1].currency_id
            wizard.value = sum(lines.mapped("value"))
            wizard.late_count = len(lines.filtered(lambda line: line.kind == "late"))
            wizard.approval_count = len(lines) - len(lines._within_limit())

    def action_apply(self):
        """Do it, and say what was done."""
        self.ensure_one()
        lines = self.line_ids
        before = len(lines)
        for first in range(0, before, BATCH):
            lines[first : first + BATCH]._settle(
                self.action, reason=self.reason, user=self.user_id
            )
        waiting = len(lines.filtered(lambda line: line.state == "approval"))
        message = self.env._("Done: %s.", before - waiting)
        if waiting:
            message += " " + self.env._("Waiting for a reviewer: %s.", waiting)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {
                    "type": "ir.actions.act_window_close",
                    "infos": {"done": True},
                },
            },
        }
