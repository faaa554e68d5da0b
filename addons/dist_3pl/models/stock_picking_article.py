"""Deliveries that wait until the warehouse knows their articles."""

from odoo import fields, models


class StockPicking(models.Model):
    # fields and screens of the request itself are in stock_picking.py
    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    dist_waits_article = fields.Boolean(
        "Waits for an article",
        readonly=True,
        copy=False,
        help="The request leaves as soon as the partner knows the product.",
    )

    _dist_waits_article = models.Index("(id) WHERE dist_waits_article")

    def _dist_without_unknown_articles(self, backend):
        """Give the deliveries whose articles the partner knows; mark the others.

        :param backend: the ``dist.backend`` that ships them
        """
        needed = {picking: picking._dist_articles(backend) for picking in self}
        products = self.env["product.product"].union(*needed.values())
        waiting = self.env["dist.handler.article"]._ensure(backend, products)
        held = self.browse()
        for picking in self if waiting else ():
            reasons = [
                waiting[product.id]
                for product in needed[picking]
                if product.id in waiting
            ]
            if reasons:
                held += picking
                picking._dist_write(
                    {
                        "dist_state": "blocked",
                        "dist_reason": "\n".join(reasons),
                        "dist_waits_article": True,
                    }
                )
        return self - held

    def _dist_articles(self, backend):
        """Give the products that a partner has to know to ship this delivery."""
        self.ensure_one()
        products = self.move_ids.product_id
        if backend.builds_kits:
            for kit in self.env["dist.kit.lookup"]._of(self.move_ids):
                products |= kit.product
        return products

    def _dist_waiting_for(self, products):
        """Give the deliveries that wait for products to be known."""
        return self.search(
            [
                ("dist_waits_article", "=", True),
                ("dist_state", "=", "blocked"),
                "|",
                ("move_ids.product_id", "in", products.ids),
                # kits stand on the order only
                ("move_ids.sale_line_id.product_id", "in", products.ids),
            ]
        )

    def _dist_articles_known(self, products):
        """Ask anew for deliveries that waited for these products."""
        if not products:
            return
        waiting = self._dist_waiting_for(products)
        waiting._dist_write(
            {"dist_state": "none", "dist_reason": False, "dist_waits_article": False}
        )
        ready = waiting.filtered(lambda p: p.state == "assigned")
        if ready:
            self._dist_collect_later(ready.ids)
