"""What was proved of a backend's numbers."""

from odoo import fields, models


class DistBackend(models.Model):
    _inherit = "dist.backend"

    proof_ids = fields.One2many("dist.proof", "backend_id")

    def _accept_proof(self, proof):
        """Hook: take over the meaning that a proof of a known subject found."""
        self.ensure_one()

    def _proved(self, subject):
        """Give the newest accepted proof of a subject, or an empty record."""
        self.ensure_one()
        return self.env["dist.proof"].search(
            [
                ("backend_id", "=", self.id),
                ("subject", "=", subject),
                ("accepted_at", "!=", False),
            ],
            limit=1,
        )
