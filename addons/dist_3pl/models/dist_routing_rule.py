"""Routing rules: which warehouse may ship what, whereto, for how much, until when."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class DistRoutingRule(models.Model):
    """One line of the routing table.

    For each warehouse the first rule that fits an order tells what it can do for it.
    A warehouse without a rule takes no part.
    """

    _name = "dist.routing.rule"
    _description = "Routing Rule"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(
        default=10, help="Of two warehouses that are equal, the first is taken."
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        "Ships from",
        required=True,
        check_company=True,
        tracking=True,
        ondelete="cascade",
    )
    country_ids = fields.Many2many(
        "res.country", string="To countries", help="None: to every country."
    )
    state_ids = fields.Many2many(
        "res.country.state", string="To states", help="None: to every state."
    )
    zip_from = fields.Char("ZIP from", help="Compared as text; empty: from the first.")
    zip_to = fields.Char("ZIP to", help="Included; empty: to the last.")
    carrier_ids = fields.Many2many(
        "delivery.carrier",
        string="By carriers",
        help="None: by every carrier, and for orders without one.",
    )
    product_mode = fields.Selection(
        [
            ("any", "All products"),
            ("only", "Only these products"),
            ("not", "All but these products"),
        ],
        "Ships",
        default="any",
        required=True,
    )
    product_ids = fields.Many2many("product.product", string="Products")
    categ_ids = fields.Many2many(
        "product.category", string="Categories", help="With all categories below them."
    )
    cost_order = fields.Monetary(
        "Cost per parcel", tracking=True, help="What a parcel costs us."
    )
    cost_line = fields.Monetary("Cost per line", tracking=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    cutoff_hour = fields.Float(
        "Cut-off",
        help="Orders that come later, in the warehouse's time zone, leave on the next "
        "working day. 0: whenever they come, they leave the same day.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working days",
        help="Empty: the company's working hours.",
        check_company=True,
    )
    may_split = fields.Boolean(
        "May ship a part",
        help="An order that no warehouse has in full may be split, and this one may "
        "ship a part of it.",
    )

    @api.constrains("cutoff_hour")
    def _check_cutoff_hour(self):
        for rule in self:
            if not 0 <= rule.cutoff_hour < 24:
                raise ValidationError(
                    self.env._("The cut-off of %s is not a time of day.", rule.name)
                )

    @api.constrains("product_mode", "product_ids", "categ_ids")
    def _check_products(self):
        for rule in self:
            if rule.product_mode != "any" and not (rule.product_ids or rule.categ_ids):
                raise ValidationError(
                    self.env._(
                        "%s speaks of these products, and names none.", rule.name
                    )
                )

    # ------------------------------------------------------------- services

    def _refusal(self, destination, carrier):
        """Say why the rule does not fit an order; empty when it does.

        :param destination: the ``res.partner`` it is shipped to
        :param carrier: the ``delivery.carrier`` of the order, or an empty record
        """
        self.ensure_one()
        if self.country_ids and destination.country_id not in self.country_ids:
            return self.env._(
                "does not ship to %s",
                destination.country_id.name or self.env._("nowhere"),
            )
        if self.state_ids and destination.state_id not in self.state_ids:
            return self.env._(
                "does not ship to %s",
                destination.state_id.name or self.env._("an address without a state"),
            )
        code = (destination.zip or "").strip().upper()
        low, high = (
            (self[name] or "").strip().upper() for name in ("zip_from", "zip_to")
        )
        if (low and code < low) or (high and code > high and not code.startswith(high)):
            return self.env._("does not ship to ZIP %s", code or "?")
        if self.carrier_ids and carrier not in self.carrier_ids:
            return self.env._(
                "does not ship by %s", carrier.name or self.env._("an unnamed carrier")
            )
        return ""

    def _barred(self, products):
        """Give the products that the rule keeps away, with the reason.

        :rtype: dict[int, str]
        """
        self.ensure_one()
        if self.product_mode == "any":
            return {}
        named = products.filtered(
            lambda p: (
                p in self.product_ids or self._is_below(p.categ_id, self.categ_ids)
            )
        )
        barred = products - named if self.product_mode == "only" else named
        reason = self.env._("not shipped from %s", self.warehouse_id.name)
        return dict.fromkeys(barred.ids, reason)

    @staticmethod
    def _is_below(category, categories):
        """Say whether a category is one of some, or below one of them."""
        above = {int(part) for part in (category.parent_path or "").split("/") if part}
        return bool(above & set(categories.ids))
