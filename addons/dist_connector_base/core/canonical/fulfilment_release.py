"""Fulfilment release: ship what was kept back."""

from typing import ClassVar

from .base import Document
from .fields import Code, Key, Text


class FulfilmentRelease(Document):
    """Ask a warehouse to go on with a fulfilment request that is on hold.

    :ivar hold_key: one per question, the same on every retry; of the same count as
        those of the holds, so that none is given twice
    :ivar remote_id: the partner's own number of the request, where it is known
    """

    doc_type: ClassVar[str] = "fulfilment_release"
    key_field: ClassVar[str] = "hold_key"

    hold_key: Key
    request_key: Key
    remote_id: Key | None = None
    warehouse: Code | None = None
    reason: Text = ""
