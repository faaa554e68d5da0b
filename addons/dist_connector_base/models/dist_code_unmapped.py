"""Codes that partners used, or say they have, and nobody has mapped yet."""

from odoo import api, fields, models
from odoo.tools import SQL

#: How far back the list looks.
DAYS = 30
#: Ids of codes that only stand in a partner's list begin behind this.
LISTED = 2**30


class DistCodeUnmapped(models.Model):
    _name = "dist.code.unmapped"
    _description = "Unmapped code"
    _auto = False
    _order = "last_seen desc"
    _rec_name = "code"

    backend_id = fields.Many2one("dist.backend", "Partner", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    vocabulary = fields.Char("Code list", readonly=True)
    code = fields.Char(readonly=True)
    name = fields.Char(
        "In the partner's words",
        readonly=True,
        help="Where the partner tells a list of its codes.",
    )
    direction = fields.Selection(
        [("in", "Incoming"), ("out", "Outgoing")],
        readonly=True,
        help="Incoming: the code is the partner's. Outgoing: it is ours.",
    )
    occurrences = fields.Integer("Seen", readonly=True, help="In the last 30 days.")
    open_count = fields.Integer(
        "Still open", readonly=True, help="Exceptions that wait for this code."
    )
    first_seen = fields.Datetime(readonly=True)
    last_seen = fields.Datetime(readonly=True)

    @property
    def _table_query(self):
        # topics of webhooks are mapped in the profile, not here
        return SQL(
            """WITH seen AS (
               SELECT min(e.id) AS id, e.backend_id, e.company_id, e.vocabulary,
                      e.code_value AS code, d.direction,
                      sum(e.occurrences) AS occurrences,
                      count(*) FILTER (WHERE e.state != 'resolved') AS open_count,
                      min(e.first_seen) AS first_seen, max(e.last_seen) AS last_seen
                 FROM dist_exception e
            LEFT JOIN dist_message m ON m.id = e.message_id
            LEFT JOIN dist_flow f ON f.id = e.flow_id
           CROSS JOIN LATERAL (
                      SELECT coalesce(m.direction, f.direction, 'in') AS direction) d
                WHERE e.error_class = 'mapping' AND e.backend_id IS NOT NULL
                  AND e.code_value IS NOT NULL AND e.vocabulary != 'topic'
                  AND e.last_seen >= (now() AT TIME ZONE 'UTC') - %(days)s
                                     * interval '1 day'
             GROUP BY e.backend_id, e.company_id, e.vocabulary, e.code_value,
                      d.direction),
               named AS (
               SELECT s.id, s.backend_id, s.company_id, s.vocabulary, s.code, l.name,
                      s.direction, s.occurrences, s.open_count, s.first_seen,
                      s.last_seen
                 FROM seen s
            LEFT JOIN dist_code_listed l
                   ON l.backend_id = s.backend_id AND l.vocabulary = s.vocabulary
                  AND l.code = s.code AND s.direction = 'in'
            UNION ALL
               SELECT %(listed)s + l.id, l.backend_id, l.company_id, l.vocabulary,
                      l.code, l.name, 'in', 0, 0, l.create_date, l.seen_at
                 FROM dist_code_listed l
                WHERE NOT EXISTS (
                      SELECT 1 FROM seen s
                       WHERE s.backend_id = l.backend_id AND s.code = l.code
                         AND s.vocabulary = l.vocabulary AND s.direction = 'in'))
               SELECT n.* FROM named n
                WHERE NOT EXISTS (
                      SELECT 1 FROM dist_code_map c
                       WHERE c.backend_id = n.backend_id
                         AND c.vocabulary = n.vocabulary
                         AND CASE n.direction WHEN 'in' THEN c.partner_code
                             ELSE c.canonical_code END = n.code
                         AND coalesce(c.valid_from <= current_date, true)
                         AND coalesce(c.valid_to >= current_date, true))""",
            days=DAYS,
            listed=LISTED,
        )

    @api.depends("vocabulary", "code")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.vocabulary} {row.code}"

    def action_map(self):
        """Open the code map with the code filled in, on the side that it is of."""
        self.ensure_one()
        self.env["dist.code.map"].check_access("create")
        side = "partner_code" if self.direction == "in" else "canonical_code"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Map %s", f"{self.code} {self.name or ''}".strip()),
            "res_model": "dist.code.map",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_backend_id": self.backend_id.id,
                "default_vocabulary": self.vocabulary,
                f"default_{side}": self.code,
            },
        }

    def action_open_exceptions(self):
        """Open the exceptions behind the code."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dist_connector_base.dist_exception_action"
        )
        action["domain"] = [
            ("backend_id", "=", self.backend_id.id),
            ("error_class", "=", "mapping"),
            ("vocabulary", "=", self.vocabulary),
            ("code_value", "=", self.code),
        ]
        action["context"] = {}
        return action
