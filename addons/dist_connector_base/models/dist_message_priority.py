"""Urgent messages pass the others of their flow."""

from odoo import fields, models


class DistMessage(models.Model):
    _inherit = "dist.message"

    priority = fields.Integer(
        readonly=True,
        aggregator=False,
        help="What is greater is handled earlier, as far as the order of its business "
        "case lets it.",
    )

    def action_put_first(self):
        """Let these messages pass the others of their flow."""
        self.check_access("write")
        self.env["dist.exception"].check_access("write")
        # sudo: the ledger is written by the pipeline only; the check is above
        self.sudo().write({"priority": 100})
        self.env["dist.audit"]._record("message.put_first", self)
