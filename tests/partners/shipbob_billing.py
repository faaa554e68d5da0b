"""The contract's invoices and their transactions: what the house bills for its work."""

import base64
import datetime
import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from .books import Books, text
from .faults import strike
from .shipbob_answers import Answer, Request
from .shipbob_views import LOCATION

SCHEMA = """
CREATE TABLE IF NOT EXISTS bills (
    id INTEGER PRIMARY KEY, kind TEXT, day TEXT, amount TEXT, currency TEXT);
CREATE TABLE IF NOT EXISTS bill_fees (
    id TEXT PRIMARY KEY, bill_id INTEGER, position INTEGER, fee TEXT, amount TEXT,
    kind TEXT, reference_type TEXT, reference_id TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS bill_fees_work
    ON bill_fees (fee, reference_type, reference_id) WHERE kind = 'Charge';
"""
FIRST_BILL = 600_001
#: overbill: the fees of a request are three times what was agreed.
FAULTS = ("overbill",)
#: The invoice on which a fee stands.
KINDS = {
    "Shipping": "Shipping",
    "Per Pick Fee": "Shipping",
    "WRO Receiving Fee": "Inbound Fee",
    "Warehousing Fee": "WarehouseStorage",
    "Credit": "Credits",
}
DEFAULT_PAGE, MAX_PAGE = 100, 1000


class Work(NamedTuple):
    """A piece of work that is billed once for each fee."""

    reference_type: str
    reference_id: str
    request_key: str


