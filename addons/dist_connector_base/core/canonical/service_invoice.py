"""Service invoice: what a service provider bills in all; its fees come one by one."""

from typing import ClassVar

from .base import Document
from .fields import Amount, Currency, Day, Key


class ServiceInvoice(Document):
    """The head of an invoice whose fees are ``service_charge`` documents.

    :ivar total: what the charges less the credits must add up to, before taxes
    """

    doc_type: ClassVar[str] = "service_invoice"
    key_field: ClassVar[str] = "invoice_number"

    invoice_number: Key
    invoice_date: Day
    currency: Currency
    total: Amount
