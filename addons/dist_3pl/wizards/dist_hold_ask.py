"""Ask why a delivery is held back, and what becomes of its stock."""

from odoo import api, fields, models

from ..models.stock_picking_hold import HOLD_REASONS


class DistHoldAsk(models.TransientModel):
    _name = "dist.hold.ask"
    _description = "Hold a Delivery Back"

    picking_ids = fields.Many2many("stock.picking", string="Deliveries", required=True)
    reason_code = fields.Selection(HOLD_REASONS, "Reason", required=True)
    note = fields.Char("Remark", help="It is sent to the warehouse with the hold.")
    keep_stock = fields.Boolean(
        "Keep the stock for it",
        default=True,
        help="Otherwise other orders may have the goods while it is held.",
    )
    at_partner = fields.Boolean(compute="_compute_at_partner")

    @api.depends("picking_ids")
    def _compute_at_partner(self):
        for wizard in self:
            wizard.at_partner = any(
                picking.dist_state in ("sent", "accepted", "partly_shipped")
                for picking in wizard.picking_ids
            )

    def action_confirm(self):
        """Hold them back, and put it on the audit trail."""
        self.ensure_one()
        pickings = self.picking_ids
        pickings._dist_check_hold_group()
        pickings.sudo()._dist_hold(self.reason_code, self.note, self.keep_stock)
        self.env["dist.audit"]._record(
            "delivery.hold",
            pickings,
            dict(HOLD_REASONS)[self.reason_code],
            reason=self.reason_code,
            keep_stock=self.keep_stock,
        )
        return {"type": "ir.actions.act_window_close"}
