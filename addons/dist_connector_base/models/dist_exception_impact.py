"""What an exception means for the business, and how severe it is therefore."""

from odoo import api, fields, models

from ..core.impact import NO_IMPACT, Impact, severity
from ..pipeline.failures import classify


class DistException(models.Model):
    _inherit = "dist.exception"

    order_value = fields.Monetary(
        readonly=True,
        currency_field="order_currency_id",
        help="Value of the order, in its own currency.",
    )
    order_currency_id = fields.Many2one("res.currency", readonly=True)
    impact_value = fields.Monetary(
        "Value at risk",
        readonly=True,
        currency_field="company_currency_id",
        help="Value of the order in the company's currency, when it was opened.",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    customer_id = fields.Many2one(
        "res.partner", readonly=True, index="btree_not_null", ondelete="set null"
    )
    promised_at = fields.Datetime(
        "Promised for", readonly=True, help="What the customer was told."
    )
    top_seller = fields.Boolean(
        readonly=True,
        help="One of its products is among those that sold best in the last 90 days.",
    )

    @api.model
    def _weigh(self, vals_list):
        """Give exceptions about to be opened their impact and severity."""
        impacts = self._impacts(
            [vals["message_id"] for vals in vals_list if vals.get("message_id")]
        )
        now = self.env.cr.now()
        flows = self.env["dist.flow"].browse(
            {vals["flow_id"] for vals in vals_list if vals["flow_id"]}
        )
        criticality = {flow.id: flow.criticality for flow in flows}
        values = self._in_company_currency(vals_list, impacts)
        for vals, value in zip(vals_list, values, strict=True):
            impact = impacts.get(vals.get("message_id"), NO_IMPACT)
            company = self.env["res.company"].browse(vals["company_id"] or [])
            vals.update(
                order_value=impact.value,
                order_currency_id=impact.currency_id,
                impact_value=value,
                customer_id=impact.customer_id,
                promised_at=impact.promised_at,
                top_seller=impact.top_seller,
                severity=severity(
                    vals["error_class"],
                    criticality.get(vals["flow_id"], "medium"),
                    impact,
                    value=value,
                    high_value=company.dist_high_value,
                    now=now,
                ),
            )
            if impact.res_model and not vals.get("res_id"):
                vals.update(res_model=impact.res_model, res_id=impact.res_id)

    @api.model
    def _impacts(self, message_ids) -> dict[int, Impact]:
        """Ask the handlers what the messages mean, one question per type.

        The answer is a help for people. A handler that cannot give it must not keep
        the exception itself from being opened: its fault goes to the server log.
        """
        found = {}
        messages = self.env["dist.message"].sudo().browse(message_ids)
        for message_type, group in messages.grouped("message_type").items():
            name = f"dist.handler.{message_type}"
            handler = self.env[name if name in self.env else "dist.handler"].sudo()
            try:
                with self.env.cr.savepoint():
                    found.update(handler._dist_impact(group))
            except Exception as exc:  # noqa: BLE001 - a handler of any addon
                classify(exc, f"business impact of {message_type}")
        return found

    @api.model
    def _in_company_currency(self, vals_list, impacts):
        """Give the values of the orders in their companies' currencies."""
        rates = {}
        values = []
        for vals in vals_list:
            impact = impacts.get(vals.get("message_id"), NO_IMPACT)
            place = (impact.currency_id, vals["company_id"])
            if all(place) and place not in rates:
                company = self.env["res.company"].browse(vals["company_id"])
                rates[place] = self.env["res.currency"]._get_conversion_rate(
                    self.env["res.currency"].browse(impact.currency_id),
                    company.currency_id,
                    company,
                    fields.Date.context_today(self),
                )
            values.append(impact.value * rates.get(place, 1.0))
        return values
