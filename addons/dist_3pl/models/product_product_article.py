"""Products that a warehouse knows: their changes are sent to it."""

from odoo import api, models
from odoo.addons.dist_connector_base.core.errors import BusinessError

from ..handlers.article import ARTICLE_FIELDS

_CHANGED = "dist_3pl.changed_articles"


class ProductProduct(models.Model):
    _inherit = "product.product"

    def write(self, vals):
        """Send what the warehouses have to know, when the transaction is stored."""
        result = super().write(vals)
        if not ARTICLE_FIELDS.isdisjoint(vals):
            self._dist_article_changed()
        return result

    def action_dist_send_article(self):
        """Tell every warehouse that takes articles of these products."""
        self.check_access("read")
        # sudo: the flows of partners are not for everybody who keeps products
        flows = (
            self.env["dist.flow"]
            .sudo()
            .search(
                [
                    ("message_type", "=", "article"),
                    ("backend_id.active", "=", True),
                    ("company_id", "in", self.env.companies.ids),
                ]
            )
        )
        for backend in flows.backend_id:
            self.env["dist.handler.article"].sudo()._ensure(backend, self.sudo())
        return True

    def _dist_article_changed(self):
        pending = self.env.cr.precommit.data.setdefault(_CHANGED, set())
        if not pending:
            model = self.env(su=True, context={})["product.product"]
            self.env.cr.precommit.add(model._dist_send_changed)
        pending.update(self.ids)

    @api.model
    def _dist_send_changed(self):
        """Send changed products to the warehouses that know them."""
        ids = self.env.cr.precommit.data.pop(_CHANGED, set())
        bindings = self.env["dist.binding"].search(
            [("res_model", "=", "product.product"), ("res_id", "in", list(ids))]
        )
        handler = self.env["dist.handler.article"]
        for backend, known in bindings.grouped("backend_id").items():
            products = self.browse(known.mapped("res_id")).exists()
            for product in products:
                binding = known.filtered(lambda b, p=product: b.res_id == p.id)
                try:
                    handler._refuse_renamed(binding, product)
                except BusinessError as exc:
                    self.env["dist.exception"]._open_for_cause(
                        backend, backend._flow("article"), exc
                    )
            handler._ensure(backend, products)
