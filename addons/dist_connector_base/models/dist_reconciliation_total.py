"""Control totals of a comparison: both sides, and the differences between them."""

from odoo import fields, models


class DistReconciliationTotal(models.Model):
    _name = "dist.reconciliation.total"
    _description = "Control Total"
    _order = "reconciliation_id, id"
    _rec_name = "label"
    # written by SQL, once; who and when is on the run
    _log_access = False

    reconciliation_id = fields.Many2one(
        "dist.reconciliation", "Run", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    field = fields.Char(required=True)
    label = fields.Char("Compared", required=True)
    count_ours = fields.Integer("Rows in Odoo")
    sum_ours = fields.Float("Sum in Odoo", digits=(20, 4))
    count_theirs = fields.Integer("Rows at the partner")
    sum_theirs = fields.Float("Sum at the partner", digits=(20, 4))
    sum_listed = fields.Float(
        "Differences listed", digits=(20, 4), help="Sum of the lines of this run."
    )
    sum_tolerated = fields.Float(
        "Within tolerance", digits=(20, 4), help="Sum of what is not worth a line."
    )

    _foots = models.Constraint(
        "CHECK (sum_theirs - sum_ours = sum_listed + sum_tolerated)",
        "The differences must add up to the difference of the totals.",
    )
