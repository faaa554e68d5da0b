"""What comes in at the partner's dock: announced goods, returns, and its own counts.

Announced goods wait (``expected``) until somebody moves them: ``arrive`` puts them at
the door, ``receive`` counts them onto the shelves (``received``, or ``partly`` when
more is to come). Steered through the control port; nothing here moves by itself.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from .books import Books, text
from .stockroom import put_aside, set_stock

SCHEMA = """
CREATE TABLE IF NOT EXISTS advices (
    id INTEGER PRIMARY KEY, key TEXT UNIQUE, stage TEXT, document TEXT,
    creates INTEGER DEFAULT 1, created_at REAL, updated_at REAL);
CREATE TABLE IF NOT EXISTS expected (
    advice_id INTEGER, position INTEGER, line_key TEXT, sku TEXT, lot TEXT,
    quantity TEXT, PRIMARY KEY (advice_id, position));
CREATE TABLE IF NOT EXISTS arrivals (
    id INTEGER PRIMARY KEY, advice_id INTEGER, final INTEGER, freight TEXT, at REAL);
CREATE TABLE IF NOT EXISTS counted (
    arrival_id INTEGER, position INTEGER, line_key TEXT, sku TEXT, lot TEXT,
    condition TEXT, quantity TEXT, expiry TEXT DEFAULT '', reason TEXT DEFAULT '');
CREATE TABLE IF NOT EXISTS backs (
    id INTEGER PRIMARY KEY, key TEXT, stage TEXT, document TEXT,
    creates INTEGER DEFAULT 1, created_at REAL, received_at REAL);
CREATE INDEX IF NOT EXISTS backs_key ON backs (key);
CREATE TABLE IF NOT EXISTS taken_back (
    back_id INTEGER, sku TEXT, lot TEXT, disposition TEXT, reason TEXT, quantity TEXT);
CREATE TABLE IF NOT EXISTS changes (
    id INTEGER PRIMARY KEY, at REAL, sku TEXT, lot TEXT, quantity TEXT, reason TEXT,
    from_status TEXT, status TEXT);
