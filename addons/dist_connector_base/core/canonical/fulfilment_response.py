"""Fulfilment response: the warehouse takes the request, or says why it does not."""

from typing import ClassVar, Literal

from .base import Document
from .fields import Code, Key, Moment, Text


class FulfilmentResponse(Document):
    """What a warehouse says to a request, or to what was asked of it afterwards.

    :ivar status: ``cancel_refused`` means that the warehouse ships all the same;
        ``on_hold`` that it keeps the order back, because we asked or on its own
    :ivar change_key: the change that ``changed`` and ``change_refused`` answer
    :ivar hold_key: the hold or release that is answered; empty for what the
        warehouse does on its own
    :ivar reason_code: canonical reason, from the code map
    :ivar raw_status, raw_substatus: the partner's own words, as sent
    """

    doc_type: ClassVar[str] = "fulfilment_response"
    key_field: ClassVar[str] = "request_key"
    volatile: ClassVar[frozenset[str]] = frozenset(
        {"responded_at", "raw_status", "raw_substatus"}
    )

    request_key: Key
    remote_id: Key | None = None
    change_key: Key | None = None
    hold_key: Key | None = None
    status: Literal[
        "accepted",
        "rejected",
        "on_hold",
        "cancelled",
        "cancel_refused",
        "changed",
        "change_refused",
        "hold_refused",
        "released",
        "release_refused",
    ]
    reason_code: Code | None = None
    reason: Text = ""
    responded_at: Moment | None = None
    raw_status: Text = ""
    raw_substatus: Text = ""
