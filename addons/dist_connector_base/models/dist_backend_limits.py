"""How hard a partner may be called, and when it is left alone."""

from odoo import fields, models

from ..core.breaker import Policy


class DistBackend(models.Model):
    _inherit = "dist.backend"

    circuit_ids = fields.One2many("dist.circuit", "backend_id", "Lines")
    calls_per_minute = fields.Float(
        help="At most so many requests in a minute, by all workers together. 0: as the "
        "partner's own answers ask for."
    )
    calls_burst = fields.Integer(
        "Requests at once",
        default=10,
        help="So many may follow each other without a pause after a quiet time.",
    )
    lanes = fields.Integer(
        "Workers at once",
        help="So many jobs may talk to this partner at the same time. 0: half of the "
        "workers of the queue, so that a partner that hangs never takes them all.",
    )
    breaker_share = fields.Float(
        "Stop at failures of",
        default=50.0,
        help="In percent of the requests of the last two minutes.",
    )
    breaker_minimum = fields.Integer(
        "Of at least so many requests",
        default=4,
        help="Fewer requests in two minutes say nothing about the partner.",
    )
    breaker_pause = fields.Integer(
        "First pause",
        default=30,
        help="In seconds until one request tries whether the partner is back. Each "
        "try that fails doubles it, up to 15 minutes.",
    )
    breaker_trials = fields.Integer(
        "Requests that try it",
        default=1,
        help="All of them must succeed before everything goes out again.",
    )
    slow_after = fields.Integer(
        default=20,
        help="In seconds; a partner that answers most requests slower is stopped too.",
    )

    _limits_not_negative = models.Constraint(
        "CHECK (coalesce(lanes, 0) >= 0 AND coalesce(calls_per_minute, 0) >= 0)",
        "A limit cannot be below zero.",
    )

    def _breaker_policy(self):
        """Give when to stop calling.

        :rtype: core.breaker.Policy
        """
        self.ensure_one()
        return Policy(
            minimum=max(self.breaker_minimum, 1),
            failures=min(max(self.breaker_share, 1.0), 100.0) / 100,
            slow_after=float(max(self.slow_after, 1)),
            pause=float(max(self.breaker_pause, 1)),
            trials=max(self.breaker_trials, 1),
        )
