"""Service invoices: the head, which the fees must add up to."""

from odoo import models


class ServiceInvoiceHandler(models.AbstractModel):
    _name = "dist.handler.service_invoice"
    _inherit = "dist.handler"
    _description = "Service invoice"
    _dist_needs_order = False

    def _apply(self, batch):
        """Write date and total onto the invoices of the batch.

        :raises MappingError: a currency that is not ours
        """
        charges = self.env["dist.handler.service_charge"]
        invoices = self.env["dist.service.invoice"]
        for inbound in batch:
            document = inbound.document
            currency = charges._currency(document.currency)
            invoice = invoices._of_number(
                inbound.backend, document.invoice_number, currency
            )
            invoice.sudo().write(
                {
                    "invoice_date": document.invoice_date,
                    "currency_id": currency.id,
                    "total": float(document.total),
                    "has_total": True,
                }
            )
            inbound.link(invoice)
