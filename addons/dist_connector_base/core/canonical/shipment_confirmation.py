"""Shipment confirmation: what left the warehouse (X12 945, EDIFACT DESADV)."""

from typing import Annotated, ClassVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import Self

from .base import Document, Part
from .common import DEFAULT_UNIT, LotQuantity, Money, Parcel
from .fields import Code, Key, Moment, Qty, Text


class ShipmentConfirmationLine(Part):
    """What was shipped of one line; 0 says that nothing of it was.

    :ivar line_key: the request's line; ``sku`` where the partner knows no line
    :ivar substitutes: the SKU that was asked for, where another one left instead
    """

    line_key: Key | None = None
    sku: Key | None = None
    gtin: Code | None = None
    quantity: Qty
    ordered_quantity: Qty | None = None
    unit: Code = DEFAULT_UNIT
    lots: list[LotQuantity] = Field(default_factory=list)
    reason_code: Code | None = None
    substitutes: Key | None = None

    @model_validator(mode="after")
    def _names_its_product(self) -> Self:
        if self.line_key is None and self.sku is None:
            raise PydanticCustomError("line", "names neither line_key nor sku")
        return self


class ShipmentConfirmation(Document):
    """What a warehouse shipped for a fulfilment request.

    :ivar confirmation_key: the partner's own number of the shipment
    :ivar completes_request: False when the partner ships the rest under the same
        request; True closes the request, and what is missing becomes a backorder
    :ivar shipping_cost: of the whole shipment; None: the sum of its parcels' costs
    :ivar raw_status, raw_substatus: the partner's own words, as sent
    """

    doc_type: ClassVar[str] = "shipment_confirmation"
    key_field: ClassVar[str] = "confirmation_key"
    volatile: ClassVar[frozenset[str]] = frozenset(
        {"received_at", "raw_status", "raw_substatus"}
    )

    confirmation_key: Key
    request_key: Key
    remote_order_id: Key | None = None
    order_reference: Text = ""
    warehouse: Code | None = None
    shipped_at: Moment
    completes_request: bool = True
    carrier: Code | None = None
    service: Code | None = None
    bill_of_lading: Text = ""
    lines: Annotated[list[ShipmentConfirmationLine], Field(min_length=1)]
    parcels: list[Parcel] = Field(default_factory=list)
    shipping_cost: Money | None = None
    received_at: Moment | None = None
    raw_status: Text = ""
    raw_substatus: Text = ""
