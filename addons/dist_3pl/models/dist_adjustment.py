"""Stock that a warehouse found, lost or moved to another status by itself."""

from odoo import api, fields, models
from odoo.addons.dist_connector_base.core.errors import DistError
from odoo.exceptions import AccessError, UserError


class DistAdjustment(models.Model):
    _name = "dist.adjustment"
    _description = "Stock Adjustment by a Partner"
    _order = "adjusted_at desc, id desc"
    _rec_name = "adjustment_key"

    backend_id = fields.Many2one(
        "dist.backend", "3PL", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    warehouse_id = fields.Many2one("stock.warehouse", required=True, readonly=True)
    adjustment_key = fields.Char(
        "Adjustment", required=True, readonly=True, help="The partner's own number."
    )
    reference = fields.Char(readonly=True)
    adjusted_at = fields.Datetime(
        readonly=True, help="When the partner changed its stock, in UTC."
    )
    state = fields.Selection(
        [
            ("to_approve", "Waits for approval"),
            ("applied", "Booked"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    wait_reason = fields.Char("Waits because", readonly=True)
    value = fields.Monetary(
        readonly=True,
        help="What is found and what is lost, both counted up at cost: they do not "
        "cancel out.",
    )
    line_ids = fields.One2many("dist.adjustment.line", "adjustment_id", readonly=True)
    summary = fields.Char("What changed", compute="_compute_summary")
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    decision_note = fields.Char(
        "Remark", help="Why it was approved or refused. A refusal needs one."
    )

    _key_unique = models.UniqueIndex(
        "(backend_id, adjustment_key)", "This adjustment is here already."
    )

    @api.depends("line_ids.product_id", "line_ids.quantity", "line_ids.reason_code")
    def _compute_summary(self):
        for adjustment in self:
            adjustment.summary = ", ".join(
                f"{line.quantity:+g} {line.product_id.display_name}"
                f" ({line.reason_code.replace('_', ' ')})"
                for line in adjustment.line_ids
            )

    # -------------------------------------------------------------- buttons

    def action_approve(self):
        """Book adjustments that wait.

        :raises AccessError: for anybody but a reviewer
        :raises UserError: one of them does not wait any more
        """
        waiting = self._to_decide()
        try:
            waiting._book()
        except DistError as exc:
            raise UserError(exc.advice) from exc
        waiting._decide("applied", "adjustment.approve")
        return True

    def action_refuse(self):
        """Book nothing: the partner has to take its change back.

        :raises AccessError: for anybody but a reviewer
        :raises UserError: without a remark, or when it does not wait any more
        """
        waiting = self._to_decide()
        silent = waiting.filtered(lambda a: not a.decision_note)
        if silent:
            raise UserError(
                self.env._(
                    "Say in the remark why %s is refused: the warehouse will ask.",
                    silent[0].adjustment_key,
                )
            )
        waiting._decide("refused", "adjustment.refuse")
        return True

    def action_open_moves(self):
        """Open the stock moves of the adjustment."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock.stock_move_action"
        )
        action["domain"] = [("id", "in", self.line_ids.move_ids.ids)]
        action["context"] = {}
        return action

    def _to_decide(self):
        """Lock what waits, so that two reviewers cannot decide the same one.

        :return: the adjustments, in sudo: reviewers need no rights on stock moves
        """
        self.check_access("read")
        reviewer = self.env.user.has_group("dist_connector_base.group_reviewer")
        if not (self.env.su or reviewer):
            raise AccessError(
                self.env._("Only a reviewer decides on stock adjustments.")
            )
        self.lock_for_update()
        decided = self.filtered(lambda a: a.state != "to_approve")
        if decided:
            raise UserError(
                self.env._("%s is decided already.", decided[0].adjustment_key)
            )
        return self.sudo()

    def _decide(self, state, action):
        self.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )
        for adjustment in self:
            self.env["dist.audit"]._record(
                action, adjustment, adjustment.decision_note or ""
            )

    # ------------------------------------------------------ business verbs

    @api.model
    def _take(self, adjustments):
        """Book what may be booked at once; the rest waits for a reviewer.

        :param adjustments: recordset just made, in state ``applied``
        """
        for adjustment in adjustments:
            why = adjustment._why_wait()
            if why:
                adjustment.write({"state": "to_approve", "wait_reason": why})
        adjustments.filtered(lambda a: a.state == "applied")._book()

    def _why_wait(self):
        """Say why a person has to look at it; empty when nobody has to."""
        self.ensure_one()
        limit = self.backend_id.adjustment_limit
        if not limit:
            return self.env._("Every adjustment waits: no limit is set on the backend.")
        if self.currency_id.compare_amounts(self.value, limit) > 0:
            return self.env._(
                "%(value)s is above the limit of %(limit)s.",
                value=self.currency_id.format(self.value),
                limit=self.currency_id.format(limit),
            )
        for line in self.line_ids:
            missing = line._missing()
            if missing:
                return self.env._(
                    "We hold %(missing)s less of %(product)s than is taken away.",
                    missing=f"{missing:g}",
                    product=line.product_id.display_name,
                )
        return ""

    def _book(self):
        """Make the stock moves of all these adjustments at once."""
        values = [
            vals for line in self.line_ids for vals in line._move_values() if vals
        ]
        moves = self.env["stock.move"].sudo().create(values)
        moves._action_done()
        for adjustment in self:
            adjustment.line_ids.move_ids.date = adjustment.adjusted_at
        self._trigger_waiting(moves)

    def _trigger_waiting(self, moves):
        """Let deliveries that wait for stock have what was found."""
        moves._trigger_assign()
