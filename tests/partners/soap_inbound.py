"""Receipts of the SOAP warehouse, and what customers send back to it."""

import datetime as dt
from typing import Any

from . import soap_orders
from .soap_orders import article, aware, now, told

#: Statuses as this warehouse has set them.
OPEN, ARRIVED, RECEIVED, REMOVED = 100, 300, 500, 1000


class Receipts:
    """What the goods owner announced, by our number."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, Any]] = {}

    def process(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Expect a receipt, or drop it."""
        told_order = arguments["co"]
        info = told_order["InOrderInfo"]
        number = info["GoodsOwnerOrderNumber"]
        known = self.held.setdefault(number, {"id": 5000 + len(self.held), "lines": []})
        known.setdefault("status", OPEN)
        if info["InOrderOperation"] == "Remove":
            if known["status"] == RECEIVED:
                return told(False, f"{number} is received")
            known["status"] = REMOVED
        else:
            supplier = told_order["InOrderSupplier"] or {}
            known |= {
                "status": OPEN,
                "lines": told_order["InOrderLines"]["InOrderLine"],
                "supplier": supplier.get("SupplierName"),
                "items": [],
                "reported": {},
            }
        known["updated"] = now()
        return told(True, InOrderId=known["id"], GoodsOwnerOrderNumber=number)

    def report(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Take note of how much of each line the client has booked."""
        update = arguments["UpdateInOrderLines"]
        number = update["UpdateInOrderIdentification"]["GoodsOwnerOrderNumber"]
        lines = update["InOrderLines"]
        return soap_orders.report(self.held.get(number), lines, "InOrderLine")

    def find(self, query: dict[str, Any] | None) -> list[dict[str, Any]]:
        """Give the receipts that a query is for."""
        wanted = ((query or {}).get("InOrderNumbersToGet") or {}).get("string")
        since = (query or {}).get("LastUpdatedFrom")
        return [
            _receipt(number, receipt)
            for number, receipt in self.held.items()
            if (not wanted or number in wanted)
            and (since is None or receipt["updated"] >= aware(since))
        ]

    def arrive(self, number: str) -> None:
        """Let goods stand at the door, not counted yet."""
        self.held[number] |= {"status": ARRIVED, "updated": now()}

    def receive(self, what: Any) -> None:
        """Let a receipt be counted: a number (one piece a line), or what came.

        ``{number, items: [{line, quantity, batch, serial, expiry, status, locked,
        comment}]}``
        """
        plan = {"number": what} if isinstance(what, str) else what
        receipt = self.held[plan["number"]]
        items = plan.get("items")
        if items is None:
            items = [
                {
                    "line": line["ExternalOrderLineCode"],
                    "quantity": 1,
                    "batch": f"B-{plan['number']}",
                    "expiry": "2027-01-31",
                }
                for line in receipt["lines"]
            ]
        receipt |= {"status": RECEIVED, "items": items}
        receipt |= {"updated": now(), "received_at": now()}


def _receipt(number: str, receipt: dict[str, Any]) -> dict[str, Any]:
    received = receipt["status"] == RECEIVED
    items = receipt["items"] if received else []
    skus = {e["ExternalOrderLineCode"]: e["ArticleNumber"] for e in receipt["lines"]}
    return {
        "InOrderInfo": {
            "InOrderId": receipt["id"],
            "GoodsOwnerOrderNumber": number,
            "LastReceivedTime": receipt["received_at"] if received else None,
            "InOrderStatusNumber": receipt["status"],
        },
        "ReceivedInOrderLines": {
            "ReceivedInOrderLine": [
                {
                    "Article": article(sku),
                    "ExternalOrderLineCode": code,
                    "AdvisedNumberOfItems": line["NumberOfItems"],
                    "ReceivedNumberOfItems": sum(
                        i["quantity"] for i in items if i["line"] == code
                    ),
                    "ReportedNumberOfItems": receipt["reported"].get(code),
                }
                for line, (code, sku) in zip(
                    receipt["lines"], skus.items(), strict=True
                )
            ]
        },
        "ReceivedArticleItems": {
            "ReceivedArticlItem": [
                {
                    "Article": article(skus[item["line"]]),
                    "ExternalOrderLineCode": item["line"],
                    "Batch": item.get("batch"),
                    "Serial": item.get("serial"),
                    "GoodsStatusCode": item.get("status"),
                    "isLocked": item.get("locked"),
                    "Comment": item.get("comment"),
                    "InDate": receipt["updated"],
                    "ExpiryDate": dt.datetime.fromisoformat(item["expiry"])
                    if item.get("expiry")
                    else None,
                    "NumberOfItems": item["quantity"],
                    "OriginalArticleItemId": 1,
                }
                for item in items
            ]
        },
    }


class Returns:
    """Returns, by the number that the goods owner gave them.

    :param orders: the orders that goods can come back of
    """

    def __init__(self, orders: soap_orders.Orders) -> None:
        self.held: dict[str, dict[str, Any]] = {}
        self._orders = orders

    def process(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Expect goods back; refuse what was never sent."""
        announced = arguments["ReturnOrder"]
        order = self._orders.held.get(announced["CustomerOrderNumber"])
        if order is None:
            return _refused("OrderNotFound", "No such order")
        skus = {line["ArticleNumber"] for line in order["lines"]}
        lines = announced["ReturnOrderLines"]["ReturnOrderLine"]
        if not {line["ArticleNumber"] for line in lines} <= skus:
            return _refused("OrderRowNotFound", "The order has no such line")
        number = announced["ReturnOrderNumber"]
        known = self.held.setdefault(number, {"id": 7000 + len(self.held)})
        known |= {
            "order": announced["CustomerOrderNumber"],
            "comment": announced["ReturnOrderComment"],
            "lines": lines,
            "back": {},
        }
        return {"ReturnOrderId": known["id"], "Success": True}

    def bring_back(self, plan: dict[str, Any]) -> None:
        """Let goods come back.

        ``{number, items: [{sku, quantity, batch, status}]}``
        """
        known = self.held[plan["number"]]
        known["at"] = now()
        for item in plan["items"]:
            sku = item["sku"]
            known["back"][sku] = known["back"].get(sku, 0) + item["quantity"]
            self._orders.take_back(known["order"], item)

    def find(self, query: dict[str, Any] | None) -> dict[str, Any]:
        """Give the returns that a query is for."""
        wanted = ((query or {}).get("ReturnOrderNumbersToGet") or {}).get("string")
        since = (query or {}).get("GoodsReturnedFromDate")
        found = [
            self._view(number, known)
            for number, known in self.held.items()
            if (not wanted or number in wanted)
            and (since is None or known.get("at", aware(since)) >= aware(since))
        ]
        return {"Success": True, "ReturnOrders": {"ReturnOrderInfo": found}}

    def _view(self, number: str, known: dict[str, Any]) -> dict[str, Any]:
        return {
            "OrderId": self._orders.held[known["order"]]["id"],
            "OrderNumber": known["order"],
            "ReturnOrderId": known["id"],
            "ReturnOrderNumber": number,
            "ReturnInDate": known.get("at"),
            "ReturnOrderLines": {
                "ReturnOrderLineInfo": [
                    {
                        "ArticleNumber": line["ArticleNumber"],
                        "ReturnOrderLineId": position,
                        "PickedNumberOfItems": 0,
                        "ToBeReturnedNumberOfItems": line["ToBeReturnedNumberOfItems"],
                        "ReturnedNumberOfItems": known["back"].get(
                            line["ArticleNumber"], 0
                        ),
                        "ReturnOrderRowNumber": line["ReturnOrderRowNumber"],
                        "ReturnCauseCode": (line["ReturnCause"] or {}).get(
                            "ReturnCauseCode"
                        ),
                    }
                    for position, line in enumerate(known["lines"], 1)
                ]
            },
        }


def _refused(kind: str, words: str) -> dict[str, Any]:
    faults = [{"Message": words, "ErrorType": kind}]
    return {
        "Success": False,
        "ProcessReturnOrderErrors": {"ProcessReturnOrderError": faults},
    }
