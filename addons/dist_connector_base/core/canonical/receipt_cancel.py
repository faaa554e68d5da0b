"""Receipt cancel: do not expect what was announced."""

from typing import ClassVar

from .base import Document
from .fields import Code, Key, Text


class ReceiptCancel(Document):
    """Ask a warehouse to drop a receipt notice.

    :ivar remote_id: the partner's own number of the notice, where it is known
    """

    doc_type: ClassVar[str] = "receipt_cancel"
    key_field: ClassVar[str] = "receipt_key"

    receipt_key: Key
    remote_id: Key | None = None
    warehouse: Code | None = None
    reason: Text = ""
