"""Fees of a 3PL: what was billed, what it was for, and what people decided."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

FINDINGS = [
    ("ok", "As agreed"),
    ("too_high", "Too high"),
    ("too_low", "Too low"),
    ("duplicate", "Billed twice"),
    ("no_rate", "No rate agreed"),
    ("no_basis", "Basis not known"),
    ("unknown_reference", "Unknown work"),
]
#: Nobody has decided on these yet: the audit may change its mind.
UNDECIDED = ("right", "disputed")


class DistServiceCharge(models.Model):
    _name = "dist.service.charge"
    _description = "Fee of a 3PL"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "charge_date desc, id desc"
    _rec_name = "charge_key"

    backend_id = fields.Many2one(
        "dist.backend", "3PL", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    charge_key = fields.Char(
        "Fee", required=True, readonly=True, help="The partner's own number of it."
    )
    invoice_id = fields.Many2one(
        "dist.service.invoice", readonly=True, index=True, ondelete="cascade"
    )
    charge_date = fields.Date(required=True, readonly=True)
    kind = fields.Selection(
        [("charge", "Fee"), ("credit", "Credit")], required=True, readonly=True
    )
    fee = fields.Char("For", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    signed_amount = fields.Monetary(
        "Billed", compute="_compute_signed_amount", store=True
    )
    reference_type = fields.Selection(
        [
            ("request", "Delivery"),
            ("shipment", "Shipment"),
            ("receipt", "Receipt"),
            ("return", "Return"),
            ("none", "Nothing in particular"),
        ],
        required=True,
        readonly=True,
    )
    reference = fields.Char(readonly=True, help="What the partner says it is for.")
    tracking_number = fields.Char(readonly=True)
    carrier = fields.Char(readonly=True)
    weight_kg = fields.Float("Weight (kg)", readonly=True, digits=(12, 3))
    quantity = fields.Float("Counted by the partner", readonly=True, digits=(12, 3))
    note = fields.Char("Partner's remark", readonly=True)
    picking_id = fields.Many2one(
        "stock.picking", "Transfer", readonly=True, index="btree_not_null"
    )
    rate_id = fields.Many2one("dist.rate.line", readonly=True, ondelete="set null")
    finding = fields.Selection(FINDINGS, readonly=True, tracking=True)
    expected = fields.Monetary(
        "Agreed", readonly=True, help="For all fees of this kind for this transfer."
    )
    difference = fields.Monetary(
        readonly=True, help="What all fees of this kind for this transfer are over it."
    )
    state = fields.Selection(
        [
            ("right", "Right"),
            ("disputed", "In dispute"),
            ("accepted", "Accepted"),
            ("credited", "Credited"),
        ],
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    user_id = fields.Many2one("res.users", "Owner", tracking=True, index=True)
    disputed_at = fields.Datetime("In dispute since", readonly=True)
    age_days = fields.Float("Age (days)", compute="_compute_age_days", digits=(12, 1))
    decision_note = fields.Char("Remark", help="Why it was accepted.")
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    decided_at = fields.Datetime(readonly=True)

    _key_unique = models.UniqueIndex(
        "(backend_id, charge_key)", "This fee is here already."
    )
    _same_work = models.Index(
        "(backend_id, fee, picking_id) WHERE picking_id IS NOT NULL"
    )

    @api.depends("amount", "kind")
    def _compute_signed_amount(self):
        for charge in self:
            sign = -1 if charge.kind == "credit" else 1
            charge.signed_amount = sign * charge.amount

    @api.depends("disputed_at")
    def _compute_age_days(self):
        now = fields.Datetime.now()
        for charge in self:
            since = charge.disputed_at
            charge.age_days = (now - since).total_seconds() / 86400 if since else 0

    def write(self, vals):
        """Let people change the owner and the remark; the rest is the partner's word.

        :raises AccessError: for any other field
        """
        if not self.env.su:
            free = {"user_id", "decision_note"}.union(
                self.env["mail.thread"]._fields, self.env["mail.activity.mixin"]._fields
            )
            if set(vals) - free:
                raise AccessError(
                    self.env._("What a partner billed is not changed by hand.")
                )
        return super().write(vals)

    # -------------------------------------------------------------- buttons

    def action_accept(self):
        """Pay although it is not as agreed.

        :raises AccessError: for anybody but a reviewer
        :raises UserError: without a remark, or where nothing is in dispute
        """
        for charge in self._to_decide():
            if not charge.decision_note:
                raise UserError(
                    self.env._(
                        "Say in the remark why %s is accepted.", charge.charge_key
                    )
                )
            charge._decide("accepted", "charge.accept")
        return True

    def action_credited(self):
        """Note that the partner has given the difference back outside the messages.

        :raises AccessError: for anybody but a reviewer
        :raises UserError: where nothing is in dispute
        """
        for charge in self._to_decide():
            charge._decide("credited", "charge.credited")
        return True

    def action_check_again(self):
        """Judge undecided fees anew, such as after a change of the rate card."""
        self.check_access("write")
        self.sudo().filtered(lambda c: c.state in UNDECIDED)._judge()
        return True

    def action_open_transfer(self):
        """Open the transfer that the fee is for."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "stock.picking",
            "res_id": self.picking_id.id,
            "view_mode": "form",
        }

    def _to_decide(self):
        """Lock what is in dispute; two reviewers cannot decide the same fee."""
        self.check_access("read")
        reviewer = self.env.user.has_group("dist_connector_base.group_reviewer")
        if not (self.env.su or reviewer):
            raise AccessError(self.env._("Only a reviewer decides on disputes."))
        self.lock_for_update()
        wrong = self.filtered(lambda c: c.state != "disputed")
        if wrong:
            raise UserError(self.env._("%s is not in dispute.", wrong[0].charge_key))
        return self

    def _decide(self, state, action):
        self.sudo().write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )
        self.env["dist.audit"]._record(action, self, self.decision_note or "")

    def _excess(self):
        """Give what was billed over the agreement, each piece of work once."""
        seen = {}
        for charge in self:
            work = (charge.fee, charge.picking_id.id or f"own-{charge.id}")
            seen[work] = charge.difference
        return sum(amount for amount in seen.values() if amount > 0)
