"""Deliveries whose goods come back, and the transfers that take them back."""

from odoo import fields, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    # what is common to deliveries and receipts is in stock_picking.py
    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    dist_return_ids = fields.One2many("dist.return", "picking_id", "3PL returns")
    dist_replaces_id = fields.Many2one(
        "dist.return",
        "Replacement for",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    dist_returned_ids = fields.One2many("dist.return", "delivery_id", "Returns")
    dist_return_count = fields.Integer(compute="_compute_dist_return_count")
    dist_can_return = fields.Boolean(compute="_compute_dist_can_return")

    def _compute_dist_return_count(self):
        for picking in self:
            picking.dist_return_count = len(picking.dist_returned_ids)

    def _compute_dist_can_return(self):
        for picking in self:
            picking.dist_can_return = bool(
                picking.state == "done"
                and picking.picking_type_id.code == "outgoing"
                and picking._dist_return_backend()
            )

    def _dist_return_backend(self):
        """Give the backend that can take returns of this delivery, or an empty one."""
        backend = self.picking_type_id.warehouse_id.sudo().dist_backend_id
        if backend and backend._flow("return_authorisation"):
            return backend
        return self.env["dist.backend"]

    def action_dist_return(self):
        """Prepare a return of this delivery; a person says what comes back.

        :raises UserError: the delivery is not done, or the partner takes no returns
        """
        self.ensure_one()
        self.check_access("write")
        self.env["dist.return"].check_access("create")
        if not self.dist_can_return:
            raise UserError(
                self.env._(
                    "%s is not delivered by a 3PL that takes returns.", self.name
                )
            )
        made = self.env["dist.return"]._make_for(self, self._dist_return_backend())
        return {
            "type": "ir.actions.act_window",
            "res_model": "dist.return",
            "res_id": made.id,
            "view_mode": "form",
        }

    def action_dist_returns(self):
        """Open the returns of this delivery."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dist_3pl.dist_return_action"
        )
        action["domain"] = [("delivery_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_dist_assign_return(self):
        """Book an unannounced return on this delivery, chosen from the suggestions."""
        self.ensure_one()
        record = self.env["dist.return"].browse(self.env.context.get("dist_return_id"))
        record.check_access("write")
        record.delivery_id = self
        return record.action_assign()
