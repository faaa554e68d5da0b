"""Compare with a partner now."""

from odoo import fields, models


class DistReconciliationStart(models.TransientModel):
    _name = "dist.reconciliation.start"
    _description = "Compare with a Partner"

    source = fields.Selection(
        selection=lambda self: self.env["dist.reconciliation"]._sources(),
        string="What",
        required=True,
        default=lambda self: next(
            iter(dict(self.env["dist.reconciliation"]._sources())), False
        ),
    )
    backend_id = fields.Many2one("dist.backend", "Partner", required=True)

    def action_start(self):
        """Compare, and open the result."""
        self.ensure_one()
        runs = self.env["dist.reconciliation"]
        runs._check_operator()
        return runs._start(self.source, self.backend_id)._open()
