"""Shipment confirmations: what left the warehouse becomes done deliveries."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar

from odoo import models
from odoo.addons.dist_connector_base.core.batching import waves
from odoo.addons.dist_connector_base.core.canonical import ShipmentConfirmation
from odoo.addons.dist_connector_base.core.errors import BusinessError

from ..core.allocation import ShippedLine, allocate, surplus
from ..core.asked_lines import KitShare, exact
from ..core.pack_check import AS_SAID


@dataclass
class Shipment:
    """One confirmation, matched with the delivery and the lines it is about."""

    inbound: object
    picking: models.BaseModel
    lines: models.BaseModel
    shipped: list[ShippedLine] = field(default_factory=list)
    #: what is to be booked, where it is not word for word what was said
    said: ShipmentConfirmation | None = None

    @property
    def document(self):
        """The canonical confirmation."""
        return self.said or self.inbound.document


class ShipmentConfirmationHandler(models.AbstractModel):
    _name = "dist.handler.shipment_confirmation"
    _inherit = "dist.handler"
    _description = "Shipment confirmation"

    _dist_milestones: ClassVar[dict[str, str]] = {"applied": "shipped"}
    _dist_milestone_time = "shipped_at"

    def _apply(self, batch):
        """Validate the deliveries that the partners shipped.

        One set of reads and one of writes for all of the batch; only a second
        shipment of the same request waits for the first to be written.

        :raises DistError: with the path of the fault in the confirmation
        """
        for wave in waves(batch, _request):
            shipments = self._match(wave)
            answers = self.env["dist.transfer.booking"]._answers(wave)
            for shipment in shipments:
                shipment.shipped = self._allocate(shipment, answers)
            self._write(shipments)
            self.env["stock.picking"]._dist_keep_status(
                (shipment.picking, shipment.document) for shipment in shipments
            )
        self.env["dist.handler.shipment_acknowledgement"]._collect(batch)

    # ---------------------------------------------------------------- match

    def _match(self, batch):
        """Find the delivery and the open request lines of each confirmation.

        :raises BusinessError: the request is unknown, done, cancelled or rejected
        """
        by_request = self.env["dist.transfer.booking"]._asked_lines(
            "dist.request.line", "request_key", batch
        )
        shipments = []
        for inbound in batch:
            key = inbound.document.request_key
            asked = by_request.get((inbound.backend.id, key))
            if not asked:
                raise BusinessError(
                    self.env._("We know no request %s.", key), path="request_key"
                )
            shipments.append(Shipment(inbound, self._open_picking(asked, key), asked))
        return shipments

    def _open_picking(self, lines, key):
        """Give the delivery that the request is to ship.

        :raises BusinessError: nothing is open under this request any more
        """
        pickings = lines.move_id.picking_id
        for picking in pickings:
            if picking.dist_request_key == key and picking._dist_open():
                return picking
        picking = pickings[-1:]
        if picking.state == "done":
            text = self.env._("%s is shipped already.", picking.name)
        elif picking.dist_request_key == key and picking.dist_state == "rejected":
            text = self.env._("%s was rejected by the partner before.", picking.name)
        else:
            text = self.env._("Request %s was cancelled or replaced.", key)
        raise BusinessError(
            text,
            path="request_key",
            next_step=self.env._(
                "Ask the warehouse whether goods left a second time, or for a wrong "
                "order."
            ),
        )

    def _allocate(self, shipment, answers):
        asked = self._asked(shipment.picking, shipment.lines)
        said = shipment.document
        document = self.env["dist.transfer.booking"]._checked(
            shipment.inbound,
            asked,
            answers,
            said.completes_request,
            [content for parcel in said.parcels for content in parcel.contents],
            said,
        )
        as_said = answers.get(shipment.inbound.message_id) == AS_SAID
        return allocate(document, asked, as_said=as_said)

    def _asked(self, picking, lines):
        """Give request lines as the allocation works on them."""
        booking = self.env["dist.transfer.booking"]
        return [
            booking._asked(
                picking,
                line,
                done=exact(line.quantity_shipped),
                surplus=exact(line.surplus_allowed),
                kit=self._kit(line),
            )
            for line in lines
        ]

    def _kit(self, line):
        if not line.kit_key:
            return None
        return KitShare(
            line.kit_key, line.kit_sku, Fraction(line.kit_share), line.kit_unit
        )

    def _accept_surplus(self, backend, document):
        """Allow what a confirmation ships beyond what was asked.

        :return: text of what was allowed, line by line; empty: nothing is over
        :raises DistError: when the confirmation has another fault
        """
        lines = (
            self.env["dist.request.line"]
            .sudo()
            .search(
                [
                    ("backend_id", "=", backend.id),
                    ("request_key", "=", document.request_key),
                ]
            )
        )
        over = surplus(
            document, self._asked(lines.move_id.picking_id[:1], lines) if lines else []
        )
        allowed = []
        for line in lines.filtered(lambda known: known.id in over):
            line.surplus_allowed += float(over[line.id])
            allowed.append(f"{line.product_id.default_code} +{over[line.id]:f}")
        return ", ".join(allowed)

    # ---------------------------------------------------------------- write

    def _write(self, shipments):
        """Write what was shipped, and validate the deliveries in one call."""
        self._accepted_silently(shipments)
        shipped = [shipment for shipment in shipments if shipment.shipped]
        self._set_moves(shipped)
        self.env["dist.shipment.parcels"]._write(shipped)
        rest = [shipment for shipment in shipped if self._rest_follows(shipment)]
        self._write_lines(shipped)
        self._validate(shipped, rest)
        for shipment in shipments:
            if not shipment.shipped and shipment.document.completes_request:
                self._nothing_shipped(shipment)
            shipment.inbound.link(shipment.picking)

    def _accepted_silently(self, shipments):
        """A partner that ships has accepted, even where it never said so."""
        silent = self.env["stock.picking"].concat(
            *(s.picking for s in shipments if s.picking.dist_state == "sent")
        )
        if silent:
            silent._dist_answered("fulfilment_request")

    def _set_moves(self, shipments):
        """Set quantities, lots and what is picked, on all moves at once."""
        booking = self.env["dist.transfer.booking"]
        picked = self.env["stock.move"]
        by_lots = []
        for shipment in shipments:
            lines = {line.id: line for line in shipment.lines}
            for shipped in shipment.shipped:
                move = lines[shipped.ref].move_id
                picked += move
                if shipped.lots:
                    by_lots.append((shipment.picking, move, shipped))
                else:
                    booking._set_quantity(move, shipped.quantity)
        self.env["dist.shipment.lots"]._set(by_lots)
        picked.picked = True

    def _rest_follows(self, shipment):
        """Whether the partner ships more under the same request."""
        if shipment.document.completes_request:
            return False
        shipped = {part.ref: float(part.quantity) for part in shipment.shipped}
        return any(
            line.uom_id.compare(line.quantity_open, shipped.get(line.id, 0.0)) > 0
            for line in shipment.lines
        )

    def _write_lines(self, shipments):
        for shipment in shipments:
            lines = {line.id: line for line in shipment.lines}
            for shipped in shipment.shipped:
                line = lines[shipped.ref]
                line.quantity_shipped += float(shipped.quantity)

    def _validate(self, shipments, rest):
        """Validate the deliveries, and note that the partner shipped them.

        :param rest: those of the shipments that more follows for
        :raises BusinessError: Odoo wants a decision first
        """
        if not shipments:
            return
        pickings = self.env["stock.picking"].concat(*(s.picking for s in shipments))
        follows = self.env["stock.picking"].concat(*(s.picking for s in rest))
        self.env["dist.transfer.booking"]._validate(
            pickings,
            follows,
            dist_partner_shipped=True,
            dist_rest_follows=tuple(follows.ids),
        )
        for shipment in shipments:
            shipment.picking._dist_write(
                {
                    "dist_state": "shipped",
                    "dist_reason": False,
                    "dist_shipped_at": shipment.document.shipped_at.replace(
                        tzinfo=None
                    ),
                    **self._remote_id(shipment),
                }
            )

    def _remote_id(self, shipment):
        remote_id = shipment.document.remote_order_id
        if not remote_id or shipment.picking.dist_remote_id:
            return {}
        return {"dist_remote_id": remote_id}

    def _nothing_shipped(self, shipment):
        """A request that was closed without goods is as good as rejected."""
        reason = self.env._("Closed by the warehouse; nothing was shipped.")
        shipment.picking._dist_rejected(reason)
        shipment.inbound.warn(
            BusinessError(
                reason,
                next_step=self.env._("Request the delivery again, or cancel it."),
            )
        )


def _request(inbound):
    return inbound.backend.id, inbound.document.request_key
