"""The packs of a product, as Odoo keeps them, for what is reckoned without Odoo."""

from fractions import Fraction

from odoo import models

from ..core.units import FIXED, Pack


class ProductPacks(models.AbstractModel):
    _name = "dist.product.packs"
    _description = "Packs of Products"

    def _of(self, product, ordered=None):
        """Give the units beside its own that a product is told in.

        Its packagings, the unit of the order, and units that mean the same for every
        product, such as a dozen.

        :param ordered: the unit that an order was made in
        :rtype: list[core.units.Pack]
        """
        own = product.uom_id
        barcodes = {row.uom_id: row.barcode for row in product.product_uom_ids}
        units = product.uom_ids | product.product_uom_ids.uom_id
        if ordered:
            units |= ordered
        # a dozen is a dozen, also where nobody here counts in them
        every = self.env["uom.uom"].with_context(active_test=False)
        fixed = every.search([("dist_unit_code", "in", list(FIXED))])
        fixed = fixed.filtered(lambda unit: unit._has_common_reference(own))
        return [
            Pack(
                unit.dist_unit_code,
                size_in(unit, own),
                gtin=barcodes.get(unit) or "",
                ordered=unit == ordered,
                kept=unit in units,
            )
            for unit in (units | fixed) - own
            if unit.dist_unit_code
        ]


def size_in(unit, other):
    """Give how many of another unit are in one, exactly.

    :rtype: Fraction
    """
    return _size(unit) / _size(other)


def _size(unit):
    """Give how much a unit is in the reference of its kind, exactly."""
    size = Fraction(1)
    while unit:
        # the shortest decimal that gives the number: what somebody typed in
        size *= Fraction(repr(unit.relative_factor))
        unit = unit.relative_uom_id
    return size
