"""The contract's operations: a request in, an answer out, no sockets."""

import base64
import re
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from . import shipbob_orders
from . import shipbob_views as views
from .dock import Dock
from .plans import plan_of
from .shipbob_answers import Answer, Request
from .shipbob_billing import Billing
from .shipbob_catalogue import Catalogue
from .shipbob_dock import ShipbobDock
from .warehouse import Warehouse

VERSION = "/2026-01"
LIMIT, MAX_LIMIT = 50, 250

TOPICS = {
    "shipped": "order.shipped",
    "exception": "order.shipment.exception",
    "cancelled": "order.shipment.cancelled",
}


class ShipbobApi:
    """Answers requests out of the books.

    :param token: the only bearer token that is let in
    :param channel: the only channel that the token may write to
    """

    def __init__(
        self, warehouse: Warehouse, dock: Dock, token: str, channel: str
    ) -> None:
        self.warehouse = warehouse
        self.dock = ShipbobDock(dock)
        self.books = warehouse.books
        self.billing = Billing(self.books)
        self.catalogue = Catalogue(self.books, dock.clock)
        self.token = token
        self.channel = channel
        order = rf"{VERSION}/order"
        self._routes: list[tuple[str, str, Callable[..., Answer]]] = [
            ("POST", order, self._create_order),
            ("GET", order, self._list_orders),
            ("GET", rf"{order}/(\d+)", self._get_order),
            ("GET", rf"{order}/(\d+)/shipment", self._list_shipments),
            ("POST", rf"{order}/(\d+):cancel", self._cancel_order),
            ("GET", rf"{VERSION}/shipment/(\d+)", self._get_shipment),
            ("GET", rf"{VERSION}/inventory-level", self._list_levels),
            ("GET", rf"{VERSION}/inventory-level/lots", self._list_lots),
            ("POST", rf"{VERSION}/receiving", self.dock.create_receiving),
            ("GET", rf"{VERSION}/receiving", self.dock.list_receiving),
            (
                "POST",
                rf"{VERSION}/receiving/(\d+):cancel",
                self.dock.cancel_receiving,
            ),
            ("GET", rf"{VERSION}/receiving/(\d+)/boxes", self.dock.list_boxes),
            ("POST", rf"{VERSION}/inventory/history:query", self.dock.history),
            ("POST", rf"{VERSION}/product", self.catalogue.create),
            ("GET", rf"{VERSION}/product", self.catalogue.find),
            ("PATCH", rf"{VERSION}/product/(\d+)", self.catalogue.change),
            ("GET", rf"{VERSION}/invoices", self.billing.list_invoices),
            (
                "GET",
                rf"{VERSION}/invoices/(\d+)/transactions",
                self.billing.list_fees,
            ),
            ("POST", rf"{VERSION}/return", self.dock.create_return),
            ("GET", rf"{VERSION}/return", self.dock.list_returns),
        ]

    def answer(self, request: Request) -> Answer:
        """Do what the request asks, in one transaction."""
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return Answer(401)
        channel = request.headers.get("shipbob_channel_id", "")
        if channel and channel != self.channel:
            return Answer(403)
        for method, pattern, operation in self._routes:
            match = re.fullmatch(pattern, request.path)
            if match and method == request.method:
                with self.books.work():
                    return operation(request, *(int(part) for part in match.groups()))
        return Answer(404)

    def request_key(self, request: Request) -> str:
        """Return the reference id that a request is about, or an empty string."""
        if isinstance(request.body, dict):
            names = ("reference_id", "purchase_order_number")
            return str(next(filter(None, map(request.body.get, names)), ""))
        match = re.match(rf"{VERSION}/order/(\d+)", request.path)
        if match:
            key = self.books.one(
                "SELECT request_key FROM orders WHERE id = ?", int(match[1])
            )
            return key or ""
        return request.query.get("ReferenceIds", "")

    def event_document(self, order_id: int, shipment_id: int) -> dict[str, Any]:
        """Return the body of a webhook: the shipment as the contract writes it."""
        shipment = self.books.rows("SELECT * FROM shipments WHERE id = ?", shipment_id)
        order = self._order(order_id)
        return views.shipment_view(self.books, order, shipment[0])

    # Orders --------------------------------------------------------------------

    def _create_order(self, request: Request) -> Answer:
        if "shipbob_channel_id" not in request.headers:
            return Answer(400, {"shipbob_channel_id": ["The header is required."]})
        status, faults = shipbob_orders.order_faults(request.body)
        key = self.request_key(request)
        refuse = plan_of(self.books, key)["refuse"] if key else ""
        if refuse and not faults:
            status, faults = 422, {"reference_id": [refuse]}
        if faults:
            if key:
                self.warehouse.record_call(key, "rejected", str(faults))
            return Answer(status, faults)
        if self.warehouse.order_id(self.channel, key) is not None:
            self.warehouse.record_call(key, "again")
            reason = f"an order with reference_id {key!r} already exists"
            return Answer(422, {"errors": [f"CONFLICT: {reason} on this channel"]})
        lines = shipbob_orders.order_lines(request.body)
        number = self.warehouse.receive(self.channel, key, request.body, lines)
        return Answer(201, views.order_view(self.books, self._order(number)))

    def _list_orders(self, request: Request) -> Answer:
        query = request.query
        try:
            page = max(int(query.get("Page", 1)), 1)
            limit = int(query.get("Limit", LIMIT))
            where, values = _order_filter(query)
        except ValueError as error:
            return Answer(400, {"query": [str(error)]})
        if not 1 <= limit <= MAX_LIMIT:
            return Answer(400, {"Limit": [f"1 to {MAX_LIMIT}."]})
        direction = "DESC" if query.get("SortOrder") == "Newest" else "ASC"
        rows = self.books.rows(
            f"SELECT * FROM orders WHERE {where} ORDER BY id {direction}"
            " LIMIT ? OFFSET ?",
            *values,
            limit,
            (page - 1) * limit,
        )
        return Answer(200, [views.order_view(self.books, row) for row in rows])

    def _get_order(self, request: Request, order_id: int) -> Answer:
        order = self._order(order_id)
        if order is None:
            return Answer(404)
        return Answer(200, views.order_view(self.books, order))

    def _list_shipments(self, request: Request, order_id: int) -> Answer:
        order = self._order(order_id)
        if order is None:
            return Answer(404)
        return Answer(200, views.shipment_views(self.books, order))

    def _get_shipment(self, request: Request, shipment_id: int) -> Answer:
        rows = self.books.rows("SELECT * FROM shipments WHERE id = ?", shipment_id)
        if not rows:
            return Answer(404)
        return Answer(200, self.event_document(rows[0]["order_id"], shipment_id))

    def _cancel_order(self, request: Request, order_id: int) -> Answer:
        if self._order(order_id) is None:
            return Answer(404)
        outcome, reason = self.warehouse.cancel(order_id)
        if outcome == "already":
            return Answer(422, {"errors": [reason]})
        order = self._order(order_id)
        results = [
            {
                "shipment_id": row["id"],
                "action": "Cancel",
                "is_success": row["stage"] == "cancelled",
                "reason": None if row["stage"] == "cancelled" else "Already shipped.",
            }
            for row in self.books.rows(
                "SELECT * FROM shipments WHERE order_id = ? ORDER BY id", order_id
            )
        ]
        words = {
            "cancelled": "Success",
            "rest_cancelled": "PartialSuccess",
            "refused": "Failure",
        }
        return Answer(
            200,
            {
                "order_id": order_id,
                "status": words[outcome],
                "canceled_shipment_results": results,
                "order": views.order_view(self.books, order),
            },
        )

    def _order(self, order_id: int) -> sqlite3.Row | None:
        rows = self.books.rows("SELECT * FROM orders WHERE id = ?", order_id)
        return rows[0] if rows else None

    # Inventory -----------------------------------------------------------------

    def _list_levels(self, request: Request) -> Answer:
        return self._page(request, views.inventory_rows(self.books))

    def _list_lots(self, request: Request) -> Answer:
        wanted = set(filter(None, request.query.get("InventoryIds", "").split(",")))
        rows = views.lot_rows(self.books)
        return self._page(
            request,
            [row for row in rows if not wanted or str(row["inventory_id"]) in wanted],
        )

    def _page(self, request: Request, items: list[dict[str, Any]]) -> Answer:
        """Return one page; the cursor names the place where it starts."""
        try:
            size = min(max(int(request.query.get("PageSize", LIMIT)), 1), MAX_LIMIT)
            start = _cursor_start(request.query.get("cursor", ""))
        except ValueError as error:
            problem = {"title": "Bad Request", "status": 400, "detail": str(error)}
            return Answer(400, problem)
        last = max(len(items) - 1, 0) // size * size

        def link(place: int, wanted: bool) -> str | None:
            cursor = base64.urlsafe_b64encode(f"from {place}".encode()).decode()
            url = f"{request.path}?cursor={cursor.rstrip('=')}&PageSize={size}"
            if ids := request.query.get("InventoryIds"):
                url += f"&InventoryIds={ids}"
            return url if wanted else None

        return Answer(
            200,
            {
                "items": items[start : start + size],
                "first": link(0, start > 0),
                "prev": link(max(start - size, 0), start > 0),
                "next": link(start + size, start + size < len(items)),
                "last": link(last, start < last),
            },
        )


