"""Templates of products that a warehouse knows."""

from odoo import models

from ..handlers.article import ARTICLE_FIELDS


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        """Send what the warehouses have to know of the variants."""
        result = super().write(vals)
        if not ARTICLE_FIELDS.isdisjoint(vals):
            self.product_variant_ids._dist_article_changed()
        return result
