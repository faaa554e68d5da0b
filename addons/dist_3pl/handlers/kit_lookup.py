"""Which moves of a delivery make up kits, where Manufacturing is installed."""

from fractions import Fraction
from typing import NamedTuple

from odoo import models

from .product_packs import size_in


class Kit(NamedTuple):
    """A kit that a delivery ships as components.

    :param key: the same as long as the order line is the same
    :param parts: ``{stock.move: how much of it one kit takes}``, all of the kit
    """

    key: str
    product: models.BaseModel
    parts: dict


class KitLookup(models.AbstractModel):
    _name = "dist.kit.lookup"
    _description = "Finding of Kits"

    def _of(self, moves):
        """Give the kits that moves make up.

        A kit of which a component is not among the moves, or stands there twice, is
        none: its components are as good as ordered one by one.

        :rtype: list[Kit]
        """
        # the fields come with mrp, which not every distributor installs
        if "bom_line_id" not in moves._fields:
            return []
        parts = moves.sudo().filtered(lambda m: m.bom_line_id.bom_id.type == "phantom")
        kits = []
        for (key, product, bom), members in parts.grouped(self._kit_of).items():
            per_kit = self._per_kit(product, bom)
            by_line = members.grouped("bom_line_id")
            complete = set(by_line) == set(per_kit)
            if complete and all(len(same) == 1 for same in by_line.values()):
                kits.append(
                    Kit(
                        key, product, {by_line[line]: per_kit[line] for line in by_line}
                    )
                )
        return kits

    def _kit_of(self, move):
        """Give key, product and bill of materials of the kit that was ordered."""
        bom = move.bom_line_id.bom_id
        ordered = move.sale_line_id.product_id
        if ordered and ordered != move.product_id:
            # a kit may hold kits: what was ordered is the one that counts
            return (
                f"K{move.sale_line_id.id}",
                ordered,
                self._bom(ordered, move.company_id) or bom,
            )
        product = bom.product_id or bom.product_tmpl_id.product_variant_id
        return f"B{bom.id}", product, bom

    def _bom(self, product, company):
        """Give the bill of materials of a kit; none for any other product."""
        boms = self.env["mrp.bom"].sudo()
        return boms._bom_find(product, company_id=company.id, bom_type="phantom")[
            product
        ]

    def _components(self, product):
        """Give what a kit takes of each product; {} for any other product.

        :rtype: dict[product.product, Fraction]
        """
        if "mrp.bom" not in self.env:
            return {}
        bom = self._bom(product, self.env.company)
        found = {}
        for line, quantity in self._per_kit(product, bom).items():
            found[line.product_id] = found.get(line.product_id, 0) + quantity
        return found

    def _per_kit(self, product, bom):
        """Give how much of each line's component one kit takes, in its own unit.

        :rtype: dict[mrp.bom.line, Fraction]
        """
        if not bom:
            return {}
        made = Fraction(repr(bom.product_qty)) * size_in(
            bom.product_uom_id, product.uom_id
        )
        _boms, lines = bom.explode(product, 1.0)
        found = {}
        for line, data in lines:
            component = line.product_id
            if component.type == "service" or not data["qty"]:
                continue
            quantity = Fraction(repr(data["qty"])) * size_in(
                line.product_uom_id, component.uom_id
            )
            found[line] = found.get(line, 0) + quantity / made
        return found
