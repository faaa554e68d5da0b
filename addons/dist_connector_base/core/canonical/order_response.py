"""Order response: what the supplier will deliver (X12 855 and 865, EDIFACT ORDRSP)."""

from typing import ClassVar, Literal

from pydantic import Field

from .base import Document
from .common import DEFAULT_UNIT, Party
from .fields import Amount, Code, Currency, Day, Key, Qty, Text
from .trade import ProductPart, Reference

LineStatus = Literal[
    "accepted",
    "quantity_changed",
    "price_changed",
    "date_changed",
    "changed",
    "backordered",
    "substituted",
    "on_hold",
    "rejected",
    "deleted",
]


class OrderResponseLine(ProductPart):
    """The answer to one line.

    :ivar quantity: what was ordered, as the supplier understood it
    :ivar confirmed_quantity: what the supplier will deliver of it
    """

    line_number: Key
    status: LineStatus = "accepted"
    quantity: Qty | None = None
    confirmed_quantity: Qty | None = None
    unit: Code = DEFAULT_UNIT
    price: Amount | None = None
    ship_date: Day | None = None
    delivery_date: Day | None = None
    reason: Text = ""


class OrderResponse(Document):
    """A supplier's answer to an order or to a change of it.

    :ivar response_number: the supplier's number of the answer, where it gives one
    :ivar change_number: set when this answers a change of the order
    """

    doc_type: ClassVar[str] = "order_response"
    key_field: ClassVar[str] = "order_number"

    response_number: Key | None = None
    order_number: Key
    change_number: Key | None = None
    status: Literal["received", "accepted", "changed", "rejected"]
    response_date: Day | None = None
    order_date: Day | None = None
    supplier_order_number: Key | None = None
    currency: Currency | None = None
    buyer: Party | None = None
    supplier: Party | None = None
    ship_to: Party | None = None
    references: list[Reference] = Field(default_factory=list)
    notes: Text = ""
    lines: list[OrderResponseLine] = Field(default_factory=list)

    @property
    def key(self) -> str:
        """Order, change and answer together: suppliers answer more than once."""
        steps = (self.order_number, self.change_number, self.response_number)
        return "/".join(step for step in steps if step)
