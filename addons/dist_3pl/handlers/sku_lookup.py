"""What a partner's SKU, warehouse and lot are here."""

from odoo import models
from odoo.addons.dist_connector_base.core.errors import BusinessError

from ..core.units import in_base


class SkuLookup(models.AbstractModel):
    _name = "dist.sku.lookup"
    _description = "Finding of SKUs, Warehouses and Lots"

    def _warehouse(self, backend, code):
        """Give the warehouse that a partner speaks of.

        :raises BusinessError: the backend runs no such warehouse
        """
        mine = self.env["stock.warehouse"].search(
            [("dist_backend_id", "=", backend.id)]
        )
        found = mine.filtered(lambda w: w.code == code) or mine
        if len(found) == 1:
            return found
        raise BusinessError(
            self.env._("%s is no warehouse that this partner runs.", code or "?"),
            path="warehouse",
            next_step=self.env._(
                "Set the warehouse code in the backend's settings, and name the "
                "partner on the warehouse."
            ),
        )

    def _known(self, company, lines):
        """Find products by the SKUs of lines.

        :rtype: dict[str, product.product] with one or several products each
        """
        found = self.env["product.product"].search(
            [
                ("default_code", "in", [line.sku for line in lines]),
                ("company_id", "in", [False, company.id]),
            ]
        )
        return found.grouped("default_code")

    def _in_own_units(self, company, lines):
        """Give lines in the units that their products are kept in.

        A line whose product is not known, or not for sure, stays as it is.

        :param lines: canonical lines with ``sku``, ``quantity`` and ``unit``
        :raises MappingError: a product is not packed in a line's unit
        :raises DataError: a fraction of what is counted in pieces
        """
        by_sku = self._known(company, lines)
        result = []
        for index, line in enumerate(lines):
            product = by_sku.get(line.sku, ())
            if len(product) == 1 and product.uom_id.dist_unit_code != line.unit:
                line = in_base(
                    line,
                    product.uom_id.dist_unit_code or "?",
                    line.sku,
                    self.env["dist.product.packs"]._of(product),
                    f"lines[{index}]",
                )
            result.append(line)
        return result

    def _products(self, company, lines):
        """Find the product of each line.

        :param lines: canonical lines with ``sku``
        :return: products in the order of the lines
        :raises BusinessError: an unknown or ambiguous SKU
        """
        by_sku = self._known(company, lines)
        products = []
        for index, line in enumerate(lines):
            product = by_sku.get(line.sku, self.env["product.product"])
            if len(product) != 1:
                raise BusinessError(
                    self.env._("No product has the reference %s.", line.sku)
                    if not product
                    else self.env._(
                        "Several products have the reference %s.", line.sku
                    ),
                    path=f"lines[{index}].sku",
                    next_step=self.env._(
                        "Give one product this internal reference, then replay."
                    ),
                )
            products.append(product)
        return products

    def _lot(self, product, name, company, path, expiry=None, create=False):
        """Give the lot of a name; none for a product that is not tracked.

        :param create: make it where we do not know it
        :raises BusinessError: a tracked product without its lot, or an unknown lot
        """
        lots = self.env["stock.lot"]
        if product.tracking == "none":
            return lots
        if not name:
            raise BusinessError(
                self.env._("The lot of %s is missing.", product.default_code),
                path=path,
                next_step=self.env._(
                    "Ask the warehouse which lot it is, and replay with it."
                ),
            )
        lot = lots.search(
            [
                ("product_id", "=", product.id),
                ("name", "=", name),
                ("company_id", "in", [False, company.id]),
            ],
            limit=1,
        )
        if lot:
            return lot
        if not create:
            raise BusinessError(
                self.env._(
                    "We know no lot %(lot)s of %(sku)s.",
                    lot=name,
                    sku=product.default_code,
                ),
                path=path,
            )
        values = {"product_id": product.id, "name": name}
        # the field comes with product_expiry, which not every distributor installs
        if expiry and "expiration_date" in lots._fields:
            values["expiration_date"] = expiry
        return lots.create(values)
