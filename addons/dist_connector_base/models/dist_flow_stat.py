"""What a flow did, by the hour: numbers over months without reading the ledger."""

from odoo import api, fields, models
from odoo.tools import SQL

#: Upper ends of the latency classes, in seconds, from stored to done.
LATENCY_CLASSES = (5, 60, 600, 3600)
#: Hours that are counted anew each time: longer than any transaction stays open.
RECOUNTED_HOURS = 2


class DistFlowStat(models.Model):
    """One row per flow and hour.

    The last hours are counted anew every few minutes and the older ones stay as they
    are, so a message that is committed late is still counted, and none twice.
    """

    _name = "dist.flow.stat"
    _description = "Flow Statistics by the Hour"
    _order = "hour desc, flow_id"
    _log_access = False

    flow_id = fields.Many2one(
        "dist.flow", required=True, readonly=True, index=True, ondelete="cascade"
    )
    backend_id = fields.Many2one("dist.backend", readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True)
    hour = fields.Datetime(required=True, readonly=True, help="Begin of the hour, UTC.")
    done = fields.Integer(readonly=True)
    duplicate = fields.Integer(readonly=True)
    cancelled = fields.Integer(readonly=True)
    seconds = fields.Float(
        "Seconds in all", readonly=True, help="From stored to done, over all done."
    )
    within_5 = fields.Integer("Done within 5 s", readonly=True)
    within_60 = fields.Integer("Done within 1 min", readonly=True)
    within_600 = fields.Integer("Done within 10 min", readonly=True)
    within_3600 = fields.Integer("Done within 1 h", readonly=True)
    last_done_at = fields.Datetime(readonly=True)

    _hour_unique = models.UniqueIndex("(hour, flow_id)")

    @api.model
    def _cron_count(self):
        """Count the last hours anew, and whatever a stopped server left out."""
        self._count()

    @api.model
    def _count(self):
        """Count the documents that were finished since the last hours on record.

        :return: number of rows written
        """
        within = SQL(", ").join(
            SQL("count(*) FILTER (WHERE state = 'done' AND seconds <= %s)", limit)
            for limit in LATENCY_CLASSES
        )
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO dist_flow_stat AS s (
                       flow_id, backend_id, company_id, hour, done, duplicate,
                       cancelled, seconds, last_done_at,
                       within_5, within_60, within_600, within_3600)
                   SELECT flow_id, min(backend_id), min(company_id), hour,
                          count(*) FILTER (WHERE state = 'done'),
                          count(*) FILTER (WHERE state = 'duplicate'),
                          count(*) FILTER (WHERE state = 'cancelled'),
                          coalesce(sum(seconds) FILTER (WHERE state = 'done'), 0),
                          max(done_at) FILTER (WHERE state = 'done'), %(within)s
                     FROM (SELECT flow_id, backend_id, company_id, state, done_at,
                                  date_trunc('hour', done_at) AS hour,
                                  extract(epoch FROM done_at - received_at) AS seconds
                             FROM dist_message
                            WHERE done_at >= %(since)s AND flow_id IS NOT NULL
                              AND kind = 'document') AS finished
                 GROUP BY flow_id, hour
               ON CONFLICT (hour, flow_id) DO UPDATE SET
                       done = EXCLUDED.done, duplicate = EXCLUDED.duplicate,
                       cancelled = EXCLUDED.cancelled, seconds = EXCLUDED.seconds,
                       last_done_at = EXCLUDED.last_done_at,
                       within_5 = EXCLUDED.within_5, within_60 = EXCLUDED.within_60,
                       within_600 = EXCLUDED.within_600,
                       within_3600 = EXCLUDED.within_3600
                RETURNING flow_id""",
                within=within,
                since=self._recount_from(),
            )
        )
        self.invalidate_model()
        return len(rows)

    @api.model
    def _recount_from(self):
        """Give the first moment that is counted anew, in UTC."""
        ((since,),) = self.env.execute_query(
            SQL(
                """SELECT coalesce(
                       (SELECT max(hour) FROM dist_flow_stat)
                           - make_interval(hours => %s),
                       'epoch'::timestamp)""",
                RECOUNTED_HOURS,
            )
        )
        return since
