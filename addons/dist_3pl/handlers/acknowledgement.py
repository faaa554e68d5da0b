"""Acknowledgements: partners that keep count of what we booked are told of it.

The count leaves as a message of its own, stored in the transaction that booked the
goods: a partner that cannot be told holds no delivery up.
"""

from typing import ClassVar

from odoo import models
from odoo.addons.dist_connector_base.core.canonical import (
    ReceiptAcknowledgement,
    ShipmentAcknowledgement,
)
from odoo.addons.dist_connector_base.pipeline.outbox import Outbound


class AcknowledgementHandler(models.AbstractModel):
    _name = "dist.handler.acknowledgement"
    _inherit = "dist.handler"
    _description = "Acknowledgement"

    _dist_milestones: ClassVar[dict[str, str]] = {}
    #: The canonical acknowledgement.
    _dist_document = None
    #: Field of the confirmation with our number of what it is about.
    _dist_reference = ""

    def _collect(self, batch):
        """Queue an acknowledgement of each confirmation whose partner wants one.

        What a confirmation says of no line of ours is not told: the partner counts by
        our lines.

        :param batch: confirmations that were applied, as handlers get them
        """
        message_type = self._dist_document.doc_type
        by_backend = {}
        for inbound in batch:
            by_backend.setdefault(inbound.backend, []).append(inbound)
        for backend, applied in by_backend.items():
            if not backend._flow(message_type):
                continue
            told = [(self._map(inbound.document), inbound) for inbound in applied]
            backend._dist_send(
                message_type,
                [
                    Outbound(
                        document,
                        partition=document.reference,
                        correlation=inbound.correlation,
                    )
                    for document, inbound in told
                    if document
                ],
            )

    def _map(self, confirmation):
        """Give the acknowledgement of a confirmation, or None where none is due."""
        booked = {}
        for line in confirmation.lines:
            if line.line_key:
                booked[line.line_key] = booked.get(line.line_key, 0) + line.quantity
        number = getattr(confirmation, self._dist_reference)
        if not number or not booked:
            return None
        return self._dist_document.parse(
            {
                "confirmation_key": confirmation.key,
                "reference": number,
                "lines": [
                    {"line_key": key, "quantity": quantity}
                    for key, quantity in booked.items()
                ],
            }
        )


class ShipmentAcknowledgementHandler(models.AbstractModel):
    _name = "dist.handler.shipment_acknowledgement"
    _inherit = "dist.handler.acknowledgement"
    _description = "Shipment acknowledgement"

    _dist_document = ShipmentAcknowledgement
    _dist_reference = "request_key"


class ReceiptAcknowledgementHandler(models.AbstractModel):
    _name = "dist.handler.receipt_acknowledgement"
    _inherit = "dist.handler.acknowledgement"
    _description = "Receipt acknowledgement"

    _dist_document = ReceiptAcknowledgement
    _dist_reference = "receipt_key"