"""

FIRST_ADVICE, FIRST_RETURN, FIRST_CHANGE = 700_001, 800_001, 900_001

#: Only these are put onto the shelves that orders are picked from.
SELLABLE = {"GOOD", "RESTOCK", "SELLABLE"}
#: These stay in the house, where no order is picked from; the rest never came in.
ASIDE = {"DAMAGED", "QUARANTINE", "HOLD"}

#: Event(name, row id): advised, again, cancelled, refused, arrived, received,
#: authorised, came_back, changed.
DockEvent = Callable[[str, int], None]


class Dock:
    """Keeps the books of what comes in.

    :param event: called inside the transaction that changed the books
    """

    def __init__(
        self,
        books: Books,
        event: DockEvent,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.books = books
        self.clock = clock
        self._event = event
        with books.work() as db:
            for statement in filter(str.strip, SCHEMA.split(";")):
                db.execute(statement)

    # Announced goods ---------------------------------------------------------------

    def advise(self, key: str, document: Any, lines: list[dict[str, str]]) -> int:
        """Take an advice into the books, once; return its number.

        :param lines: dicts of ``line_key``, ``sku``, ``lot`` and ``quantity``
        """
        with self.books.work():
            known = self.advice(key)
            if known:
                self._set("advices", known["id"], creates=known["creates"] + 1)
                self._event("again", known["id"])
                return known["id"]
            number = self._next("advices", FIRST_ADVICE)
            now = self.clock()
            self.books.run(
                "INSERT INTO advices VALUES (?, ?, 'expected', ?, 1, ?, ?)",
                number,
                key,
                json.dumps(document),
                now,
                now,
            )
            for position, line in enumerate(lines):
                self.books.run(
                    "INSERT INTO expected VALUES (?, ?, ?, ?, ?, ?)",
                    number,
                    position,
                    line["line_key"],
                    line["sku"],
                    line.get("lot", ""),
                    line["quantity"],
                )
            self._event("advised", number)
        return number

    def advice(self, key: str) -> sqlite3.Row | None:
        """Return the advice of this key, or None."""
        rows = self.books.rows("SELECT * FROM advices WHERE key = ?", key)
        return rows[0] if rows else None

    def drop(self, number: int) -> bool:
        """Drop an advice, unless its goods are at the door; say whether it is gone."""
        with self.books.work():
            stage = self.books.one("SELECT stage FROM advices WHERE id = ?", number)
            gone = stage in ("expected", "cancelled")
            if gone:
                self._set("advices", number, stage="cancelled")
            self._event("cancelled" if gone else "refused", number)
        return gone

    def arrive(self, key: str) -> None:
        """Put announced goods at the door."""
        with self.books.work():
            number = self._number(key)
            self._set("advices", number, stage="arrived")
            self._event("arrived", number)

    def receive(
        self,
        key: str,
        lines: list[Mapping[str, Any]] | None = None,
        final: bool = True,
        freight: str = "",
    ) -> int:
        """Count goods onto the shelves; return the number of the arrival.

        :param lines: dicts of ``sku``, ``quantity``, and maybe ``condition`` (GOOD,
            DAMAGED, QUARANTINE, REFUSED), ``lot``, ``expiry``, ``reason`` and
            ``line_key``; None takes all that was announced, in good order
        :param final: False when more is to come under the same advice
        """
        with self.books.work():
            number = self._number(key)
            expected = self.books.rows(
                "SELECT * FROM expected WHERE advice_id = ? ORDER BY position", number
            )
            keys = {row["sku"]: row["line_key"] for row in expected}
            said = [dict(row) for row in expected] if lines is None else lines
            arrival = self.books.run(
                "INSERT INTO arrivals (advice_id, final, freight, at)"
                " VALUES (?, ?, ?, ?)",
                number,
                int(final),
                freight,
                self.clock(),
            )
            for position, line in enumerate(said):
                condition = line.get("condition", "GOOD")
                self.books.run(
                    "INSERT INTO counted VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    arrival,
                    position,
                    line.get("line_key") or keys.get(line["sku"], ""),
                    line["sku"],
                    line.get("lot") or "",
                    condition,
                    str(line["quantity"]),
                    line.get("expiry") or "",
                    line.get("reason") or "",
                )
                self._shelve(line, condition)
            self._set("advices", number, stage="received" if final else "partly")
            self._event("received", arrival)
        return arrival

    # Returns -----------------------------------------------------------------------

    def authorise(self, key: str, document: Any) -> int:
        """Take the authorisation of a return into the books, once."""
        with self.books.work():
            rows = self.books.rows("SELECT * FROM backs WHERE key = ?", key)
            if rows:
                self._set("backs", rows[0]["id"], creates=rows[0]["creates"] + 1)
                return rows[0]["id"]
            return self._open_return(key, document)

    def take_back(
        self, key: str, lines: list[Mapping[str, Any]], document: Any = None
    ) -> int:
        """Take goods back; return the number of the return.

        :param key: our authorisation; empty for what comes back without a word
        :param lines: dicts of ``sku``, ``quantity``, ``disposition`` (RESTOCK,
            QUARANTINE, SCRAP), and maybe ``lot`` and ``reason``
        :param document: what the label of an unannounced parcel tells
        """
        with self.books.work():
            rows = self.books.rows(
                "SELECT * FROM backs WHERE key = ? AND stage = 'expected'", key
            )
            number = rows[0]["id"] if key and rows else self._open_return(key, document)
            for line in lines:
                disposition = line.get("disposition", "RESTOCK")
                self.books.run(
                    "INSERT INTO taken_back VALUES (?, ?, ?, ?, ?, ?)",
                    number,
                    line["sku"],
                    line.get("lot") or "",
                    disposition,
                    line.get("reason", ""),
                    str(line["quantity"]),
                )
                self._shelve(line, disposition)
            self._set("backs", number, stage="received", received_at=self.clock())
            self._event("came_back", number)
        return number

    def _open_return(self, key: str, document: Any) -> int:
        number = self._next("backs", FIRST_RETURN)
        self.books.run(
            "INSERT INTO backs (id, key, stage, document, created_at)"
            " VALUES (?, ?, 'expected', ?, ?)",
            number,
            key,
            json.dumps(document or {}),
            self.clock(),
        )
        self._event("authorised", number)
        return number

    # Counts ------------------------------------------------------------------------

    def change(self, line: Mapping[str, Any]) -> int:
        """Change the stock as the house counted it; return the number of the change.

        :param line: ``sku``, ``quantity`` (the difference), ``reason``, and maybe
            ``lot``, ``from_status`` and ``status``
        """
        with self.books.work():
            number = self._next("changes", FIRST_CHANGE)
            self.books.run(
                "INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                number,
                self.clock(),
                line["sku"],
                line.get("lot") or "",
                str(line["quantity"]),
                line["reason"],
                line.get("from_status", ""),
                line.get("status", "SELLABLE"),
            )
            self._shelve(line, line.get("status", "SELLABLE"))
            if line.get("from_status"):
                moved = -Decimal(str(line["quantity"]))
                self._shelve({**line, "quantity": moved}, line["from_status"])
            self._event("changed", number)
        return number

    # Books -------------------------------------------------------------------------

    def listing(self) -> dict[str, Any]:
        """Return what came in, by key; quantities are decimal texts."""
        with self.books.work():
            return {
                "receipts": {
                    row["key"]: {
                        "creates": row["creates"],
                        "status": row["stage"],
                        "remote_id": str(row["id"]),
                        "expected": self._sums("expected", "advice_id", row["id"]),
                        "received": self._received(row["id"]),
                    }
                    for row in self.books.rows("SELECT * FROM advices ORDER BY id")
                },
                "returns": {
                    str(row["id"]): {
                        "return_key": row["key"],
                        "creates": row["creates"],
                        "status": row["stage"],
                        "taken_back": self._sums(
                            "taken_back", "back_id", row["id"], "disposition"
                        ),
                    }
                    for row in self.books.rows("SELECT * FROM backs ORDER BY id")
                },
                "changes": [
                    dict(row)
                    for row in self.books.rows("SELECT * FROM changes ORDER BY id")
                ],
            }

    def counted(self, arrival: int) -> list[sqlite3.Row]:
        """Return the counted rows of an arrival."""
        return self.books.rows(
            "SELECT * FROM counted WHERE arrival_id = ? ORDER BY position", arrival
        )

    def _received(self, number: int) -> dict[str, dict[str, str]]:
        total: dict[str, dict[str, str]] = {}
        for arrival in self.books.rows(
            "SELECT id FROM arrivals WHERE advice_id = ?", number
        ):
            for row in self.counted(arrival["id"]):
                of_sku = total.setdefault(row["sku"], {})
                before = Decimal(of_sku.get(row["condition"], "0"))
                of_sku[row["condition"]] = text(before + Decimal(row["quantity"]))
        return total

    def _sums(self, table: str, column: str, number: int, by: str = "") -> dict:
        total: dict[str, Any] = {}
        for row in self.books.rows(f"SELECT * FROM {table} WHERE {column} = ?", number):
            place, name = total, row["sku"]
            if by:
                place, name = total.setdefault(row["sku"], {}), row[by]
            place[name] = text(Decimal(place.get(name, "0")) + Decimal(row["quantity"]))
        return total

    def _shelve(self, line: Mapping[str, Any], condition: str) -> None:
        """Put goods onto the shelves or aside, or take them off."""
        lot = line.get("lot") or ""
        if condition in ASIDE:
            quantity = Decimal(str(line["quantity"]))
            put_aside(self.books, line["sku"], lot, condition, quantity)
        if condition not in SELLABLE:
            return
        rows = self.books.rows(
            "SELECT * FROM stock WHERE sku = ? AND lot = ?", line["sku"], lot
        )
        before = dict(rows[0]) if rows else {"on_hand": 0, "expiry": "", "serial": 0}
        total = Decimal(before["on_hand"]) + Decimal(str(line["quantity"]))
        entry = {
            "sku": line["sku"],
            "lot": lot,
            "quantity": max(total, Decimal(0)),
            "expiry": line.get("expiry") or before["expiry"],
            "serial": before["serial"],
        }
        set_stock(self.books, [entry])

    def _number(self, key: str) -> int:
        known = self.advice(key)
        if known is None:
            raise ValueError(f"no advice {key!r}")
        return known["id"]

    def _next(self, table: str, first: int) -> int:
        last = self.books.one(f"SELECT max(id) FROM {table}")
        return first if last is None else last + 1

    def _set(self, table: str, number: int, **values: Any) -> None:
        if table == "advices":
            values["updated_at"] = self.clock()
        columns = ", ".join(f"{name} = ?" for name in values)
        self.books.run(
            f"UPDATE {table} SET {columns} WHERE id = ?", *values.values(), number
        )
