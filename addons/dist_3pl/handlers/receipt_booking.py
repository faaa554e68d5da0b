"""Book what came in: quantities, lots and places on moves, and their validation."""

from odoo import models
from odoo.addons.dist_connector_base.core.errors import BusinessError


class ReceiptBooking(models.AbstractModel):
    _name = "dist.receipt.booking"
    _description = "Booking of Receipts"

    def _set_moves(self, receipts):
        """Set quantities, lots, places and what is picked, on all moves at once.

        :param receipts: list of ``receipt_confirmation.Receipt`` with goods
        :raises MappingError: a stock status has no place in the warehouse
        :raises BusinessError: a lot is unknown and the operation type makes none
        """
        booking = self.env["dist.transfer.booking"]
        picked = self.env["stock.move"]
        detailed = []
        for receipt in receipts:
            lines = {line.id: line for line in receipt.lines}
            for counted in receipt.arrived:
                move = self._move(receipt, lines[counted.ref])
                picked += move
                plain = all(
                    not part.name and part.status == "sellable"
                    for part in counted.parts
                )
                if plain:
                    booking._set_quantity(move, counted.quantity)
                else:
                    detailed.append((receipt.picking, move, counted))
        self._set_details(detailed)
        picked.picked = True

    def _move(self, receipt, line):
        """Give the open move of a line; a surplus may come after the line was full."""
        if line.move_id.state not in ("done", "cancel"):
            return line.move_id
        move = receipt.picking.move_ids.filtered(
            lambda m: m.product_id == line.product_id and m.state != "cancel"
        )[:1]
        if not move:
            raise BusinessError(
                self.env._(
                    "Nothing of %s is expected on the receipt any more.",
                    line.product_id.default_code,
                ),
                path="lines",
            )
        return move

    def _set_details(self, detailed):
        """Make the moves' lines say which lots came, and where they lie."""
        if not detailed:
            return
        lots = self.env["dist.shipment.lots"]._lots(
            [(picking, move, counted) for picking, move, counted in detailed]
        )
        moves = self.env["stock.move"].concat(*(move for _p, move, _c in detailed))
        moves.move_line_ids.unlink()
        self.env["stock.move.line"].create(
            [
                self._line_values(picking, move, counted, part, lots)
                for picking, move, counted in detailed
                for part in counted.parts
            ]
        )

    def _line_values(self, picking, move, counted, part, lots):
        lot = lots.get((move.product_id.id, part.name))
        place = move.location_dest_id
        if part.status != "sellable":
            place = self.env["dist.place"]._of_status(
                picking.location_dest_id.warehouse_id,
                part.status,
                path=f"{counted.path}.condition",
            )
        return {
            "move_id": move.id,
            "picking_id": move.picking_id.id,
            "product_id": move.product_id.id,
            "product_uom_id": move.product_id.uom_id.id,
            "quantity": float(part.quantity),
            "lot_id": lot.id if lot else False,
            "location_id": move.location_id.id,
            "location_dest_id": place.id,
        }

    def _validate(self, receipts, rest):
        """Validate the receipts, and note that the partner received them.

        :param rest: those of them that more goods follow under the same advice
        :raises BusinessError: Odoo wants a decision first
        """
        if not receipts:
            return
        pickings = self.env["stock.picking"].concat(*(r.picking for r in receipts))
        follows = self.env["stock.picking"].concat(*(r.picking for r in rest))
        self.env["dist.transfer.booking"]._validate(
            pickings,
            follows,
            dist_partner_received=True,
            dist_receipt_rest_follows=tuple(follows.ids),
        )
        for receipt in receipts:
            document = receipt.document
            values = {
                "dist_receipt_state": "received",
                "dist_reason": False,
                "dist_received_at": document.received_at.replace(tzinfo=None),
            }
            if document.remote_id and not receipt.picking.dist_remote_id:
                values["dist_remote_id"] = document.remote_id
            receipt.picking._dist_write(values)

    def _costs(self, receipts):
        """Keep what the arrivals cost, and prepare a landed cost where that is set up.

        :raises BusinessError: a currency is unknown here
        """
        values = [
            self._cost_values(receipt, charge, index)
            for receipt in receipts
            for index, charge in enumerate(receipt.document.charges)
            if charge.amount
        ]
        if not values:
            return
        costs = self.env["dist.receipt.cost"].sudo().create(values)
        for of_one in costs.grouped("picking_id").values():
            of_one._prepare_landed_cost()

    def _cost_values(self, receipt, charge, index):
        company = receipt.picking.company_id
        currency = company.currency_id
        if charge.currency and charge.currency != currency.name:
            currency = self.env["res.currency"].search(
                [("name", "=", charge.currency)], limit=1
            )
            if not currency:
                raise BusinessError(
                    self.env._("The currency %s is not active here.", charge.currency),
                    path=f"charges[{index}].currency",
                    next_step=self.env._("Activate the currency and replay."),
                )
        return {
            "picking_id": receipt.picking.id,
            "company_id": company.id,
            "backend_id": receipt.inbound.backend.id,
            "confirmation_key": receipt.document.confirmation_key,
            "kind": charge.kind,
            "description": charge.description or charge.kind,
            "currency_id": currency.id,
            "amount": float(charge.amount),
        }
