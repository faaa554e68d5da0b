"""Differences: what both sides say of one key, how old that is, and who has it."""

from odoo import api, fields, models

#: What still has to be settled: it is real, and nobody settled or accepted it.
STILL_OPEN = [
    ("current", "=", True),
    ("kind", "!=", "late"),
    ("state", "in", ["open", "asked", "approval"]),
]


class DistReconciliationLine(models.Model):
    _name = "dist.reconciliation.line"
    _description = "Difference"
    _order = "first_seen, value desc, id"
    _rec_name = "key"

    reconciliation_id = fields.Many2one(
        "dist.reconciliation",
        "Run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    source = fields.Selection(
        selection=lambda self: self.env["dist.reconciliation"]._sources(),
        string="What",
        required=True,
        readonly=True,
    )
    backend_id = fields.Many2one(
        "dist.backend", "Partner", required=True, readonly=True, ondelete="cascade"
    )
    flow_id = fields.Many2one("dist.flow", readonly=True, ondelete="set null")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    field = fields.Char("Compared", required=True, readonly=True)
    key = fields.Char(required=True, readonly=True)
    product_id = fields.Many2one(
        "product.product", readonly=True, index="btree_not_null", ondelete="set null"
    )
    reference = fields.Char(readonly=True)
    ours = fields.Float("In Odoo", readonly=True, digits=(20, 4))
    theirs = fields.Float("At the partner", readonly=True, digits=(20, 4))
    difference = fields.Float(
        readonly=True, digits=(20, 4), help="What the partner has more than Odoo."
    )
    value = fields.Monetary(
        readonly=True, help="Zero where the product has no cost: not known."
    )
    ours_changed_at = fields.Datetime("Odoo changed", readonly=True)
    theirs_changed_at = fields.Datetime("Partner said so", readonly=True)
    kind = fields.Selection(
        [
            ("late", "Late"),
            ("missing", "Partner has none"),
            ("extra", "Odoo has none"),
            ("ours_newer", "Odoo is newer"),
            ("theirs_newer", "Partner is newer"),
            ("different", "Different"),
        ],
        required=True,
        readonly=True,
        help="Late: a movement or a document on its way explains it. It is not counted "
        "as a real difference unless it stays.",
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("asked", "Asked the partner"),
            ("approval", "Waits for approval"),
            ("accepted", "Accepted"),
            ("done", "Put right"),
            ("settled", "Settled"),
            ("carried", "Seen again later"),
        ],
        required=True,
        readonly=True,
        default="open",
    )
    current = fields.Boolean(
        "Latest", readonly=True, help="The latest that is known of this key."
    )
    first_seen = fields.Datetime("Since", required=True, readonly=True)
    seen_count = fields.Integer("Runs", readonly=True, help="So often seen in a row.")
    settled_at = fields.Datetime("Settled since", readonly=True)
    age_days = fields.Float("Age (days)", compute="_compute_age_days", digits=(12, 1))
    next_id = fields.Many2one(
        "dist.reconciliation",
        "Next run",
        readonly=True,
        index=True,
        ondelete="set null",
    )
    user_id = fields.Many2one("res.users", "Owner", readonly=True, index=True)
    action = fields.Selection(
        [
            ("adopt", "Adopt theirs"),
            ("republish", "Republish ours"),
            ("recount", "Ask for a recount"),
            ("accept", "Accept"),
        ],
        "Done about it",
        readonly=True,
    )
    reason = fields.Char(readonly=True)
    note = fields.Char("What came of it", readonly=True)
    automatic = fields.Boolean(
        readonly=True, help="Done by the drift policy of the flow, by no person."
    )
    asked_by_id = fields.Many2one("res.users", "Asked by", readonly=True)
    acted_by_id = fields.Many2one("res.users", "Done by", readonly=True)
    acted_at = fields.Datetime("Done at", readonly=True)
    exception_id = fields.Many2one(
        "dist.exception", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _current_unique = models.UniqueIndex(
        "(source, backend_id, key, field) WHERE current",
        "A key has one latest difference.",
    )
    _still_open = models.Index(
        "(backend_id, first_seen) WHERE current AND kind != 'late' AND state IN "
        "('open', 'asked', 'approval')"
    )

    @api.depends("first_seen", "settled_at")
    def _compute_age_days(self):
        now = fields.Datetime.now()
        for line in self:
            end = line.settled_at or now
            line.age_days = (end - (line.first_seen or now)).total_seconds() / 86400

    @api.depends("product_id", "reference", "key")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line._title()

    def _title(self):
        """Say what the difference is about, in words.

        :rtype: str
        """
        self.ensure_one()
        parts = [self.product_id.display_name, self.reference]
        return ", ".join(filter(None, parts)) or self.key
