"""Lots and serial numbers of a shipment: found or made, and set on the moves."""

from odoo import models
from odoo.addons.dist_connector_base.core.errors import BusinessError


class ShipmentLots(models.AbstractModel):
    _name = "dist.shipment.lots"
    _description = "Lots of a Shipment"

    def _set(self, shipped):
        """Make the moves' lines say which lots left, for all moves at once.

        :param shipped: list of ``(picking, move, ShippedLine)`` of tracked products
        :raises BusinessError: a lot is unknown and the operation type makes none
        """
        if not shipped:
            return
        lots = self._lots(shipped)
        changed = [
            (move, part)
            for _picking, move, part in shipped
            if self._reserved(move) != self._wanted(move, part, lots)
        ]
        if not changed:
            return
        moves = self.env["stock.move"].concat(*(move for move, _part in changed))
        moves.move_line_ids.unlink()
        places = self._places(moves, lots)
        self.env["stock.move.line"].create(
            [
                self._line_values(move, lots[move.product_id.id, lot.name], lot, places)
                for move, part in changed
                for lot in part.lots
            ]
        )

    def _reserved(self, move):
        """Give what the move has reserved, by lot id, in the product's unit."""
        found = {}
        for line in move.move_line_ids:
            lot_id = line.lot_id.id
            found[lot_id] = found.get(lot_id, 0.0) + line.quantity_product_uom
        return found

    def _wanted(self, move, part, lots):
        return {
            lots[move.product_id.id, lot.name].id: float(lot.quantity)
            for lot in part.lots
        }

    def _lots(self, shipped):
        """Find the lots by product and name, and make those that are missing.

        :rtype: dict[tuple[int, str], stock.lot]
        """
        wanted = {
            (move.product_id.id, lot.name): (picking, move, part, lot)
            for picking, move, part in shipped
            for lot in part.lots
        }
        companies = self.env["res.company"].concat(
            *(p.company_id for p, _m, _s in shipped)
        )
        found = self.env["stock.lot"].search(
            [
                ("product_id", "in", [product_id for product_id, _name in wanted]),
                ("name", "in", [name for _product_id, name in wanted]),
                ("company_id", "in", [False, *companies.ids]),
            ]
        )
        lots = {(lot.product_id.id, lot.name): lot for lot in found}
        missing = [key for key in wanted if key not in lots]
        for key in missing:
            picking, _move, part, lot = wanted[key]
            if not picking.picking_type_id.use_create_lots:
                raise BusinessError(
                    self.env._("We know no lot or serial number %s.", lot.name),
                    path=f"{part.path}.lots",
                    next_step=self.env._(
                        "Create it, or allow the operation type to create lots, and "
                        "replay the message."
                    ),
                )
        created = self.env["stock.lot"].create(
            [self._lot_values(wanted[key]) for key in missing]
        )
        lots.update(zip(missing, created, strict=True))
        return lots

    def _lot_values(self, wanted):
        _picking, move, _part, lot = wanted
        values = {"name": lot.name, "product_id": move.product_id.id}
        # the field comes with product_expiry, which not every distributor installs
        if lot.expiry and "expiration_date" in self.env["stock.lot"]._fields:
            values["expiration_date"] = lot.expiry
        return values

    def _places(self, moves, lots):
        """Give where each lot stands, by source location and lot: the fullest quant."""
        lot_ids = [lot.id for lot in lots.values()]
        places = {}
        for location in moves.location_id:
            quants = self.env["stock.quant"].search(
                [
                    ("lot_id", "in", lot_ids),
                    ("location_id", "child_of", location.id),
                    ("quantity", ">", 0),
                ],
                order="quantity",
            )
            for quant in quants:
                places[location.id, quant.lot_id.id] = quant
        return places

    def _line_values(self, move, lot, part, places):
        quant = places.get((move.location_id.id, lot.id))
        return {
            "move_id": move.id,
            "picking_id": move.picking_id.id,
            "product_id": move.product_id.id,
            "product_uom_id": move.product_id.uom_id.id,
            "quantity": float(part.quantity),
            "lot_id": lot.id,
            "location_id": quant.location_id.id if quant else move.location_id.id,
            "location_dest_id": move.location_dest_id.id,
            "package_id": quant.package_id.id if quant else False,
            "owner_id": quant.owner_id.id if quant else False,
        }
