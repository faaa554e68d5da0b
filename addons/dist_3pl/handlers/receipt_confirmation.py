"""Receipt confirmations: what came in at a warehouse becomes done receipts."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from odoo import models
from odoo.addons.dist_connector_base.core.batching import waves
from odoo.addons.dist_connector_base.core.errors import BusinessError

from ..core.asked_lines import exact
from ..core.pack_check import AS_SAID
from ..core.receiving import CountedLine, count


@dataclass
class Receipt:
    """One confirmation, matched with the receipt and the lines it is about."""

    inbound: object
    picking: models.BaseModel
    lines: models.BaseModel
    counted: list[CountedLine] = field(default_factory=list)

    @property
    def document(self):
        """The canonical confirmation."""
        return self.inbound.document

    @property
    def arrived(self):
        """What came into stock; a line may also say that nothing did."""
        return [line for line in self.counted if line.quantity]


class ReceiptConfirmationHandler(models.AbstractModel):
    _name = "dist.handler.receipt_confirmation"
    _inherit = "dist.handler"
    _description = "Receipt confirmation"

    _dist_milestones: ClassVar[dict[str, str]] = {
        "applied": "received",
    }
    _dist_milestone_time = "received_at"

    def _apply(self, batch):
        """Validate the receipts that the partners confirmed.

        One set of reads and one of writes for all of the batch; only a second
        confirmation of the same advice waits for the first to be written.

        :raises DistError: with the path of the fault in the confirmation
        """
        for wave in waves(batch, _advice):
            receipts = self._match(wave)
            answers = self.env["dist.transfer.booking"]._answers(wave)
            late = [r for r in receipts if r.picking.state == "done"]
            for receipt in receipts:
                receipt.counted = self._count(receipt, answers)
            self._write([r for r in receipts if r not in late])
            for receipt in late:
                self._catch_up(receipt)
            self.env["dist.receipt.booking"]._costs(receipts)
            for receipt in receipts:
                receipt.inbound.link(receipt.picking)
            self.env["stock.picking"]._dist_keep_status(
                (receipt.picking, receipt.document) for receipt in receipts
            )
        self.env["dist.handler.receipt_acknowledgement"]._collect(batch)

    # ---------------------------------------------------------------- match

    def _match(self, batch):
        """Find the receipt and the announced lines of each confirmation.

        :raises BusinessError: the advice is unknown, received or cancelled
        """
        by_advice = self.env["dist.transfer.booking"]._asked_lines(
            "dist.receipt.line", "receipt_key", batch
        )
        receipts = []
        for inbound in batch:
            key = inbound.document.receipt_key
            told = by_advice.get((inbound.backend.id, key))
            if not told:
                told = self._adopt(inbound)
                key = told.receipt_key[:]
            receipts.append(Receipt(inbound, self._open_picking(told, key), told))
        return receipts

    def _adopt(self, inbound):
        """Take a receipt that was never announced, by its name or its order.

        :return: its lines, as if it had been announced
        :raises BusinessError: when none or several could be meant
        """
        document, backend = inbound.document, inbound.backend
        meant = self._meant(inbound)
        key = document.receipt_key or meant.name.replace("/", "-")
        meant._dist_write(
            {
                "dist_backend_id": backend.id,
                "dist_receipt_key": key,
                "dist_receipt_state": "accepted",
            }
        )
        return (
            self.env["dist.receipt.line"]
            .sudo()
            .create(
                [
                    {
                        "backend_id": backend.id,
                        "company_id": backend.company_id.id,
                        "receipt_key": key,
                        "line_key": str(move.id),
                        "move_id": move.id,
                        "product_id": move.product_id.id,
                        "quantity": move._dist_expected(),
                    }
                    for move in meant._dist_expected_moves()
                ]
            )
        )

    def _meant(self, inbound):
        """Give the one receipt that an unannounced confirmation can mean.

        :raises BusinessError: when none or several could be meant
        """
        document, backend = inbound.document, inbound.backend
        warehouses = self.env["stock.warehouse"].search(
            [("dist_backend_id", "=", backend.id)]
        )
        open_here = self.env["stock.picking"].search(
            [
                ("picking_type_id.code", "=", "incoming"),
                ("picking_type_id.warehouse_id", "in", warehouses.ids),
                ("state", "=", "assigned"),
                ("dist_receipt_state", "in", ("none", "blocked", "rejected")),
            ]
        )
        names = {document.receipt_key, document.order_reference} - {None, ""}
        meant = open_here.filtered(
            lambda p: p.name.replace("/", "-") in names or p.origin in names
        )
        if len(meant) != 1:
            raise BusinessError(
                self.env._(
                    "We announced no receipt %s.",
                    document.receipt_key or document.order_reference or "?",
                )
                if not meant
                else self.env._(
                    "%(key)s may be any of %(receipts)s.",
                    key=document.order_reference,
                    receipts=", ".join(meant.mapped("name")),
                ),
                path="receipt_key",
                next_step=self.env._(
                    "Find out which order the goods belong to, correct the receipt "
                    "key and replay."
                ),
            )
        return meant

    def _open_picking(self, lines, key):
        """Give the receipt that is to be validated, or that was validated by hand.

        :raises BusinessError: nothing is expected under this advice any more
        """
        pickings = lines.move_id.picking_id
        mine = pickings.filtered(lambda p: p.dist_receipt_key == key)
        if open_here := mine._dist_receipt_open()[:1]:
            return open_here
        # goods that came although the partner had said it would not expect them
        if free := mine.filtered(
            lambda p: p.dist_receipt_state == "rejected" and p.state == "assigned"
        ):
            return free[:1]
        if by_hand := mine.filtered("dist_receipt_by_hand"):
            return by_hand[-1:]
        picking = pickings[-1:]
        if picking.state == "done":
            text = self.env._("%s is received already.", picking.name)
        else:
            text = self.env._("Advice %s was cancelled or replaced.", key)
        raise BusinessError(
            text,
            path="receipt_key",
            next_step=self.env._(
                "Ask the warehouse whether goods came a second time, or for another "
                "order."
            ),
        )

    def _count(self, receipt, answers):
        """Put the confirmation onto the lines; see ``core.receiving.count``."""
        booking = self.env["dist.transfer.booking"]
        by_hand = receipt.picking.dist_receipt_by_hand
        advised = [
            booking._asked(
                receipt.picking,
                line,
                done=Decimal(0) if by_hand else exact(line.quantity_received),
            )
            for line in receipt.lines
        ]
        document = receipt.document
        free = by_hand or receipt.picking.dist_receipt_over_ok
        if not free:
            document = booking._checked(
                receipt.inbound, advised, answers, document.completes_receipt
            )
            free = answers.get(receipt.inbound.message_id) == AS_SAID
        percent = receipt.inbound.backend.over_receipt_percent
        return count(document, advised, tolerance=None if free else exact(percent))

    # ---------------------------------------------------------------- write

    def _write(self, receipts):
        """Write what came in, and validate the receipts in one call."""
        booking = self.env["dist.receipt.booking"]
        arrived = [receipt for receipt in receipts if receipt.arrived]
        self._accepted_silently(receipts)
        booking._set_moves(arrived)
        rest = [r for r in arrived if not r.document.completes_receipt]
        self._write_lines(receipts)
        booking._validate(arrived, rest)
        for receipt in receipts:
            if receipt.document.completes_receipt:
                self._tell_short(receipt)

    def _accepted_silently(self, receipts):
        """A partner that receives has taken the advice, even where it never said so."""
        for receipt in receipts:
            if receipt.picking.dist_receipt_state == "sent":
                self.env["dist.message"]._dist_answered_by(
                    receipt.inbound.backend,
                    "receipt_notice",
                    [receipt.picking.dist_receipt_key],
                )

    def _write_lines(self, receipts):
        for receipt in receipts:
            lines = {line.id: line for line in receipt.lines}
            for counted in receipt.counted:
                line = lines[counted.ref]
                blocked = sum(
                    part.quantity for part in counted.parts if part.status != "sellable"
                )
                values = {
                    "quantity_received": line.quantity_received
                    + float(counted.quantity)
                }
                if blocked:
                    values["quantity_blocked"] = line.quantity_blocked + float(blocked)
                if counted.refused:
                    values["quantity_refused"] = line.quantity_refused + float(
                        counted.refused
                    )
                if reason := _reason(counted):
                    values["reason"] = reason
                line.write(values)

    def _tell_short(self, receipt):
        """Give what is missing an owner: the partner closed the receipt without it."""
        short = [
            self.env._(
                "%(sku)s: %(received)s of %(advised)s%(reason)s",
                sku=line.product_id.default_code,
                received=f"{line.quantity_received:g}",
                advised=f"{line.quantity:g}",
                reason=f" ({line.reason})" if line.reason else "",
            )
            for line in receipt.lines
            if line.uom_id.compare(line.quantity_received, line.quantity) < 0
        ]
        if not receipt.arrived:
            receipt.picking._dist_receipt_rejected(
                self.env._("Closed by the warehouse; nothing came.")
            )
        if short:
            receipt.inbound.warn(
                BusinessError(
                    self.env._("Received less than announced: %s", "; ".join(short)),
                    path="lines",
                    next_step=self.env._(
                        "Claim it from the supplier or the carrier; receive or cancel "
                        "the backorder."
                    ),
                )
            )

    def _catch_up(self, receipt):
        """Compare with what somebody received by hand; book nothing a second time."""
        counted = {line.ref: float(line.quantity) for line in receipt.counted}
        differs = [
            self.env._(
                "%(sku)s: %(here)s here, %(there)s there",
                sku=line.product_id.default_code,
                here=f"{line.quantity_received:g}",
                there=f"{counted.get(line.id, 0.0):g}",
            )
            for line in receipt.lines
            if line.uom_id.compare(line.quantity_received, counted.get(line.id, 0.0))
        ]
        receipt.picking._dist_write(
            {
                "dist_receipt_by_hand": False,
                "dist_received_at": receipt.document.received_at.replace(tzinfo=None),
            }
        )
        if differs:
            receipt.inbound.warn(
                BusinessError(
                    self.env._(
                        "%(receipt)s was received by hand, and the partner says "
                        "otherwise: %(lines)s",
                        receipt=receipt.picking.name,
                        lines="; ".join(differs),
                    ),
                    next_step=self.env._(
                        "Find out who is right, and adjust the stock or tell the "
                        "warehouse."
                    ),
                )
            )


def _advice(inbound):
    document = inbound.document
    return inbound.backend.id, document.receipt_key or document.order_reference


def _reason(counted):
    code = (counted.reason_code or "").replace("_", " ")
    return ": ".join(part for part in (code, counted.reason) if part)
