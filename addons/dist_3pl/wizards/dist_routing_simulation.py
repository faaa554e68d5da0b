"""Where would this order go, and why."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.dist_routing import Journey


class DistRoutingSimulation(models.TransientModel):
    """Asks the routing rules without ordering anything."""

    _name = "dist.routing.simulation"
    _description = "Routing Simulation"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    order_id = fields.Many2one(
        "sale.order", "Take from order", domain="[('company_id', '=', company_id)]"
    )
    partner_id = fields.Many2one("res.partner", "Ship to", required=True)
    carrier_id = fields.Many2one("delivery.carrier")
    line_ids = fields.One2many("dist.routing.simulation.line", "simulation_id")
    verdict_ids = fields.One2many("dist.routing.simulation.verdict", "simulation_id")
    outcome = fields.Text(readonly=True)
    asked = fields.Boolean(readonly=True)

    @api.depends("order_id")
    def _compute_display_name(self):
        for simulation in self:
            simulation.display_name = simulation.order_id.name or self.env._(
                "Routing simulation"
            )

    @api.onchange("order_id")
    def _onchange_order_id(self):
        if not self.order_id:
            return
        self.partner_id = self.order_id.partner_shipping_id
        self.carrier_id = self.order_id.carrier_id
        self.line_ids = [fields.Command.clear()] + [
            fields.Command.create({"product_id": product.id, "quantity": quantity})
            for _ref, product, quantity in self.order_id._dist_journey().lines
        ]

    def action_simulate(self):
        """Ask the rules, and show what they say of every warehouse."""
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Add at least one product."))
        routing = self.env["dist.routing"]
        plan = routing._plan(
            Journey(
                self.company_id,
                self.partner_id,
                [(line.id, line.product_id, line.quantity) for line in self.line_ids],
                self.carrier_id,
                self.env["stock.warehouse"],
            )
        )
        self.verdict_ids = [fields.Command.clear()] + [
            fields.Command.create(
                {
                    "warehouse_id": verdict.option.ref,
                    "chosen": verdict.chosen,
                    "covered": f"{verdict.covered}/{len(self.line_ids)}",
                    "cost": verdict.cost if not verdict.option.refused else 0,
                    "leaves_at": verdict.option.leaves_at,
                    "why": routing._why(verdict),
                }
            )
            for verdict in sorted(plan.verdicts, key=lambda v: not v.chosen)
        ]
        for line in self.line_ids:
            line.warehouse_id = next(
                (part.option.ref for part in plan.parts if line.id in part.lines), False
            )
            line.short = line.id in plan.short
        self.outcome = self._outcome(plan)
        self.asked = True
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Where would this order go?"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "current",
        }

    def _outcome(self, plan):
        if not plan.verdicts:
            return self.env._(
                "There are no routing rules: the warehouse chosen on the order ships."
            )
        if not plan.parts:
            return self.env._(
                "No warehouse may ship this: the one chosen on the order keeps it."
            )
        names = ", ".join(part.option.name for part in plan.parts)
        if plan.short:
            return self.env._("%s, and a part of it has to wait for stock.", names)
        if len(plan.parts) > 1:
            return self.env._(
                "In %(count)s parcels: %(names)s", count=len(plan.parts), names=names
            )
        return names


class DistRoutingSimulationLine(models.TransientModel):
    _name = "dist.routing.simulation.line"
    _description = "Routing Simulation Line"

    simulation_id = fields.Many2one(
        "dist.routing.simulation", required=True, ondelete="cascade"
    )
    product_id = fields.Many2one(
        "product.product", required=True, domain=[("type", "=", "consu")]
    )
    quantity = fields.Float(default=1, required=True, digits="Product Unit")
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    warehouse_id = fields.Many2one("stock.warehouse", "Would ship from", readonly=True)
    short = fields.Boolean("Waits for stock", readonly=True)


class DistRoutingSimulationVerdict(models.TransientModel):
    _name = "dist.routing.simulation.verdict"
    _description = "Routing Simulation Verdict"

    simulation_id = fields.Many2one(
        "dist.routing.simulation", required=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    chosen = fields.Boolean(readonly=True)
    covered = fields.Char("Lines in stock", readonly=True)
    currency_id = fields.Many2one(related="simulation_id.company_id.currency_id")
    cost = fields.Monetary(readonly=True)
    leaves_at = fields.Datetime("Leaves until", readonly=True)
    why = fields.Text(readonly=True)
