"""Item lists: a partner's own numbers of our products, kept for what names them."""

from odoo import models
from odoo.addons.dist_connector_base.core.errors import BusinessError


class ItemListHandler(models.AbstractModel):
    _name = "dist.handler.item_list"
    _inherit = "dist.handler"
    _description = "Item list"
    _dist_needs_order = False

    def _apply(self, batch):
        """Keep the numbers; products that are not ours do not matter here."""
        for inbound in batch:
            numbers = {}
            twice = set()
            for row in inbound.document.rows:
                if numbers.setdefault(row.sku, row.remote_item) != row.remote_item:
                    twice.add(row.sku)
            self._keep(inbound.backend, numbers)
            if twice:
                inbound.warn(
                    BusinessError(
                        self.env._(
                            "The partner has several items of one SKU: %s",
                            ", ".join(sorted(twice)[:20]),
                        ),
                        path="rows",
                        next_step=self.env._(
                            "Ask which one is in use and set it under 3PL > Item "
                            "numbers; the first one counts so far."
                        ),
                    )
                )

    def _keep(self, backend, numbers):
        """Store the numbers that are new; one that moved leaves its old product."""
        products = self.env["product.product"].search(
            [
                ("default_code", "in", list(numbers)),
                ("company_id", "in", [False, backend.company_id.id]),
            ]
        )
        wanted = {p.id: numbers[p.default_code] for p in products}
        items = self.env["dist.partner.item"].sudo()
        known = items.search(
            [
                ("backend_id", "=", backend.id),
                "|",
                ("product_id", "in", list(wanted)),
                ("remote_item", "in", list(wanted.values())),
            ]
        )
        right = known.filtered(lambda i: wanted.get(i.product_id.id) == i.remote_item)
        (known - right).unlink()
        items.create(
            [
                {
                    "backend_id": backend.id,
                    "product_id": product_id,
                    "remote_item": number,
                }
                for product_id, number in wanted.items()
                if product_id not in right.product_id.ids
            ]
        )
