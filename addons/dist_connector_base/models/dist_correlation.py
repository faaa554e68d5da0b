"""Under which numbers partners know a business case: files, control numbers, traces."""

from odoo import fields, models


class DistCorrelation(models.Model):
    _name = "dist.correlation"
    _description = "Number of a Case"
    _order = "id desc"
    _rec_name = "value"

    kind = fields.Selection(
        [
            ("file", "File name"),
            ("control", "Control number"),
            ("reference", "Reference"),
            ("trace", "Trace ID"),
        ],
        required=True,
        readonly=True,
    )
    value = fields.Char("Number or name", required=True, readonly=True, index=True)
    correlation = fields.Char("Order", readonly=True)
    message_id = fields.Many2one(
        "dist.message", required=True, readonly=True, ondelete="cascade"
    )
    backend_id = fields.Many2one(
        "dist.backend", "Partner", readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True)

    _once = models.UniqueIndex(
        "(message_id, kind, value)", "This number is known already."
    )
    _case = models.Index("(correlation, kind)")
