"""Service charges: stored, and audited against our transfers and the rate card."""

from odoo import models
from odoo.addons.dist_connector_base.core.errors import MappingError


class ServiceChargeHandler(models.AbstractModel):
    _name = "dist.handler.service_charge"
    _inherit = "dist.handler"
    _description = "Service charge"
    # fees of one piece of work are judged anew with each that arrives
    _dist_needs_order = False

    def _apply(self, batch):
        """Store the fees and judge them; a dispute is a finding, not a fault.

        :raises MappingError: a currency that is not ours
        """
        made = (
            self.env["dist.service.charge"]
            .sudo()
            .with_context(tracking_disable=True)
            .create([self._values(inbound) for inbound in batch])
        )
        made._judge()
        for inbound, charge in zip(batch, made, strict=True):
            inbound.link(charge)

    def _values(self, inbound):
        backend, document = inbound.backend, inbound.document
        currency = self._currency(document.currency)
        invoice = self.env["dist.service.invoice"]._of_number(
            backend, document.invoice_number, currency
        )
        return {
            "backend_id": backend.id,
            "company_id": backend.company_id.id,
            "currency_id": currency.id,
            "charge_key": document.charge_key,
            "invoice_id": invoice.id,
            "charge_date": document.charge_date,
            "kind": document.kind,
            "fee": document.fee,
            "amount": float(document.amount),
            "reference_type": document.reference_type,
            "reference": document.reference,
            "tracking_number": document.tracking_number or False,
            "carrier": document.carrier or False,
            "weight_kg": float(document.weight_kg or 0),
            "quantity": float(document.quantity or 0),
            "note": document.note or False,
            "state": "right",
        }

    def _currency(self, code):
        """Give an active currency of ours.

        :raises MappingError: there is none of this code
        """
        currency = self.env["res.currency"].sudo().search([("name", "=", code)])
        if not currency:
            raise MappingError(
                f"the currency {code} is not in use here",
                vocabulary="currency",
                value=code,
                path="currency",
                next_step="Activate the currency, then replay the message.",
            )
        return currency
