"""Articles, stock, stock-takes and invoices of the SOAP warehouse."""

import datetime as dt
from typing import Any

from .soap_orders import article, aware, now, told

#: What the warehouse knows and holds when it opens: SKU and pieces.
FIRST_STOCK = {"SKU-001": 40, "SKU-005": 7}


class Stock:
    """What the warehouse knows of articles, and how many of them lie where."""

    def __init__(self) -> None:
        self.articles: dict[str, dict[str, Any]] = {sku: {} for sku in FIRST_STOCK}
        self.items: dict[str, list[dict[str, Any]]] = {
            sku: [{"quantity": quantity}] for sku, quantity in FIRST_STOCK.items()
        }
        self.changes: list[dict[str, Any]] = []

    def process_article(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Take an article as it is told; refuse one whose number is too long."""
        told_article = arguments["art"]
        sku = told_article["ArticleNumber"]
        if len(sku) > 20:
            return told(False, f"{sku} is longer than an article number may be")
        known = sku in self.articles
        self.articles[sku] = {
            "id": self.articles[sku].get("id") if known else 300 + len(self.articles),
            **{
                name: value for name, value in told_article.items() if value is not None
            },
        }
        return told(True, ArticleDefId=self.articles[sku]["id"] or 1)

    def by_query(self, query: dict[str, Any] | None) -> dict[str, Any]:
        """Give the articles asked for, with their stock."""
        wanted = ((query or {}).get("ArticleNumbersToGet") or {}).get("string")
        return {
            "GoodsOwnerId": 1,
            "InventoryLines": {
                "InventoryLine": [
                    {
                        "Article": self._article(sku),
                        "NumberOfBookedItems": 2,
                        "NumberOfItems": sum(
                            item["quantity"] for item in self.items.get(sku, [])
                        ),
                        "NumberOfLockedItems": 0,
                        "ToReceiveNumberOfItems": 0,
                    }
                    for sku in self.articles
                    if not wanted or sku in wanted
                ]
            },
        }

    def _article(self, sku: str) -> dict[str, Any]:
        known = self.articles[sku]
        return article(
            sku,
            SystemId=known.get("id"),
            Name=known.get("ArticleName"),
            BarCode=known.get("BarCode"),
            Weight=known.get("Weight"),
            Volume=known.get("Volume"),
            QuantityPerPackage=known.get("QuantityPerPackage"),
            QuantityPerPallet=known.get("QuantityPerPallet"),
        )

    def by_item(self) -> dict[str, Any]:
        """Give the stock by batch, serial number and goods status."""
        return {
            "GoodsOwnerId": 1,
            "InventoryItemLines": {
                "InventoryItemLine": [
                    {
                        "Article": article(sku),
                        "InventoryItems": {
                            "InventoryItem": [
                                {
                                    "Batch": item.get("batch"),
                                    "Serial": item.get("serial"),
                                    "ExpiryDate": dt.datetime.fromisoformat(
                                        item["expiry"]
                                    )
                                    if item.get("expiry")
                                    else None,
                                    "ArticleItemStatusCode": item.get("status"),
                                    "NumberOfItems": item["quantity"],
                                    "Location": item.get("location"),
                                }
                                for item in self.items.get(sku, [])
                            ]
                        },
                    }
                    for sku in self.articles
                ]
            },
        }

    def adjust(self, plan: dict[str, Any]) -> None:
        """Find more or less than thought: ``{sku, quantity, cause, batch, status}``."""
        self.changes.append({"id": 9000 + len(self.changes), "at": now(), **plan})

    def changed(self, query: dict[str, Any] | None) -> dict[str, Any]:
        """Give the stock-takes since a moment, by article."""
        since = (query or {}).get("FromDate")
        found: dict[str, list[dict[str, Any]]] = {}
        for change in self.changes:
            if since is None or change["at"] >= aware(since):
                found.setdefault(change["sku"], []).append(change)
        return {
            "GoodsOwnerId": 1,
            "InventoryChangeLines": {
                "InventoryChangeLine": [
                    {
                        "Article": article(sku),
                        "InventoryChangesNumberOfItems": sum(
                            change["quantity"] for change in changes
                        ),
                        "InventoryTransactions": {
                            "InventoryTransaction": [_change(c) for c in changes]
                        },
                    }
                    for sku, changes in found.items()
                ]
            },
        }


def _change(change: dict[str, Any]) -> dict[str, Any]:
    return {
        "InventoryChangesNumberOfItems": change["quantity"],
        "InventoryTime": change["at"],
        "InventoryId": change["id"],
        "InventoryAdjustmentCauseCode": change.get("cause"),
        "Batch": change.get("batch"),
        "ArticleItemStatusCode": change.get("status"),
        "LocationIsLocked": False,
    }


class Bills:
    """What the warehouse asks for its work."""

    def __init__(self) -> None:
        self.held: list[dict[str, Any]] = []

    def add(self, plan: dict[str, Any]) -> None:
        """Bill: ``{number, total, rows: [{code, price, order, currency}]}``."""
        self.held.append({"id": 100 + len(self.held), "at": now(), **plan})

    def find(self, query: dict[str, Any] | None) -> dict[str, Any]:
        """Give the invoices since a day, with their rows."""
        since = (query or {}).get("InvoiceDateFrom")
        return {
            "Invoices": {
                "Invoice": [
                    {
                        "InvoiceRows": {
                            "InvoiceRow": [
                                _row(bill, position, row)
                                for position, row in enumerate(bill["rows"])
                            ]
                        },
                        "InvoiceNumber": bill["number"],
                        "InvoiceId": bill["id"],
                        "InvoiceDate": bill["at"],
                        "InvoiceAmount": bill["total"],
                    }
                    for bill in self.held
                    if since is None or bill["at"] >= aware(since)
                ]
            }
        }


def _row(bill: dict[str, Any], position: int, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "InvoiceRowId": bill["id"] * 100 + position,
        "Price": row["price"],
        "Currency": row.get("currency", "SEK"),
        "IsTentative": row.get("tentative", False),
        "NumberOfItems": 1,
        "OrderNumber": row.get("order"),
        "InvoiceArticle": {"Code": row["code"]},
    }
