"""Item list: by which numbers of its own a partner knows our products."""

from typing import Annotated, ClassVar

from pydantic import Field

from .base import Document, Part
from .fields import Key


class ItemRow(Part):
    """One product: our SKU and the partner's number."""

    sku: Key
    remote_item: Key


class ItemList(Document):
    """A part of the partner's catalogue."""

    doc_type: ClassVar[str] = "item_list"
    key_field: ClassVar[str] = "list_key"

    list_key: Key
    rows: Annotated[list[ItemRow], Field(min_length=1)]
