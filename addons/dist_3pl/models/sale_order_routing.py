"""Sale orders: which warehouse ships them, decided at confirmation."""

from odoo import fields, models

from .dist_routing import Journey


class SaleOrder(models.Model):
    _inherit = "sale.order"

    dist_routing = fields.Selection(
        [("auto", "By the routing rules"), ("kept", "From the warehouse chosen here")],
        "Ship from",
        default="auto",
        required=True,
        copy=False,
        help="By the routing rules: the warehouses are decided when the order is "
        "confirmed. Without rules, the chosen warehouse ships.",
    )
    dist_routing_log = fields.Text("Why this warehouse", readonly=True, copy=False)

    def action_confirm(self):
        """Decide the warehouses of orders that follow the routing rules."""
        for order in self.filtered(lambda o: o.dist_routing == "auto"):
            order._dist_route()
        return super().action_confirm()

    def _dist_journey(self, excluded=None):
        """Give what the order wants shipped.

        :rtype: Journey
        """
        self.ensure_one()
        return Journey(
            self.company_id,
            self.partner_shipping_id,
            [
                (
                    line.id,
                    line.product_id,
                    line.product_uom_id._compute_quantity(
                        line.product_uom_qty, line.product_id.uom_id
                    ),
                )
                for line in self._dist_goods()
            ],
            self.carrier_id,
            excluded or self.env["stock.warehouse"],
        )

    def _dist_goods(self):
        """Give the lines that a warehouse ships; a route of its own stays as it is.

        What a vendor drop-ships is of no warehouse.
        """
        return self.order_line.filtered(
            lambda line: (
                line.product_id.type == "consu"
                and not line.display_type
                and not line.route_ids
                and line.product_uom_qty > 0
                and not self._dist_dropshipped(line.product_id)
            )
        )

    def _dist_dropshipped(self, product):
        routes = product.sudo().route_ids | product.sudo().categ_id.total_route_ids
        types = routes.rule_ids.picking_type_id
        return any(
            kind.code == "dropship" and kind.company_id == self.company_id
            for kind in types
        )

    def _dist_route(self):
        """Give the order to the warehouses that the rules choose."""
        routing = self.env["dist.routing"]
        if not self._dist_goods() or not routing._has_rules(self.company_id):
            return
        plan = routing._plan(self._dist_journey())
        self.dist_routing_log = "\n".join(
            f"{verdict.option.name}: {routing._why(verdict)}"
            for verdict in plan.verdicts
        )
        if not plan.parts:
            return
        main = max(plan.parts, key=lambda part: len(part.lines))
        self.warehouse_id = main.option.ref
        for part in plan.parts:
            lines = self.env["sale.order.line"].browse(part.lines)
            lines.warehouse_id = part.option.ref
