"""What the arrival of goods cost, as the warehouse told it."""

from odoo import fields, models


class DistReceiptCost(models.Model):
    _name = "dist.receipt.cost"
    _description = "Cost of a Receipt"
    _order = "id"
    _rec_name = "description"

    picking_id = fields.Many2one(
        "stock.picking",
        "Receipt",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    backend_id = fields.Many2one("dist.backend", "3PL", readonly=True)
    confirmation_key = fields.Char("Receipt no.", readonly=True)
    kind = fields.Char(
        readonly=True, help="Canonical kind: freight, customs, handling or other."
    )
    description = fields.Char(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True, required=True)
    amount = fields.Monetary(readonly=True)
    landed_cost_id = fields.Many2oneReference(
        "Landed cost",
        model_field="landed_cost_model",
        readonly=True,
        help="The draft landed cost that was prepared of it.",
    )
    landed_cost_model = fields.Char(readonly=True)

    def _prepare_landed_cost(self):
        """Prepare one draft landed cost for the costs of one receipt.

        Landed Costs is not needed for receipts: without it, or without a product for
        freight on the backend, the costs are only kept. Nothing is validated.

        :return: the draft ``stock.landed.cost``, or None
        """
        backend = self.backend_id.sudo()
        product = backend.freight_product_id
        if not self or not product or "stock.landed.cost" not in self.env:
            return None
        company = self.company_id
        day = fields.Date.context_today(self)
        landed = (
            self.env["stock.landed.cost"]
            .sudo()
            .with_company(company)
            .create(
                {
                    "company_id": company.id,
                    "picking_ids": [(6, 0, self.picking_id.ids)],
                    "cost_lines": [
                        (
                            0,
                            0,
                            {
                                "product_id": product.id,
                                "name": cost.description or cost.kind or product.name,
                                "split_method": "by_quantity",
                                "price_unit": cost.currency_id._convert(
                                    cost.amount, company.currency_id, company, day
                                ),
                            },
                        )
                        for cost in self
                    ],
                }
            )
        )
        self.write({"landed_cost_id": landed.id, "landed_cost_model": landed._name})
        return landed
