"""Decide what a partner shipped instead of what was asked for."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class DistSubstitutionDecide(models.TransientModel):
    _name = "dist.substitution.decide"
    _description = "Decide a Substitution"

    exception_id = fields.Many2one("dist.exception", required=True, readonly=True)
    policy = fields.Selection(
        [("allowed", "Approve"), ("refused", "Reject")], required=True, readonly=True
    )
    what = fields.Text("Shipped", compute="_compute_what")
    ratio = fields.Float(
        digits=(12, 4),
        default=1.0,
        required=True,
        help="So many units of the substitute for one of what was asked for.",
    )
    reason = fields.Char(required=True, help="The next person will ask.")
    always = fields.Boolean(
        "From now on", help="Decide it alike for every later confirmation."
    )

    @api.depends("exception_id")
    def _compute_what(self):
        for wizard in self:
            wizard.what = "\n".join(
                self.env._(
                    "%(quantity)s of %(sku)s in place of %(asked)s",
                    quantity=f"{swap.quantity:f}",
                    sku=swap.sku,
                    asked=swap.asked.sku,
                )
                for swap, _product, _substitute in wizard.exception_id._open_swaps()
            )

    def action_confirm(self):
        """Decide, put it on the audit trail, and replay the confirmation.

        :raises AccessError: for anybody but a reviewer
        :raises UserError: we have no product of the SKU that was shipped
        """
        self.ensure_one()
        exception = self.exception_id
        exception._need("group_reviewer")
        for swap, product, substitute in exception._open_swaps():
            if not substitute:
                raise UserError(
                    self.env._(
                        "There is no product %s here. Create it first.", swap.sku
                    )
                )
            self._write_rule(product, substitute)
        action = (
            "exception.approve_substitution"
            if self.policy == "allowed"
            else "exception.reject_substitution"
        )
        self.env["dist.audit"]._record(action, exception, self.reason, what=self.what)
        exception._replay(value=self.reason)
        return {"type": "ir.actions.act_window_close"}

    def _write_rule(self, product, substitute):
        rules = self.env["dist.substitution"].sudo()
        message = self.exception_id.message_id
        where = {
            "backend_id": message.backend_id.id,
            "product_id": product.id,
            "substitute_id": substitute.id,
            "message_id": False if self.always else message.id,
        }
        values = {
            "policy": self.policy,
            "ratio": self.ratio,
            "reason": self.reason,
        }
        known = rules.search(
            [
                *((name, "=", value) for name, value in where.items()),
                ("partner_id", "=", False),
                ("date_from", "=", False),
            ]
        )
        if known:
            known.write({**values, "date_to": False})
        else:
            rules.create({**where, **values})
