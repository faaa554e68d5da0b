"""What lies on the partner's shelves, and what is picked from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from .books import Books, text

#: Orders in these stages still want goods.
OPEN_STAGES = ("received", "processing", "waiting", "part_shipped")


@dataclass
class Shelf:
    """One SKU in one lot (or serial number)."""

    sku: str
    lot: str
    expiry: str
    serial: bool
    on_hand: Decimal


class Want(NamedTuple):
    """What an order line still asks for; ``lot`` empty = any."""

    position: int
    sku: str
    lot: str
    quantity: Decimal


class Pick(NamedTuple):
    """Goods taken for an order line."""

    position: int
    sku: str
    lot: str
    expiry: str
    serial: bool
    quantity: Decimal


def shelves(books: Books, skus: Iterable[str], default: Decimal) -> list[Shelf]:
    """Read the shelves of these SKUs, first to expire first.

    :param default: stock given to a SKU that the partner sees for the first time
    """
    result = []
    for sku in dict.fromkeys(skus):
        rows = books.rows("SELECT * FROM stock WHERE sku = ?", sku)
        if not rows:
            set_stock(books, [{"sku": sku, "quantity": text(default)}])
            rows = books.rows("SELECT * FROM stock WHERE sku = ?", sku)
        result += [
            Shelf(
                row["sku"],
                row["lot"],
                row["expiry"],
                bool(row["serial"]),
                Decimal(row["on_hand"]),
            )
            for row in rows
        ]
    result.sort(key=lambda shelf: (shelf.expiry or "9999", shelf.lot))
    return result


def pick(stock: Iterable[Shelf], wants: Iterable[Want]) -> list[Pick]:
    """Pick as much as there is; lines of one SKU share its shelves."""
    stock = list(stock)
    picks = []
    for want in wants:
        missing = want.quantity
        for shelf in stock:
            if shelf.sku != want.sku or (want.lot and shelf.lot != want.lot):
                continue
            taken = min(missing, shelf.on_hand)
            if taken > 0:
                shelf.on_hand -= taken
                missing -= taken
                picks.append(
                    Pick(
                        want.position,
                        shelf.sku,
                        shelf.lot,
                        shelf.expiry,
                        shelf.serial,
                        taken,
                    )
                )
    return picks


def take(books: Books, picks: Iterable[Pick]) -> None:
    """Take the picked goods off the shelves; a shelf does not go below zero."""
    with books.work():
        for item in picks:
            on_hand = books.one(
                "SELECT on_hand FROM stock WHERE sku = ? AND lot = ?",
                item.sku,
                item.lot,
            )
            left = max(Decimal(on_hand or 0) - item.quantity, Decimal(0))
            books.run(
                "UPDATE stock SET on_hand = ? WHERE sku = ? AND lot = ?",
                text(left),
                item.sku,
                item.lot,
            )


def set_stock(books: Books, entries: Iterable[Mapping[str, Any]]) -> None:
    """Set what is on hand: ``sku``, ``quantity`` and maybe ``lot, expiry, serial``.

    An entry with a lot removes the SKU's lotless stock, because a warehouse that
    keeps lots of a product keeps all of it in lots.
    """
    with books.work():
        for entry in entries:
            lot = str(entry.get("lot") or "")
            books.run("INSERT OR IGNORE INTO products (sku) VALUES (?)", entry["sku"])
            if lot:
                books.run("DELETE FROM stock WHERE sku = ? AND lot = ''", entry["sku"])
            books.run(
                "INSERT OR REPLACE INTO stock (sku, lot, expiry, serial, on_hand)"
                " VALUES (?, ?, ?, ?, ?)",
                entry["sku"],
                lot,
                str(entry.get("expiry") or ""),
                int(bool(entry.get("serial"))),
                text(Decimal(str(entry["quantity"]))),
            )


def put_aside(books: Books, sku: str, lot: str, status: str, quantity: Decimal) -> None:
    """Put goods where no order is picked from, or take them from there.

    :param status: DAMAGED, QUARANTINE or HOLD
    :param quantity: the difference; what is there does not go below zero
    """
    with books.work():
        before = books.one(
            "SELECT quantity FROM aside WHERE sku = ? AND lot = ? AND status = ?",
            sku,
            lot,
            status,
        )
        books.run(
            "INSERT OR REPLACE INTO aside VALUES (?, ?, ?, ?)",
            sku,
            lot,
            status,
            text(max(Decimal(before or 0) + quantity, Decimal(0))),
        )


def aside(books: Books) -> list[dict[str, str]]:
    """Return what lies aside, by SKU, lot and status."""
    return [
        dict(row)
        for row in books.rows(
            "SELECT * FROM aside WHERE quantity != '0' ORDER BY sku, lot, status"
        )
    ]


def levels(books: Books) -> list[dict[str, Any]]:
    """Return the stock rows by SKU and lot, with what open orders still want.

    ``committed`` is spread over a SKU's lots first to expire first, and is never
    more than what is on hand.
    """
    with books.work():
        open_by_sku = _open_quantities(books)
        result = []
        for row in books.rows("SELECT * FROM stock ORDER BY sku, expiry = '', expiry"):
            on_hand = Decimal(row["on_hand"])
            wanted = open_by_sku.get(row["sku"], Decimal(0))
            committed = min(wanted, on_hand)
            open_by_sku[row["sku"]] = wanted - committed
            result.append(
                {
                    "sku": row["sku"],
                    "lot": row["lot"],
                    "expiry": row["expiry"],
                    "serial": bool(row["serial"]),
                    "on_hand": on_hand,
                    "committed": committed,
                    "wanted": wanted,
                }
            )
        return result


def _open_quantities(books: Books) -> dict[str, Decimal]:
    marks = ",".join("?" * len(OPEN_STAGES))
    result: dict[str, Decimal] = {}
    for row in books.rows(
        "SELECT sku, quantity FROM lines JOIN orders ON orders.id = lines.order_id"
        f" WHERE stage IN ({marks})",
        *OPEN_STAGES,
    ):
        result[row["sku"]] = result.get(row["sku"], Decimal(0)) + Decimal(
            row["quantity"]
        )
    for row in books.rows(
        "SELECT packed.sku, packed.quantity FROM packed"
        " JOIN shipments ON shipments.id = packed.shipment_id"
        " JOIN orders ON orders.id = shipments.order_id"
        f" WHERE orders.stage IN ({marks})",
        *OPEN_STAGES,
    ):
        result[row["sku"]] -= Decimal(row["quantity"])
    return result
