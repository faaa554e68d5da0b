"""Proofs: what a partner's numbers mean, decided by comparing them with ours."""

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import proof as proofs


class DistProof(models.Model):
    """One comparison of candidate meanings with Odoo's numbers; it stays as it was.

    An addon that has candidates calls :meth:`_keep` and overrides
    ``dist.backend._accept_proof`` to take the meaning over.
    """

    _name = "dist.proof"
    _description = "Proof of a meaning"
    _order = "id desc"
    _rec_name = "winner_label"

    backend_id = fields.Many2one(
        "dist.backend", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    subject = fields.Char(required=True, readonly=True, help="Such as stock.")
    ran_at = fields.Datetime(
        "Compared", required=True, readonly=True, default=fields.Datetime.now
    )
    user_id = fields.Many2one("res.users", "Compared by", readonly=True)
    row_count = fields.Integer("Rows compared", readonly=True)
    telling_count = fields.Integer(
        "Rows that tell", readonly=True, help="Rows on which the meanings differ."
    )
    decision = fields.Selection(
        [
            ("decided", "One meaning fits"),
            ("same", "Today all meanings give the same numbers"),
            ("few", "Too few rows tell the meanings apart"),
            ("unclear", "No meaning fits well enough"),
            ("empty", "There is nothing to compare yet"),
        ],
        required=True,
        readonly=True,
    )
    winner = fields.Char("Meaning", readonly=True)
    winner_label = fields.Char("What it means", readonly=True)
    report = fields.Html(readonly=True, sanitize=False)
    accepted_at = fields.Datetime(readonly=True)
    accepted_by_id = fields.Many2one("res.users", readonly=True)

    @api.model
    def _keep(self, backend, subject, labels, patterns, declared=""):
        """Weigh the candidates, and keep the outcome.

        :param labels: ``{candidate: what it means}``
        :param patterns: see ``core.proof.weigh``; flags in the order of ``labels``
        :param declared: the candidate that stands on the backend; it is kept where
            all of them give the same numbers
        :return: the proof
        """
        found = proofs.weigh(tuple(labels), patterns)
        winner = declared if found.decision == "same" else found.winner
        # sudo: nobody writes proofs but this
        proof = self.sudo().create(
            {
                "backend_id": backend.id,
                "subject": subject,
                "user_id": self.env.uid,
                "row_count": found.rows,
                "telling_count": found.telling,
                "decision": found.decision,
                "winner": winner,
                "winner_label": labels.get(winner, ""),
                "report": self._report_table(found, labels),
            }
        )
        return self.browse(proof.id)

    @api.model
    def _report_table(self, found, labels) -> Markup:
        row = Markup(
            '<tr><td>{}</td><td class="text-end">{}</td><td class="text-end">{}</td>'
            "</tr>"
        )
        head = Markup(
            '<tr><th>{}</th><th class="text-end">{}</th><th class="text-end">{}</th>'
            "</tr>"
        ).format(
            self.env._("Meaning"),
            self.env._("Fits, of all rows"),
            self.env._("Fits, of the rows that tell"),
        )
        rows = [
            row.format(
                labels[fit.key],
                f"{fit.rows} / {found.rows}",
                f"{fit.telling} / {found.telling}",
            )
            for fit in found.fits
        ]
        return Markup(
            '<table class="table table-sm mb-0"><thead>{}</thead><tbody>{}</tbody>'
            "</table>"
        ).format(head, Markup("").join(rows))

    def action_accept(self):
        """Take the proved meaning over to the backend.

        :raises UserError: when the comparison decided nothing
        """
        self.ensure_one()
        self.backend_id.check_access("write")
        if not self.winner:
            raise UserError(self.env._("The comparison decided nothing."))
        self.backend_id._accept_proof(self)
        self.sudo().write(
            {"accepted_at": fields.Datetime.now(), "accepted_by_id": self.env.uid}
        )
        self.env["dist.audit"]._record(
            "proof.accept",
            self.backend_id,
            f"{self.subject}: {self.winner}",
            rows=self.row_count,
            telling=self.telling_count,
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
