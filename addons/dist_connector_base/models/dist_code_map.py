"""Code maps: the partner's code and ours, for one vocabulary."""

from odoo import api, fields, models, tools

from ..core.errors import MappingError


class DistCodeMap(models.Model):
    _name = "dist.code.map"
    _description = "Code Map"
    _inherit = ["dist.cache.mixin", "dist.audit.mixin"]
    _order = "backend_id, vocabulary, partner_code"
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

    _partner_code_unique = models.UniqueIndex(
        "(backend_id, vocabulary, partner_code)",
        "This partner code is mapped already.",
    )

    def _audited_fields(self):
        return super()._audited_fields() | {
            "vocabulary",
            "partner_code",
            "canonical_code",
            "preferred",
        }

    @api.model
    @tools.ormcache("backend_id")
    def _codes(self, backend_id):
        """Give both directions of all vocabularies of a backend.

        :return: ``{("in", vocabulary): {theirs: ours}, ("out", ...): {ours: theirs}}``
        """
        table = {}
        rows = self.sudo().search([("backend_id", "=", backend_id)], order="preferred")
        for row in rows:
            table.setdefault(("in", row.vocabulary), {})[row.partner_code] = (
                row.canonical_code
            )
            # preferred rows come last and win
            table.setdefault(("out", row.vocabulary), {})[row.canonical_code] = (
                row.partner_code
            )
        return table

    @api.model
    def _translator(self, backend_id):
        """Give the function ``(vocabulary, code, direction) -> code`` of a backend.

        The function raises MappingError for a code that is not mapped: an unknown
        code is never ignored.
        """
        table = self._codes(backend_id)

        def translate(vocabulary: str, code: str, direction: str) -> str:
            known = table.get((direction, vocabulary), {})
            if code in known:
                return known[code]
            side = "partner's" if direction == "in" else "canonical"
            raise MappingError(
                f"the {side} {vocabulary} code {code!r} is not mapped",
                vocabulary=vocabulary,
                value=code,
                next_step=f"Add {code!r} to the code map {vocabulary!r} of this "
                "backend, then replay the message.",
            )

        return translate
