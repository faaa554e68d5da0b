"""A warehouse behind a SOAP service: it takes what its WSDL allows, and nothing else.

    python -m tests.partners.soap_3pl WSDL

prints its address. Requests and answers are checked against the schema inside the WSDL
by lxml, which knows nothing of how the client writes them. What breaks the contract is
answered with a fault and counted. ``GET /state`` tells what the warehouse holds;
``POST /plan`` with JSON changes how it behaves:

``reset``
    forget everything first
``lose``
    act, and then drop the connection: so many answers
``hold``
    seconds that each write takes
``ship``, ``arrive``, ``receive``, ``bring_back``, ``adjust``, ``bill``
    what happens in the warehouse now: lists; see the classes that do it
``stock``, ``status``
    what lies there by SKU, and statuses of orders by their number
"""

import argparse
import datetime as dt
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import zeep
from lxml import etree

from .soap_inbound import Receipts, Returns
from .soap_orders import STATUS_NAMES, Orders, now, view
from .soap_stock import Bills, Stock

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
SCHEMA = "http://www.w3.org/2001/XMLSchema"
USER, PASSWORD, OWNER = "odoo", "let me in", "ACME"


class Refused(Exception):
    """A request that the contract does not allow."""


class NotLetIn(Refused):
    """A caller who does not prove who it is; that breaks no contract."""


class Warehouse:
    """What stands behind the service."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._open()

    def _open(self) -> None:
        self.stock = Stock()
        self.orders = Orders(self.stock.articles)
        self.receipts = Receipts()
        self.returns = Returns(self.orders)
        self.bills = Bills()
        self.writes = self.at_once = self.most_at_once = self.violations = 0
        self.lose = 0
        self.hold = 0.0

    def write(self, work: Callable[[dict[str, Any]], Any], read: dict[str, Any]) -> Any:
        """Do one write; the warehouse does them one after the other."""
        with self.lock:
            self.writes += 1
            return work(read)

    def plan(self, planned: dict[str, Any]) -> None:
        """Change how the warehouse behaves, and let things happen in it."""
        if planned.get("reset"):
            self._open()
        happens = {
            "ship": self.orders.ship,
            "arrive": self.receipts.arrive,
            "receive": self.receipts.receive,
            "bring_back": self.returns.bring_back,
            "adjust": self.stock.adjust,
            "bill": self.bills.add,
        }
        with self.lock:
            self.lose = planned.get("lose", self.lose)
            self.hold = planned.get("hold", self.hold)
            self.stock.items |= planned.get("stock", {})
            for number, status in planned.get("status", {}).items():
                self.orders.held[number] |= {"status": status, "updated": now()}
            for name, happen in happens.items():
                for what in planned.get(name, []):
                    happen(what)

    def state(self) -> dict[str, Any]:
        """Tell what the warehouse holds, and what it went through."""
        return {
            "orders": self.orders.held,
            "receipts": self.receipts.held,
            "returns": self.returns.held,
            "articles": self.stock.articles,
            "writes": self.writes,
            "most_at_once": self.most_at_once,
            "violations": self.violations,
        }


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
            raise NotLetIn("wrong user or password")
        result = self._do(name, read)
        (_name, element), *_others = operation.output.body.type.elements
        _complete(element.type, result)
        written = operation.output.serialize(**{f"{name}Result": result})
        (result,) = written.content.find(f"{{{ENVELOPE}}}Body")
        self.schema.assertValid(result)
        return etree.tostring(written.content, xml_declaration=True, encoding="utf-8")

    def _do(self, name: str, read: dict[str, Any]) -> Any:
        house = self.warehouse
        writes = {
            "ProcessOrder": house.orders.process,
            "UpdateOrderLines": house.orders.report,
            "ProcessInOrder": house.receipts.process,
            "UpdateInOrderLines": house.receipts.report,
            "ProcessReturnOrder": house.returns.process,
            "ProcessArticle": house.stock.process_article,
        }
        if name in writes:
            return house.write(writes[name], read)
        asked = {
            "GetOrdersByQuery": self._orders,
            "GetOrder": lambda r: house.orders.by_id(r["OrderId"]),
            "GetInOrdersByQuery": lambda r: {
                "InOrders": {"ReceivedInOrder": house.receipts.find(r["query"])}
            },
            "GetReturnOrdersByQuery": lambda r: house.returns.find(
                r["ReturnOrdersQuery"]
            ),
            "GetInventoryByQuery": lambda r: house.stock.by_query(
                r["GetInventoryQuery"]
            ),
            "GetInventoryItems": lambda _r: house.stock.by_item(),
            "GetInventoryChanges": lambda r: house.stock.changed(r["query"]),
            "GetInvoices": lambda r: house.bills.find(r["query"]),
            "GetOrderStatuses": lambda _r: {
                "OrderStatuses": {"OrderStatus": _statuses("OrderStatus", ORDERS)}
            },
            "GetInOrderStatuses": lambda _r: {
                "InOrderStatuses": {
                    "InOrderStatus": _statuses("InOrderStatus", INBOUND)
                }
            },
        }
        if name in asked:
            return asked[name](read)
        raise Refused(f"nobody asked for {name} yet")

    def _orders(self, read: dict[str, Any]) -> dict[str, Any]:
        found = self.warehouse.orders.find(read["query"])
        return {"Orders": {"Order": [view(*entry) for entry in found]}}


#: Statuses as this warehouse has set them, with one that nobody expects.
ORDERS = {**STATUS_NAMES, 310: "On the cart"}
INBOUND = {100: "Expected", 300: "At the door", 500: "Received", 1000: "Removed"}


def _statuses(kind: str, names: dict[int, str]) -> list[dict[str, Any]]:
    return [
        {f"{kind}Id": number, f"{kind}Name": name} for number, name in names.items()
    ]


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


class Handler(BaseHTTPRequestHandler):
    """HTTP around the service."""

    protocol_version = "HTTP/1.1"
    service: Service

    def log_message(self, *_args: Any) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        """Tell what the warehouse holds."""
        told = self.service.warehouse.state()
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
            house.violations += not isinstance(exc, NotLetIn)
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
