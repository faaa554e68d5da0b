"""Receipt advices: what a warehouse shall expect, settled with its answer."""

from typing import ClassVar

from odoo import fields, models
from odoo.addons.dist_connector_base.core.canonical import ReceiptNotice
from odoo.addons.dist_connector_base.core.errors import (
    BusinessError,
    ConfigurationError,
    ConflictError,
    DistError,
)
from odoo.addons.dist_connector_base.core.wire import Outcome
from odoo.addons.dist_connector_base.pipeline.outbox import Outbound
from odoo.exceptions import UserError


class ReceiptNoticeHandler(models.AbstractModel):
    _name = "dist.handler.receipt_notice"
    _inherit = "dist.handler"
    _description = "Receipt advice"

    _dist_milestones: ClassVar[dict[str, str]] = {
        "stored": "requested",
        "sent": "sent",
        "accepted": "acknowledged",
        "rejected": "rejected",
    }

    # -------------------------------------------------------------- collect

    def _collect(self, pickings):
        """Queue one advice for each receipt, in the caller's transaction.

        A receipt that lacks something the advice needs is marked so, and holds back
        no other.

        :param pickings: ready receipts (sudo) that no partner expects
        """
        by_backend = pickings.grouped(lambda p: p._dist_receipt_backend())
        for backend, ready in by_backend.items():
            if not backend:
                continue
            advices = []
            for picking in ready.with_company(backend.company_id):
                try:
                    advices.append((picking, self._map(backend, picking)))
                except DistError as exc:
                    self._blocked(picking, exc)
            if advices:
                self._queue(backend, advices)

    def _blocked(self, picking, error):
        picking._dist_write(
            {"dist_receipt_state": "blocked", "dist_reason": str(error)}
        )

    def _queue(self, backend, advices):
        """Store the advices, what they announce, and that the receipts wait.

        :raises UserError: a receipt key stands in the ledger with other content
        """
        try:
            backend._dist_send(
                "receipt_notice",
                [Outbound(document, picking) for picking, document in advices],
            )
        except ConfigurationError as exc:
            for picking, _document in advices:
                self._blocked(picking, exc)
            return
        except ConflictError as exc:
            raise UserError(exc.advice) from exc
        self.env["dist.receipt.line"].sudo().create(
            [
                self._line_values(backend, document.receipt_key, line)
                for _picking, document in advices
                for line in document.lines
            ]
        )
        for picking, document in advices:
            picking._dist_write(
                {
                    "dist_backend_id": backend.id,
                    "dist_receipt_key": document.receipt_key,
                    "dist_receipt_count": picking.dist_receipt_count + 1,
                    "dist_receipt_state": "queued",
                    "dist_reason": False,
                    "dist_remote_id": False,
                }
            )

    def _line_values(self, backend, receipt_key, line):
        move = self.env["stock.move"].browse(int(line.line_key))
        return {
            "backend_id": backend.id,
            "company_id": backend.company_id.id,
            "receipt_key": receipt_key,
            "line_key": line.line_key,
            "move_id": move.id,
            "product_id": move.product_id.id,
            "quantity": float(line.quantity),
        }

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
                "receipt_key": self._receipt_key(picking),
                "order_reference": picking.origin or picking.name,
                "warehouse": warehouse.code,
                "expected_on": picking.scheduled_date.date(),
                "shipped_on": self._shipped_on(picking),
                "ship_from": self._party(sender[:1]),
                "references": self._references(picking),
                "lines": self._lines(backend, picking),
            }
        )

    def _receipt_key(self, picking):
        """The receipt's name; an advice that replaces another has a key of its own."""
        key = picking.name.replace("/", "-")
        count = picking.dist_receipt_count
        return f"{key}-{count + 1}" if count else key

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
            "address": {
                "street": partner.street or "",
                "street2": partner.street2 or "",
                "city": partner.city or "",
                "state": partner.state_id.code or "",
                "postal_code": partner.zip or "",
                "country": partner.country_id.code or None,
            },
        }

    def _lines(self, backend, picking):
        """Give what is expected, move by move, in the products' own units."""
        lines = []
        moves = picking._dist_expected_moves()
        items = self.env["dist.partner.item"]._of(backend, moves.product_id)
        for move in moves:
            product, unit = move.product_id, move.product_id.uom_id
            if not product.default_code:
                raise BusinessError(
                    self.env._("%s has no internal reference.", product.display_name),
                    path=f"lines[{len(lines)}].sku",
                )
            if not unit.dist_unit_code:
                raise BusinessError(
                    self.env._("The unit %s has no unit code.", unit.name),
                    path=f"lines[{len(lines)}].unit",
                )
            lines.append(
                {
                    "line_key": str(move.id),
                    "sku": product.default_code,
                    "remote_item": items.get(product.id),
                    "gtin": product.barcode or None,
                    "description": product.name,
                    "quantity": move._dist_expected(),
                    "unit": unit.dist_unit_code,
                    "lots": self._lots(move),
                    "packs": self._packs(move),
                }
            )
        if not lines:
            raise BusinessError(self.env._("Nothing is expected."), path="lines")
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

    def _packs(self, move):
        """Say how many packs come, where the order was made in packs."""
        pack, unit = move.packaging_uom_id, move.product_id.uom_id
        if not pack or pack == unit or not pack.dist_unit_code:
            return []
        barcodes = move.product_id.product_uom_ids
        barcode = barcodes.filtered(lambda b: b.uom_id == pack)[:1].barcode
        return [
            {
                "unit": pack.dist_unit_code,
                "packs": unit._compute_quantity(
                    move._dist_expected(), pack, rounding_method="HALF-UP"
                ),
                "contains": pack._compute_quantity(1, unit, rounding_method="HALF-UP"),
                "gtin": barcode or None,
            }
        ]

    # --------------------------------------------------------------- settle

    def _settle(self, results):
        """Write the partners' answers to advices onto the receipts."""
        pickings = self.env["stock.picking"]._dist_receipts_of(
            result.message for result in results
        )
        cancel_now = self.env["stock.picking"]
        for result in results:
            picking = pickings.get(result.message.id)
            if not picking:
                continue
            verdict = result.verdict
            if verdict.outcome is Outcome.REJECTED:
                picking._dist_receipt_rejected(verdict.message, verdict.code)
                continue
            values = {"dist_remote_id": verdict.remote_id or picking.dist_remote_id}
            # a person may have replayed what was rejected first
            if picking.dist_receipt_state in ("queued", "rejected"):
                later = result.message.flow_id._answers_later()
                values["dist_receipt_state"] = "sent" if later else "accepted"
                values["dist_reason"] = False
            elif picking.dist_receipt_state in ("cancel_pending", "change_pending"):
                cancel_now += picking
            picking._dist_write(values)
        # their cancel waited for the partner's number of the advice
        self.env["dist.handler.receipt_cancel"]._collect(cancel_now)

    def _failed(self, message, error):
        """Show on the receipt why its advice did not get out."""
        for picking in self.env["stock.picking"]._dist_receipts_of([message]).values():
            if picking.dist_receipt_state in (
                "queued",
                "cancel_pending",
                "change_pending",
            ):
                picking._dist_write({"dist_reason": str(error)})
