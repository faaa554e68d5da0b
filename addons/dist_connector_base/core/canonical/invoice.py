"""Invoice: what the supplier asks for (X12 810, EDIFACT INVOIC)."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .base import Document
from .common import DEFAULT_UNIT, Party
from .fields import Amount, Code, Currency, Day, Key, SignedQty, Text
from .trade import Charge, PaymentTerms, ProductPart, Reference, Tax


class InvoiceLine(ProductPart):
    """One invoiced product.

    :ivar price: net price of one ``unit``
    :ivar amount: net amount of the line, before document charges and taxes
    """

    line_number: Key
    quantity: SignedQty
    unit: Code = DEFAULT_UNIT
    price: Amount | None = None
    amount: Amount | None = None
    order_number: Key | None = None
    order_line: Key | None = None
    taxes: list[Tax] = Field(default_factory=list)
    charges: list[Charge] = Field(default_factory=list)


class Invoice(Document):
    """A supplier's invoice or credit note.

    :ivar total: what is to be paid, taxes and charges included
    :ivar net_total: sum of the lines' amounts
    """

    doc_type: ClassVar[str] = "invoice"
    key_field: ClassVar[str] = "invoice_number"

    invoice_number: Key
    kind: Literal["invoice", "credit_note", "debit_note", "corrected"] = "invoice"
    invoice_date: Day
    due_date: Day | None = None
    delivery_date: Day | None = None
    currency: Currency | None = None
    order_number: Key | None = None
    order_date: Day | None = None
    shipment_number: Key | None = None
    original_invoice: Key | None = None
    buyer: Party | None = None
    supplier: Party | None = None
    ship_to: Party | None = None
    bill_to: Party | None = None
    remit_to: Party | None = None
    payment_terms: PaymentTerms | None = None
    references: list[Reference] = Field(default_factory=list)
    notes: Text = ""
    lines: Annotated[list[InvoiceLine], Field(min_length=1)]
    charges: list[Charge] = Field(default_factory=list)
    taxes: list[Tax] = Field(default_factory=list)
    net_total: Amount | None = None
    tax_total: Amount | None = None
    total: Amount
