"""Sales report: what a shop sold and still has (X12 852, EDIFACT SLSRPT)."""

from typing import Annotated, ClassVar

from pydantic import Field

from .base import Document, Part
from .common import DEFAULT_UNIT, Party
from .fields import Amount, Code, Currency, Day, Key, SignedQty
from .trade import ProductPart


class SalesActivity(Part):
    """One figure of a product.

    :ivar kind: ``sold``, ``returned``, ``on_hand``, ``on_order``, ``received``,
        ``adjusted``
    """

    kind: Code
    quantity: SignedQty
    unit: Code = DEFAULT_UNIT


class SalesRow(ProductPart):
    """One product's figures at the report's location."""

    line_number: Key | None = None
    price: Amount | None = None
    activities: Annotated[list[SalesActivity], Field(min_length=1)]


class SalesReport(Document):
    """Sales and stock of one location over one period."""

    doc_type: ClassVar[str] = "sales_report"
    key_field: ClassVar[str] = "report_number"

    report_number: Key
    period_start: Day
    period_end: Day
    currency: Currency | None = None
    seller: Party | None = None
    supplier: Party | None = None
    location: Code | None = None
    rows: Annotated[list[SalesRow], Field(min_length=1)]
