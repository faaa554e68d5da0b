"""The contract's receiving orders and returns: a request in, an answer out."""

import json
import sqlite3
from typing import Any

from . import shipbob_views as views
from .dock import Dock
from .shipbob_answers import Answer, Request

STATUS = {
    "expected": "Awaiting",
    "arrived": "Arrived",
    "partly": "Processing",
    "received": "Completed",
    "cancelled": "Cancelled",
}
_UNCOUNTED = {"received_quantity": 0, "stowed_quantity": 0}
HISTORY_PAGE = 50
ACTIONS = {"RESTOCK": "Restock", "QUARANTINE": "Quarantine", "SCRAP": "Dispose"}
#: Topic, and the schema of its body.
TOPICS = {
    "arrived": ("wro.updated", "Receiving.V2.WarehouseReceivingOrderViewModel"),
    "received": ("wro.completed", "Receiving.V2.WarehouseReceivingOrderViewModel"),
    "came_back": ("return.completed", "Returns.PublicReturnDto"),
}


class ShipbobDock:
    """Answers receiving and return requests out of the books."""

    def __init__(self, dock: Dock) -> None:
        self.dock = dock
        self.books = dock.books

    def event(self, name: str, number: int) -> tuple[str, str, str, dict] | None:
        """Give topic, schema, key and body of the webhook of an event, if any."""
        if name not in TOPICS:
            return None
        topic, schema = TOPICS[name]
        if name == "came_back":
            row = self._rows("backs", "id = ?", number)[0]
            return topic, schema, row["key"], self.return_view(row)
        if name == "received":
            arrival = self._rows("arrivals", "id = ?", number)[0]
            if not arrival["final"]:
                return None
            number = arrival["advice_id"]
        row = self._rows("advices", "id = ?", number)[0]
        return topic, schema, row["key"], self.receiving_view(row)

    # Receiving ---------------------------------------------------------------------

    def create_receiving(self, request: Request) -> Answer:
        """Take a receiving order; one purchase order number is taken once."""
        body = request.body if isinstance(request.body, dict) else {}
        key = str(body.get("purchase_order_number") or "")
        if not key or not body.get("boxes"):
            return Answer(400, {"boxes": ["Boxes and a purchase order are required."]})
        lines = []
        for box in body["boxes"]:
            for entry in box["box_items"]:
                sku = self._sku(entry.get("inventory_id"))
                if not sku:
                    reason = f"no item {entry.get('inventory_id')}"
                    return Answer(400, {"inventory_id": [reason]})
                lines.append(
                    {
                        "line_key": box["tracking_number"],
                        "sku": sku,
                        "lot": entry.get("lot_number") or "",
                        "quantity": str(entry["quantity"]),
                    }
                )
        number = self.dock.advise(key, body, lines)
        return Answer(
            201, self.receiving_view(self._rows("advices", "id = ?", number)[0])
        )

    def list_receiving(self, request: Request) -> Answer:
        """List receiving orders, by status and purchase order number."""
        rows = self._rows("advices", "1 ORDER BY id")
        statuses = _listed(request.query.get("Statuses"))
        keys = _listed(request.query.get("PurchaseOrderNumbers"))
        found = [
            row
            for row in rows
            if (not keys or row["key"] in keys)
            and (not statuses or STATUS[row["stage"]] in statuses)
        ]
        size = int(request.query.get("Limit", 50))
        start = (int(request.query.get("Page", 1)) - 1) * size
        page = found[start : start + size]
        return Answer(200, [self.receiving_view(row) for row in page])

    def cancel_receiving(self, request: Request, number: int) -> Answer:
        """Drop a receiving order that has not arrived."""
        if not self._rows("advices", "id = ?", number):
            return Answer(404, {"title": "Not Found", "status": 404})
        if not self.dock.drop(number):
            return Answer(422, {"status": ["The receiving order has arrived."]})
        return Answer(
            200, self.receiving_view(self._rows("advices", "id = ?", number)[0])
        )

    def list_boxes(self, request: Request, number: int) -> Answer:
        """List the boxes of a receiving order, with what was counted in them."""
        rows = self._rows("advices", "id = ?", number)
        if not rows:
            return Answer(404, {"title": "Not Found", "status": 404})
        return Answer(200, self._boxes(rows[0]))

    def _boxes(self, row: sqlite3.Row) -> list[dict[str, Any]]:
        status = {"received": "Completed", "partly": "Counting", "arrived": "Arrived"}
        boxes = [
            {
                "box_id": row["id"] * 100 + number,
                "box_number": number,
                "box_status": status.get(row["stage"], "Awaiting"),
                "tracking_number": box.get("tracking_number"),
                "box_items": [
                    {"lot_number": None, "lot_date": None, **entry, **_UNCOUNTED}
                    for entry in box["box_items"]
                ],
            }
            for number, box in enumerate(json.loads(row["document"])["boxes"], 1)
        ]
        for arrival in self._rows("arrivals", "advice_id = ?", row["id"]):
            for line in self.dock.counted(arrival["id"]):
                if line["condition"] == "GOOD":
                    entry = self._box_item(boxes, line)
                    entry["received_quantity"] += int(line["quantity"])
                    entry["stowed_quantity"] += int(line["quantity"])
        return boxes

    def _box_item(
        self, boxes: list[dict[str, Any]], line: sqlite3.Row
    ) -> dict[str, Any]:
        """Give the entry of what was counted; one that nobody announced is new."""
        number, lot = views.inventory_id(self.books, line["sku"]), line["lot"] or None
        for box in boxes:
            for entry in box["box_items"]:
                if (entry["inventory_id"], entry["lot_number"]) == (number, lot):
                    return entry
        date = f"{line['expiry']}T00:00:00Z" if line["expiry"] else None
        entry = {"inventory_id": number, "quantity": 0, "lot_number": lot}
        entry |= {"lot_date": date, **_UNCOUNTED}
        boxes[0]["box_items"].append(entry)
        return entry

    # Counts ------------------------------------------------------------------------

    def history(self, request: Request) -> Answer:
        """List what was counted otherwise, from a moment on."""
        body = request.body if isinstance(request.body, dict) else {}
        since = views.seconds(body["start_date"]) if body.get("start_date") else 0.0
        after = int(request.query.get("cursor") or body.get("cursor") or 0)
        asked = body.get("event_category") or "InventoryAdjusted"
        rows = self._rows("changes", "at >= ? AND id > ? ORDER BY id", since, after)
        if body.get("facility_id") != views.LOCATION["id"]:
            rows = []
        if asked != "InventoryAdjusted":
            rows = []
        page = rows[:HISTORY_PAGE]
        more = None
        if len(rows) > HISTORY_PAGE:
            more = f"{request.path}?cursor={page[-1]['id']}"
        links = dict.fromkeys(("first", "prev", "last"))
        data = [self._event(row) for row in page]
        return Answer(200, {"data": data, "next": more, **links})

    def _event(self, row: sqlite3.Row) -> dict[str, Any]:
        quantity = int(row["quantity"])
        event = {
            "inventory_audit_event_id": row["id"],
            "event_category": "InventoryAdjusted",
            "event_datetime": views.moment(row["at"]),
            "inventory_id": views.inventory_id(self.books, row["sku"]),
            "additional_reference": [{"key": "Reason", "value": row["reason"]}],
        }
        if row["from_status"]:
            event["decrement"] = _side(row, row["from_status"], -quantity)
            event["increment"] = _side(row, row["status"], quantity)
        else:
            name = "decrement" if quantity < 0 else "increment"
            event[name] = _side(row, row["status"], quantity)
        return event

    # Receiving orders --------------------------------------------------------------

    def receiving_view(self, row: sqlite3.Row) -> dict[str, Any]:
        """Return a receiving order as the contract writes it."""
        asked = json.loads(row["document"])
        quantities: dict[str, dict[str, Any]] = {}
        for line in self._rows("expected", "advice_id = ?", row["id"]):
            entry = quantities.setdefault(line["sku"], self._quantities(line["sku"]))
            entry["expected_quantity"] += int(line["quantity"])
        arrivals = self._rows("arrivals", "advice_id = ? ORDER BY id", row["id"])
        for arrival in arrivals:
            for line in self.dock.counted(arrival["id"]):
                sku = line["sku"]
                entry = quantities.setdefault(sku, self._quantities(sku))
                if line["condition"] == "GOOD":
                    entry["received_quantity"] += int(line["quantity"])
                    entry["stowed_quantity"] += int(line["quantity"])
        status = STATUS[row["stage"]]
        done = views.moment(arrivals[-1]["at"]) if arrivals else None
        history = [{"id": 1, "status": "Awaiting", "timestamp": _at(row)}]
        if status == "Completed":
            history.append({"id": 2, "status": status, "timestamp": done})
        return {
            "id": row["id"],
            "purchase_order_number": row["key"],
            "status": status,
            "status_history": history,
            "package_type": asked.get("package_type"),
            "box_packaging_type": asked.get("box_packaging_type"),
            "expected_arrival_date": asked.get("expected_arrival_date"),
            "insert_date": _at(row),
            "last_updated_date": views.moment(row["updated_at"]),
            "inventory_quantities": list(quantities.values()),
        }

    def _quantities(self, sku: str) -> dict[str, Any]:
        return {
            "inventory_id": views.inventory_id(self.books, sku),
            "sku": sku,
            "expected_quantity": 0,
            "received_quantity": 0,
            "stowed_quantity": 0,
        }

    # Returns -----------------------------------------------------------------------

    def create_return(self, request: Request) -> Answer:
        """Take the announcement of a return."""
        body = request.body if isinstance(request.body, dict) else {}
        if not body.get("reference_id") or not body.get("inventory"):
            return Answer(422, {"errors": ["reference_id and inventory are required"]})
        unknown = [i for i in body["inventory"] if not self._sku(i.get("id"))]
        if unknown:
            return Answer(422, {"errors": [f"no item {unknown[0].get('id')}"]})
        number = self.dock.authorise(body["reference_id"], body)
        row = self._rows("backs", "id = ?", number)[0]
        view = self.return_view(row)
        view.pop("shipment_tracking_number")
        view.pop("arrived_date")
        for entry in view["inventory"]:
            entry.pop("sku")
            entry.pop("lot_information")
        return Answer(201, view)

    def list_returns(self, request: Request) -> Answer:
        """List returns, by status and reference."""
        statuses = _listed(request.query.get("Status"))
        keys = _listed(request.query.get("ReferenceIds"))
        items = [
            self.return_view(row)
            for row in self._rows("backs", "1 ORDER BY id")
            if not keys or row["key"] in keys
        ]
        items = [i for i in items if not statuses or i["status"] in statuses]
        links = dict.fromkeys(("first", "prev", "next", "last"))
        return Answer(200, {"items": items, **links})

    def return_view(self, row: sqlite3.Row) -> dict[str, Any]:
        """Return a return as the contract writes it."""
        asked = json.loads(row["document"])
        inventory: dict[tuple[str, str], dict[str, Any]] = {}
        for entry in asked.get("inventory", []):
            sku = self._sku(entry["id"])
            inventory[sku, ""] = self._item(sku, "", entry["quantity"])
        taken = self._rows("taken_back", "back_id = ?", row["id"])
        if taken:
            inventory = {}
        for line in taken:
            key = (line["sku"], line["lot"])
            entry = inventory.setdefault(key, self._item(*key, 0))
            entry["quantity"] += int(line["quantity"])
            entry["action_taken"].append(
                {
                    "action": ACTIONS[line["disposition"]],
                    "action_reason": line["reason"] or None,
                    "quantity_processed": int(line["quantity"]),
                }
            )
        done = row["stage"] == "received"
        return {
            "id": row["id"],
            "reference_id": row["key"] or None,
            "status": "Completed" if done else "Awaiting Arrival",
            "store_order_id": asked.get("order_reference"),
            "tracking_number": asked.get("tracking_number"),
            "shipment_tracking_number": asked.get("original_tracking"),
            "original_shipment_id": asked.get("original_shipment_id"),
            "insert_date": _at(row),
            "arrived_date": views.moment(row["received_at"]),
            "completed_date": views.moment(row["received_at"]),
            "inventory": list(inventory.values()),
        }

    def _item(self, sku: str, lot: str, quantity: int) -> dict[str, Any]:
        return {
            "id": views.inventory_id(self.books, sku),
            "sku": sku,
            "quantity": quantity,
            "action_taken": [],
            "lot_information": {"number": lot or None},
        }

    # Books -------------------------------------------------------------------------

    def _sku(self, inventory_id: Any) -> str:
        return self.books.one("SELECT sku FROM products WHERE id = ?", inventory_id)

    def _rows(self, table: str, where: str, *values: Any) -> list[sqlite3.Row]:
        return self.books.rows(f"SELECT * FROM {table} WHERE {where}", *values)


def _side(row: sqlite3.Row, status: str, quantity: int) -> dict[str, Any]:
    """Return one side of a change: what was there more or less of."""
    return {
        "sku": row["sku"],
        "lot_number": row["lot"] or None,
        "expiration_date": None,
        "facility_id": views.LOCATION["id"],
        "inventory_status": "Available" if status == "SELLABLE" else status.title(),
        "quantity_change": quantity,
        "committed_quantity_change": 0,
    }


def _at(row: sqlite3.Row) -> str | None:
    return views.moment(row["created_at"])


def _listed(value: str | None) -> set[str]:
    return {part.strip() for part in (value or "").split(",") if part.strip()}
