"""What came back: put onto the delivery it belongs to, and booked."""

from odoo import api, models
from odoo.addons.dist_connector_base.core.canonical import ReturnNotice
from odoo.addons.dist_connector_base.core.errors import BusinessError

_BOOKED = {
    "restock": "quantity_restocked",
    "quarantine": "quantity_quarantined",
    "scrap": "quantity_scrapped",
}


class DistReturn(models.Model):
    # fields and buttons are in dist_return.py
    _inherit = "dist.return"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------ assigning

    @api.model
    def _make_for(self, delivery, backend, **values):
        """Make a return of a delivery, with a line for each move that may come back."""
        record = self.create(
            {
                "backend_id": backend.id,
                "company_id": delivery.company_id.id,
                "delivery_id": delivery.id,
                **values,
            }
        )
        record._make_lines()
        return record

    def _make_lines(self):
        """Make the lines anew, out of the delivery."""
        self.line_ids.unlink()
        self.env["dist.return.line"].create(
            [
                {
                    "return_id": self.id,
                    "move_id": move.id,
                    "product_id": move.product_id.id,
                }
                for move in self.delivery_id.move_ids
                if move.state == "done" and move.product_qty
            ]
        )

    def _assign(self, delivery):
        """Book what came back on the delivery that it belongs to.

        :raises BusinessError: it is not what the delivery had shipped
        """
        document = ReturnNotice.from_json(self.notice)
        # what was unknown when it came may be known by now, and be told in packs
        lines = self.env["dist.sku.lookup"]._in_own_units(
            self.company_id, document.lines
        )
        document = document.model_copy(update={"lines": lines})
        self.delivery_id = delivery
        self._make_lines()
        self._receive(document)
        self.notice = False
        exceptions = self.env["dist.exception"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)]
        )
        exceptions._resolve("closed")

    # ------------------------------------------------------------ receiving

    def _receive(self, document):
        """Book what a warehouse received.

        :param document: canonical return notice of stage ``received``
        :return: what differs from what was authorised, in words
        :raises DistError: with the path of the fault in the notice
        """
        self.ensure_one()
        parts = self._put_on_lines(document)
        announced = {line: line.quantity for line in self.line_ids}
        picking = self._return_transfer(parts)
        self._set_moves(picking, parts)
        picking.with_context(
            dist_partner_received=True,
            skip_backorder=True,
            picking_ids_not_to_backorder=picking.ids,
            skip_sms=True,
        ).button_validate()
        if picking.state != "done":
            raise BusinessError(
                self.env._("%s could not be validated.", picking.name),
                next_step=self.env._("Open the transfer and look what it lacks."),
            )
        self._note_received(document, parts)
        if self.exchange:
            self._replace()
        else:
            self._propose_credit()
        return self._differences(announced)

    def _put_on_lines(self, document):
        """Put each line of the notice onto lines of the return, checked.

        :return: list of ``(return line, quantity, lot, place, disposition)``
        """
        warehouse = self.env["dist.sku.lookup"]._warehouse(
            self.backend_id, document.warehouse
        )
        products = self.env["dist.sku.lookup"]._products(
            self.company_id, document.lines
        )
        left = {line: line._returnable() for line in self.line_ids}
        parts = []
        for index, (said, product) in enumerate(
            zip(document.lines, products, strict=True)
        ):
            path = f"lines[{index}]"
            place = self._place(warehouse, product, said.disposition, path)
            pieces = said.lots or [None]
            for piece in pieces:
                name = (piece.serial or piece.lot) if piece else None
                lot = self.env["dist.sku.lookup"]._lot(
                    product, name, self.company_id, f"{path}.lots"
                )
                rest = float(piece.quantity if piece else said.quantity)
                for line in self._lines_of(said, product):
                    now = min(rest, left[line])
                    if now > 0:
                        parts.append((line, now, lot, place, said))
                        left[line] -= now
                        rest -= now
                if product.uom_id.compare(rest, 0) > 0:
                    raise BusinessError(
                        self.env._(
                            "%(rest)s of %(sku)s came back more than %(delivery)s "
                            "had shipped.",
                            rest=f"{rest:g}",
                            sku=product.default_code,
                            delivery=self.delivery_id.name,
                        ),
                        path=f"{path}.quantity",
                        next_step=self.env._(
                            "Ask the warehouse for the right order, or correct the "
                            "quantity."
                        ),
                    )
        return parts

    def _lines_of(self, said, product):
        """Give the lines that a line of the notice may be about, named one first."""
        mine = self.line_ids.filtered(lambda line: line.product_id == product)
        named = mine.filtered(lambda line: str(line.id) == said.line_key)
        wanted = (mine - named).sorted(lambda line: not line.quantity)
        return named + wanted

    def _place(self, warehouse, product, disposition, path):
        """Give where goods go; those nobody decided on wait in quarantine."""
        place = self.env["dist.place"]
        if disposition == "restock":
            return warehouse.lot_stock_id
        if disposition == "scrap":
            return place._of_reason(warehouse, "scrap", product)
        return place._of_status(warehouse, "quarantine", f"{path}.disposition")

    def _return_transfer(self, parts=()):
        """Give the transfer that takes the goods back; made where there is none."""
        if self.picking_id.state not in (False, "done", "cancel"):
            return self.picking_id
        by_hand = self.delivery_id.return_ids.filtered(
            lambda p: p.state not in ("done", "cancel") and not p.dist_return_ids
        )[:1]
        if by_hand:
            self.picking_id = by_hand
            return by_hand
        wanted = {}
        for line, quantity, *_rest in parts:
            wanted[line.move_id] = wanted.get(line.move_id, 0.0) + quantity
        if not parts:
            wanted = {line.move_id: line.quantity for line in self.line_ids}
        wizard = (
            self.env["stock.return.picking"]
            .with_company(self.company_id)
            .create({"picking_id": self.delivery_id.id})
        )
        for row in wizard.product_return_moves:
            move = row.move_id
            row.quantity = move.product_id.uom_id._compute_quantity(
                wanted.get(move, 0.0), move.product_uom, rounding_method="HALF-UP"
            )
        self.picking_id = wizard._create_return()
        self.picking_id.origin = self.name
        return self.picking_id

    def _set_moves(self, picking, parts):
        """Say on the transfer what came, in which lots, and where it lies."""
        moves = self.env["stock.move"]
        values = []
        for line, quantity, lot, place, _said in parts:
            move = picking.move_ids.filtered(
                lambda m, line=line: (
                    m.origin_returned_move_id == line.move_id and m.state != "cancel"
                )
            )[:1]
            if not move:
                raise BusinessError(
                    self.env._(
                        "%(transfer)s takes no %(product)s back.",
                        transfer=picking.name,
                        product=line.product_id.display_name,
                    ),
                    path="lines",
                    next_step=self.env._(
                        "Add the product to the transfer, or cancel it: the notice "
                        "then makes its own."
                    ),
                )
            moves |= move
            values.append(
                {
                    "move_id": move.id,
                    "picking_id": picking.id,
                    "product_id": move.product_id.id,
                    "product_uom_id": move.product_id.uom_id.id,
                    "quantity": quantity,
                    "lot_id": lot.id,
                    "location_id": move.location_id.id,
                    "location_dest_id": place.id,
                }
            )
        moves.move_line_ids.unlink()
        self.env["stock.move.line"].create(values)
        moves.picked = True

    def _note_received(self, document, parts):
        for line, quantity, _lot, _place, said in parts:
            field = _BOOKED.get(said.disposition, "quantity_quarantined")
            values = {
                "quantity_received": line.quantity_received + quantity,
                field: line[field] + quantity,
            }
            if said.reason_code:
                values["reason_code"] = said.reason_code
            if said.reason:
                values["reason"] = said.reason
            line.write(values)
        returned_at = document.returned_at
        self.write(
            {
                "state": "received",
                "received_at": returned_at.replace(tzinfo=None)
                if returned_at
                else self.env.cr.now(),
                "remote_key": document.return_key
                if document.return_key != self.name
                else False,
                "tracking_number": document.tracking_number or self.tracking_number,
            }
        )

    def _differences(self, announced):
        """Say what came back otherwise than it was authorised."""
        if self.is_blind:
            return ""
        return "; ".join(
            self.env._(
                "%(sku)s: %(received)s of %(announced)s",
                sku=line.product_id.default_code,
                received=f"{line.quantity_received:g}",
                announced=f"{quantity:g}",
            )
            for line, quantity in announced.items()
            if line.uom_id.compare(line.quantity_received, quantity)
        )
