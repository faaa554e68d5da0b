"""Codes that a partner says it has, whether they came up yet or not."""

from odoo import api, fields, models


class DistCodeListed(models.Model):
    _name = "dist.code.listed"
    _description = "Code of a Partner"
    _order = "backend_id, vocabulary, code"
    _rec_name = "code"

    backend_id = fields.Many2one(
        "dist.backend", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="backend_id.company_id", store=True, index=True
    )
    vocabulary = fields.Char("Code list", required=True, readonly=True)
    code = fields.Char(required=True, readonly=True)
    name = fields.Char("In the partner's words", readonly=True)
    seen_at = fields.Datetime("Told", required=True, readonly=True)

    _code_unique = models.UniqueIndex(
        "(backend_id, vocabulary, code)", "The partner has this code already."
    )

    @api.model
    def _keep(self, backend, vocabulary, codes):
        """Make a list what the partner says now. What people mapped stays as it is.

        :param codes: ``{code: what the partner calls it}``
        """
        known = self.sudo().search(
            [("backend_id", "=", backend.id), ("vocabulary", "=", vocabulary)]
        )
        now = fields.Datetime.now()
        known.filtered(lambda row: row.code not in codes).unlink()
        kept = known.exists()
        for row in kept:
            row.write({"name": codes[row.code], "seen_at": now})
        have = set(kept.mapped("code"))
        kept.create(
            [
                {
                    "backend_id": backend.id,
                    "vocabulary": vocabulary,
                    "code": code,
                    "name": name,
                    "seen_at": now,
                }
                for code, name in codes.items()
                if code not in have
            ]
        )
