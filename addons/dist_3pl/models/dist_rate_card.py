"""Rate cards: what was agreed with a 3PL for its work."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class DistRateCard(models.Model):
    _name = "dist.rate.card"
    _description = "Rate Card"
    _inherit = ["mail.thread"]
    _order = "backend_id, valid_from desc, id desc"

    name = fields.Char(required=True, tracking=True)
    backend_id = fields.Many2one(
        "dist.backend", "3PL", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        tracking=True,
    )
    valid_from = fields.Date(required=True, default=fields.Date.context_today)
    valid_to = fields.Date(help="The last day; empty: until further notice.")
    active = fields.Boolean(default=True, tracking=True)
    line_ids = fields.One2many("dist.rate.line", "card_id")

    @api.constrains("valid_from", "valid_to", "backend_id", "currency_id", "active")
    def _check_overlap(self):
        for card in self.filtered("active"):
            others = self.search(
                [
                    ("id", "!=", card.id),
                    ("backend_id", "=", card.backend_id.id),
                    ("currency_id", "=", card.currency_id.id),
                    "|",
                    ("valid_to", "=", False),
                    ("valid_to", ">=", card.valid_from),
                    *([("valid_from", "<=", card.valid_to)] if card.valid_to else []),
                ],
                limit=1,
            )
            if others:
                raise ValidationError(
                    self.env._(
                        "%(one)s and %(other)s hold at the same time.",
                        one=card.name,
                        other=others.name,
                    )
                )

    @api.model
    def _rates(self, backend, currency, day):
        """Give the rates that hold for a partner on a day.

        :rtype: list[Rate]
        """
        card = self.sudo().search(
            [
                ("backend_id", "=", backend.id),
                ("currency_id", "=", currency.id),
                ("valid_from", "<=", day),
                "|",
                ("valid_to", "=", False),
                ("valid_to", ">=", day),
            ],
            limit=1,
        )
        return [line._rate() for line in card.line_ids]
