"""The partner's own books: one SQLite file in its state folder.

Every change of the life cycle is one transaction, so that a partner that is killed
comes back with the same books.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS products (id INTEGER PRIMARY KEY, sku TEXT UNIQUE);
CREATE TABLE IF NOT EXISTS stock (
    sku TEXT, lot TEXT, expiry TEXT NOT NULL DEFAULT '', serial INTEGER DEFAULT 0,
    on_hand TEXT NOT NULL, PRIMARY KEY (sku, lot));
CREATE TABLE IF NOT EXISTS aside (
    sku TEXT, lot TEXT, status TEXT, quantity TEXT NOT NULL,
    PRIMARY KEY (sku, lot, status));
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY, at REAL, request_key TEXT, outcome TEXT, reason TEXT);
CREATE INDEX IF NOT EXISTS calls_key ON calls (request_key);
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY, channel TEXT, request_key TEXT, stage TEXT, due REAL,
    document TEXT, created_at REAL, updated_at REAL, UNIQUE (channel, request_key));
CREATE INDEX IF NOT EXISTS orders_due ON orders (due);
CREATE INDEX IF NOT EXISTS orders_updated ON orders (updated_at, id);
CREATE TABLE IF NOT EXISTS lines (
    order_id INTEGER, position INTEGER, line_key TEXT, sku TEXT, name TEXT,
    lot TEXT, quantity TEXT, PRIMARY KEY (order_id, position));
CREATE INDEX IF NOT EXISTS lines_sku ON lines (sku);
CREATE TABLE IF NOT EXISTS holds (
    order_id INTEGER PRIMARY KEY, keep_stock INTEGER, reason TEXT, own INTEGER);
CREATE TABLE IF NOT EXISTS shipments (
    id INTEGER PRIMARY KEY, order_id INTEGER, stage TEXT, final INTEGER,
    carrier TEXT, service TEXT, shipped_at REAL, created_at REAL, updated_at REAL);
CREATE INDEX IF NOT EXISTS shipments_order ON shipments (order_id);
CREATE TABLE IF NOT EXISTS parcels (
    shipment_id INTEGER, position INTEGER, tracking TEXT, sscc TEXT, weight_kg TEXT,
    PRIMARY KEY (shipment_id, position));
CREATE TABLE IF NOT EXISTS packed (
    shipment_id INTEGER, parcel INTEGER, order_position INTEGER, sku TEXT,
    lot TEXT, expiry TEXT, serial INTEGER, quantity TEXT);
CREATE INDEX IF NOT EXISTS packed_shipment ON packed (shipment_id);
CREATE TABLE IF NOT EXISTS plans (
    id INTEGER PRIMARY KEY, pattern TEXT UNIQUE, document TEXT);
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY, kind TEXT, matcher TEXT, arguments TEXT,
    remaining INTEGER, struck INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS violations (
    id INTEGER PRIMARY KEY, at REAL, place TEXT, message TEXT);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY, message_id TEXT, topic TEXT, request_key TEXT, body TEXT,
    kind TEXT, state TEXT, due REAL, tries INTEGER DEFAULT 0);
CREATE INDEX IF NOT EXISTS deliveries_state ON deliveries (state, due);
CREATE TABLE IF NOT EXISTS delivery_tries (
    delivery_id INTEGER, at REAL, status INTEGER, answer TEXT);
CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY, at REAL, method TEXT, path TEXT, request_key TEXT,
    status INTEGER, fault TEXT);
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY, kind TEXT, request_key TEXT, rows TEXT, due REAL,
    file TEXT);
CREATE INDEX IF NOT EXISTS outbox_open ON outbox (file, due);
CREATE TABLE IF NOT EXISTS files (
    name TEXT, mtime_ns INTEGER, size INTEGER, at REAL, outcome TEXT,
    PRIMARY KEY (name, mtime_ns, size));
CREATE TABLE IF NOT EXISTS rewrites (
    id INTEGER PRIMARY KEY, due REAL, name TEXT, content BLOB);
"""

#: Order and shipment numbers start here, so that nobody takes one for a line number.
FIRST_ORDER, FIRST_SHIPMENT = 100_001, 500_001


