"""The partner's books as the contract's JSON."""

import datetime
import json
import sqlite3
from decimal import Decimal
from typing import Any

from .books import Books
from .stockroom import levels

LOCATION = {"id": 7, "name": "Demo Fulfilment (NJ)"}

ORDER_STATUS = {
    "received": "Processing",
    "processing": "Processing",
    "waiting": "Exception",
    "part_shipped": "PartiallyFulfilled",
    "shipped": "Fulfilled",
    "closed_short": "Fulfilled",
    "rest_cancelled": "Fulfilled",
    "cancelled": "Cancelled",
}

SHIPMENT_STATUS = {
    "open": "Processing",
    "exception": "Exception",
    "shipped": "Completed",
    "cancelled": "Cancelled",
}

OUNCES_PER_KG = Decimal("35.27396195")


def moment(seconds: float | None) -> str | None:
    """Write Unix seconds as the contract's date-time."""
    if seconds is None:
        return None
    when = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return when.isoformat(timespec="microseconds").replace("+00:00", "Z")


def seconds(moment_text: str) -> float:
    """Read a date-time; one without an offset is UTC. Raises ValueError."""
    when = datetime.datetime.fromisoformat(moment_text.strip().replace("Z", "+00:00"))
    if when.tzinfo is None:
        when = when.replace(tzinfo=datetime.timezone.utc)
    return when.timestamp()


def order_view(books: Books, order: sqlite3.Row) -> dict[str, Any]:
    """Return an order with its shipments (Orders.OrderViewModel)."""
    asked = json.loads(order["document"])
    view = {
        "id": order["id"],
        "channel": {"id": int(order["channel"]), "name": "Demo channel"},
        "created_date": moment(order["created_at"]),
        "reference_id": order["request_key"],
        "order_number": asked.get("order_number") or order["request_key"],
        "status": ORDER_STATUS[order["stage"]],
        "type": asked.get("type", "DTC"),
        "shipping_method": asked.get("shipping_method"),
        "gift_message": asked.get("gift_message"),
        "recipient": _recipient(asked),
        "tags": asked.get("tags") or [],
        "products": [
            {
                "id": inventory_id(books, product["reference_id"]),
                "reference_id": product["reference_id"],
                "sku": product["reference_id"],
                "quantity": product["quantity"],
                "external_line_id": product.get("external_line_id"),
                "quantity_unit_of_measure_code": product.get(
                    "quantity_unit_of_measure_code"
                ),
            }
            for product in asked["products"]
        ],
        "shipments": shipment_views(books, order),
    }
    if asked.get("purchase_date"):
        view["purchase_date"] = asked["purchase_date"]
    return view


def shipment_views(books: Books, order: sqlite3.Row) -> list[dict[str, Any]]:
    """Return the shipments of an order."""
    rows = books.rows(
        "SELECT * FROM shipments WHERE order_id = ? ORDER BY id", order["id"]
    )
    return [shipment_view(books, order, row) for row in rows]


def shipment_view(
    books: Books, order: sqlite3.Row, shipment: sqlite3.Row
) -> dict[str, Any]:
    """Return one shipment (Orders.ShipmentViewModel).

    The contract has no word for "more will follow": a shipped shipment that is not
    its order's last says so in its ``status_details``.
    """
    asked = json.loads(order["document"])
    shipped = shipment["stage"] == "shipped"
    details = []
    if shipped and not shipment["final"]:
        description = "The rest of the order follows in another shipment."
        details = [{"id": 1, "name": "PartialShipment", "description": description}]
    elif shipment["stage"] == "exception":
        description = "Not enough on hand to ship."
        details = [{"id": 2, "name": "OutOfStock", "description": description}]
    view = {
        "id": shipment["id"],
        "order_id": order["id"],
        "reference_id": order["request_key"],
        "status": SHIPMENT_STATUS[shipment["stage"]],
        "status_details": details,
        "created_date": moment(shipment["created_at"]),
        "last_update_at": moment(shipment["updated_at"]),
        "location": LOCATION,
        "recipient": _recipient(asked),
        "ship_option": asked.get("shipping_method"),
        "products": [],
        "parent_cartons": [],
        "is_tracking_uploaded": False,
        "actual_fulfillment_date": moment(shipment["shipped_at"]),
    }
    if shipped:
        packed = books.rows(
            "SELECT * FROM packed WHERE shipment_id = ? ORDER BY rowid", shipment["id"]
        )
        view["products"] = _products(books, packed)
        view["parent_cartons"], tracking = _cartons(books, shipment["id"], packed)
        view["last_tracking_update_at"] = view["actual_fulfillment_date"]
        view["tracking"] = {
            "carrier": shipment["carrier"],
            "carrier_service": shipment["service"],
            "tracking_number": tracking[0],
            "tracking_url": f"https://track.example/{tracking[0]}",
            "shipping_date": view["actual_fulfillment_date"],
        }
    return view


