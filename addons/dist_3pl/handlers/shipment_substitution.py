"""Shipments of something else than was asked for."""

from odoo import models
from odoo.addons.dist_connector_base.core.errors import BusinessError

from ..core.asked_lines import exact, in_own_unit
from ..core.substitution import replaced, rewritten, swaps


class ShipmentConfirmationHandler(models.AbstractModel):
    _inherit = "dist.handler.shipment_confirmation"

    def _match(self, batch):
        """Make room for substitutes that somebody agreed to.

        :raises BusinessError: one that nobody agreed to
        """
        shipments = super()._match(batch)
        for shipment in shipments:
            if not self._may_substitute(shipment):
                continue
            asked = self._asked(shipment.picking, shipment.lines)
            if found := swaps(shipment.document, asked):
                self._substitute(shipment, found)
        return shipments

    def _may_substitute(self, shipment):
        """Say whether a confirmation is worth a closer look; most are not."""
        skus = {line.line_key: line.product_id.default_code for line in shipment.lines}
        return any(
            said.substitutes
            or (said.sku and said.sku != skus.get(said.line_key, said.sku))
            for said in shipment.document.lines
        )

    def _substitute(self, shipment, found):
        """Give each substitute a line of its own, and take it off what was asked for.

        :raises BusinessError: nobody agreed to it, or it is more than was asked
        """
        keys, dropped = {}, set()
        for swap in found:
            rule = self._rule(shipment.inbound, shipment.picking, shipment.lines, swap)
            if rule.policy not in ("allowed", "refused"):
                raise swap.refusal()
            line = shipment.lines.browse(swap.asked.ref)
            if rule.policy == "refused":
                dropped.add(swap.index)
                shipment.inbound.warn(self._rejected(swap))
                continue
            own = self._swap(shipment, swap, line, rule)
            keys[swap.index] = (own.line_key, own.product_id.default_code)
            shipment.lines |= own
        shipment.said = rewritten(shipment.document, keys, dropped)

    def _rule(self, inbound, picking, lines, swap):
        """Give what was decided of a substitution; empty: nothing."""
        rules = self.env["dist.substitution"]
        substitute = self._product(picking, swap.sku)
        if not substitute:
            return rules
        return rules._find(
            inbound.backend,
            lines.browse(swap.asked.ref).product_id,
            substitute,
            picking,
            getattr(inbound, "message_id", False),
        )

    def _product(self, picking, sku):
        return (
            self.env["product.product"]
            .sudo()
            .search(
                [
                    ("default_code", "=", sku),
                    ("company_id", "in", [False, picking.company_id.id]),
                ],
                limit=1,
            )
        )

    def _rejected(self, swap):
        return BusinessError(
            self.env._(
                "%(quantity)s of %(sku)s left in place of %(asked)s, and it was "
                "rejected: it is booked nowhere.",
                quantity=swap.quantity,
                sku=swap.sku,
                asked=swap.asked.sku,
            ),
            path=f"{swap.path}.sku",
            next_step=self.env._(
                "Agree with the warehouse how it comes back, and adjust the stock of "
                "what left."
            ),
        )

    # ---------------------------------------------------------------- write

    def _swap(self, shipment, swap, line, rule):
        """Move the substitute in place of what was asked for.

        :return: the request line of the substitute
        :raises DistError: more than was asked, or a unit that it is not packed in
        """
        substitute, picking = rule.substitute_id, shipment.picking
        said = shipment.document.lines[swap.index]
        quantity = self._quantity(picking, line, substitute, said, swap)
        taken = float(replaced(swap, quantity, exact(rule.ratio)))
        original = line.move_id.with_context(dist_no_change=True)
        move = self._move(original, substitute, float(quantity))
        line.quantity -= taken
        rest = original.product_uom_qty - line.uom_id._compute_quantity(
            taken, original.product_uom, rounding_method="HALF-UP"
        )
        if original.product_uom.compare(rest, 0) > 0:
            original.product_uom_qty = rest
        else:
            original.with_context(dist_partner_agreed=True)._action_cancel()
        self._tell(picking, line.product_id, taken, move)
        return self._line(line, move, float(quantity))

    def _quantity(self, picking, line, substitute, said, swap):
        """Give how much of the substitute left, in its own unit."""
        pattern = line.new({"product_id": substitute.id, "quantity": 0.0}, origin=line)
        own = self.env["dist.transfer.booking"]._asked(picking, pattern)
        return in_own_unit(said, own, swap.path).quantity

    def _move(self, original, substitute, quantity):
        """Give a move of the substitute; Odoo adds its line to the sale order."""
        move = original.copy(
            {
                "product_id": substitute.id,
                "product_uom": substitute.uom_id.id,
                "product_uom_qty": quantity,
                "packaging_uom_id": substitute.uom_id.id,
                "picking_id": original.picking_id.id,
                "sale_line_id": False,
                "description_picking": False,
            }
        )
        return move._action_confirm(merge=False)

    def _line(self, line, move, quantity):
        """Give the request line of a substitute; a later shipment finds it again."""
        key = f"{line.line_key}/{move.product_id.default_code}"
        own = line.search(
            [
                ("backend_id", "=", line.backend_id.id),
                ("request_key", "=", line.request_key),
                ("line_key", "=", key),
            ]
        )
        if own:
            own.write({"quantity": own.quantity + quantity, "move_id": move.id})
            return own
        return line.create(
            {
                "backend_id": line.backend_id.id,
                "company_id": line.company_id.id,
                "request_key": line.request_key,
                "line_key": key,
                "move_id": move.id,
                "product_id": move.product_id.id,
                "quantity": quantity,
            }
        )

    def _tell(self, picking, product, taken, move):
        (picking.sale_id or picking).message_post(
            body=self.env._(
                "%(new)s of %(substitute)s leave in place of %(old)s of %(product)s.",
                new=f"{move.product_uom_qty:g}",
                substitute=move.product_id.display_name,
                old=f"{taken:g}",
                product=product.display_name,
            )
        )

    # --------------------------------------------------------------- decide

    def _open_swaps(self, message, document):
        """Give the substitutions of a confirmation that nobody decided yet.

        :param message: the ``dist.message`` of the confirmation
        :return: list of ``(swap, product asked for, substitute or none)``
        """
        lines = self.env["dist.transfer.booking"]._asked_lines(
            "dist.request.line", "request_key", [_Arrived(message, document)]
        )
        lines = next(iter(lines.values()), self.env["dist.request.line"])
        if not lines:
            return []
        picking = lines.move_id.picking_id[-1:]
        arrived = _Arrived(message, document)
        result = []
        for swap in swaps(document, self._asked(picking, lines)):
            rule = self._rule(arrived, picking, lines, swap)
            if rule.policy not in ("allowed", "refused"):
                product = lines.browse(swap.asked.ref).product_id
                result.append((swap, product, self._product(picking, swap.sku)))
        return result


class _Arrived:
    """A confirmation that stands in exception, as the steps above read it."""

    def __init__(self, message, document):
        self.backend = message.backend_id
        self.message_id = message.id
        self.document = document
