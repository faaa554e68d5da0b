"""Deliveries that one warehouse does not ship, shipped from another."""

from odoo import fields, models
from odoo.exceptions import UserError

from .dist_routing import Journey
from .stock_picking import FREE_STATES


class StockPicking(models.Model):
    # fields and screens of the request itself are in stock_picking.py
    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    dist_reroute = fields.Boolean(
        "Route elsewhere",
        readonly=True,
        copy=False,
        help="Another warehouse ships it as soon as the partner has confirmed the "
        "cancel.",
    )

    def action_dist_reroute(self):
        """Let another warehouse ship, now or when the partner has let go of it.

        :raises UserError: when the delivery is done, or no other warehouse can ship it
        """
        self.check_access("write")
        for picking in self:
            if (
                picking.state in ("done", "cancel")
                or not picking.sale_id
                or picking._dist_is_dropship()
            ):
                raise UserError(
                    self.env._(
                        "%s is not an open delivery of a sale order.", picking.name
                    )
                )
            picking._dist_other_plan()
            if picking.dist_state in FREE_STATES:
                picking._dist_route_elsewhere()
            else:
                picking._dist_write({"dist_reroute": True})
                # the partner has it: nothing moves before the cancel is confirmed
                picking.action_cancel()
                if picking.state == "cancel":
                    # the request had not left: nobody has to agree
                    picking._dist_route_elsewhere()
        return True

    def _dist_dropped(self):
        """Route elsewhere what was to be, now that the partner let go of it."""
        waiting = self.filtered("dist_reroute")
        result = super()._dist_dropped()
        for picking in waiting:
            picking.sudo()._dist_route_elsewhere()
        return result

    def _dist_cancel_refused(self, reason):
        """Give up routing elsewhere what the partner ships after all."""
        self.filtered("dist_reroute")._dist_write({"dist_reroute": False})
        return super()._dist_cancel_refused(reason)

    # ------------------------------------------------------- private steps

    def _dist_other_plan(self):
        """Plan what is open in this delivery, without its own warehouse.

        :raises UserError: when no other warehouse may ship it
        """
        self.ensure_one()
        moves = self.move_ids.filtered(lambda m: m.sale_line_id)
        journey = Journey(
            self.company_id,
            self.partner_id,
            [
                (line.id, line.product_id, sum(own.mapped("product_qty")))
                for line, own in moves.grouped("sale_line_id").items()
            ],
            self.sale_id.carrier_id,
            self.picking_type_id.warehouse_id,
        )
        plan = self.env["dist.routing"]._plan(journey)
        if not plan.parts:
            raise UserError(
                self.env._(
                    "No other warehouse may ship %s. See the routing rules, or run the "
                    "routing simulation to learn why.",
                    self.name,
                )
            )
        return plan

    def _dist_route_elsewhere(self):
        """Cancel the delivery here, and order it from the warehouses of the plan."""
        self.ensure_one()
        plan = self._dist_other_plan()
        lines = self.move_ids.sale_line_id
        if self.state != "cancel":
            self.with_context(dist_partner_agreed=True).action_cancel()
        self._dist_write({"dist_reroute": False})
        for part in plan.parts:
            lines.browse(part.lines).warehouse_id = part.option.ref
        lines._action_launch_stock_rule()
        names = ", ".join(part.option.name for part in plan.parts)
        self.message_post(body=self.env._("Shipped from %s instead.", names))
        self.sale_id.message_post(
            body=self.env._(
                "%(delivery)s is shipped from %(warehouse)s instead.",
                delivery=self.name,
                warehouse=names,
            )
        )
        self.env["dist.audit"]._record("picking.reroute", self, names)
