"""Inventory snapshot: what a warehouse says it holds (X12 846, EDIFACT INVRPT)."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .base import Document, Part
from .common import DEFAULT_UNIT
from .fields import Code, Day, Key, Moment, SignedQty

StockStatus = Literal["sellable", "quarantine", "damaged", "hold"]


class InventoryRow(Part):
    """One product's stock in one lot and status.

    :ivar quantity: on hand, gross of allocation, unless the flow says otherwise
    :ivar allocated: the part of it that is promised to requests already
    :ivar owner: whose the goods are, where they are not ours
    """

    sku: Key
    quantity: SignedQty
    allocated: SignedQty | None = None
    unit: Code = DEFAULT_UNIT
    status: StockStatus = "sellable"
    lot: Key | None = None
    expiry: Day | None = None
    owner: Key | None = None


class InventorySnapshot(Document):
    """Stock levels at one moment, of the whole warehouse or of some products.

    :ivar complete: True says that a product that is not listed is not in stock
    :ivar pages: in how many documents of the same moment the snapshot comes, where
        the partner says so; of a list that we read page by page it is counted
    """

    doc_type: ClassVar[str] = "inventory_snapshot"
    key_field: ClassVar[str] = "snapshot_key"
    momentary: ClassVar[bool] = True
    volatile: ClassVar[frozenset[str]] = frozenset({"received_at"})

    snapshot_key: Key
    taken_at: Moment
    warehouse: Code
    complete: bool = False
    pages: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    rows: Annotated[list[InventoryRow], Field(min_length=1)]
    received_at: Moment | None = None
