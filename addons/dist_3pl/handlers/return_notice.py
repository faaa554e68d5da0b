"""Returns that a warehouse received: matched with what we know, and booked."""

from odoo import models
from odoo.addons.dist_connector_base.core.errors import BusinessError, MappingError
from odoo.addons.dist_connector_base.pipeline.timeline import Milestone

from ..models.dist_return import EXPECTED_STATES, OPEN_STATES
from ..models.dist_return_line import REASONS


class ReturnNoticeHandler(models.AbstractModel):
    _name = "dist.handler.return_notice"
    _inherit = "dist.handler"
    _description = "Return"

    def _dist_milestone(self, event, document):
        """Only goods that came back are a milestone, not those that are expected."""
        if document.stage != "received":
            return None
        return Milestone("returned", document.returned_at)

    def _apply(self, batch):
        """Book the returns; one that belongs to nothing we know waits for a person.

        :raises DistError: with the path of the fault in the notice
        """
        for inbound in batch:
            backend = inbound.backend
            document = self._in_own_units(inbound)
            self._check_reasons(document)
            record = self._known(backend, document)
            if not record:
                delivery = self._delivery(backend, document)
                if document.stage == "expected":
                    inbound.link(delivery)
                    continue
                if not delivery:
                    self._unassigned(inbound, document)
                    continue
                record = self._of_delivery(backend, delivery, document)
            inbound.link(record)
            if document.stage == "received":
                self._receive(inbound, document, record)

    def _in_own_units(self, inbound):
        """Give the notice in the units that the products are kept in."""
        lines = self.env["dist.sku.lookup"]._in_own_units(
            inbound.backend.company_id, inbound.document.lines
        )
        return inbound.document.model_copy(update={"lines": lines})

    def _check_reasons(self, document):
        """Refuse a reason that is none of ours.

        :raises MappingError: with the reason and its place
        """
        known = dict(REASONS)
        for index, line in enumerate(document.lines):
            if line.reason_code and line.reason_code not in known:
                raise MappingError(
                    self.env._(
                        "%(reason)s is none of our return reasons: %(known)s.",
                        reason=line.reason_code,
                        known=", ".join(known),
                    ),
                    path=f"lines[{index}].reason_code",
                    vocabulary="return_reason",
                    value=line.reason_code,
                )

    def _known(self, backend, document):
        """Give the return that the notice names by our number or the partner's."""
        returns = self.env["dist.return"].sudo()
        names = [n for n in (document.authorisation, document.return_key) if n]
        return returns.search(
            [
                ("backend_id", "=", backend.id),
                "|",
                ("name", "in", names),
                ("remote_key", "=", document.return_key),
            ],
            order="id desc",
            limit=1,
        )

    def _delivery(self, backend, document):
        """Find the delivery by request, tracking number or order number.

        :return: the delivery, or an empty record where none or several could be meant
        """
        pickings = self.env["stock.picking"].sudo()
        mine = [
            ("picking_type_id.code", "=", "outgoing"),
            ("picking_type_id.warehouse_id.dist_backend_id", "=", backend.id),
            ("state", "=", "done"),
        ]
        numbers = [
            number
            for number in (document.original_tracking_number, document.tracking_number)
            if number
        ]
        ways = [
            [("dist_request_key", "=", document.request_key)],
            [("dist_parcel_ids.tracking_number", "in", numbers)],
            [("origin", "=", document.order_reference)],
            [("sale_id.client_order_ref", "=", document.order_reference)],
        ]
        told = (
            document.request_key,
            numbers,
            document.order_reference,
            document.order_reference,
        )
        for way, value in zip(ways, told, strict=True):
            found = pickings.search([*mine, *way]) if value else pickings
            fitting = found.filtered(lambda p: self._shipped_all(p, document))
            if len(fitting) == 1:
                return fitting
        return pickings

    def _shipped_all(self, picking, document):
        """Whether a delivery had shipped everything that came back."""
        shipped = {}
        for move in picking.move_ids:
            sku = move.product_id.default_code
            shipped[sku] = shipped.get(sku, 0.0) + move.product_qty
        came = {}
        for line in document.lines:
            came[line.sku] = came.get(line.sku, 0.0) + float(line.quantity)
        return all(shipped.get(sku, 0.0) >= quantity for sku, quantity in came.items())

    def _of_delivery(self, backend, delivery, document):
        """Give the return we expect of a delivery, or make one: it came unannounced.

        What is expected fits when all that came back was announced by it.
        """
        came = {line.sku for line in document.lines}
        expected = delivery.dist_returned_ids.filtered(
            lambda r: (
                r.state in EXPECTED_STATES
                and r.backend_id == backend
                and came
                <= set(
                    r.line_ids.filtered("quantity").mapped("product_id.default_code")
                )
            )
        )
        if len(expected) == 1:
            return expected
        return (
            self.env["dist.return"]
            .sudo()
            ._make_for(delivery, backend, is_blind=True, remote_key=document.return_key)
        )

    def _receive(self, inbound, document, record):
        if record.state == "received":
            raise BusinessError(
                self.env._("%s is received already.", record.name),
                path="return_key",
                next_step=self.env._(
                    "Ask the warehouse whether a second parcel came back, and under "
                    "which order."
                ),
            )
        if record.state not in OPEN_STATES:
            raise BusinessError(
                self.env._("%s was cancelled.", record.name),
                path="return_key",
                next_step=self.env._(
                    "Decide with the customer what becomes of the goods, make a new "
                    "return and replay."
                ),
            )
        self.env["dist.message"]._dist_answered_by(
            inbound.backend, "return_authorisation", [record.name]
        )
        differs = record._receive(document)
        if differs:
            inbound.warn(
                BusinessError(
                    self.env._("Other goods came back than authorised: %s", differs),
                    path="lines",
                    next_step=self.env._(
                        "Agree with the customer what is credited; the proposal "
                        "covers what came back."
                    ),
                )
            )

    def _unassigned(self, inbound, document):
        """Keep what nobody can place, and give it an owner."""
        backend = inbound.backend
        # who sent it is in the ledger; the rest is what a person needs to place it
        kept = document.model_copy(update={"sender": None})
        products = self.env["product.product"].search(
            [
                ("default_code", "in", [line.sku for line in document.lines]),
                ("company_id", "in", [False, backend.company_id.id]),
            ]
        )
        by_sku = products.grouped("default_code")
        record = (
            self.env["dist.return"]
            .sudo()
            .create(
                {
                    "backend_id": backend.id,
                    "company_id": backend.company_id.id,
                    "state": "unassigned",
                    "is_blind": True,
                    "remote_key": document.return_key,
                    "tracking_number": document.tracking_number,
                    "notice": kept.to_json(),
                    "received_at": document.returned_at
                    and document.returned_at.replace(tzinfo=None),
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "product_id": by_sku[line.sku][:1].id,
                                "quantity": float(line.quantity),
                                "reason_code": line.reason_code or "other",
                                "disposition": line.disposition,
                            },
                        )
                        for line in document.lines
                        if line.sku in by_sku
                    ],
                }
            )
        )
        inbound.link(record)
        inbound.warn(
            BusinessError(
                self.env._(
                    "Return %s belongs to no order that we know.", document.return_key
                ),
                path="order_reference",
                next_step=self.env._(
                    "Open the return and assign it to the delivery it belongs to."
                ),
            )
        )
