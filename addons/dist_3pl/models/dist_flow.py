"""Flows to a warehouse know whether its answer comes at once or as a message."""

from odoo import models


class DistFlow(models.Model):
    _inherit = "dist.flow"

    def _answers_later(self):
        """Whether the partner only takes the document now and answers in its own time.

        :rtype: bool
        """
        self.ensure_one()
        flows = self.backend_id.profile_id._parsed().flows
        return flows[self.message_type].answer == "later"