def _recipient(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the recipient as ordered; what the order left empty is null."""
    recipient = asked["recipient"]
    return recipient | {"email": recipient.get("email") or None}


def _cartons(
    books: Books, shipment_id: int, packed: list[sqlite3.Row]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return one carton per parcel, and the tracking numbers."""
    parcels = books.rows(
        "SELECT * FROM parcels WHERE shipment_id = ? ORDER BY position", shipment_id
    )
    cartons = []
    for parcel in parcels:
        content = [row for row in packed if row["parcel"] == parcel["position"]]
        ounces = round(Decimal(parcel["weight_kg"]) * OUNCES_PER_KG, 2)
        cartons.append(
            {
                "id": shipment_id * 100 + parcel["position"],
                "barcode": parcel["tracking"],
                "type": "Box",
                "measurements": {"total_weight_oz": float(ounces)},
                "carton_details": [{"products": _products(books, content)}],
            }
        )
    parents = [{"barcode": parcels[0]["sscc"], "type": "Pallet", "cartons": cartons}]
    return parents, [parcel["tracking"] for parcel in parcels]


def _products(books: Books, packed: list[sqlite3.Row]) -> list[dict[str, Any]]:
    """Return packed goods by SKU and, below it, by lot."""
    products: dict[str, dict[str, Any]] = {}
    items: dict[tuple[str, str], dict[str, Any]] = {}
    for row in packed:
        sku = row["sku"]
        number = inventory_id(books, sku)
        product = products.setdefault(
            sku,
            {
                "id": number,
                "reference_id": sku,
                "sku": sku,
                "name": sku,
                "inventory_items": [],
            },
        )
        key = (sku, "" if row["serial"] else row["lot"])
        if key not in items:
            items[key] = {
                "id": number,
                "name": sku,
                "lot": key[1] or None,
                "expiration_date": f"{row['expiry']}T00:00:00Z"
                if row["expiry"]
                else None,
                "serial_numbers": [],
                "quantity": 0,
                "quantity_committed": 0,
                "is_dangerous_goods": False,
            }
            product["inventory_items"].append(items[key])
        item = items[key]
        item["quantity"] += int(Decimal(row["quantity"]))
        item["quantity_committed"] = item["quantity"]
        if row["serial"]:
            item["serial_numbers"].append(row["lot"])
    return list(products.values())


def inventory_id(books: Books, sku: str) -> int:
    """Return the number of a SKU, given when it is first heard of."""
    with books.work():
        books.run("INSERT OR IGNORE INTO products (sku) VALUES (?)", sku)
        return books.one("SELECT id FROM products WHERE sku = ?", sku)


def inventory_rows(books: Books) -> list[dict[str, Any]]:
    """Return the stock by SKU (Inventory.InventoryQuantityResponse)."""
    result: dict[str, dict[str, Any]] = {}
    for level in levels(books):
        row = result.setdefault(
            level["sku"],
            {
                "inventory_id": inventory_id(books, level["sku"]),
                "name": level["sku"],
                "sku": level["sku"],
                "total_on_hand_quantity": 0,
                "total_committed_quantity": 0,
                "total_awaiting_quantity": 0,
                "total_exception_quantity": 0,
                "total_internal_transfer_quantity": 0,
            },
        )
        row["total_on_hand_quantity"] += int(level["on_hand"])
        row["total_committed_quantity"] += int(level["committed"])
        backordered = int(level["wanted"] - level["committed"])
        row["total_backordered_quantity"] = backordered
        fulfillable = row["total_on_hand_quantity"] - row["total_committed_quantity"]
        row["total_fulfillable_quantity"] = fulfillable
        row["total_sellable_quantity"] = fulfillable
    return list(result.values())


def lot_rows(books: Books) -> list[dict[str, Any]]:
    """Return the stock by SKU and lot (Inventory.InventoryQuantityLotResponse)."""
    result: dict[str, dict[str, Any]] = {}
    for level in levels(books):
        sku = level["sku"]
        row = result.setdefault(
            sku,
            {
                "inventory_id": inventory_id(books, sku),
                "name": sku,
                "sku": sku,
                "lots": [],
            },
        )
        if level["lot"] and not level["serial"]:
            on_hand, committed = int(level["on_hand"]), int(level["committed"])
            expiry = level["expiry"]
            row["lots"].append(
                {
                    "lot_number": level["lot"],
                    "lot_date": f"{expiry}T00:00:00Z" if expiry else None,
                    "on_hand_quantity": on_hand,
                    "committed_quantity": committed,
                    "fulfillable_quantity": on_hand - committed,
                    "awaiting_quantity": 0,
                    "internal_transfer_quantity": 0,
                }
            )
    return list(result.values())
