"""Articles: told to a warehouse before the first order that needs them."""

import hashlib
from typing import ClassVar

from odoo import models
from odoo.addons.dist_connector_base.core.canonical import Article
from odoo.addons.dist_connector_base.core.errors import BusinessError, DistError
from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.addons.dist_connector_base.pipeline.outbox import Outbound

from ..core.units import decimal

#: What a warehouse has to know; a change of one of these is sent to it.
ARTICLE_FIELDS = frozenset(
    {
        "default_code",
        "name",
        "barcode",
        "uom_id",
        "uom_ids",
        "product_uom_ids",
        "tracking",
        "use_expiration_date",
        "weight",
        "volume",
    }
)


class ArticleHandler(models.AbstractModel):
    _name = "dist.handler.article"
    _inherit = "dist.handler"
    _description = "Article"

    _dist_milestones: ClassVar[dict[str, str]] = {}

    # -------------------------------------------------------------- collect

    def _ensure(self, backend, products):
        """See to it that a warehouse knows products as they are now.

        What it does not know is sent, in the caller's transaction; a change of what
        it knows is sent too, and holds nothing back.

        :return: ``{product id: why orders for it have to wait}``
        """
        if not backend._flow("article"):
            return {}
        bindings = self._bindings(backend, products)
        waiting, news = {}, []
        for product in products:
            try:
                document = self._map(product)
                self._refuse_renamed(bindings.get(product.id), product)
            except DistError as exc:
                waiting[product.id] = str(exc)
                continue
            binding = bindings.get(product.id)
            if binding and _mark(binding.hash_sent) == _mark(document.article_key):
                continue
            if binding:
                document = self._as_change(document, binding)
            news.append(Outbound(document, product, partition=f"article:{product.id}"))
            if not binding:
                waiting[product.id] = self.env._(
                    "%(partner)s does not know %(sku)s yet. It was told; the order "
                    "follows as soon as it has taken it.",
                    partner=backend.name,
                    sku=document.sku,
                )
        backend._dist_send("article", news)
        return waiting

    def _as_change(self, document, binding):
        """Give an article that the warehouse knows otherwise.

        Its key tells what it follows: a product that is changed and then set back is
        sent again.
        """
        before = hashlib.sha256((binding.hash_sent or "").encode()).hexdigest()[:6]
        return document.model_copy(
            update={
                "article_key": f"{document.article_key}.{before}",
                "remote_id": binding.remote_id or None,
            }
        )

    def _bindings(self, backend, products):
        """Give what the warehouse knows, by product id."""
        found = (
            self.env["dist.binding"]
            .sudo()
            .search(
                [
                    ("backend_id", "=", backend.id),
                    ("res_model", "=", "product.product"),
                    ("res_id", "in", products.ids),
                ]
            )
        )
        return {binding.res_id: binding for binding in found}

    def _refuse_renamed(self, binding, product):
        """Hold back a product whose SKU the warehouse knows by another name.

        Sent as a new article it would leave its stock behind under the old SKU.

        :raises BusinessError: when the SKU was changed
        """
        if not binding or binding.external_id == product.default_code:
            return
        raise BusinessError(
            self.env._(
                "%(product)s was renamed from %(old)s to %(new)s, and %(partner)s has "
                "it as %(old)s.",
                product=product.display_name,
                old=binding.external_id,
                new=product.default_code or "?",
                partner=binding.backend_id.name,
            ),
            path="sku",
            next_step=self.env._(
                "Have the partner rename it and change the external ID of the product, "
                "or give the product its old reference back."
            ),
        )

    # ------------------------------------------------------------------ map

    def _map(self, product):
        """Give the canonical article of a product.

        :raises DistError: the product has no reference, or a unit no code
        """
        unit = product.uom_id.dist_unit_code
        for value, path, fault in (
            (product.default_code, "sku", self.env._("has no internal reference")),
            (unit, "unit", self.env._("is kept in a unit without a unit code")),
        ):
            if not value:
                raise BusinessError(f"{product.display_name} {fault}", path=path)
        content = {
            "sku": product.default_code,
            "name": product.name,
            "unit": unit,
            "gtin": product.barcode or None,
            "packs": self._packs(product),
            "components": self._components(product),
            "tracking": product.tracking,
            "expiry": bool(
                "use_expiration_date" in product._fields and product.use_expiration_date
            ),
            "weight_kg": product.weight or None,
            "volume_m3": product.volume or None,
        }
        text = Article.parse({"article_key": "-", **content}).to_json()
        mark = hashlib.sha256(text.encode()).hexdigest()[:12]
        return Article.parse(
            {"article_key": f"{product.default_code}#{mark}", **content}
        )

    def _packs(self, product):
        """Give the packagings that have a code, with their barcodes."""
        barcodes = {row.uom_id: row.barcode for row in product.product_uom_ids}
        units = (product.uom_ids | product.product_uom_ids.uom_id) - product.uom_id
        return [
            {
                "unit": unit.dist_unit_code,
                "quantity": unit._compute_quantity(1, product.uom_id),
                "gtin": barcodes.get(unit),
            }
            for unit in units.sorted("factor")
            if unit.dist_unit_code
        ]

    def _components(self, product):
        """Give what a kit is made of, where its components have references."""
        parts = self.env["dist.kit.lookup"]._components(product)
        return [
            {
                "sku": part.default_code,
                "quantity": round(decimal(quantity), 6),
                "unit": part.uom_id.dist_unit_code,
            }
            for part, quantity in parts.items()
            if part.default_code and part.uom_id.dist_unit_code
        ]

    # --------------------------------------------------------------- settle

    def _settle(self, results):
        """Note what the warehouse knows now; orders that waited for it may go."""
        known = self.env["product.product"]
        for result in results:
            message = result.message
            product = known.browse(message.res_id).exists()
            if not product or result.verdict.outcome is Outcome.REJECTED:
                continue
            self._bind(message, product, result.verdict)
            known |= product
        self.env["stock.picking"].sudo()._dist_articles_known(known)

    def _bind(self, message, product, verdict):
        sku = message.key.rsplit("#", 1)[0]
        binding = self._bindings(message.backend_id, product).get(product.id)
        values = {"external_id": sku, "hash_sent": message.key}
        if verdict.remote_id:
            values["remote_id"] = verdict.remote_id
        if binding:
            binding.write(values)
            return
        self.env["dist.binding"].sudo().create(
            {
                **values,
                "backend_id": message.backend_id.id,
                "res_model": "product.product",
                "res_id": product.id,
            }
        )

    def _failed(self, message, error):
        """Show on the deliveries that wait why the article was not taken."""
        product = self.env["product.product"].browse(message.res_id)
        pickings = self.env["stock.picking"].sudo()._dist_waiting_for(product)
        pickings.filtered(
            lambda p: p._dist_warehouse_backend() == message.backend_id
        )._dist_write({"dist_reason": str(error)})


def _mark(key):
    """Give the fingerprint of an article in its key."""
    return (key or "").rsplit("#", 1)[-1].split(".")[0]
