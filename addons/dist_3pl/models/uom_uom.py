"""Units of measure carry the code by which partners know them."""

from odoo import fields, models


class UomUom(models.Model):
    _inherit = "uom.uom"

    dist_unit_code = fields.Char(
        "Unit code",
        help="UN/ECE Recommendation 20 code, such as EA, CS, DZN or KGM. Partners' own "
        "codes are mapped to it in the backend's code map.",
    )
