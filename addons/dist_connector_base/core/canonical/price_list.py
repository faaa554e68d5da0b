"""Price list: products and their prices (X12 832, EDIFACT PRICAT)."""

from typing import Annotated, ClassVar

from pydantic import Field

from .base import Document, Part
from .common import DEFAULT_UNIT, Party
from .fields import Amount, Code, Currency, Day, Key, Qty, Text
from .trade import ProductPart


class ListPrice(Part):
    """One price of a product.

    :ivar kind: ``list``, ``net``, ``retail``, ``promotion``, ``contract``
    :ivar minimum_quantity: the price holds from this quantity on
    """

    kind: Code = "list"
    amount: Amount
    unit: Code | None = None
    minimum_quantity: Qty | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None


class PriceListItem(ProductPart):
    """One product of the list.

    :ivar action: ``add``, ``change``, ``delete``; nothing for a full list
    :ivar pack_quantity: units in one case
    """

    line_number: Key | None = None
    action: Code | None = None
    unit: Code = DEFAULT_UNIT
    brand: Text = ""
    pack_quantity: Qty | None = None
    minimum_order_quantity: Qty | None = None
    prices: list[ListPrice] = Field(default_factory=list)


class PriceList(Document):
    """A supplier's catalogue with prices."""

    doc_type: ClassVar[str] = "price_list"
    key_field: ClassVar[str] = "list_number"

    list_number: Key
    purpose: Code = "original"
    list_date: Day | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    currency: Currency | None = None
    supplier: Party | None = None
    buyer: Party | None = None
    items: Annotated[list[PriceListItem], Field(min_length=1)]
    notes: Text = ""
