"""How many webhooks came: counted from the ledger itself."""

from odoo import api, models
from odoo.tools import SQL


class DistMessage(models.Model):
    _inherit = "dist.message"

    # what the limit of webhooks a minute is counted from
    _webhook_recent = models.Index(
        "(backend_id, received_at DESC) WHERE via = 'webhook' AND parent_id IS NULL"
    )

    @api.model
    def _webhook_wait(self, backend_id, rate):
        """Say how long a backend's next webhook has to wait.

        The ledger itself is the counter: nothing is written for it, and every worker
        counts the same rows.

        :param rate: webhooks that may come within a minute
        :return: seconds; 0 when there is room
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT 60 - extract(epoch FROM now() AT TIME ZONE 'UTC'
                                              - received_at)
                     FROM dist_message
                    WHERE backend_id = %s AND via = 'webhook' AND parent_id IS NULL
                      AND received_at > now() AT TIME ZONE 'UTC' - interval '1 minute'
                 ORDER BY received_at DESC
                   OFFSET %s LIMIT 1""",
                backend_id,
                rate - 1,
            )
        )
        return max(float(rows[0][0]), 1.0) if rows else 0.0
