"""Milestones: what happened to a business document, where, when, by which message."""

from odoo import api, fields, models
from odoo.tools import SQL

#: In the order in which a document usually meets them.
MILESTONES = [
    ("ordered", "Ordered"),
    ("requested", "Request put in line"),
    ("sent", "Sent"),
    ("acknowledged", "Accepted by the partner"),
    ("rejected", "Rejected by the partner"),
    ("hold_asked", "Hold asked for"),
    ("on_hold", "On hold at the partner"),
    ("hold_refused", "Hold refused"),
    ("release_asked", "Release asked for"),
    ("released", "Released"),
    ("release_refused", "Release refused"),
    ("change_asked", "Change asked for"),
    ("changed", "Change accepted"),
    ("change_refused", "Change refused"),
    ("cancel_asked", "Cancel asked for"),
    ("cancel_refused", "Cancel refused"),
    ("cancelled", "Cancelled"),
    ("shipped", "Shipped"),
    ("arrived", "At the door"),
    ("received", "Received"),
    ("returned", "Returned"),
    ("adjusted", "Stock adjusted"),
    ("invoiced", "Invoiced"),
    ("paid", "Paid"),
]


class DistMilestone(models.Model):
    _name = "dist.milestone"
    _description = "Milestone"
    _order = "happened_at, id"
    _rec_name = "kind"

    kind = fields.Selection(MILESTONES, required=True, readonly=True)
    happened_at = fields.Datetime(required=True, readonly=True)
    correlation = fields.Char(
        "Order", readonly=True, help="What ties the documents of one case together."
    )
    reference = fields.Char("Document", readonly=True)
    note = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    backend_id = fields.Many2one(
        "dist.backend", "Partner", readonly=True, ondelete="cascade"
    )
    message_id = fields.Many2one("dist.message", readonly=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", "By", readonly=True)
    res_model = fields.Char("Related model", readonly=True)
    res_id = fields.Many2oneReference(
        "Related record", model_field="res_model", readonly=True
    )

    _message_once = models.UniqueIndex(
        "(message_id, kind) WHERE message_id IS NOT NULL",
        "This message was noted already.",
    )
    _record_once = models.UniqueIndex(
        "(res_model, res_id, kind, correlation) WHERE message_id IS NULL",
        "This was noted already.",
    )
    _chain = models.Index("(correlation, company_id)")
    _record = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")

    @api.model
    def _note(self, records, kind):
        """Note what happened to records in Odoo itself, in one statement.

        :param records: records of one model with ``dist.timeline.mixin``
        :param kind: a value of ``kind``; noted once for each record
        """
        rows = [
            (record.id, record.company_id.id or None, correlation)
            for record in records
            for correlation in record._dist_correlations()
        ]
        if not rows:
            return
        ids, companies, correlations = (list(c) for c in zip(*rows, strict=True))
        self.env.cr.execute(
            SQL(
                """INSERT INTO dist_milestone
                       (kind, happened_at, company_id, correlation, res_model, res_id,
                        user_id, create_date, write_date)
                   SELECT %s, t.now, v.company_id, v.correlation, %s, v.id, %s, t.now,
                          t.now
                     FROM unnest(%s::int[], %s::int[], %s::varchar[])
                          AS v (id, company_id, correlation)
                    CROSS JOIN (SELECT date_trunc('seconds', clock_timestamp()
                                                  AT TIME ZONE 'UTC') AS now) AS t
                   ON CONFLICT (res_model, res_id, kind, correlation)
                      WHERE message_id IS NULL
                   DO NOTHING""",
                kind,
                records._name,
                self.env.uid,
                ids,
                companies,
                correlations,
            )
        )
        self.invalidate_model()
