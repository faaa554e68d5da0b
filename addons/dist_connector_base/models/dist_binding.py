"""External ids."""

from odoo import fields, models


class DistBinding(models.Model):
    _name = "dist.binding"
    _description = "External ID of a Record"
    _order = "backend_id, res_model, res_id"
    _rec_name = "external_id"

    backend_id = fields.Many2one(
        "dist.backend", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    res_model = fields.Char("Model", required=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", required=True)
    external_id = fields.Char("External ID", required=True)
    remote_id = fields.Char(
        "Partner's own number", help="Its number of the record, where it has one."
    )
    hash_sent = fields.Char(help="Content hash of what we sent last.")
    hash_seen = fields.Char(help="Content hash of what the partner told last.")

    _external_unique = models.UniqueIndex(
        "(backend_id, res_model, external_id)",
        "This external ID belongs to another record already.",
    )
    _record_unique = models.UniqueIndex(
        "(backend_id, res_model, res_id)",
        "This record has an external ID at this backend already.",
    )
