"""Go live although points of the checklist are open: with a reason, on record."""

from odoo import fields, models


class DistBackendGoLive(models.TransientModel):
    _name = "dist.backend.go.live"
    _description = "Go live in spite of open points"

    backend_id = fields.Many2one("dist.backend", required=True, ondelete="cascade")
    go_live_html = fields.Html(related="backend_id.go_live_html")
    reason = fields.Char(required=True, help="Goes on the audit trail.")

    def action_go_live(self):
        """Switch to production, and put reason and open points on record."""
        self.ensure_one()
        self.backend_id._go_live_in_spite(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
