"""Order change: the buyer wants something else (X12 860, EDIFACT ORDCHG)."""

from typing import ClassVar, Literal

from pydantic import Field

from .base import Document
from .common import DEFAULT_UNIT, Party
from .fields import Amount, Code, Currency, Day, Key, Qty, Text
from .trade import ProductPart, Reference

ChangeKind = Literal[
    "add",
    "delete",
    "quantity_increase",
    "quantity_decrease",
    "price",
    "dates",
    "change",
    "replace",
    "no_change",
]


class OrderChangeLine(ProductPart):
    """What changes in one line; the fields hold the values *after* the change."""

    line_number: Key
    change: ChangeKind
    quantity: Qty | None = None
    unit: Code = DEFAULT_UNIT
    price: Amount | None = None
    requested_delivery_date: Day | None = None
    notes: Text = ""


class OrderChange(Document):
    """A buyer's change of an order.

    :ivar change_number: the buyer's number of the change; with the order's number it
        tells changes apart
    :ivar purpose: ``change``, ``cancel`` (of the whole order) or ``replace``
    """

    doc_type: ClassVar[str] = "order_change"
    key_field: ClassVar[str] = "order_number"

    order_number: Key
    change_number: Key | None = None
    purpose: Literal["change", "cancel", "replace"] = "change"
    change_date: Day | None = None
    order_date: Day | None = None
    currency: Currency | None = None
    requested_delivery_date: Day | None = None
    cancel_after: Day | None = None
    buyer: Party | None = None
    supplier: Party | None = None
    ship_to: Party | None = None
    references: list[Reference] = Field(default_factory=list)
    notes: Text = ""
    lines: list[OrderChangeLine] = Field(default_factory=list)

    @property
    def key(self) -> str:
        """Order and change together: one order may change many times."""
        steps = (self.order_number, self.change_number)
        return "/".join(step for step in steps if step)
