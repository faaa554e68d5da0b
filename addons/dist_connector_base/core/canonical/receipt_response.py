"""Receipt response: how far the warehouse is with what was announced."""

from typing import ClassVar, Literal

from .base import Document
from .fields import Code, Key, Moment, Text


class ReceiptResponse(Document):
    """What a warehouse says to a receipt notice or to its cancel.

    :ivar status: ``arrived`` means that goods are at the door and not counted yet;
        ``cancel_refused`` that the warehouse receives all the same
    :ivar reason_code: canonical reason, from the code map
    """

    doc_type: ClassVar[str] = "receipt_response"
    key_field: ClassVar[str] = "receipt_key"
    volatile: ClassVar[frozenset[str]] = frozenset(
        {"responded_at", "raw_status", "raw_substatus"}
    )

    receipt_key: Key
    remote_id: Key | None = None
    status: Literal["accepted", "rejected", "arrived", "cancelled", "cancel_refused"]
    reason_code: Code | None = None
    reason: Text = ""
    responded_at: Moment | None = None
    raw_status: Text = ""
    raw_substatus: Text = ""
