"""Prove what a partner's stock levels mean, by comparing them with Odoo's stock."""

from odoo import models
from odoo.addons.dist_connector_base.core.profile import STOCK_FLOW
from odoo.addons.dist_connector_base.models.dist_backend_go_live import Check
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..reconcile import stock_sql

#: Quantities that differ by less are equal: half of the finest unit that is kept.
SAME = 0.00005


class DistBackend(models.Model):
    _inherit = "dist.backend"

    def action_prove_stock(self):
        """Compare the candidate meanings over all rows that the partner told."""
        self.ensure_one()
        self.check_access("write")
        labels = dict(self._fields["stock_basis"]._description_selection(self.env))
        proof = self.env["dist.proof"]._keep(
            self,
            "stock",
            {key: labels[key] for key in ("gross", "net_told", "net")},
            self._stock_patterns(),
            declared=self.stock_basis,
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Meaning of stock"),
            "res_model": "dist.proof",
            "res_id": proof.id,
            "view_mode": "form",
            "target": "new",
        }

    def _stock_patterns(self):
        """Count the rows by the meanings that they agree with.

        A row is a product in one warehouse and status, summed over its lots. Theirs
        is told stock, ours the quantity on hand (h) and what is reserved of it (r):
        gross is q = h, net with the promised part told is q + a = h, net is
        q = h - r.

        :rtype: dict[tuple[bool, bool, bool], int]
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """WITH theirs AS (
                       SELECT warehouse_id, product_id, status,
                              sum(quantity) AS q, sum(coalesce(allocated, 0)) AS a
                         FROM dist_partner_stock
                        WHERE backend_id = %(backend)s AND company_id = %(company)s
                          AND warehouse_id IS NOT NULL
                     GROUP BY 1, 2, 3),
                   ours AS (
                       SELECT loc.warehouse_id, quant.product_id,
                              loc.status::varchar AS status,
                              sum(quant.quantity) AS h,
                              sum(quant.reserved_quantity) AS r
                         FROM stock_quant quant
                         JOIN (%(locations)s) AS loc ON loc.id = quant.location_id
                        WHERE quant.company_id = %(company)s
                     GROUP BY 1, 2, 3)
                   SELECT abs(q - coalesce(h, 0)) < %(same)s,
                          abs(q + a - coalesce(h, 0)) < %(same)s,
                          abs(q - coalesce(h, 0) + coalesce(r, 0)) < %(same)s,
                          count(*)
                     FROM theirs LEFT JOIN ours USING (warehouse_id, product_id, status)
                 GROUP BY 1, 2, 3""",
                backend=self.id,
                company=self.company_id.id,
                locations=stock_sql.locations(self),
                same=SAME,
            )
        )
        return {flags: count for *flags, count in rows for flags in [tuple(flags)]}

    def _accept_proof(self, proof):
        result = super()._accept_proof(proof)
        if proof.subject == "stock":
            if proof != self.proof_ids.filtered(lambda p: p.subject == "stock")[:1]:
                raise UserError(
                    self.env._("There is a newer comparison: look at that one.")
                )
            self.stock_basis = proof.winner
        return result

    def _go_live_checks(self):
        checks = super()._go_live_checks()
        profile = self.profile_id._parsed()
        if STOCK_FLOW in profile.flows and profile.stock.proof:
            proof = self._proved("stock")
            detail = ""
            if proof:
                detail = self.env._(
                    "%(meaning)s (%(rows)s rows, %(telling)s that tell)",
                    meaning=proof.winner_label,
                    rows=proof.row_count,
                    telling=proof.telling_count,
                )
            checks.append(
                Check(
                    "stock",
                    bool(proof) and proof.winner == self.stock_basis,
                    self.env._("The meaning of its stock levels is proved"),
                    detail,
                    self.env._(
                        "Have the partner send its stock, then press Prove the meaning "
                        "on the tab Stock."
                    ),
                )
            )
        return checks
