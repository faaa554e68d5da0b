"""Receipt notice: goods that a warehouse shall expect (X12 943)."""

from typing import Annotated, ClassVar

from pydantic import Field

from .base import Document, Part
from .common import DEFAULT_UNIT, LotQuantity, PackCount, Party
from .fields import Code, Day, Key, Qty, Text
from .trade import Reference


class ReceiptNoticeLine(Part):
    """One expected product.

    :ivar owner: whose the goods will be, where they are not ours (consignment)
    :ivar remote_item: the partner's own number of the product, where it wants that
    """

    line_key: Key
    sku: Key
    remote_item: Key | None = None
    gtin: Code | None = None
    description: Text = ""
    quantity: Annotated[Qty, Field(gt=0)]
    unit: Code = DEFAULT_UNIT
    lots: list[LotQuantity] = Field(default_factory=list)
    packs: list[PackCount] = Field(default_factory=list)
    owner: Key | None = None


class ReceiptNotice(Document):
    """Tell a warehouse what will arrive.

    :ivar receipt_key: one per incoming picking, the same on every retry
    :ivar order_reference: the purchase order or the transfer
    """

    doc_type: ClassVar[str] = "receipt_notice"
    key_field: ClassVar[str] = "receipt_key"

    receipt_key: Key
    order_reference: Text = ""
    warehouse: Code | None = None
    expected_on: Day | None = None
    shipped_on: Day | None = None
    ship_from: Party | None = None
    ship_to: Party | None = None
    carrier: Code | None = None
    references: list[Reference] = Field(default_factory=list)
    lines: Annotated[list[ReceiptNoticeLine], Field(min_length=1)]
    notes: Text = ""
