"""Return authorisation: a customer sends goods back; the warehouse shall take them."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .base import Document, Part
from .common import DEFAULT_UNIT, LotQuantity, Party
from .fields import Code, Day, Key, Qty, Text


class AuthorisedLine(Part):
    """One product that may come back.

    :ivar remote_item: the partner's own number of the product, where it wants that
    :ivar reason_code: canonical reason: ``damaged``, ``wrong_item``, ``not_wanted``,
        ``late``, ``undelivered``, ``other``
    :ivar disposition: what the warehouse shall do with it
    """

    line_key: Key
    sku: Key
    remote_item: Key | None = None
    description: Text = ""
    quantity: Annotated[Qty, Field(gt=0)]
    unit: Code = DEFAULT_UNIT
    reason_code: Code | None = None
    disposition: Literal["restock", "quarantine", "scrap", "undecided"] = "undecided"
    lots: list[LotQuantity] = Field(default_factory=list)


class ReturnAuthorisation(Document):
    """Tell a warehouse which goods come back, and what to do with them.

    :ivar request_key: the fulfilment request that had shipped them
    :ivar shipment_key: the partner's own number of that shipment
    """

    doc_type: ClassVar[str] = "return_authorisation"
    key_field: ClassVar[str] = "return_key"

    return_key: Key
    order_reference: Text = ""
    request_key: Key | None = None
    shipment_key: Key | None = None
    warehouse: Code | None = None
    sender: Party | None = None
    tracking_number: Text = ""
    original_tracking_number: Text = ""
    expected_on: Day | None = None
    lines: Annotated[list[AuthorisedLine], Field(min_length=1)]
    notes: Text = ""
