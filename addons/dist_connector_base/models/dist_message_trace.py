"""Messages of one case find each other: by order, number, file or control number."""

from odoo import api, fields, models
from odoo.fields import Domain

#: A search that finds more cases than this is too wide to be one.
MOST_CASES = 1000


class DistMessage(models.Model):
    # the ledger itself is in dist_message.py
    _inherit = "dist.message"  # pylint: disable=consider-merging-classes-inherited

    traceparent = fields.Char(
        readonly=True, help="The W3C trace context with which the message came."
    )
    alias_ids = fields.One2many("dist.correlation", "message_id", "Also known as")
    case = fields.Char(
        compute="_compute_case",
        search="_search_case",
        help="Finds all messages of a case by any of its numbers: order, request, "
        "file, control number, or the partner's own.",
    )

    @api.depends("correlation")
    def _compute_case(self):
        for message in self:
            message.case = message.correlation

    def _search_case(self, operator, value):
        """Give all messages whose case has one message that is known by ``value``."""
        if operator not in ("ilike", "=", "=ilike", "like", "=like", "in"):
            return NotImplemented
        known = Domain.OR(
            [(name, operator, value)]
            for name in (
                "correlation",
                "key",
                "remote_id",
                "source",
                "alias_ids.value",
            )
        )
        found = self.search(known, limit=MOST_CASES)
        cases = sorted(set(found.filtered("correlation").mapped("correlation")))
        return Domain("correlation", "in", cases) | Domain("id", "in", found.ids)

    def action_open_case(self):
        """Open all messages of the same case."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dist_connector_base.dist_message_action"
        )
        action["name"] = self.env._("Messages of %s", self.correlation or self.key)
        action["domain"] = [
            ("company_id", "=", self.company_id.id),
            ("correlation", "=", self.correlation or False),
        ]
        action["context"] = {}
        return action
