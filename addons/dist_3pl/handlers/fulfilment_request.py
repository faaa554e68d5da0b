"""Fulfilment requests: collected from deliveries, settled with the partner's answer."""

from fractions import Fraction

from odoo import fields, models
from odoo.addons.dist_connector_base.core.canonical import FulfilmentRequest
from odoo.addons.dist_connector_base.core.errors import BusinessError
from odoo.tools import html2plaintext

from ..core.asked_lines import exact
from ..core.kits import complete_kits
from ..core.units import decimal


class FulfilmentRequestHandler(models.AbstractModel):
    _name = "dist.handler.fulfilment_request"
    _inherit = "dist.handler.asked"
    _description = "Fulfilment request"

    _asked_type = "fulfilment_request"
    _asked_lines = "dist.request.line"
    _asked_key = "request_key"
    _asked_state = "dist_state"
    _asked_count = "dist_request_count"
    _asked_cancelling = ("cancel_pending",)
    _asked_cancel = "dist.handler.fulfilment_cancel"

    def _asked_backend(self, picking):
        return picking._dist_warehouse_backend()

    def _asked_ready(self, backend, pickings):
        return pickings._dist_without_unknown_articles(backend)

    def _asked_pickings(self, messages):
        return self.env["stock.picking"]._dist_of_messages(messages)

    def _asked_rejected(self, picking, verdict):
        picking._dist_open()._dist_rejected(verdict.message, verdict.code)

    def _asked_taken(self, picking, result):
        taken = super()._asked_taken(picking, result)
        if picking.dist_change_state == "held":
            picking._dist_change_later()
        return taken

    # ------------------------------------------------------------------ map

    def _map(self, backend, picking):
        """Give the canonical request of a delivery.

        :raises DataError: the address or a product lacks what a request needs
        :raises BusinessError: nothing is reserved, or a product has no reference
        """
        carrier = picking.carrier_id
        return FulfilmentRequest.parse(
            {
                "request_key": self._asked_key_of(picking),
                "order_reference": picking.origin or picking.name,
                "customer_reference": picking._dist_customer_reference(),
                "warehouse": picking._dist_warehouse_code(),
                "ship_to": self._party(picking),
                "carrier": carrier.dist_carrier_code or None,
                "service": carrier.dist_service_code or None,
                "priority": "urgent" if picking.priority == "1" else None,
                "requested_ship_date": picking.scheduled_date.date(),
                "requested_delivery_date": (
                    picking.date_deadline.date() if picking.date_deadline else None
                ),
                "created_at": f"{fields.Datetime.now().isoformat()}+00:00",
                "lines": self._lines(backend, picking),
                "notes": html2plaintext(picking.note).strip() if picking.note else "",
            }
        )

    def _party(self, picking):
        partner = picking._dist_ship_to()
        if not partner:
            raise BusinessError(
                self.env._("The delivery has no address."),
                path="ship_to",
                next_step=self.env._("Enter the address and request again."),
            )
        company = partner.commercial_partner_id
        name = partner.name or company.name
        return {
            "name": name or "",
            "contact": partner.name if name != company.name else "",
            "address": self._asked_address(partner),
            "phone": partner.phone or "",
            "email": partner.email or "",
        }

    def _lines(self, backend, picking):
        """Give what is asked for, move by move, in the products' own units.

        Components of a kit say so. A partner that builds kits is asked for complete
        kits, in a line each.
        """
        moves = picking.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        kits = self.env["dist.kit.lookup"]._of(moves)
        lines = []
        if backend.builds_kits:
            lines = self._kit_lines(kits)
            for kit in kits:
                moves -= moves.browse().concat(*kit.parts)
        kit_of = {} if backend.builds_kits else self._kit_of_moves(kits)
        with_lots = picking.picking_type_id.warehouse_id.dist_prescribe_lots
        for move in moves.filtered(self._reserved):
            quantity = self._reserved(move)
            lines.append(
                {
                    "line_key": str(move.id),
                    **self._asked_product(move.product_id, f"lines[{len(lines)}]"),
                    "quantity": quantity,
                    "lots": self._lots(move) if with_lots else [],
                    "packs": (
                        self._asked_packs(move, quantity, False)
                        if backend.order_in_packs
                        else []
                    ),
                    "kit": kit_of.get(move),
                    "owner": self.env["dist.owner.lookup"]._of_move(
                        move, f"lines[{len(lines)}].owner"
                    ),
                }
            )
        if not lines:
            text = self.env._("Nothing is reserved.")
            if kits and backend.builds_kits:
                text = self.env._("No complete kit is reserved.")
            raise BusinessError(
                text,
                path="lines",
                next_step=self.env._("Reserve the goods and request again."),
            )
        return lines

    def _reserved(self, move):
        quantity = move.quantity
        if move.picking_id._dist_is_dropship():
            # nothing is reserved at a vendor: what was ordered counts
            quantity = move.product_uom_qty
        return move.product_uom._compute_quantity(
            quantity, move.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _kit_of_moves(self, kits):
        """Give what each component says of its kit, by move."""
        found = {}
        for kit in kits:
            product = kit.product
            unit = product.uom_id.dist_unit_code
            if not (product.default_code and unit):
                # nothing that a partner could call it by
                continue
            complete = complete_kits(
                (exact(self._reserved(move)), per_kit)
                for move, per_kit in kit.parts.items()
            )
            for move, per_kit in kit.parts.items():
                found[move] = {
                    "line_key": kit.key,
                    "sku": product.default_code,
                    "description": product.name,
                    "kits": complete,
                    "per_kit": round(decimal(per_kit), 6),
                    "unit": unit,
                }
        return found

    def _kit_lines(self, kits):
        """Give a line for each kit of which all components are reserved."""
        lines = []
        for kit in kits:
            complete = complete_kits(
                (exact(self._reserved(move)), per_kit)
                for move, per_kit in kit.parts.items()
            )
            if not complete:
                continue
            path = f"lines[{len(lines)}]"
            lines.append(
                {
                    "line_key": kit.key,
                    **self._asked_product(kit.product, path),
                    "quantity": complete,
                    "components": [
                        {
                            "line_key": str(move.id),
                            "sku": move.product_id.default_code,
                            "description": move.product_id.name,
                            "per_kit": round(decimal(per_kit), 6),
                            "quantity": decimal(per_kit * complete),
                            "unit": self._asked_product(move.product_id, path)["unit"],
                        }
                        for move, per_kit in kit.parts.items()
                    ],
                }
            )
        return lines

    def _asked_line_values(self, backend, document, line):
        """Ask for a kit's components, which are what we keep and ship."""
        values = []
        for part in line.components or [line]:
            (row,) = super()._asked_line_values(backend, document, part)
            if line.components:
                row |= self._kit_values(line, part.per_kit)
            elif line.kit:
                row |= self._kit_values(line.kit, line.kit.per_kit)
            values.append(row)
        return values

    def _kit_values(self, kit, per_kit):
        # six digits are told; what they stand for has a small denominator: 1/3
        share = Fraction(per_kit).limit_denominator(10_000)
        return {
            "kit_key": kit.line_key,
            "kit_sku": kit.sku,
            "kit_share": str(share),
            "kit_unit": kit.unit,
        }

    def _lots(self, move):
        return [
            {"lot": line.lot_id.name, "quantity": line.quantity_product_uom}
            for line in move.move_line_ids
            if line.lot_id
        ]
