"""Acknowledgements: what a partner's confirmation came to in our books."""

from typing import Annotated, ClassVar

from pydantic import Field

from .base import Document, Part
from .fields import Key, Qty


class BookedLine(Part):
    """One line, and how much of it is booked.

    :ivar quantity: all that the confirmation brought of the line
    """

    line_key: Key
    quantity: Qty


class Acknowledgement(Part):
    """What the acknowledgements of shipments and receipts have in common.

    :ivar confirmation_key: the confirmation that was booked, by the partner's number
    :ivar reference: our number of the request, or of the receipt advice
    """

    confirmation_key: Key
    reference: Key
    lines: Annotated[list[BookedLine], Field(min_length=1)]


class ShipmentAcknowledgement(Acknowledgement, Document):
    """Tell a warehouse that we have booked what it shipped."""

    doc_type: ClassVar[str] = "shipment_acknowledgement"
    key_field: ClassVar[str] = "confirmation_key"


class ReceiptAcknowledgement(Acknowledgement, Document):
    """Tell a warehouse that we have booked what it received."""

    doc_type: ClassVar[str] = "receipt_acknowledgement"
    key_field: ClassVar[str] = "confirmation_key"
