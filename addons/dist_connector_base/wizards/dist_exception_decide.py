"""Ask what a decision needs: a reason, an owner, a pace."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class DistExceptionDecide(models.TransientModel):
    _name = "dist.exception.decide"
    _description = "Decide Exceptions"

    kind = fields.Selection(
        [
            ("accept", "Accept and close"),
            ("reject", "Reject and tell the partner"),
            ("assign", "Assign"),
            ("redrive", "Replay at a measured pace"),
        ],
        required=True,
        readonly=True,
    )
    exception_ids = fields.Many2many(
        "dist.exception",
        readonly=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    count = fields.Integer(compute="_compute_count")
    reason = fields.Text()
    must_tell = fields.Boolean(compute="_compute_count")
    told = fields.Char(
        "How the partner was told",
        help="Such as: called their desk at ten, they will send it anew.",
    )
    team_id = fields.Many2one("dist.team")
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        domain=lambda self: (
            self.env["dist.exception"]
            ._fields["user_id"]
            .domain(self.env["dist.exception"])
        ),
    )
    per_minute = fields.Integer(
        "Messages each minute",
        default=30,
        help="They come due one after the other, so that neither the partner nor what "
        "arrives meanwhile has to wait behind all of them.",
    )

    @api.depends("exception_ids", "kind")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.exception_ids)
            wizard.must_tell = wizard.kind == "reject" and not all(
                wizard.exception_ids.mapped("can_tell_partner")
            )

    def action_apply(self):
        """Do what was decided."""
        self.ensure_one()
        exceptions = self.exception_ids
        if self.kind == "accept":
            exceptions._accept(self.reason)
        elif self.kind == "reject":
            exceptions._reject(self.reason, self.told or "")
        elif self.kind == "assign":
            if not self.team_id and not self.user_id:
                raise UserError(self.env._("Name a team or an owner."))
            exceptions._assign(self.team_id, self.user_id)
        else:
            return self._redrive()
        return {"type": "ir.actions.act_window_close"}

    def _redrive(self):
        exceptions = self.exception_ids
        exceptions._need("group_operator")
        if self.per_minute <= 0:
            raise UserError(self.env._("Say how many each minute."))
        count = exceptions._replay(self.per_minute)
        minutes = -(-count // self.per_minute)
        return exceptions._notify(
            self.env._(
                "%(count)s messages are in line again, over about %(minutes)s minutes.",
                count=count,
                minutes=minutes,
            )
        )
