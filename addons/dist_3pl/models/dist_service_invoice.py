"""Invoices of a 3PL: their fees, and whether they add up."""

from odoo import api, fields, models
from odoo.tools import SQL


class DistServiceInvoice(models.Model):
    _name = "dist.service.invoice"
    _description = "Invoice of a 3PL"
    _order = "invoice_date desc, id desc"
    _rec_name = "number"

    backend_id = fields.Many2one(
        "dist.backend", "3PL", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    number = fields.Char(required=True, readonly=True)
    invoice_date = fields.Date(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    total = fields.Monetary("Billed in all", readonly=True)
    has_total = fields.Boolean(readonly=True, help="The head of the invoice is here.")
    charge_ids = fields.One2many("dist.service.charge", "invoice_id", "Fees")
    charged = fields.Monetary("Fees in all", compute="_compute_charged", store=True)
    disputed = fields.Monetary(
        "In dispute",
        compute="_compute_charged",
        store=True,
        help="What was billed more than agreed, over the fees in dispute.",
    )
    state = fields.Selection(
        [
            ("open", "Not complete"),
            ("differs", "Does not add up"),
            ("disputed", "In dispute"),
            ("right", "Right"),
        ],
        compute="_compute_charged",
        store=True,
        index=True,
        help="Not complete: the head, or some fees, are still to come.",
    )

    _number_unique = models.UniqueIndex(
        "(backend_id, number)", "This invoice is here already."
    )

    @api.depends(
        "total",
        "has_total",
        "charge_ids.signed_amount",
        "charge_ids.state",
        "charge_ids.difference",
    )
    def _compute_charged(self):
        for invoice in self:
            charges = invoice.charge_ids
            currency = invoice.currency_id or invoice.company_id.currency_id
            disputed = charges.filtered(lambda c: c.state == "disputed")
            invoice.charged = sum(charges.mapped("signed_amount"))
            invoice.disputed = disputed._excess()
            order = currency.compare_amounts(invoice.charged, invoice.total)
            if not invoice.has_total or order < 0:
                invoice.state = "open"
            elif order > 0:
                invoice.state = "differs"
            else:
                invoice.state = "disputed" if disputed else "right"

    @api.model
    def _of_number(self, backend, number, currency):
        """Give the invoice of a number, made when its first fee arrives.

        :param currency: ``res.currency``
        """
        if not number:
            return self.browse()
        known = self.sudo().search(
            [("backend_id", "=", backend.id), ("number", "=", number)]
        )
        if known:
            return known
        # Fees and head come in messages of their own, which may be applied at once.
        # A row that the other one makes meanwhile is not visible to us: by ON CONFLICT
        # that is a serialization failure, which is tried again; create() would fail.
        ((row_id,),) = self.env.execute_query(
            SQL(
                """INSERT INTO dist_service_invoice (
                       backend_id, company_id, number, currency_id, state, charged,
                       disputed, create_uid, write_uid, create_date, write_date)
                   VALUES (%s, %s, %s, %s, 'open', 0, 0, %s, %s,
                           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')
                   ON CONFLICT (backend_id, number) DO NOTHING RETURNING id""",
                backend.id,
                backend.company_id.id,
                number,
                currency.id,
                self.env.uid,
                self.env.uid,
            )
        )
        return self.sudo().browse(row_id)