class Books:
    """The store. All access runs through :meth:`work`, one transaction at a time."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(
            folder / "books.sqlite", isolation_level=None, check_same_thread=False
        )
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)

    @contextmanager
    def work(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction (an inner call joins the outer one)."""
        with self._lock:
            if self._depth:
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            else:
                self._db.execute("COMMIT")
            finally:
                self._depth = 0

    def close(self) -> None:
        """Close the file; the process ends after it."""
        with self._lock:
            self._db.close()

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        with self.work() as db:
            return db.execute(query, values).fetchall()

    def one(self, query: str, *values: Any) -> Any:
        """Return the first column of the first row, or None."""
        rows = self.rows(query, *values)
        return rows[0][0] if rows else None

    def run(self, query: str, *values: Any) -> int:
        """Execute one statement; return the id of the row it inserted, if any."""
        with self.work() as db:
            return db.execute(query, values).lastrowid or 0

    def settings(self) -> dict[str, Any]:
        """Return the settings that were stored."""
        rows = self.rows("SELECT name, value FROM settings")
        return {row["name"]: json.loads(row["value"]) for row in rows}

    def store_settings(self, values: dict[str, Any]) -> None:
        """Store settings; those not named stay."""
        with self.work() as db:
            db.executemany(
                "INSERT OR REPLACE INTO settings VALUES (?, ?)",
                [(name, json.dumps(value)) for name, value in values.items()],
            )

    def violation(self, at: float, place: str, message: str) -> None:
        """Note that somebody did not keep to the agreement."""
        self.run(
            "INSERT INTO violations (at, place, message) VALUES (?, ?, ?)",
            at,
            place,
            message[:2000],
        )


def text(quantity: Decimal) -> str:
    """Write a quantity as the books do: no exponent, no trailing zeros."""
    plain = format(quantity, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def requests_of(books: Books) -> dict[str, dict[str, Any]]:
    """Return the books by request key, in the shape both partners share.

    ``creates`` counts the create calls (or files) seen, ``orders`` what came of them.
    Quantities are decimal texts.
    """
    result: dict[str, dict[str, Any]] = {}
    with books.work():
        for call in books.rows(
            "SELECT request_key, count(*) AS seen, max(outcome = 'rejected') AS refused"
            " FROM calls GROUP BY request_key ORDER BY min(id)"
        ):
            result[call["request_key"]] = {
                "creates": call["seen"],
                "orders": 0,
                "status": "rejected" if call["refused"] else "unknown",
                "remote_id": "",
                "lines": {},
                "shipments": [],
                "cancelled": False,
            }
        for order in books.rows("SELECT * FROM orders ORDER BY id"):
            entry = result[order["request_key"]]
            entry["orders"] += 1
            entry["status"] = order["stage"]
            entry["remote_id"] = str(order["id"])
            entry["cancelled"] = order["stage"] in ("cancelled", "rest_cancelled")
            entry["lines"] = _ordered_lines(books, order["id"])
            entry["shipments"] = _shipments(books, order["id"])
    return result


def _ordered_lines(books: Books, order_id: int) -> dict[str, dict[str, str]]:
    lines: dict[str, dict[str, str]] = {}
    for row in books.rows(
        "SELECT * FROM lines WHERE order_id = ? ORDER BY position", order_id
    ):
        line = lines.setdefault(
            row["line_key"] or row["sku"], {"sku": row["sku"], "quantity": "0"}
        )
        line["quantity"] = text(Decimal(line["quantity"]) + Decimal(row["quantity"]))
    return lines


def _shipments(books: Books, order_id: int) -> list[dict[str, Any]]:
    shipments = books.rows(
        "SELECT * FROM shipments WHERE order_id = ? AND stage = 'shipped' ORDER BY id",
        order_id,
    )
    return [
        {
            "shipment_key": str(shipment["id"]),
            "final": bool(shipment["final"]),
            "carrier": shipment["carrier"],
            "parcels": [
                row["tracking"]
                for row in books.rows(
                    "SELECT tracking FROM parcels WHERE shipment_id = ?"
                    " ORDER BY position",
                    shipment["id"],
                )
            ],
            "lines": _shipped_lines(books, order_id, shipment["id"]),
        }
        for shipment in shipments
    ]


def _shipped_lines(books: Books, order_id: int, shipment_id: int) -> dict[str, Any]:
    lines: dict[str, Any] = {}
    for row in books.rows(
        "SELECT packed.*, lines.line_key FROM packed JOIN lines"
        " ON lines.order_id = ? AND lines.position = packed.order_position"
        " WHERE shipment_id = ? ORDER BY packed.order_position, parcel",
        order_id,
        shipment_id,
    ):
        line = lines.setdefault(
            row["line_key"] or row["sku"],
            {"sku": row["sku"], "quantity": "0", "lots": {}},
        )
        quantity = Decimal(row["quantity"])
        line["quantity"] = text(Decimal(line["quantity"]) + quantity)
        if row["lot"]:
            before = Decimal(line["lots"].get(row["lot"], "0"))
            line["lots"][row["lot"]] = text(before + quantity)
    return lines
