"""A file partner's files about receipts, returns and stock changes, as rows."""

import datetime
import json
import sqlite3
import zoneinfo
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from . import plans
from .csv_files import AgreementError
from .dock import Dock
from .outbox import Outbox

#: Kinds of files that speak of what comes in; their first column names the document.
TAKEN = ("ASN", "ASC", "RMA")


class CsvDock:
    """Takes advices and authorisations, and queues what the dock has to tell."""

    def __init__(self, dock: Dock, outbox: Outbox) -> None:
        self.dock = dock
        self.books = dock.books
        self.outbox = outbox

    # In ----------------------------------------------------------------------------

    def take(self, kind: str, key: str, rows: list[dict[str, str]]) -> str:
        """Handle a file; return what came of it. Raises AgreementError."""
        if kind == "ASN":
            self.dock.advise(key, {"rows": rows}, list(_advised(rows)))
            return "advised"
        if kind == "RMA":
            for number, row in enumerate(rows, 2):
                _quantity(row["quantity"], number)
            self.dock.authorise(key, {"rows": rows})
            return "authorised"
        known = self.dock.advice(key)
        if known is None:
            self._answer(key, "CANCEL_REFUSED", "", "UNKNOWN", "No such advice.")
            return "unknown"
        return "cancelled" if self.dock.drop(known["id"]) else "refused"

    # Out ---------------------------------------------------------------------------

    def event(self, name: str, number: int) -> None:
        """Queue the rows that tell of an event."""
        words = {
            "advised": "ACCEPTED",
            "again": "ACCEPTED",
            "arrived": "ARRIVED",
            "cancelled": "CANCELLED",
        }
        if name in words or name == "refused":
            key = self.books.one("SELECT key FROM advices WHERE id = ?", number)
            if name == "refused":
                reason = "The goods are at the door."
                self._answer(key, "CANCEL_REFUSED", str(number), "ARRIVED", reason)
            else:
                self._answer(key, words[name], str(number))
        elif name == "received":
            self._received(number)
        elif name == "came_back":
            self._came_back(number)
        elif name == "changed":
            self._changed(number)

    def _answer(
        self, key: str, status: str, reference: str, code: str = "", reason: str = ""
    ) -> None:
        row = {
            "receipt_key": key,
            "status": status,
            "warehouse_reference": reference,
            "reason_code": code,
            "reason_text": reason,
        }
        self.outbox.queue("RAK", key, [row])

    def _received(self, number: int) -> None:
        arrival = self._row("arrivals", number)
        advice = self._row("advices", arrival["advice_id"])
        first = json.loads(advice["document"])["rows"][0]
        head = {
            "receipt_no": f"R{number}",
            "receipt_key": advice["key"],
            "order_reference": first["order_reference"],
            "warehouse_reference": str(advice["id"]),
            "warehouse": first.get("warehouse", ""),
            "received_at": self._local(arrival["at"]),
            "unit": first["unit"],
            "final": "Y" if arrival["final"] else "N",
            "serial": "",
            "reason_text": "",
            "currency": "",
        }
        rows = [
            {
                **head,
                "line_key": row["line_key"],
                "sku": row["sku"],
                "quantity": row["quantity"],
                "condition": row["condition"],
                "lot": row["lot"],
                "expiry": row["expiry"],
                "reason_code": row["reason"],
                "freight": arrival["freight"] if position == 0 else "",
            }
            for position, row in enumerate(self.dock.counted(number))
        ]
        self.outbox.queue("RCV", advice["key"], rows)

    def _came_back(self, number: int) -> None:
        back = self._row("backs", number)
        document = json.loads(back["document"])
        first = document["rows"][0] if "rows" in document else document
        told = ("order_reference", "request_key", "tracking", "original_tracking")
        told += ("warehouse",)
        head = {
            "return_no": f"T{number}",
            "return_key": back["key"],
            **{name: first.get(name, "") for name in told},
            "returned_at": self._local(back["received_at"]),
            "unit": first.get("unit", "each"),
            "reason_text": "",
            "serial": "",
            "expiry": "",
        }
        rows = [
            {
                **head,
                "sku": row["sku"],
                "quantity": row["quantity"],
                "disposition": row["disposition"],
                "reason_code": row["reason"],
                "lot": row["lot"],
            }
            for row in self.books.rows(
                "SELECT * FROM taken_back WHERE back_id = ? ORDER BY rowid", number
            )
        ]
        self.outbox.queue("RTN", back["key"] or f"T{number}", rows)

    def _changed(self, number: int) -> None:
        change = self._row("changes", number)
        row = {
            "adjustment_no": f"A{number}",
            "adjusted_at": self._local(change["at"]),
            "sku": change["sku"],
            "quantity": change["quantity"],
            "unit": "each",
            "reason_code": change["reason"],
            "reason_text": "",
            "from_status": change["from_status"],
            "status": change["status"],
            "lot": change["lot"],
            "expiry": "",
        }
        self.outbox.queue("ADJ", row["adjustment_no"], [row])

    def _row(self, table: str, number: int) -> sqlite3.Row:
        return self.books.rows(f"SELECT * FROM {table} WHERE id = ?", number)[0]

    def _local(self, seconds: float) -> str:
        zone = zoneinfo.ZoneInfo(plans.setting(self.books, "timezone"))
        when = datetime.datetime.fromtimestamp(seconds, zone)
        return when.strftime("%Y-%m-%d %H:%M:%S")


def _advised(rows: Iterable[Mapping[str, str]]) -> Iterable[dict[str, Any]]:
    """Give the lines of an advice, one for each lot. Raises AgreementError."""
    for number, row in enumerate(rows, 2):
        line = {"line_key": row["line_key"], "sku": row["sku"]}
        if not row["lots"]:
            quantity = _quantity(row["quantity"], number)
            yield {**line, "lot": "", "quantity": quantity}
        for part in filter(None, row["lots"].split(",")):
            lot, quantity, _expiry = part.split("=")
            yield {**line, "lot": lot, "quantity": _quantity(quantity, number)}


def _quantity(written: str, number: int) -> str:
    try:
        quantity = Decimal(written)
    except InvalidOperation as error:
        raise AgreementError(f"row {number}: quantity {written!r}") from error
    if not quantity.is_finite() or quantity <= 0:
        raise AgreementError(f"row {number}: quantity {quantity}")
    return written
