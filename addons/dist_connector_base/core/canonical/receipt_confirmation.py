"""Receipt confirmation: what arrived (X12 944, EDIFACT RECADV)."""

from typing import ClassVar, Literal

from pydantic import Field

from .base import Document, Part
from .common import DEFAULT_UNIT, LotQuantity, Party
from .fields import Amount, Code, Currency, Key, Moment, Qty, Text
from .trade import Reference


class ReceivedLine(Part):
    """What was received of one line, in one condition.

    :ivar quantity: received in this condition
    :ivar expected_quantity: as announced; a smaller ``quantity`` is a shortage
    :ivar reason_code: canonical reason of what is over, short or damaged
    """

    line_key: Key | None = None
    sku: Key
    gtin: Code | None = None
    description: Text = ""
    quantity: Qty
    expected_quantity: Qty | None = None
    unit: Code = DEFAULT_UNIT
    condition: Literal["good", "damaged", "quarantine", "rejected"] = "good"
    lots: list[LotQuantity] = Field(default_factory=list)
    reason_code: Code | None = None
    reason: Text = ""


class ReceiptCharge(Part):
    """What the arrival cost: freight, customs, handling.

    :ivar kind: canonical kind: ``freight``, ``customs``, ``handling``, ``other``
    """

    kind: Code = "freight"
    amount: Amount
    currency: Currency | None = None
    description: Text = ""


class ReceiptConfirmation(Document):
    """What a warehouse, or a customer, received.

    :ivar confirmation_key: the receiver's own number of the receipt
    :ivar receipt_key: the receipt notice or the despatch that it answers
    :ivar completes_receipt: False when more is to come under the same notice
    """

    doc_type: ClassVar[str] = "receipt_confirmation"
    key_field: ClassVar[str] = "confirmation_key"
    volatile: ClassVar[frozenset[str]] = frozenset({"raw_status", "raw_substatus"})

    confirmation_key: Key
    receipt_key: Key | None = None
    remote_id: Key | None = None
    order_reference: Text = ""
    warehouse: Code | None = None
    received_at: Moment
    completes_receipt: bool = True
    ship_from: Party | None = None
    ship_to: Party | None = None
    references: list[Reference] = Field(default_factory=list)
    lines: list[ReceivedLine] = Field(default_factory=list)
    charges: list[ReceiptCharge] = Field(default_factory=list)
    notes: Text = ""
    raw_status: Text = ""
    raw_substatus: Text = ""
