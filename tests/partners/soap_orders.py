"""Orders of the SOAP warehouse: taken, changed, picked in lots, sent in packages."""

import datetime as dt
from typing import Any

#: Statuses as this warehouse has set them.
OPEN, PICKING, SHIPPED, REMOVED = 200, 300, 500, 1000
STATUS_NAMES = {OPEN: "Open", PICKING: "Picking", SHIPPED: "Sent", REMOVED: "Removed"}


def now() -> dt.datetime:
    """Give this moment."""
    return dt.datetime.now(dt.timezone.utc)


def aware(moment: dt.datetime) -> dt.datetime:
    """Give a moment its zone where it lacks one."""
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone.utc)


def told(success: bool, message: str | None = None, **ids: Any) -> dict[str, Any]:
    """Give what most writes answer."""
    return {
        "ErrorMessage": message,
        "OrderId": 0,
        "InOrderId": 0,
        "ArticleDefId": 0,
        "Success": success,
        **ids,
    }


def article(sku: str, **values: Any) -> dict[str, Any]:
    """Give an article as lines name it."""
    return {"ArticleNumber": sku, "IsStockArticle": True, **values}


class Orders:
    """The orders of one goods owner, by our number.

    :param articles: what the warehouse knows; an order for anything else is refused
    """

    def __init__(self, articles: dict[str, Any]) -> None:
        self.held: dict[str, dict[str, Any]] = {}
        self._articles = articles

    def process(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Create, change or remove an order; refuse what the warehouse cannot do."""
        order = arguments["co"]
        info = order["OrderInfo"]
        number, operation = info["GoodsOwnerOrderNumber"], info["OrderOperation"]
        known = self.held.get(number)
        if operation == "Remove":
            return self._remove(number, known)
        if operation == "Update" and known is None:
            return told(False, f"No order {number}")
        if known and known["status"] != OPEN:
            return told(False, f"Order {number} is worked on")
        lines = order["CustomerOrderLines"]["CustomerOrderLine"]
        skus = [line["ArticleNumber"] for line in lines]
        unknown = [sku for sku in skus if sku not in self._articles]
        if unknown:
            return told(False, f"No article {min(unknown)}")
        if known is None:
            self.held[number] = known = {"id": 1000 + len(self.held), "mark": None}
        contract = order["TransporterContract"] or {}
        known |= {
            "status": OPEN,
            "lines": lines,
            "name": order["Customer"]["Name"],
            "city": order["Customer"]["City"],
            "priority": info["PickingPriority"],
            "service": contract.get("TransporterServiceCode"),
            "mark": info["FreeText3"] or known["mark"],
            "kits": {sku: self._components(sku) for sku in skus},
            "reported": {},
            "updated": now(),
        }
        return told(True, OrderId=known["id"], GoodsOwnerOrderNumber=number)

    def _components(self, sku: str) -> dict[str, Any]:
        """Give what a kit takes, by SKU, as its article was told."""
        structure = self._articles[sku].get("ArticleStructureSpecification") or {}
        return {
            part["SubArticleDefinition"]["ArticleNumber"]: part["NumberOfItems"]
            for part in structure.get("StructureArticleDefinition") or []
        }

    def _remove(self, number: str, known: dict[str, Any] | None) -> dict[str, Any]:
        if known is None or known["status"] == SHIPPED:
            return told(False, "The order has left")
        known |= {"status": REMOVED, "updated": now()}
        return told(True, OrderId=known["id"], GoodsOwnerOrderNumber=number)

    def report(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Take note of how much of each line the client has booked."""
        update = arguments["UpdateOrderLines"]
        number = update["UpdateOrderIdentification"]["GoodsOwnerOrderNumber"]
        return report(self.held.get(number), update["OrderLines"], "OrderLine")

    def find(self, query: dict[str, Any] | None) -> list[tuple[str, dict[str, Any]]]:
        """Give the orders that a query is for."""
        wanted = ((query or {}).get("OrderNumbersToGet") or {}).get("string")
        since = (query or {}).get("LastUpdatedFrom")
        return [
            (number, order)
            for number, order in self.held.items()
            if (not wanted or number in wanted)
            and (since is None or order["updated"] >= aware(since))
        ]

    def ship(self, what: Any) -> None:
        """Let an order leave: a number (in full), or what was picked of it.

        ``{number, items: [{line, quantity, batch, serial, expiry, package}]`` (of a kit
        the ``sku`` of the component besides) ``,
        packages: {id: {label, weight}}}``
        """
        plan = {"number": what} if isinstance(what, str) else what
        order = self.held[plan["number"]]
        items = plan.get("items")
        if items is None:
            items = [
                {
                    "line": line["ExternalOrderLineCode"],
                    "quantity": line["NumberOfItems"],
                    "batch": line["Batch"],
                    "expiry": "2027-01-31" if line["Batch"] else None,
                }
                for line in order["lines"]
            ]
        packages = plan.get("packages", {})
        order |= {"items": items, "packages": packages}
        order |= {"status": SHIPPED, "updated": now(), "left_at": now()}

    def take_back(self, number: str, back: dict[str, Any]) -> None:
        """Split what comes back off the item that had left."""
        order = self.held[number]
        codes = {
            line["ExternalOrderLineCode"]
            for line in order["lines"]
            if line["ArticleNumber"] == back["sku"]
        }
        left = next(
            item
            for item in order["items"]
            if item["line"] in codes
            and item.get("batch") == back.get("batch")
            and not item.get("returned")
        )
        left["quantity"] -= back["quantity"]
        came = {"quantity": back["quantity"], "status": back.get("status")}
        order["items"].append({**left, **came, "returned": now()})
        order["items"] = [item for item in order["items"] if item["quantity"]]
        order["updated"] = now()

    def by_id(self, number: int) -> dict[str, Any]:
        """Give the order that has this number of the warehouse's own."""
        (found,) = [entry for entry in self.held.items() if entry[1]["id"] == number]
        return view(*found)


def report(known: dict[str, Any] | None, lines: Any, kind: str) -> dict[str, Any]:
    """Set the counter of each line that the client names by its code."""
    if known is None:
        return {"Success": False, "Message": "Unknown order"}
    codes = {line["ExternalOrderLineCode"] for line in known["lines"]}
    for line in lines[f"Update{kind}"]:
        code = line[f"Update{kind}Identification"]["ExternalOrderLineCode"]
        if code not in codes:
            return {"Success": False, "Message": f"No line {code}"}
        counter = line["UpdateReportedNumberOfItems"]["ReportedNumberOfItems"]
        known["reported"][code] = counter
    known["updated"] = now()
    return {"Success": True}


def view(number: str, order: dict[str, Any]) -> dict[str, Any]:
    """Give an order as the service tells it."""
    shipped = order["status"] == SHIPPED
    items = order.get("items", []) if shipped else []
    packages = order.get("packages", {}) if shipped else {}
    skus = {e["ExternalOrderLineCode"]: e["ArticleNumber"] for e in order["lines"]}
    return {
        "OrderInfo": {
            "OrderId": order["id"],
            "GoodsOwnerOrderNumber": number,
            "CreatedDate": order["updated"],
            "ShippedTime": order["left_at"] if shipped else None,
            "WayBill": f"WB-{number}" if shipped else None,
            "OrderStatusNumber": order["status"],
            "OrderStatusText": STATUS_NAMES.get(order["status"]),
            "PickedNumberOfItems": 0,
            "OrderedNumberOfItems": 0,
            "FreeText3": order["mark"],
        },
        "Success": True,
        "PickedOrderLines": {
            "PickedOrderLine": [
                part for line in order["lines"] for part in _parts(order, line, items)
            ]
        },
        "PickedArticleItems": {
            "PickedArticleItem": [_item(order, skus, item) for item in items]
        },
        "GoodsItems": {
            "GoodsItem": [
                {
                    "Id": int(key),
                    "GoodsItemLabelId": package["label"],
                    "PackageTypeCode": "PX",
                    "Weight": package["weight"],
                }
                for key, package in packages.items()
            ]
        },
        "Transporter": {"Code": "DHL", "ServiceCode": order["service"]},
    }


def _parts(order: dict[str, Any], line: dict[str, Any], items: list) -> list[Any]:
    """Give an order line; of a kit, the lines of its components below it."""
    code, sku = line["ExternalOrderLineCode"], line["ArticleNumber"]
    components = order["kits"].get(sku, {})
    picked = [item for item in items if item["line"] == code]
    parent = {
        "Article": article(sku),
        "OrderedNumberOfItems": line["NumberOfItems"],
        "PickedNumberOfItems": sum(item["quantity"] for item in picked),
        "ExternalOrderLineCode": code,
        "ReportedNumberOfItems": order["reported"].get(code),
        "IsParentLine": bool(components),
        "DoPick": not components,
    }
    return [parent] + [
        {
            "Article": article(component),
            "OrderedNumberOfItems": line["NumberOfItems"] * quantity,
            "PickedNumberOfItems": sum(
                item["quantity"] for item in picked if item.get("sku") == component
            ),
            "ParentExternalOrderLineCode": code,
            "DoPick": True,
        }
        for component, quantity in components.items()
    ]


def _item(order: dict[str, Any], skus: dict[str, str], item: Any) -> dict[str, Any]:
    expiry = item.get("expiry")
    return {
        "Article": article(item.get("sku") or skus[item["line"]]),
        "ArticleItemId": 1,
        "InDate": order["updated"],
        "BatchNo": item.get("batch"),
        "Serial": item.get("serial"),
        # what a kit takes belongs to no line of ours
        "ExternalOrderLineCode": None if item.get("sku") else item["line"],
        "NumberOfItems": item["quantity"],
        "GoodsItemId": item.get("package"),
        "IsPicked": True,
        "Returned": bool(item.get("returned")),
        "ReturnDate": item.get("returned"),
        "ArticleItemStatusCode": item.get("status"),
        "ExpiryDate": dt.datetime.fromisoformat(expiry) if expiry else None,
    }
