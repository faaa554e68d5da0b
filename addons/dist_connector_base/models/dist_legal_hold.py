"""Legal holds: what must not be removed while a matter is open."""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class Held(NamedTuple):
    """What all holds in force keep.

    :ivar backends: ids of backends of which everything is kept
    :ivar messages: ids of messages
    :ivar correlations: cases of which all messages are kept
    """

    backends: frozenset[int]
    messages: frozenset[int]
    correlations: frozenset[str]

    def keeps(self, message) -> bool:
        """Say whether a message is held."""
        return (
            message.backend_id.id in self.backends
            or message.id in self.messages
            or message.correlation in self.correlations
        )


class DistLegalHold(models.Model):
    _name = "dist.legal.hold"
    _description = "Legal Hold"
    _inherit = ["dist.audit.mixin"]
    _order = "active desc, id desc"

    name = fields.Char("Reason", required=True, help="Such as the case's number.")
    active = fields.Boolean("In force", default=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users", "Set by", default=lambda self: self.env.user, readonly=True
    )
    backend_id = fields.Many2one("dist.backend", "All of a partner's messages")
    message_id = fields.Many2one("dist.message", "One message")
    correlation = fields.Char("All messages of a case")
    partner_id = fields.Many2one("res.partner", "All messages about")
    released_at = fields.Datetime(readonly=True)

    @api.constrains("name", "backend_id", "message_id", "correlation", "partner_id")
    def _check_target(self):
        for hold in self:
            targets = (
                hold.backend_id,
                hold.message_id,
                hold.correlation,
                hold.partner_id,
            )
            if sum(map(bool, targets)) != 1:
                raise ValidationError(
                    self.env._(
                        "A hold names one thing: a partner's messages, one "
                        "message, a case, or a person or company."
                    )
                )

    # pylint: disable-next=method-required-super
    def unlink(self):
        """A hold is released, not deleted: what it kept has to be told later."""
        # pylint: disable-next=no-raise-unlink
        raise UserError(self.env._("Release the hold instead of deleting it."))

    def _audited_fields(self):
        return super()._audited_fields() | {"name", "active"}

    def action_release(self):
        """End the hold; the next clean-up treats what it kept like everything else."""
        self.check_access("write")
        self.filtered("active").write(
            {"active": False, "released_at": fields.Datetime.now()}
        )

    @api.model
    def _held(self) -> Held:
        """Give what the holds in force keep, in all companies."""
        holds = self.sudo().search([])
        people = holds.partner_id
        about = self.env["dist.message"].sudo()
        messages = set(holds.message_id.ids)
        if people:
            messages.update(about._about_partner(people).ids)
        return Held(
            frozenset(holds.backend_id.ids),
            frozenset(messages),
            frozenset(filter(None, holds.mapped("correlation"))),
        )
