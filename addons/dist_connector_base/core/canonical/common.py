"""Parts that several canonical documents share."""

from typing import Annotated

from pydantic import Field

from .base import Part
from .fields import Amount, Code, Country, Currency, Day, Key, Qty, Text

#: Canonical unit codes are those of UN/ECE Recommendation 20 as the trade uses them:
#: EA each, CS case, CT carton, PK pack, BX box, DZN dozen, PR pair, SET set,
#: PF pallet, KGM kilogram, GRM gram, LBR pound, LTR litre, MTR metre.
DEFAULT_UNIT = "EA"


class Quantity(Part):
    """How much, and in which canonical unit."""

    value: Qty
    unit: Code = DEFAULT_UNIT


class Money(Part):
    """An amount and its currency."""

    amount: Amount
    currency: Currency


class Address(Part):
    """Where goods or papers go."""

    street: Text = ""
    street2: Text = ""
    city: Text = ""
    state: Text = ""
    postal_code: Text = ""
    country: Country | None = None


class Party(Part):
    """A company or a person in a role of the document.

    :ivar code: the party's number in the scheme (a GLN, a store number, our own)
    :ivar scheme: who gave the number: ``gln``, ``duns``, ``buyer`` (assigned by the
        buyer), ``supplier`` (assigned by the supplier), or a partner's own word
    """

    name: Text = ""
    contact: Text = ""
    code: Code | None = None
    scheme: Code | None = None
    address: Address = Address()
    phone: Text = ""
    email: Text = ""
    tax_id: Text = ""


class LotQuantity(Part):
    """How much of a line came from one lot, or one serial number.

    A serial number has quantity 1.
    """

    lot: Key | None = None
    serial: Key | None = None
    expiry: Day | None = None
    quantity: Qty


class PackCount(Part):
    """How the line is packed: so many packs of one kind.

    :ivar unit: canonical unit of the pack: CS, CT, PF
    :ivar contains: what one pack holds, in the line's unit
    """

    unit: Code
    packs: Annotated[Qty, Field(gt=0)]
    contains: Annotated[Qty, Field(gt=0)]
    gtin: Code | None = None


class ParcelContent(Part):
    """What is in a parcel: how much of which line or SKU."""

    line_key: Key | None = None
    sku: Key | None = None
    quantity: Qty
    unit: Code = DEFAULT_UNIT
    lot: Key | None = None
    serial: Key | None = None
    expiry: Day | None = None


class Parcel(Part):
    """One package with its own label.

    :ivar sscc: serial shipping container code, 18 digits, without the ``00`` prefix
    :ivar weight_kg: gross weight in kilograms
    :ivar shipping_cost: what its way costs, where it is told parcel by parcel
    """

    tracking_number: Text = ""
    carrier: Code | None = None
    service: Code | None = None
    sscc: Code | None = None
    package_type: Code | None = None
    weight_kg: Qty | None = None
    shipping_cost: Money | None = None
    contents: list[ParcelContent] = Field(default_factory=list)
