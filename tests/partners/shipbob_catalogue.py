"""The contract's products: made once for each SKU, and changed in place."""

import json
import sqlite3
from typing import Any

from . import shipbob_views as views
from .books import Books
from .shipbob_answers import Answer, Request

SCHEMA = """
CREATE TABLE IF NOT EXISTS catalogue (
    id INTEGER PRIMARY KEY, sku TEXT UNIQUE, document TEXT, changes INTEGER DEFAULT 0,
    created_at REAL);
"""
#: A product and its only variant are numbered apart, so that nobody mixes them up.
FIRST_PRODUCT, VARIANT = 610_001, 1_000_000
BUNDLE = 2
TYPES = {1: "Regular", BUNDLE: "Bundle"}
STATUS = {0: "Active", 1: "Inactive"}


class Catalogue:
    """Keeps the products that it was told of."""

    def __init__(self, books: Books, clock: Any) -> None:
        self.books = books
        self.clock = clock
        with books.work() as db:
            db.execute(SCHEMA)

    def create(self, request: Request) -> Answer:
        """Take a product of one variant; a SKU is taken once."""
        body = request.body if isinstance(request.body, dict) else {}
        sku, fault = _sku_of(body)
        if fault:
            return Answer(422, {"variants": [fault]})
        if self._of_sku(sku):
            return Answer(422, {"sku": [f"A variant with SKU {sku} already exists."]})
        if body.get("type_id") == BUNDLE and not _parts_of(body):
            return Answer(422, {"bundle_definition": ["A bundle needs its parts."]})
        number = self.books.one("SELECT max(id) FROM catalogue") or FIRST_PRODUCT - 1
        self.books.run(
            "INSERT INTO catalogue (id, sku, document, created_at) VALUES (?, ?, ?, ?)",
            number + 1,
            sku,
            json.dumps(body),
            self.clock(),
        )
        return Answer(201, self._view(self._of_sku(sku)[0]))

    def find(self, request: Request) -> Answer:
        """List products, maybe those of one SKU."""
        wanted = request.query.get("SKU")
        rows = self._of_sku(wanted) if wanted else self._rows("1 ORDER BY id")
        links = dict.fromkeys(("first", "prev", "next", "last"))
        return Answer(200, {"items": [self._view(row) for row in rows], **links})

    def change(self, request: Request, number: int) -> Answer:
        """Change a product and its variant as the body says."""
        rows = self._rows("id = ?", number)
        if not rows:
            return Answer(404, {"title": "Not Found", "status": 404})
        body = request.body if isinstance(request.body, dict) else {}
        sku, fault = _sku_of(body)
        if fault or body["variants"][0].get("id") != number + VARIANT:
            return Answer(422, {"variants": [fault or "No such variant."]})
        if sku != rows[0]["sku"] and self._of_sku(sku):
            return Answer(422, {"sku": [f"A variant with SKU {sku} already exists."]})
        self.books.run(
            "UPDATE catalogue SET sku = ?, document = ?, changes = changes + 1"
            " WHERE id = ?",
            sku,
            json.dumps(body),
            number,
        )
        return Answer(200, self._view(self._rows("id = ?", number)[0]))

    def listing(self) -> dict[str, dict[str, Any]]:
        """Return what is known of each SKU, and how often it was changed."""
        return {
            row["sku"]: {"changes": row["changes"], **json.loads(row["document"])}
            for row in self._rows("1 ORDER BY id")
        }

    def _view(self, row: sqlite3.Row) -> dict[str, Any]:
        asked = json.loads(row["document"])
        told = asked["variants"][0]
        serial = (told.get("fulfillment_settings") or {}).get("serial_scan") or {}
        variant = {
            "id": row["id"] + VARIANT,
            "sku": row["sku"],
            "name": told.get("name"),
            "status": STATUS[told.get("status_id", 0)],
            "gtin": told.get("gtin"),
            "upc": told.get("upc"),
            "is_digital": bool(told.get("is_digital")),
            "is_image_uploaded": False,
            "barcodes": told.get("barcodes") or [],
            "channel_metadata": [],
            "bundle_definition": [],
            "associated_bundles": [],
            "created_on": views.moment(row["created_at"]),
            "fulfillment_settings": {
                "dangerous_goods": False,
                "is_bpm_parcel": False,
                "is_case_pick": False,
                "requires_prop65": False,
                "serial_scan": {"is_enabled": bool(serial.get("is_enabled"))},
            },
            "inventory": {
                "inventory_id": views.inventory_id(self.books, row["sku"]),
                "on_hand_qty": 0,
            },
            "lot_information": told.get("lot_information") or {"is_lot": False},
            "weight": {"weight": told.get("weight") or 0, "unit": "oz"},
        }
        return {
            "id": row["id"],
            "name": asked.get("name"),
            "type": TYPES[asked.get("type_id", 1)],
            "user_id": 1,
            "created_on": views.moment(row["created_at"]),
            "updated_on": views.moment(self.clock()),
            "variants": [variant],
        }

    def _of_sku(self, sku: str) -> list[sqlite3.Row]:
        return self._rows("sku = ?", sku)

    def _rows(self, where: str, *values: Any) -> list[sqlite3.Row]:
        return self.books.rows(f"SELECT * FROM catalogue WHERE {where}", *values)


def _sku_of(body: dict[str, Any]) -> tuple[str, str]:
    """Return the SKU of the only variant, and what is wrong with the product."""
    variants = body.get("variants") or []
    if not body.get("name") or len(variants) != 1:
        return "", "A name and one variant are required."
    sku = str(variants[0].get("sku") or "")
    return sku, "" if sku else "The SKU is required."


def _parts_of(body: dict[str, Any]) -> list[Any]:
    return body["variants"][0].get("bundle_definition") or []
