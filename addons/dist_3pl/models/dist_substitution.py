"""Substitutions: what may leave in place of what."""

from odoo import api, fields, models
from odoo.fields import Domain


class DistSubstitution(models.Model):
    _name = "dist.substitution"
    _description = "Substitution"
    _order = "backend_id, product_id, id"
    _rec_name = "product_id"

    backend_id = fields.Many2one(
        "dist.backend", "3PL", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    product_id = fields.Many2one("product.product", "Asked for", required=True)
    substitute_id = fields.Many2one("product.product", required=True)
    ratio = fields.Float(
        digits=(12, 4),
        default=1.0,
        required=True,
        help="So many units of the substitute for one of what was asked for.",
    )
    policy = fields.Selection(
        [
            ("allowed", "Allowed"),
            ("approval", "After approval"),
            ("refused", "Refused"),
        ],
        default="allowed",
        required=True,
        help="Allowed: booked as it arrives. After approval: a person decides each "
        "time. Refused: what was asked for counts as not shipped.",
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", help="Empty: for every customer."
    )
    date_from = fields.Date("From")
    date_to = fields.Date("To", help="The last day; empty: until further notice.")
    active = fields.Boolean(default=True)
    message_id = fields.Many2one(
        "dist.message",
        "Only for this confirmation",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    reason = fields.Char(help="Why it was decided so.")

    _one_rule = models.UniqueIndex(
        "(backend_id, product_id, substitute_id, coalesce(partner_id, 0), "
        "coalesce(message_id, 0), coalesce(date_from, '-infinity')) WHERE active",
        "There is a substitution of these products already.",
    )
    _other_product = models.Constraint(
        "CHECK (product_id != substitute_id)",
        "A product cannot take the place of itself.",
    )
    _positive_ratio = models.Constraint(
        "CHECK (ratio > 0)", "The ratio must be greater than zero."
    )

    @api.model
    def _find(self, backend, product, substitute, picking, message_id):
        """Give what was decided of a substitution: the most special rule.

        A decision on this very confirmation counts before a rule for the customer, and
        that before one for everybody.

        :rtype: dist.substitution, empty when nobody decided
        """
        today = fields.Date.context_today(picking)
        customer = picking.partner_id.commercial_partner_id
        found = self.sudo().search(
            Domain("backend_id", "=", backend.id)
            & Domain("product_id", "=", product.id)
            & Domain("substitute_id", "=", substitute.id)
            & Domain("message_id", "in", [False, message_id])
            & Domain("partner_id", "in", [False, customer.id, picking.partner_id.id])
            & (Domain("date_from", "=", False) | Domain("date_from", "<=", today))
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))
        )
        return found.sorted(
            lambda rule: (bool(rule.message_id), bool(rule.partner_id), rule.id),
            reverse=True,
        )[:1]
