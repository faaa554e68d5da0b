"""Code maps: the partner's code and ours, for one vocabulary."""

import datetime as dt
from zoneinfo import ZoneInfo

from odoo import api, fields, models, tools

from ..core.codes import CodeRow, CodeTable, Translator


class DistCodeMap(models.Model):
    _name = "dist.code.map"
    _description = "Code Map"
    _inherit = ["dist.cache.mixin", "dist.audit.mixin"]
    _order = "backend_id, vocabulary, partner_code, valid_from, id"
    _rec_name = "partner_code"

    backend_id = fields.Many2one(
        "dist.backend", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    vocabulary = fields.Char(
        required=True, help="The code list, such as carrier, unit, status or reason."
    )
    partner_code = fields.Char(required=True)
    canonical_code = fields.Char("Our Code", required=True)
    preferred = fields.Boolean(
        default=True,
        help="When several partner codes mean one of ours, the preferred one is sent.",
    )

    valid_from = fields.Date(
        help="First day. Of several rows of one code, the one that began last counts."
    )
    valid_to = fields.Date(help="Last day; empty: without an end.")

    # One row of a code begins on a day. Rows may overlap: the later beginning counts.
    _partner_code_unique = models.UniqueIndex(
        "(backend_id, vocabulary, partner_code, "
        "coalesce(valid_from, '0001-01-01'::date))",
        "This partner code is mapped already.",
    )
    _days_in_order = models.Constraint(
        "CHECK (valid_to >= valid_from)", "A code ends after it begins."
    )

    def _audited_fields(self):
        return super()._audited_fields() | {
            "vocabulary",
            "partner_code",
            "canonical_code",
            "preferred",
            "valid_from",
            "valid_to",
        }

    @api.model
    @tools.ormcache("backend_id")
    def _codes(self, backend_id):
        """Give all rows of a backend, ready to be looked up by day.

        :rtype: core.codes.CodeTable
        """
        rows = self.sudo().search([("backend_id", "=", backend_id)], order="id")
        return CodeTable(
            CodeRow(
                row.vocabulary,
                row.partner_code,
                row.canonical_code,
                row.preferred,
                row.valid_from or None,
                row.valid_to or None,
            )
            for row in rows
        )

    @api.model
    def _translator(self, backend_id):
        """Give the function ``(vocabulary, code, direction) -> code`` of a backend.

        It has the codes of today; ``on(day)`` gives those of another day. The function
        raises MappingError for a code that is not mapped: an unknown code is never
        ignored.

        :rtype: core.codes.Translator
        """
        table = self._codes(backend_id)
        zone = "UTC"
        if table.dated:
            backend = self.env["dist.backend"].sudo().browse(backend_id)
            zone = backend.tz or zone
        return Translator(table, dt.datetime.now(ZoneInfo(zone)).date())