def _cursor_start(cursor: str) -> int:
    if not cursor:
        return 0
    padded = cursor + "=" * (-len(cursor) % 4)
    return int(base64.urlsafe_b64decode(padded).decode().removeprefix("from "))


def _order_filter(query: Mapping[str, str]) -> tuple[str, list[Any]]:
    """Return the WHERE clause of a list query. Raises ValueError on a bad value."""
    where, values = ["1"], []
    bounds = {
        "StartDate": "created_at >= ?",
        "EndDate": "created_at <= ?",
        "LastUpdateStartDate": "updated_at >= ?",
        "LastUpdateEndDate": "updated_at <= ?",
    }
    for name, clause in bounds.items():
        if query.get(name):
            where.append(clause)
            values.append(views.seconds(query[name]))
    lists = {"ReferenceIds": ("request_key", str), "IDs": ("id", int)}
    for name, (column, kind) in lists.items():
        if query.get(name):
            wanted = [kind(part.strip()) for part in query[name].split(",")]
            where.append(f"{column} IN ({','.join('?' * len(wanted))})")
            values += wanted
    if query.get("HasTracking"):
        negation = "" if query["HasTracking"].lower() == "true" else "NOT "
        where.append(
            f"{negation}EXISTS (SELECT 1 FROM shipments WHERE order_id = orders.id"
            " AND shipments.stage = 'shipped')"
        )
    return " AND ".join(where), values
