"""By which numbers of its own a partner knows our products."""

from odoo import api, fields, models


class DistPartnerItem(models.Model):
    _name = "dist.partner.item"
    _description = "Item Number of a Partner"
    _order = "backend_id, product_id"
    _rec_name = "remote_item"

    backend_id = fields.Many2one(
        "dist.backend", "3PL", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    product_id = fields.Many2one(
        "product.product", required=True, ondelete="cascade", index=True
    )
    remote_item = fields.Char(
        "Item number",
        required=True,
        help="The partner's own number of the product. Receipts and returns name the "
        "product by it where the partner's profile asks for it.",
    )

    _product_unique = models.UniqueIndex(
        "(backend_id, product_id)", "This product has a number at this partner already."
    )
    _item_unique = models.UniqueIndex(
        "(backend_id, remote_item)", "This number belongs to another product already."
    )

    @api.model
    def _of(self, backend, products):
        """Give a partner's numbers of products, by product id."""
        found = self.sudo().search(
            [("backend_id", "=", backend.id), ("product_id", "in", products.ids)]
        )
        return {item.product_id.id: item.remote_item for item in found}
