"""Return notice: goods that come back, or came back (X12 180, warehouse returns)."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .base import Document, Part
from .common import DEFAULT_UNIT, LotQuantity, Party
from .fields import Code, Key, Moment, Qty, Text


class ReturnLine(Part):
    """One returned product.

    :ivar disposition: what the warehouse did, or shall do, with it
    """

    line_key: Key | None = None
    sku: Key
    description: Text = ""
    quantity: Qty
    unit: Code = DEFAULT_UNIT
    reason_code: Code | None = None
    reason: Text = ""
    disposition: Literal["restock", "quarantine", "scrap", "undecided"] = "undecided"
    lots: list[LotQuantity] = Field(default_factory=list)


class ReturnNotice(Document):
    """A return, announced (``expected``) or done (``received``).

    :ivar authorisation: our number of the return, where the parcel bore it
    :ivar tracking_number: of the parcel that came back
    :ivar original_tracking_number: of the parcel in which the goods had left
    """

    doc_type: ClassVar[str] = "return_notice"
    key_field: ClassVar[str] = "return_key"
    volatile: ClassVar[frozenset[str]] = frozenset({"raw_status"})

    return_key: Key
    stage: Literal["expected", "received"]
    authorisation: Text = ""
    order_reference: Text = ""
    request_key: Key | None = None
    warehouse: Code | None = None
    returned_at: Moment | None = None
    sender: Party | None = None
    tracking_number: Text = ""
    original_tracking_number: Text = ""
    lines: Annotated[list[ReturnLine], Field(min_length=1)]
    notes: Text = ""
    raw_status: Text = ""
