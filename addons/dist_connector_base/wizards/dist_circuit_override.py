"""Ask why a line to a partner is controlled by hand."""

from odoo import fields, models


class DistCircuitOverride(models.TransientModel):
    _name = "dist.circuit.override"
    _description = "Control of a Line"

    circuit_id = fields.Many2one("dist.circuit", "Line", required=True, readonly=True)
    decision = fields.Selection(
        [
            ("open", "Stop: messages wait"),
            ("closed", "Let everything through"),
            ("auto", "Automatic"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Char(required=True, help="The next person will ask.")

    def action_confirm(self):
        """Do it, and put it on the audit trail."""
        self.ensure_one()
        self.circuit_id._decide(self.decision, self.reason)
        return {"type": "ir.actions.act_window_close"}
