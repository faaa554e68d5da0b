"""Fulfilment change: ship what was asked for, but otherwise (X12 940 with code 04)."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .base import Document, Part
from .common import DEFAULT_UNIT, Party
from .fields import Code, Day, Key, Qty, Text


class FulfilmentChangeLine(Part):
    """A line as it should be now.

    :ivar quantity: all that is to ship of the line; 0 takes it out of the request
    :ivar previous_quantity: what was asked before; empty for a line that is new
    """

    line_key: Key
    sku: Key
    description: Text = ""
    quantity: Qty
    previous_quantity: Qty | None = None
    unit: Code = DEFAULT_UNIT


class FulfilmentChange(Document):
    """Ask a warehouse to change a request that it has.

    The document holds the whole request as it should be, so that a partner may replace
    what it has; ``changes`` says what of it is new.

    :ivar change_key: one per change, the same on every retry
    :ivar request_key: the request that is changed
    """

    doc_type: ClassVar[str] = "fulfilment_change"
    key_field: ClassVar[str] = "change_key"

    change_key: Key
    request_key: Key
    remote_id: Key | None = None
    order_reference: Key
    warehouse: Code
    changes: Annotated[
        list[Literal["ship_to", "carrier", "ship_date", "delivery_date", "lines"]],
        Field(min_length=1),
    ]
    ship_to: Party
    carrier: Code | None = None
    service: Code | None = None
    requested_ship_date: Day | None = None
    requested_delivery_date: Day | None = None
    lines: Annotated[list[FulfilmentChangeLine], Field(min_length=1)]
    reason: Text = ""
