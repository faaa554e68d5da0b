"""Order: a buyer orders goods (X12 850, EDIFACT ORDERS)."""

from typing import Annotated, ClassVar

from pydantic import Field

from .base import Document
from .common import DEFAULT_UNIT, Party
from .fields import Amount, Code, Currency, Day, Key, Qty, Text
from .trade import Charge, PaymentTerms, ProductPart, Reference


class OrderLine(ProductPart):
    """One ordered product.

    :ivar line_number: the buyer's number of the line; answers name it
    :ivar price: per ``unit``, before line charges; None asks for the agreed price
    """

    line_number: Key
    quantity: Annotated[Qty, Field(gt=0)]
    unit: Code = DEFAULT_UNIT
    price: Amount | None = None
    requested_delivery_date: Day | None = None
    references: list[Reference] = Field(default_factory=list)
    charges: list[Charge] = Field(default_factory=list)
    notes: Text = ""


class Order(Document):
    """A purchase order as the buyer wrote it.

    :ivar purpose: ``original``, ``replace``, ``cancel``, ``confirmation``, ``copy``
    :ivar order_type: ``standard``, ``blanket``, ``call_off``, ``drop_ship``, ``rush``
    :ivar cancel_after: goods not shipped by then are no longer wanted
    :ivar total: the buyer's own total, to compare with ours; never copied
    """

    doc_type: ClassVar[str] = "order"
    key_field: ClassVar[str] = "order_number"

    order_number: Key
    purpose: Code = "original"
    order_type: Code = "standard"
    release_number: Text = ""
    order_date: Day
    currency: Currency | None = None
    requested_delivery_date: Day | None = None
    requested_ship_date: Day | None = None
    cancel_after: Day | None = None
    buyer: Party | None = None
    supplier: Party | None = None
    ship_to: Party | None = None
    bill_to: Party | None = None
    carrier: Code | None = None
    freight_terms: Code | None = None
    payment_terms: PaymentTerms | None = None
    references: list[Reference] = Field(default_factory=list)
    charges: list[Charge] = Field(default_factory=list)
    notes: Text = ""
    lines: Annotated[list[OrderLine], Field(min_length=1)]
    total: Amount | None = None
