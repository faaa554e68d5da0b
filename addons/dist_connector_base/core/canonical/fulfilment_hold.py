"""Fulfilment hold: keep what was asked for back, and do not ship it yet."""

from typing import ClassVar, Literal

from .base import Document
from .fields import Code, Key, Text

#: Why somebody keeps an order back; partners' own words come from the code list
#: ``hold_reason``.
HoldReason = Literal["payment", "address", "customer", "stock", "quality", "other"]


class FulfilmentHold(Document):
    """Ask a warehouse to keep a fulfilment request back until it is released.

    :ivar hold_key: one per question, the same on every retry
    :ivar remote_id: the partner's own number of the request, where it is known
    :ivar keep_stock: True keeps the goods reserved for the order while it is held;
        False lets other orders have them
    """

    doc_type: ClassVar[str] = "fulfilment_hold"
    key_field: ClassVar[str] = "hold_key"

    hold_key: Key
    request_key: Key
    remote_id: Key | None = None
    warehouse: Code | None = None
    keep_stock: bool = True
    reason_code: HoldReason = "other"
    reason: Text = ""
