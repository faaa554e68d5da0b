"""A warehouse behind a SOAP service: it takes what its WSDL allows, and nothing else.

    python -m tests.partners.soap_3pl WSDL

prints its address. Requests and answers are checked against the schema inside the WSDL
by lxml, which knows nothing of how the client writes them. What breaks the contract is
answered with a fault and counted. ``GET /state`` tells what the warehouse holds;
``POST /plan`` with JSON changes how it behaves:

``lose``
    act, and then drop the connection: so many answers
``hold``
    seconds that each write takes
``ship``
    numbers of orders that leave now
``receive``
    numbers of receipts of which one piece a line arrives now, and no more will
"""

import argparse
import datetime as dt
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import zeep
from lxml import etree

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
SCHEMA = "http://www.w3.org/2001/XMLSchema"
USER, PASSWORD, OWNER = "odoo", "let me in", "ACME"
#: Statuses as this warehouse has set them.
OPEN, SHIPPED, REMOVED = 200, 500, 1000


class Refused(Exception):
    """A request that the contract does not allow."""


class Warehouse:
    """What stands behind the service."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.orders: dict[str, dict[str, Any]] = {}
        self.receipts: dict[str, dict[str, Any]] = {}
        self.stock = {"SKU-001": 40, "SKU-005": 7}
        self.writes = self.at_once = self.most_at_once = self.violations = 0
        self.lose = 0
        self.hold = 0.0

    def process_order(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Create, update or remove an order; refuse what the warehouse cannot do."""
        order = arguments["co"]
        info = order["OrderInfo"]
        number = info["GoodsOwnerOrderNumber"]
        with self.lock:
            self.writes += 1
            known = self.orders.get(number)
            if info["OrderOperation"] == "Remove":
                return self._remove(number, known)
            lines = order["CustomerOrderLines"]["CustomerOrderLine"]
            unknown = [
                e["ArticleNumber"]
                for e in lines
                if e["ArticleNumber"] not in self.stock
            ]
            if unknown:
                return self._result(False, message=f"No article {min(unknown)}")
            if known is None:
                self.orders[number] = known = {"id": 1000 + len(self.orders)}
            known |= {"status": OPEN, "lines": lines, "name": order["Customer"]["Name"]}
            known["updated"] = dt.datetime.now(dt.timezone.utc)
            return self._result(True, known["id"], number)

    def _remove(self, number: str, known: dict[str, Any] | None) -> dict[str, Any]:
        if known is None or known["status"] == SHIPPED:
            return self._result(False, message="The order has left")
        known |= {"status": REMOVED, "updated": dt.datetime.now(dt.timezone.utc)}
        return self._result(True, known["id"], number)

    def process_in_order(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Announce a receipt, or drop it."""
        info = arguments["co"]["InOrderInfo"]
        number = info["GoodsOwnerOrderNumber"]
        with self.lock:
            known = self.receipts.setdefault(number, {"id": 5000 + len(self.receipts)})
            if info["InOrderOperation"] == "Remove":
                known["status"] = REMOVED
            else:
                lines = arguments["co"]["InOrderLines"]["InOrderLine"]
                known |= {"status": OPEN, "lines": lines}
            known["updated"] = dt.datetime.now(dt.timezone.utc)
            return {**self._result(True, 0, number), "InOrderId": known["id"]}

    @staticmethod
    def _result(
        success: bool, order_id: int = 0, number: str = "", message=None
    ) -> Any:
        return {
            "ErrorMessage": message,
            "GoodsOwnerOrderNumber": number or None,
            "OrderId": order_id,
            "InOrderId": 0,
            "ArticleDefId": 0,
            "Success": success,
        }

    def find(self, query: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        """Give the orders that a query is for."""
        wanted = ((query or {}).get("OrderNumbersToGet") or {}).get("string")
        since = (query or {}).get("LastUpdatedFrom")
        return [
            (number, order)
            for number, order in self.orders.items()
            if (not wanted or number in wanted)
            and (since is None or order["updated"] >= _aware(since))
        ]

    def plan(self, told: dict[str, Any]) -> None:
        """Change how the warehouse behaves."""
        with self.lock:
            self.lose = told.get("lose", self.lose)
            self.hold = told.get("hold", self.hold)
            for number in told.get("receive", []):
                now = dt.datetime.now(dt.timezone.utc)
                self.receipts[number] |= {"status": SHIPPED, "updated": now}
            for number in told.get("ship", []):
                now = dt.datetime.now(dt.timezone.utc)
                self.orders[number] |= {"status": SHIPPED, "updated": now}


def _aware(moment: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone.utc)


class Service:
    """The SOAP side: envelopes in and out, by the WSDL."""

    def __init__(self, wsdl: Path, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        client = zeep.Client(str(wsdl))
        self.binding, self.client = client.service._binding, client
        types = etree.parse(str(wsdl)).find(f".//{{{SCHEMA}}}schema")
        self.schema = etree.XMLSchema(etree.fromstring(etree.tostring(types)))

    def answer(self, raw: bytes) -> bytes:
        """Do what a request asks for.

        :raises Refused: when the request breaks the contract
        """
        envelope = etree.fromstring(raw)
        body = envelope.find(f"{{{ENVELOPE}}}Body")
        payload = body[0]
        if not self.schema.validate(payload):
            raise Refused(str(self.schema.error_log.last_error))
        name = etree.QName(payload).localname
        operation = self.binding.get(name)
        read = zeep.helpers.serialize_object(
            operation.input.deserialize(envelope), dict
        )
        if (read["UserName"], read["Password"]) != (USER, PASSWORD):
            raise Refused("wrong user or password")
        result = self._do(name, read)
        (_name, element), *_others = operation.output.body.type.elements
        _complete(element.type, result)
        written = operation.output.serialize(**{f"{name}Result": result})
        (result,) = written.content.find(f"{{{ENVELOPE}}}Body")
        self.schema.assertValid(result)
        return etree.tostring(written.content, xml_declaration=True, encoding="utf-8")

    def _do(self, name: str, read: dict[str, Any]) -> Any:
        if name == "ProcessOrder":
            return self.warehouse.process_order(read)
        if name == "GetOrdersByQuery":
            found = self.warehouse.find(read["query"])
            return {"Orders": {"Order": [_order(*entry) for entry in found]}}
        if name == "GetInventoryByQuery":
            lines = [_stock(*entry) for entry in self.warehouse.stock.items()]
            return {"InventoryLines": {"InventoryLine": lines}, "GoodsOwnerId": 1}
        if name == "ProcessInOrder":
            return self.warehouse.process_in_order(read)
        if name == "GetInOrdersByQuery":
            wanted = ((read["query"] or {}).get("InOrderNumbersToGet") or {}).get(
                "string"
            )
            found = [
                _receipt(number, receipt)
                for number, receipt in self.warehouse.receipts.items()
                if not wanted or number in wanted
            ]
            return {"InOrders": {"ReceivedInOrder": found}}
        raise Refused(f"nobody asked for {name} yet")


#: What a service says where it has nothing to say and must say something.
_NOTHING = {
    "dateTime": dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc),
    "boolean": False,
    "string": "",
}


def _complete(kind: Any, told: dict[str, Any]) -> None:
    """Fill in what the schema asks for and the warehouse has no word for."""
    for name, element in getattr(kind, "elements", []):
        held = told.get(name)
        for entry in held if isinstance(held, list) else [held]:
            if isinstance(entry, dict):
                _complete(element.type, entry)
        if held is None and element.min_occurs and not element.nillable:
            told[name] = _NOTHING.get(element.type.name, 0)


def _article(sku: str) -> dict[str, Any]:
    return {"ArticleNumber": sku, "IsStockArticle": True}


def _stock(sku: str, quantity: int) -> dict[str, Any]:
    return {
        "Article": _article(sku),
        "NumberOfBookedItems": 2,
        "NumberOfItems": quantity,
        "NumberOfLockedItems": 0,
        "ToReceiveNumberOfItems": 0,
    }


def _receipt(number: str, receipt: dict[str, Any]) -> dict[str, Any]:
    received = receipt["status"] == SHIPPED
    lines = [
        {
            "Article": _article(line["ArticleNumber"]),
            "ExternalOrderLineCode": line["ExternalOrderLineCode"],
            "AdvisedNumberOfItems": line["NumberOfItems"],
            "ReceivedNumberOfItems": 1 if received else 0,
        }
        for line in receipt.get("lines", [])
    ]
    return {
        "InOrderInfo": {
            "InOrderId": receipt["id"],
            "GoodsOwnerOrderNumber": number,
            "LastReceivedTime": receipt["updated"] if received else None,
            "InOrderStatusNumber": receipt["status"],
        },
        "ReceivedInOrderLines": {"ReceivedInOrderLine": lines},
        "ReceivedArticleItems": {
            "ReceivedArticlItem": [
                {
                    "Article": line["Article"],
                    "ExternalOrderLineCode": line["ExternalOrderLineCode"],
                    "Batch": f"B-{number}",
                    "InDate": receipt["updated"],
                    "ExpiryDate": dt.datetime(2027, 1, 31),
                    "NumberOfItems": 1,
                    "OriginalArticleItemId": 1,
                }
                for line in lines
                if received
            ]
        },
    }


def _order(number: str, order: dict[str, Any]) -> dict[str, Any]:
    shipped = order["status"] == SHIPPED
    lines = [
        {
            "Article": _article(line["ArticleNumber"]),
            "OrderedNumberOfItems": line["NumberOfItems"],
            "PickedNumberOfItems": line["NumberOfItems"] if shipped else 0,
            "ExternalOrderLineCode": line["ExternalOrderLineCode"],
            "IsParentLine": False,
            "DoPick": True,
        }
        for line in order["lines"]
    ]
    items = [
        {
            "Article": _article(line["ArticleNumber"]),
            "ArticleItemId": 1,
            "InDate": order["updated"],
            "BatchNo": line["Batch"],
            "ExternalOrderLineCode": line["ExternalOrderLineCode"],
            "NumberOfItems": line["NumberOfItems"],
            "IsPicked": True,
            "Returned": False,
            "ExpiryDate": dt.datetime(2027, 1, 31),
        }
        for line in order["lines"]
        if shipped and line["Batch"]
    ]
    return {
        "OrderInfo": {
            "OrderId": order["id"],
            "GoodsOwnerOrderNumber": number,
            "CreatedDate": order["updated"],
            "ShippedTime": order["updated"] if shipped else None,
            "WayBill": f"WB-{number}" if shipped else None,
            "OrderStatusNumber": order["status"],
            "OrderStatusText": {OPEN: "Open", SHIPPED: "Sent"}.get(order["status"]),
            "PickedNumberOfItems": 0,
            "OrderedNumberOfItems": 0,
        },
        "Success": True,
        "PickedOrderLines": {"PickedOrderLine": lines},
        "PickedArticleItems": {"PickedArticleItem": items},
        "Transporter": {"Code": "DHL"},
    }


class Handler(BaseHTTPRequestHandler):
    """HTTP around the service."""

    protocol_version = "HTTP/1.1"
    service: Service

    def log_message(self, *_args: Any) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        """Tell what the warehouse holds."""
        house = self.service.warehouse
        told = {
            name: getattr(house, name)
            for name in ("orders", "writes", "most_at_once", "violations")
        }
        self._say(200, json.dumps(told, default=str).encode(), "application/json")

    def do_POST(self) -> None:
        """Take a call, or a plan."""
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        house = self.service.warehouse
        if self.path == "/plan":
            house.plan(json.loads(raw))
            self._say(200, b"{}", "application/json")
            return
        with house.lock:
            house.at_once += 1
            house.most_at_once = max(house.most_at_once, house.at_once)
        try:
            time.sleep(house.hold)
            body, status = self.service.answer(raw), 200
        except (Refused, etree.DocumentInvalid) as exc:
            house.violations += 1
            body, status = _fault(str(exc)), 500
        finally:
            with house.lock:
                house.at_once -= 1
        if house.lose and status == 200:
            house.lose -= 1
            self.close_connection = True
            return
        self._say(status, body, "text/xml; charset=utf-8")

    def _say(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _fault(words: str) -> bytes:
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
    body = etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")
    fault = etree.SubElement(body, f"{{{ENVELOPE}}}Fault")
    etree.SubElement(fault, "faultcode").text = "soap:Client"
    etree.SubElement(fault, "faultstring").text = words
    return etree.tostring(envelope)


def main() -> None:
    """Serve until somebody ends the process."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("wsdl", type=Path)
    Handler.service = Service(parser.parse_args().wsdl, Warehouse())
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
