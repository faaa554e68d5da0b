"""Shipment notice: what is on its way (X12 856, EDIFACT DESADV)."""

from typing import ClassVar, Literal

from pydantic import Field
from typing_extensions import Self

from .base import Document, Part
from .common import DEFAULT_UNIT, LotQuantity, Party
from .fields import Code, Day, Key, Moment, Qty, Text
from .trade import ProductPart, Reference


class ShippedLine(ProductPart):
    """A product in the shipment, or in one package of it.

    :ivar order_line: the buyer's line number in ``order_number``
    """

    order_number: Key | None = None
    order_line: Key | None = None
    quantity: Qty
    ordered_quantity: Qty | None = None
    unit: Code = DEFAULT_UNIT
    lots: list[LotQuantity] = Field(default_factory=list)


class Package(Part):
    """A pallet or a carton, with what is in it: lines, and cartons of a pallet.

    :ivar sscc: serial shipping container code, 18 digits
    :ivar weight_kg: gross weight in kilograms
    """

    level: Literal["pallet", "carton"] = "carton"
    sscc: Code | None = None
    tracking_number: Text = ""
    weight_kg: Qty | None = None
    packages: list[Self] = Field(default_factory=list)
    lines: list[ShippedLine] = Field(default_factory=list)


class ShipmentNotice(Document):
    """The supplier's notice to the receiver before the goods arrive.

    :ivar lines: goods that are in no package of their own
    :ivar weight_kg: gross weight of the whole shipment in kilograms
    """

    doc_type: ClassVar[str] = "shipment_notice"
    key_field: ClassVar[str] = "shipment_number"

    shipment_number: Key
    purpose: Code = "original"
    created_at: Moment
    shipped_on: Day | None = None
    delivery_on: Day | None = None
    ship_from: Party | None = None
    ship_to: Party | None = None
    supplier: Party | None = None
    buyer: Party | None = None
    carrier: Code | None = None
    tracking_number: Text = ""
    bill_of_lading: Text = ""
    package_count: int | None = None
    weight_kg: Qty | None = None
    references: list[Reference] = Field(default_factory=list)
    packages: list[Package] = Field(default_factory=list)
    lines: list[ShippedLine] = Field(default_factory=list)

    def all_lines(self) -> list[ShippedLine]:
        """Give every line of the shipment, packed or not, in document order."""
        found = list(self.lines)
        pending = list(self.packages)
        while pending:
            package = pending.pop(0)
            found += package.lines
            pending[:0] = package.packages
        return found