class Billing:
    """Bills work, and answers what was billed."""

    def __init__(self, books: Books) -> None:
        self.books = books
        with books.work() as db:
            for statement in filter(str.strip, SCHEMA.split(";")):
                db.execute(statement)

    def bill(
        self, prices: Mapping[str, str], currency: str = "USD", day: str = ""
    ) -> list[dict[str, Any]]:
        """Write the invoices for work that was not billed yet; return them.

        :param prices: by fee, as decimal texts: ``Shipping`` and ``Per Pick Fee`` for
            each shipment, ``WRO Receiving Fee`` for each receipt, ``Warehousing Fee``
            once, ``Credit`` gives so much back
        :param day: of the invoices, ISO; today without it
        """
        day = day or datetime.date.today().isoformat()
        made = []
        with self.books.work():
            for kind in dict.fromkeys(KINDS[fee] for fee in prices):
                fees = [
                    (fee, work, self._price(fee, work, Decimal(price)))
                    for fee, price in prices.items()
                    if KINDS[fee] == kind
                    for work in self._unbilled(fee, day)
                ]
                if fees:
                    number = self._write(kind, day, currency, fees)
                    made.append(self._view(self._row("bills", number)))
        return made

    def _price(self, fee: str, work: Work, price: Decimal) -> Decimal:
        if fee == "Credit":
            return -price
        key = work.request_key
        return price * 3 if strike(self.books, FAULTS, request_key=key) else price

    def _unbilled(self, fee: str, day: str) -> Iterator[Work]:
        for work in self._work(fee, day):
            known = self.books.one(
                "SELECT id FROM bill_fees WHERE fee = ? AND reference_type = ?"
                " AND reference_id = ?",
                fee,
                work.reference_type,
                work.reference_id,
            )
            if known is None:
                yield work

    def _work(self, fee: str, day: str) -> Iterator[Work]:
        if fee == "WRO Receiving Fee":
            for row in self.books.rows("SELECT * FROM advices WHERE stage='received'"):
                yield Work("WRO", str(row["id"]), row["key"])
        elif KINDS[fee] == "Shipping":
            for row in self.books.rows(
                "SELECT shipments.id, request_key FROM shipments"
                " JOIN orders ON orders.id = order_id WHERE shipments.stage = 'shipped'"
            ):
                yield Work("Shipment", str(row["id"]), row["request_key"])
        else:
            yield Work("FC", f"{LOCATION['id']}/{day}", "")

    def _write(self, kind: str, day: str, currency: str, fees: list[Any]) -> int:
        number = 1 + (self.books.one("SELECT max(id) FROM bills") or FIRST_BILL - 1)
        total = sum((amount for _fee, _work, amount in fees), Decimal(0))
        self.books.run(
            "INSERT INTO bills VALUES (?, ?, ?, ?, ?)",
            number,
            kind,
            day,
            text(total),
            currency,
        )
        for position, (fee, work, amount) in enumerate(fees):
            self.books.run(
                "INSERT INTO bill_fees VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                uuid.uuid4().hex.upper()[:26],
                number,
                position,
                fee,
                text(amount),
                "Credit" if fee == "Credit" else "Charge",
                work.reference_type,
                work.reference_id,
            )
        return number

    # The contract's operations ---------------------------------------------------

    def list_invoices(self, request: Request) -> Answer:
        """List invoices from a day on, the oldest first when asked so."""
        since = request.query.get("FromDate", "")[:10]
        rows = self.books.rows("SELECT * FROM bills WHERE day >= ? ORDER BY id", since)
        return _page(request, [self._view(row) for row in rows])

    def list_fees(self, request: Request, number: int) -> Answer:
        """List what an invoice is made of."""
        invoice = self._row("bills", number)
        if invoice is None:
            return Answer(404, {"title": "Not Found", "status": 404})
        fees = self.books.rows(
            "SELECT * FROM bill_fees WHERE bill_id = ? ORDER BY position", number
        )
        return _page(request, [self._fee(invoice, row) for row in fees])

    def _view(self, row: sqlite3.Row) -> dict[str, Any]:
        return {
            "invoice_id": row["id"],
            "invoice_type": row["kind"],
            "invoice_date": row["day"],
            "amount": float(row["amount"]),
            "currency_code": row["currency"],
            "running_balance": float(row["amount"]),
        }

    def _fee(self, invoice: sqlite3.Row, row: sqlite3.Row) -> dict[str, Any]:
        return {
            "transaction_id": row["id"],
            "transaction_fee": row["fee"],
            "transaction_type": row["kind"],
            "amount": float(row["amount"]),
            "currency_code": invoice["currency"],
            "charge_date": invoice["day"],
            "invoice_id": invoice["id"],
            "invoice_date": invoice["day"],
            "invoice_type": invoice["kind"],
            "invoiced_status": True,
            "fulfillment_center": LOCATION["name"],
            "reference_type": row["reference_type"],
            "reference_id": row["reference_id"],
            "additional_details": {},
            "taxes": [],
        }

    def _row(self, table: str, number: int) -> sqlite3.Row | None:
        rows = self.books.rows(f"SELECT * FROM {table} WHERE id = ?", number)
        return rows[0] if rows else None


def _page(request: Request, items: list[dict[str, Any]]) -> Answer:
    """Return one page; a cursor stands for the place and the size of it."""
    descending = request.query.get("SortOrder", "Descending") == "Descending"
    size = int(request.query.get("PageSize", DEFAULT_PAGE))
    start = 0
    if token := request.query.get("Cursor"):
        try:
            start, size, descending = json.loads(base64.urlsafe_b64decode(token))
        except ValueError:
            return Answer(400, {"title": "Bad Request", "status": 400})
    if not 1 <= size <= MAX_PAGE:
        return Answer(400, {"title": "Bad Request", "status": 400, "detail": "size"})
    items = items[::-1] if descending else items

    def token_of(place: int) -> str | None:
        if not 0 <= place < len(items) or place == start:
            return None
        held = json.dumps([place, size, descending])
        return base64.urlsafe_b64encode(held.encode()).decode()

    return Answer(
        200,
        {
            "items": items[start : start + size],
            "first": token_of(0),
            "prev": token_of(start - size),
            "next": token_of(start + size),
            "last": token_of(max(len(items) - 1, 0) // size * size),
        },
    )
