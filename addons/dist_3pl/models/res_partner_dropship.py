"""Suppliers whose drop-shipments are asked for as a 3PL's deliveries are."""

from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    dist_dropship_backend_id = fields.Many2one(
        "dist.backend",
        "Drop-ships through",
        company_dependent=True,
        check_company=True,
        ondelete="restrict",
        groups="dist_connector_base.group_manager",
        help="The partner that is asked to ship what this vendor drop-ships: the "
        "vendor itself, or a 3PL that ships for it. Confirming a drop-ship purchase "
        "order sends a fulfilment request there.",
    )
    dist_dropship_possible = fields.Boolean(compute="_compute_dist_dropship_possible")

    def _compute_dist_dropship_possible(self):
        """Say whether the app Dropshipping is there, with its operation type."""
        codes = self.env["stock.picking.type"]._fields["code"].get_values(self.env)
        self.dist_dropship_possible = "dropship" in codes
