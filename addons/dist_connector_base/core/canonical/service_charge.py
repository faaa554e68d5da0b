"""Service charge: one fee that a service provider asks for, or gives back."""

from typing import ClassVar, Literal

from .base import Document
from .fields import Amount, Code, Currency, Day, Key, Qty, Text


class ServiceCharge(Document):
    """One fee of a warehouse, a carrier or another service.

    :ivar fee: canonical fee: ``freight``, ``pick``, ``pack``, ``receiving``,
        ``storage``, ``return``, ``other``, or a word of the house's own
    :ivar amount: always positive; ``kind`` says which way it goes
    :ivar reference: our request key, or the partner's number of what the fee is for;
        of a ``shipment``, the number of its confirmation
    :ivar quantity: what the partner counted, where it says so (pallets, hours)
    """

    doc_type: ClassVar[str] = "service_charge"
    key_field: ClassVar[str] = "charge_key"

    charge_key: Key
    invoice_number: Key | None = None
    charge_date: Day
    kind: Literal["charge", "credit"] = "charge"
    fee: Code
    amount: Amount
    currency: Currency
    reference_type: Literal["request", "shipment", "receipt", "return", "none"] = "none"
    reference: Key | None = None
    tracking_number: Text = ""
    carrier: Code | None = None
    weight_kg: Qty | None = None
    quantity: Qty | None = None
    note: Text = ""
