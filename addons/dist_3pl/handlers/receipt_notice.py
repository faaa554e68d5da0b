"""Receipt advices: what a warehouse shall expect, settled with its answer."""

from odoo import fields, models
from odoo.addons.dist_connector_base.core.canonical import ReceiptNotice
from odoo.addons.dist_connector_base.core.errors import BusinessError


class ReceiptNoticeHandler(models.AbstractModel):
    _name = "dist.handler.receipt_notice"
    _inherit = "dist.handler.asked"
    _description = "Receipt advice"

    _asked_type = "receipt_notice"
    _asked_lines = "dist.receipt.line"
    _asked_key = "receipt_key"
    _asked_state = "dist_receipt_state"
    _asked_count = "dist_receipt_count"
    _asked_cancelling = ("cancel_pending", "change_pending")
    _asked_cancel = "dist.handler.receipt_cancel"

    def _asked_backend(self, picking):
        return picking._dist_receipt_backend()

    def _asked_pickings(self, messages):
        return self.env["stock.picking"]._dist_receipts_of(messages)

    def _asked_rejected(self, picking, verdict):
        picking._dist_receipt_rejected(verdict.message, verdict.code)

    # ------------------------------------------------------------------ map

    def _map(self, backend, picking):
        """Give the canonical advice of a receipt.

        :raises DataError: the sender's address lacks what an advice needs
        :raises BusinessError: nothing is expected, or a product has no reference
        """
        warehouse = picking.location_dest_id.warehouse_id
        sender = picking.partner_id or picking.move_ids.move_orig_ids.warehouse_id
        return ReceiptNotice.parse(
            {
                "receipt_key": self._asked_key_of(picking),
                "order_reference": picking.origin or picking.name,
                "warehouse": warehouse.code,
                "expected_on": picking.scheduled_date.date(),
                "shipped_on": self._shipped_on(picking),
                "ship_from": self._party(sender[:1]),
                "references": self._references(picking),
                "lines": self._lines(backend, picking),
            }
        )

    def _shipped_on(self, picking):
        """Give the day on which goods of another warehouse left there."""
        left = picking.move_ids.move_orig_ids.filtered(lambda m: m.state == "done")
        return max(left.mapped("date")).date() if left else None

    def _references(self, picking):
        """Name the supplier's own order number, where the purchase order has it."""
        orders = picking.move_ids.purchase_line_id.order_id
        return [
            {"kind": "supplier_order", "value": order.partner_ref}
            for order in orders
            if order.partner_ref
        ]

    def _party(self, sender):
        if not sender:
            return None
        partner = sender if sender._name == "res.partner" else sender.partner_id
        return {
            "name": sender.name or partner.name or "",
            "address": self._asked_address(partner),
        }

    def _lines(self, backend, picking):
        """Give what is expected, move by move, in the products' own units."""
        lines = []
        moves = picking._dist_expected_moves()
        items = self.env["dist.partner.item"]._of(backend, moves.product_id)
        for move in moves:
            lines.append(
                {
                    "line_key": str(move.id),
                    **self._asked_product(move.product_id, f"lines[{len(lines)}]"),
                    "remote_item": items.get(move.product_id.id),
                    "quantity": move._dist_expected(),
                    "lots": self._lots(move),
                    "owner": self.env["dist.owner.lookup"]._code(
                        picking.owner_id, f"lines[{len(lines)}].owner"
                    ),
                    "packs": self._asked_packs(move, move._dist_expected(), True),
                }
            )
        if not lines:
            raise BusinessError(
                self.env._("Nothing is expected."),
                path="lines",
                next_step=self.env._("Enter what shall come, or cancel the receipt."),
            )
        return lines

    def _lots(self, move):
        """Name the lots that are on their way; a purchase knows none yet."""
        serial = move.product_id.tracking == "serial"
        return [
            {
                "serial" if serial else "lot": line.lot_id.name,
                "expiry": self._expiry(line.lot_id),
                "quantity": line.quantity_product_uom,
            }
            for line in move.move_line_ids
            if line.lot_id
        ]

    def _expiry(self, lot):
        # the field comes with product_expiry, which not every distributor installs
        if "expiration_date" not in lot._fields or not lot.expiration_date:
            return None
        return fields.Date.to_date(lot.expiration_date)
