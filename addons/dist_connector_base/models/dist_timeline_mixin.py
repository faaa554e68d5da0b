"""What gives an order, a transfer or a bill its timeline and its messages."""

from odoo import fields, models


class DistTimelineMixin(models.AbstractModel):
    """For models whose records partners are told of.

    A model says with :meth:`_dist_correlations` which business cases its records
    belong to; everything else comes with the mixin and two buttons on the form.
    """

    _name = "dist.timeline.mixin"
    _description = "Timeline"

    dist_timeline_count = fields.Integer(
        "Timeline steps",
        compute="_compute_dist_timeline",
        help="What happened to this case in Odoo and at partners.",
    )
    dist_missing_count = fields.Integer(
        "Answers overdue", compute="_compute_dist_timeline"
    )
    dist_message_count = fields.Integer(
        "Messages of the case",
        compute="_compute_dist_message_count",
        groups="dist_connector_base.group_operator,dist_connector_base.group_auditor",
    )

    # ------------------------------------------------------------- computes

    def _compute_dist_timeline(self):
        for record in self:
            domain = record._dist_chain_domain()
            lines = self.env["dist.timeline"]
            record.dist_timeline_count = domain and lines.search_count(domain)
            record.dist_missing_count = domain and lines.search_count(
                [*domain, ("state", "=", "missing")]
            )

    def _compute_dist_message_count(self):
        for record in self:
            domain = record._dist_chain_domain()
            messages = self.env["dist.message"]
            record.dist_message_count = domain and messages.search_count(domain)

    # -------------------------------------------------------------- buttons

    def action_dist_timeline(self):
        """Open what happened to this case, in Odoo and at partners."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dist_connector_base.dist_timeline_action"
        )
        action["name"] = self.env._("Timeline of %s", self.display_name)
        action["domain"] = self._dist_chain_domain() or [(0, "=", 1)]
        return action

    def action_dist_messages(self):
        """Open the messages of this case."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dist_connector_base.dist_message_action"
        )
        action["domain"] = self._dist_chain_domain() or [(0, "=", 1)]
        action["context"] = {}
        return action

    # ------------------------------------------------------------- services

    def _dist_correlations(self):
        """Give the correlation ids of the cases that the record belongs to.

        :rtype: list[str]
        """
        self.ensure_one()
        return [self.display_name] if self.display_name else []

    def _dist_correlation(self):
        """Give the correlation id that a message about the record carries."""
        return next(iter(self._dist_correlations()), "")

    def _dist_chain_domain(self):
        """Give the domain of the case on messages, milestones and the timeline.

        :return: False for a record that is not stored yet
        """
        self.ensure_one()
        if not self._origin.id:
            return False
        return [
            ("company_id", "in", [self.company_id.id or self.env.company.id, False]),
            "|",
            ("correlation", "in", self._dist_correlations()),
            "&",
            ("res_model", "=", self._name),
            ("res_id", "=", self._origin.id),
        ]
