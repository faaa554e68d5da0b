"""Inventory adjustment: stock changed without an order (X12 947)."""

from typing import Annotated, ClassVar

from pydantic import Field

from .base import Document, Part
from .common import DEFAULT_UNIT
from .fields import Code, Day, Key, Moment, SignedQty, Text
from .inventory_snapshot import StockStatus


class AdjustmentLine(Part):
    """One change of one product's stock.

    :ivar quantity: the difference: negative when stock was lost
    :ivar reason_code: canonical reason: ``damaged``, ``lost``, ``found``,
        ``expired``, ``cycle_count``, ``status_change``
    :ivar owner: whose the goods are, where they are not ours
    :ivar status: the stock that changes; in a change of status, where it ends
    """

    sku: Key
    quantity: SignedQty
    unit: Code = DEFAULT_UNIT
    reason_code: Code
    reason: Text = ""
    status: StockStatus = "sellable"
    from_status: StockStatus | None = None
    lot: Key | None = None
    expiry: Day | None = None
    owner: Key | None = None


class InventoryAdjustment(Document):
    """Changes of stock that a warehouse made by itself."""

    doc_type: ClassVar[str] = "inventory_adjustment"
    key_field: ClassVar[str] = "adjustment_key"

    adjustment_key: Key
    adjusted_at: Moment
    warehouse: Code
    reference: Text = ""
    lines: Annotated[list[AdjustmentLine], Field(min_length=1)]
