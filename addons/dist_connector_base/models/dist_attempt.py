"""Attempts: one try of one step of one message."""

from contextlib import contextmanager

from odoo import api, fields, models
from odoo.tools import SQL


class DistAttempt(models.Model):
    _name = "dist.attempt"
    _description = "Attempt"
    _order = "id desc"
    _rec_name = "step"

    message_id = fields.Many2one(
        "dist.message", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="message_id.company_id")
    step = fields.Selection(
        [
            ("send", "Send"),
            ("look_up", "Look up"),
            ("settle", "Settle"),
            ("map", "Read"),
            ("apply", "Apply"),
        ],
        required=True,
        readonly=True,
    )
    round = fields.Integer(readonly=True)
    started_at = fields.Datetime(readonly=True)
    ended_at = fields.Datetime(
        readonly=True, help="Empty: the server stopped before the answer came."
    )
    outcome = fields.Char(
        readonly=True, help="accepted, rejected, duplicate, unknown, or an error class."
    )
    http_status = fields.Integer(readonly=True, aggregator=False)
    seconds = fields.Float(readonly=True, digits=(12, 3))
    request = fields.Text(readonly=True, help="Secrets and personal data are masked.")
    response = fields.Text(readonly=True, help="Secrets and personal data are masked.")
    remote_id = fields.Char("Partner's ID", readonly=True)
    remote_status = fields.Char("Partner's status", readonly=True)
    code = fields.Char("Partner's code", readonly=True)
    detail = fields.Text(readonly=True)
    job_uuid = fields.Char("Job", readonly=True)

    @contextmanager
    def _own_cursor(self):
        """Give a cursor of its own, committed at the end.

        An attempt is on record before the request leaves, so that a server killed
        in between knows afterwards that the partner may have acted. The job's own
        transaction is not touched: nothing commits inside a job.
        """
        with self.env.registry.cursor() as cr:
            yield cr

    @api.model
    def _begin(self, message_id, step, round_, request=""):
        """Put on record that a request is about to leave.

        :return: id of the attempt
        """
        with self._own_cursor() as cr:
            cr.execute(
                SQL(
                    """INSERT INTO dist_attempt
                           (message_id, step, round, started_at, request, job_uuid)
                       VALUES (%s, %s, %s, now() AT TIME ZONE 'UTC', %s, %s)
                       RETURNING id""",
                    message_id,
                    step,
                    round_,
                    request,
                    self.env.context.get("job_uuid") or None,
                )
            )
            return cr.fetchone()[0]

    @api.model
    def _end(self, attempt_id, outcome, *, verdict=None, response=None, detail=""):
        """Put on record how an attempt ended.

        :param verdict: ``core.wire.Verdict`` when the partner answered
        :param response: ``(http status, masked text, seconds)`` when there was one
        """
        status, text, seconds = response or (None, None, None)
        with self._own_cursor() as cr:
            cr.execute(
                SQL(
                    """UPDATE dist_attempt
                          SET ended_at = now() AT TIME ZONE 'UTC', outcome = %s,
                              http_status = %s, response = %s, seconds = %s,
                              remote_id = %s, remote_status = %s, code = %s,
                              detail = %s
                        WHERE id = %s""",
                    outcome,
                    status,
                    text,
                    seconds,
                    verdict.remote_id if verdict else None,
                    verdict.remote_status if verdict else None,
                    verdict.code if verdict else None,
                    (verdict.message if verdict else "") or detail or None,
                    attempt_id,
                )
            )
