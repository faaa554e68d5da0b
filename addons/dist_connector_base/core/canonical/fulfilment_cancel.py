"""Fulfilment cancel: do not ship what was asked for."""

from typing import ClassVar

from .base import Document
from .fields import Code, Key, Text


class FulfilmentCancel(Document):
    """Ask a warehouse to drop a fulfilment request.

    :ivar remote_id: the partner's own number of the request, where it is known
    """

    doc_type: ClassVar[str] = "fulfilment_cancel"
    key_field: ClassVar[str] = "request_key"

    request_key: Key
    remote_id: Key | None = None
    warehouse: Code | None = None
    reason: Text = ""
