"""Parts of the trade documents: products, references, terms, charges."""

from typing import Literal

from .base import Part
from .fields import Amount, Code, Day, Key, Rate, Text


class Reference(Part):
    """A number that somebody gave the document or a line.

    :ivar kind: canonical kind (``department``, ``promotion``, ``contract``,
        ``customer_order``); a kind that no code map knows keeps the sender's code
    """

    kind: Code
    value: Text


class ProductPart(Part):
    """How both sides name a product. At least one number is needed to find it."""

    buyer_item: Key | None = None
    supplier_item: Key | None = None
    gtin: Code | None = None
    description: Text = ""


class PaymentTerms(Part):
    """When to pay, and what is gained by paying early.

    :ivar net_days: days from the document's date until all is due
    :ivar discount_percent: taken off when paid within ``discount_days``
    """

    net_days: int | None = None
    net_due: Day | None = None
    discount_percent: Rate | None = None
    discount_days: int | None = None
    discount_due: Day | None = None
    description: Text = ""


class Charge(Part):
    """An allowance (taken off) or a charge (added), of a document or of a line.

    :ivar amount: always positive; ``kind`` says which way it counts
    """

    kind: Literal["allowance", "charge"]
    code: Code | None = None
    amount: Amount | None = None
    percent: Rate | None = None
    description: Text = ""


class Tax(Part):
    """One tax at one rate.

    :ivar base: the amount the tax was computed on
    """

    kind: Code = "vat"
    rate: Rate | None = None
    base: Amount | None = None
    amount: Amount | None = None
    category: Code | None = None
