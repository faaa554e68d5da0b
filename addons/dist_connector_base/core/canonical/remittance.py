"""Remittance: which invoices a payment pays (X12 820, EDIFACT REMADV)."""

from typing import ClassVar, Literal

from pydantic import Field

from .base import Document, Part
from .common import Party
from .fields import Amount, Code, Currency, Day, Key, Text


class PaidItem(Part):
    """One paid (or credited) paper.

    :ivar paid: what is paid of it now; negative for a credit note
    """

    kind: Literal["invoice", "credit_note", "debit_note", "order", "adjustment"] = (
        "invoice"
    )
    number: Key
    issued_on: Day | None = None
    order_number: Key | None = None
    paid: Amount
    gross: Amount | None = None
    discount: Amount | None = None
    adjustment: Amount | None = None
    adjustment_code: Code | None = None


class Remittance(Document):
    """The payer's list of what a payment is for."""

    doc_type: ClassVar[str] = "remittance"
    key_field: ClassVar[str] = "remittance_number"

    remittance_number: Key | None = None
    payment_date: Day
    payment_method: Code | None = None
    payment_reference: Text = ""
    currency: Currency | None = None
    amount: Amount
    payer: Party | None = None
    payee: Party | None = None
    items: list[PaidItem] = Field(default_factory=list)
    notes: Text = ""

    @property
    def key(self) -> str:
        """The number of the advice, else of the payment, else its day and amount."""
        return (
            self.remittance_number
            or self.payment_reference
            or f"{self.payment_date}/{self.amount}"
        )
