"""Fulfilment request: ship these goods to this address (X12 940, EDIFACT INSDES)."""

from typing import Annotated, ClassVar

from pydantic import Field

from .base import Document, Part
from .common import DEFAULT_UNIT, PackCount, Party
from .fields import Code, Day, Key, Moment, Qty, Text


class RequestedLot(Part):
    """A lot that the line must be picked from; without quantity, all of the line."""

    lot: Key
    quantity: Qty | None = None


class KitOfLine(Part):
    """The kit that a line is a component of.

    :ivar line_key: of the kit: the same for all its components in the request
    :ivar kits: so many kits were ordered
    :ivar per_kit: so much of the component one kit takes, to six digits
    """

    line_key: Key
    sku: Key
    description: Text = ""
    kits: Qty
    per_kit: Qty
    unit: Code = DEFAULT_UNIT


class KitComponent(Part):
    """What a line that asks for a kit takes of one component.

    :ivar per_kit: so much of it one kit takes, to six digits
    """

    line_key: Key
    sku: Key
    description: Text = ""
    per_kit: Qty
    quantity: Annotated[Qty, Field(gt=0)]
    unit: Code = DEFAULT_UNIT


class FulfilmentRequestLine(Part):
    """One line to ship.

    :ivar line_key: stable for the life of the request; the confirmation names it
    :ivar owner: whose the goods are, where they are not ours (consignment)
    :ivar packs: the same quantity said in packs, where it is a whole number of them
    :ivar kit: the kit that it is a component of
    :ivar components: where the line asks for a kit that the partner builds
    """

    line_key: Key
    sku: Key
    gtin: Code | None = None
    description: Text = ""
    quantity: Annotated[Qty, Field(gt=0)]
    unit: Code = DEFAULT_UNIT
    lots: list[RequestedLot] = Field(default_factory=list)
    packs: list[PackCount] = Field(default_factory=list)
    owner: Key | None = None
    kit: KitOfLine | None = None
    components: list[KitComponent] = Field(default_factory=list)
    notes: Text = ""


class FulfilmentRequest(Document):
    """Ask a warehouse to ship.

    :ivar request_key: one per picking, the same on every retry and update
    :ivar order_reference: the sale order, as the customer's papers name it
    :ivar warehouse: canonical code of the warehouse that ships
    """

    doc_type: ClassVar[str] = "fulfilment_request"
    key_field: ClassVar[str] = "request_key"
    volatile: ClassVar[frozenset[str]] = frozenset({"created_at"})

    request_key: Key
    order_reference: Key
    customer_reference: Text = ""
    warehouse: Code
    ship_to: Party
    ship_from: Party | None = None
    carrier: Code | None = None
    service: Code | None = None
    priority: Code | None = None
    requested_ship_date: Day | None = None
    requested_delivery_date: Day | None = None
    created_at: Moment | None = None
    lines: Annotated[list[FulfilmentRequestLine], Field(min_length=1)]
    notes: Text = ""
