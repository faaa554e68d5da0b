"""What a shipment cost, as the warehouse confirmed it."""

from odoo import api, fields, models
from odoo.addons.dist_connector_base.core.errors import BusinessError, MappingError


class DistShippingCost(models.Model):
    _name = "dist.shipping.cost"
    _description = "Shipping Cost"
    _order = "id"
    _rec_name = "confirmation_key"

    picking_id = fields.Many2one(
        "stock.picking",
        "Delivery",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", readonly=True, required=True)
    backend_id = fields.Many2one("dist.backend", "3PL", readonly=True, required=True)
    confirmation_key = fields.Char("Shipment", readonly=True, required=True)
    shipped_on = fields.Date(readonly=True, required=True)
    currency_id = fields.Many2one("res.currency", readonly=True, required=True)
    amount = fields.Monetary("Confirmed", readonly=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    company_amount = fields.Monetary(
        "In company currency",
        currency_field="company_currency_id",
        readonly=True,
        help="At the rate of the day on which it was shipped.",
    )

    _shipment_once = models.UniqueIndex(
        "(backend_id, confirmation_key, currency_id)",
        "The cost of this shipment was booked already.",
    )

    @api.model
    def _read(self, document, company):
        """Give what a confirmation says the shipment cost, by currency.

        What stands on the shipment counts; without it, its parcels are added up.

        :return: list of ``(currency, amount)``
        :raises MappingError: a currency that is not in use here
        :raises BusinessError: a currency without any rate
        """
        told = (
            [document.shipping_cost]
            if document.shipping_cost
            else [
                parcel.shipping_cost
                for parcel in document.parcels
                if parcel.shipping_cost
            ]
        )
        sums = {}
        for money in told:
            sums[money.currency] = sums.get(money.currency, 0) + money.amount
        return [
            (self._currency(code, company), float(amount))
            for code, amount in sums.items()
        ]

    def _currency(self, code, company):
        currency = self.env["res.currency"].sudo().search([("name", "=", code)])
        if not currency:
            raise MappingError(
                self.env._("The currency %s is not in use here.", code),
                vocabulary="currency",
                value=code,
                path="shipping_cost.currency",
                next_step=self.env._("Activate the currency, then replay the message."),
            )
        rated = currency.rate_ids.filtered(
            lambda rate: rate.company_id in (company.root_id, rate.company_id.browse())
        )
        if currency != company.currency_id and not rated:
            raise BusinessError(
                self.env._("The currency %s has no rate.", code),
                path="shipping_cost.currency",
                next_step=self.env._("Enter a rate, then replay the message."),
            )
        return currency

    @api.model
    def _book(self, told):
        """Keep what shipments cost, and post it the way Odoo does for a carrier.

        :param told: list of ``(inbound, delivery, [(currency, amount)])``
        """
        told = [entry for entry in told if entry[2]]
        if not told:
            return
        self.sudo().create(
            [
                self._values(inbound, picking, currency, amount)
                for inbound, picking, costs in told
                for currency, amount in costs
            ]
        )
        for inbound, picking, _costs in told:
            picking._dist_post_shipping_cost(inbound)
        pickings = self.env["stock.picking"].concat(*(entry[1] for entry in told))
        # what was billed before it was confirmed is judged anew
        self.env["dist.service.charge"].sudo().search(
            [("picking_id", "in", pickings.ids), ("fee", "=", "freight")]
        )._judge()

    def _values(self, inbound, picking, currency, amount):
        company = picking.company_id
        day = inbound.document.shipped_at.date()
        return {
            "picking_id": picking.id,
            "company_id": company.id,
            "backend_id": inbound.backend.id,
            "confirmation_key": inbound.document.confirmation_key,
            "shipped_on": day,
            "currency_id": currency.id,
            "amount": amount,
            "company_amount": currency._convert(
                amount, company.currency_id, company, day
            ),
        }

    def _total_in(self, currency):
        """Give the sum in a currency, each at the rate of the day it was shipped.

        :rtype: float
        """
        return sum(
            cost.currency_id._convert(
                cost.amount, currency, cost.company_id, cost.shipped_on
            )
            for cost in self
        )
