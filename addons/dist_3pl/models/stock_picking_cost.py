"""Shipping costs on the delivery and on its sale order."""

from odoo import api, fields, models
from odoo.addons.dist_connector_base.core.errors import BusinessError
from odoo.exceptions import UserError


class StockPicking(models.Model):
    _inherit = "stock.picking"

    dist_shipping_cost_ids = fields.One2many(
        "dist.shipping.cost", "picking_id", "Shipping costs"
    )
    dist_company_currency_id = fields.Many2one(related="company_id.currency_id")
    dist_shipping_cost = fields.Monetary(
        "Shipping cost confirmed",
        compute="_compute_dist_shipping_cost",
        currency_field="dist_company_currency_id",
        help="What the third party says that it costs, in the company's currency.",
    )

    @api.depends("dist_shipping_cost_ids.company_amount")
    def _compute_dist_shipping_cost(self):
        for picking in self:
            picking.dist_shipping_cost = sum(
                picking.dist_shipping_cost_ids.mapped("company_amount")
            )

    def _dist_post_shipping_cost(self, inbound):
        """Post what was confirmed as Odoo does when a carrier tells its price.

        The cost of the delivery is that of all its shipments, in the currency of the
        sale order, with the margins of the delivery method; where that is invoiced at
        real cost, the sale order gets it.

        :param inbound: the confirmation, to warn when the order does not take it
        """
        self.ensure_one()
        self._dist_write({"carrier_price": self._dist_carrier_price()})
        if not self.carrier_id:
            return
        try:
            with self.env.cr.savepoint():
                self.sudo()._add_delivery_cost_to_so()
        except UserError as exc:
            inbound.warn(
                BusinessError(
                    self.env._(
                        "The shipping cost of %(delivery)s was not added to "
                        "%(order)s: %(reason)s",
                        delivery=self.name,
                        order=self.sale_id.name,
                        reason=str(exc),
                    ),
                    path="shipping_cost",
                    next_step=self.env._(
                        "Add the cost to the order by hand, or accept that it is not "
                        "invoiced."
                    ),
                )
            )

    def _dist_carrier_price(self):
        """Give what the delivery costs the customer, in the currency of the order.

        The rules are those of ``send_to_shipper`` of Odoo's *stock_delivery*.
        """
        order, carrier = self.sale_id.sudo(), self.carrier_id
        currency = order.currency_id or self.company_id.currency_id
        price = self.sudo().dist_shipping_cost_ids._total_in(currency)
        if not carrier:
            return price
        if carrier.free_over and order:
            worth = order._compute_amount_total_without_delivery()
            if (
                carrier._compute_currency(order, worth, "pricelist_to_company")
                >= carrier.amount
            ):
                price = 0.0
        return carrier._apply_margins(price, order)
