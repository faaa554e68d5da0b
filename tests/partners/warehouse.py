"""The life cycle of an order in the partner's house, whatever the wire.

received -> processing -> shipped | closed_short | part_shipped -> ...; ``waiting``
for goods; ``cancelled``, or ``rest_cancelled`` when a part had left already.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Any, NamedTuple

from . import holds, plans
from .books import FIRST_ORDER, FIRST_SHIPMENT, Books, text
from .faults import strike
from .packing import pack, sscc, tracking_number
from .stockroom import Pick, Want, pick, shelves, take

HOUSE_CARRIER, HOUSE_SERVICE = "UPS", "Ground"

#: Event(name, order id, shipment id): shipped, exception, cancelled, accepted.
Event = Callable[[str, int, int], None]


class OrderLine(NamedTuple):
    """A line as the customer ordered it."""

    line_key: str
    sku: str
    name: str
    quantity: Decimal
    lot: str = ""


class Cancellation(NamedTuple):
    """What came of a cancel: cancelled, rest_cancelled, refused or already."""

    outcome: str
    reason: str


class Warehouse:
    """Moves orders through the house.

    :param event: called inside the transaction that changed the books, so that what
        it notes (a webhook to send, a row for a file) is as durable as the change
    """

    def __init__(
        self,
        books: Books,
        event: Event,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.books = books
        self.clock = clock
        self._event = event

    def store_plan(self, pattern: str, values: dict[str, Any]) -> None:
        """Plan for the request keys that match the glob; wakes orders on hold.

        Raises ValueError on a setting that nobody reads.
        """
        with self.books.work():
            plans.store_plan(self.books, pattern, values)
            self.wake()

    def wake(self) -> None:
        """Look again at orders that wait for goods or are on hold."""
        self.books.run(
            "UPDATE orders SET due = ? WHERE due IS NULL AND stage IN"
            " ('received', 'processing', 'waiting', 'part_shipped')",
            self.clock(),
        )

    # Receiving -----------------------------------------------------------------

    def record_call(self, request_key: str, outcome: str, reason: str = "") -> None:
        """Count a create call: new, again or rejected."""
        self.books.run(
            "INSERT INTO calls (at, request_key, outcome, reason) VALUES (?, ?, ?, ?)",
            self.clock(),
            request_key,
            outcome,
            reason,
        )

    def order_id(self, channel: str, request_key: str) -> int | None:
        """Return the order of this key, or None."""
        return self.books.one(
            "SELECT id FROM orders WHERE channel = ? AND request_key = ?",
            channel,
            request_key,
        )

    def receive(
        self,
        channel: str,
        request_key: str,
        document: dict[str, Any],
        lines: Sequence[OrderLine],
    ) -> int:
        """Take a new order into the books; return its id."""
        now = self.clock()
        plan = plans.plan_of(self.books, request_key)
        with self.books.work():
            number = self._next_id("orders", FIRST_ORDER)
            self.books.run(
                "INSERT INTO orders VALUES (?, ?, ?, 'received', ?, ?, ?, ?)",
                number,
                channel,
                request_key,
                now + plan["delay"] / 2,
                json.dumps(document),
                now,
                now,
            )
            for position, line in enumerate(lines):
                self.books.run(
                    "INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?, ?)",
                    number,
                    position,
                    line.line_key,
                    line.sku,
                    line.name,
                    line.lot,
                    text(line.quantity),
                )
            self._open_shipment(number, now)
            self.record_call(request_key, "new")
            self._event("accepted", number, 0)
        return number

    def cancel(self, order_id: int) -> Cancellation:
        """Cancel what has not left yet."""
        with self.books.work():
            order = self._order(order_id)
            if order["stage"] in ("cancelled", "rest_cancelled"):
                return Cancellation("already", "The order is cancelled already.")
            if order["stage"] in ("shipped", "closed_short"):
                return Cancellation("refused", "The order has left the warehouse.")
            part = order["stage"] == "part_shipped"
            outcome = "rest_cancelled" if part else "cancelled"
            pending = self._pending(order_id)
            self._set_shipment(pending["id"], stage="cancelled")
            self._set_order(order_id, outcome, None)
            self._event("cancelled", order_id, pending["id"])
        return Cancellation(outcome, "")

    # Moving --------------------------------------------------------------------

    def tick(self, force: bool = False) -> int:
        """Move every order that is due one step on.

        :param force: take those that are not due yet, too (never those that wait)
        :return: how many were looked at
        """
        until = self.clock() + (1e9 if force else 0)
        due = self.books.rows(
            "SELECT id FROM orders WHERE due <= ? ORDER BY due, id", until
        )
        for row in due:
            with self.books.work():
                self._advance(self._order(row["id"]))
        return len(due)

    def _advance(self, order: sqlite3.Row) -> None:
        plan = plans.plan_of(self.books, order["request_key"])
        if plan["hold"] or holds.is_held(self.books, order["id"]):
            self._rest(order["id"])
        elif order["stage"] == "received":
            due = self.clock() + plan["delay"] / 2
            self._set_order(order["id"], "processing", due)
        else:
            self._ship(order, plan)

    def _ship(self, order: sqlite3.Row, plan: dict[str, Any]) -> None:
        wants = self._missing(order["id"])
        first_part = bool(plan["split"]) and order["stage"] != "part_shipped"
        asked = _fraction(wants, Decimal(str(plan["split"]))) if first_part else wants
        first_part = first_part and _total(asked) < _total(wants)
        default = Decimal(str(plan["default_stock"]))
        stock = shelves(self.books, (want.sku for want in asked), default)
        picks = pick(stock, asked)
        short = _total(picks) < _total(asked)
        if not picks or (short and plan["when_short"] == "wait"):
            self._wait(order)
            return
        final = not first_part and (not short or plan["when_short"] == "close")
        facts = {"request_key": order["request_key"]}
        if final and strike(self.books, ["over_ship"], **facts):
            more = picks[0]
            picks[0] = more._replace(quantity=more.quantity + 1)
        if strike(self.books, ["carrier_unknown"], **facts):
            plan["carrier"] = plan["unknown_carrier"]
        wishes = json.loads(order["document"])
        plan["carrier"] = plan["carrier"] or wishes.get("carrier") or HOUSE_CARRIER
        plan["service"] = plan["service"] or wishes.get("service") or HOUSE_SERVICE
        take(self.books, picks)
        self._send_off(order["id"], picks, plan, final)
        if final:
            stage = "closed_short" if short else "shipped"
            self._set_order(order["id"], stage, None)
        else:
            later = self.clock() + plan["rest_delay"] if first_part else None
            self._set_order(order["id"], "part_shipped", later)

    def _wait(self, order: sqlite3.Row) -> None:
        pending = self._pending(order["id"])
        if pending["stage"] == "exception":
            self._rest(order["id"])  # nothing has changed, so nothing is updated
            return
        stage = "part_shipped" if order["stage"] == "part_shipped" else "waiting"
        self._set_order(order["id"], stage, None)
        self._set_shipment(pending["id"], stage="exception")
        self._event("exception", order["id"], pending["id"])

    def _rest(self, order_id: int) -> None:
        self.books.run("UPDATE orders SET due = NULL WHERE id = ?", order_id)

    def _send_off(
        self, order_id: int, picks: list[Pick], plan: dict[str, Any], final: bool
    ) -> None:
        now = self.clock()
        shipment_id = self._pending(order_id)["id"]
        for position, content in enumerate(pack(picks, int(plan["parcels"])), 1):
            self.books.run(
                "INSERT INTO parcels VALUES (?, ?, ?, ?, ?)",
                shipment_id,
                position,
                tracking_number(shipment_id, position),
                sscc(shipment_id, position),
                text(_total(content) / 2),
            )
            for item in content:
                self.books.run(
                    "INSERT INTO packed VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    shipment_id,
                    position,
                    item.position,
                    item.sku,
                    item.lot,
                    item.expiry,
                    int(item.serial),
                    text(item.quantity),
                )
        self._set_shipment(
            shipment_id,
            stage="shipped",
            final=int(final),
            carrier=plan["carrier"],
            service=plan["service"],
            shipped_at=now,
        )
        if not final:
            self._open_shipment(order_id, now)
        self._event("shipped", order_id, shipment_id)

    # Books ---------------------------------------------------------------------

    def _order(self, order_id: int) -> sqlite3.Row:
        return self.books.rows("SELECT * FROM orders WHERE id = ?", order_id)[0]

    def _pending(self, order_id: int) -> sqlite3.Row:
        return self.books.rows(
            "SELECT * FROM shipments WHERE order_id = ?"
            " AND stage IN ('open', 'exception')",
            order_id,
        )[0]

    def _missing(self, order_id: int) -> list[Want]:
        shipped: dict[int, Decimal] = {}
        for row in self.books.rows(
            "SELECT packed.* FROM packed JOIN shipments ON shipments.id = shipment_id"
            " WHERE order_id = ?",
            order_id,
        ):
            position = row["order_position"]
            shipped[position] = shipped.get(position, 0) + Decimal(row["quantity"])
        return [
            Want(row["position"], row["sku"], row["lot"], missing)
            for row in self.books.rows(
                "SELECT * FROM lines WHERE order_id = ? ORDER BY position", order_id
            )
            if (missing := Decimal(row["quantity"]) - shipped.get(row["position"], 0))
            > 0
        ]

    def _next_id(self, table: str, first: int) -> int:
        last = self.books.one(f"SELECT max(id) FROM {table}")
        return first if last is None else last + 1

    def _open_shipment(self, order_id: int, now: float) -> None:
        self.books.run(
            "INSERT INTO shipments (id, order_id, stage, final, created_at, updated_at)"
            " VALUES (?, ?, 'open', 0, ?, ?)",
            self._next_id("shipments", FIRST_SHIPMENT),
            order_id,
            now,
            now,
        )

    def _set_shipment(self, shipment_id: int, **values: Any) -> None:
        values["updated_at"] = self.clock()
        columns = ", ".join(f"{name} = ?" for name in values)
        self.books.run(
            f"UPDATE shipments SET {columns} WHERE id = ?",
            *values.values(),
            shipment_id,
        )

    def _set_order(self, order_id: int, stage: str, due: float | None) -> None:
        self.books.run(
            "UPDATE orders SET stage = ?, due = ?, updated_at = ? WHERE id = ?",
            stage,
            due,
            self.clock(),
            order_id,
        )


def _total(items: Sequence[Want] | Sequence[Pick]) -> Decimal:
    return sum((item.quantity for item in items), Decimal(0))


def _fraction(wants: Sequence[Want], part: Decimal) -> list[Want]:
    """Return a part of each line in whole pieces, at least one piece in all."""
    result = [
        want._replace(quantity=(want.quantity * part).to_integral_value(ROUND_FLOOR))
        for want in wants
    ]
    result = [want for want in result if want.quantity > 0]
    return result or [wants[0]._replace(quantity=min(wants[0].quantity, Decimal(1)))]
