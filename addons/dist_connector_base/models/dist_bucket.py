"""Buckets: how often a partner may be called with one credential."""

from odoo import fields, models


class DistBucket(models.Model):
    """The state that all workers share. Written by ``pipeline.gate`` in SQL."""

    _name = "dist.bucket"
    _description = "Call Allowance"
    _rec_name = "credential"
    _log_access = False

    backend_id = fields.Many2one(
        "dist.backend", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    credential = fields.Char(
        required=True, readonly=True, help="Name of the credential; empty without one."
    )
    tokens = fields.Float(readonly=True, help="Calls that may go out at once.")
    counted_at = fields.Float(readonly=True, help="Unix time of the count.")
    paused_until = fields.Datetime(
        readonly=True, help="The partner asked for silence until then."
    )

    _credential_unique = models.UniqueIndex("(backend_id, credential)")
