"""The partner processes and what talks to them, for the partners' own tests."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.partners import csv_files
from tests.partners.client import HttpPartner, SftpPartner

QUICK = {"delay": 0.02, "rest_delay": 0.02}


class Customer:
    """What a customer's shop sends to the HTTP partner."""

    def __init__(self, partner: HttpPartner) -> None:
        self.partner = partner
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {partner.token}"
        self.session.headers["shipbob_channel_id"] = partner.channel

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        url = f"{self.partner.base_url}/2026-01{path}"
        return self.session.request(method, url, timeout=5, **options)

    def order(self, key: str, quantities: dict[str, int]) -> dict[str, Any]:
        """Return an order as the contract wants it; lines are numbered from 11."""
        address = {
            "address1": "1 Dock Road",
            "city": "Newark",
            "state": "NJ",
            "zip_code": "07102",
            "country": "US",
        }
        return {
            "reference_id": key,
            "type": "DTC",
            "shipping_method": "Ground",
            "recipient": {"name": "Jane Buyer", "address": address},
            "products": [
                {
                    "reference_id": sku,
                    "name": sku,
                    "quantity": quantity,
                    "external_line_id": number,
                }
                for number, (sku, quantity) in enumerate(quantities.items(), 11)
            ],
        }

    def create(self, key: str, quantities: dict[str, int]) -> requests.Response:
        return self.call("POST", "/order", json=self.order(key, quantities))

    def look_up(self, key: str) -> list[dict[str, Any]]:
        return self.call("GET", "/order", params={"ReferenceIds": key}).json()


class Receiver:
    """A webhook endpoint that answers what the test tells it to."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.answers: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.received.append(
                    {"headers": headers, "raw": body, "body": json.loads(body)}
                )
                status = receiver.answers.pop(0) if receiver.answers else 200
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(
            target=self.server.serve_forever, args=(0.02,), daemon=True
        ).start()

    def of(self, key: str) -> list[dict[str, Any]]:
        """Return what came for one request key."""
        return [
            item for item in self.received if item["body"].get("reference_id") == key
        ]


class Buyer:
    """What a customer's system writes into the CSV partner's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def order(self, key: str, quantities: dict[str, str], **head: str) -> None:
        """Drop an order file; lines are numbered from 21."""
        common = dict.fromkeys(csv_files.COLUMNS["ORD"].split(";"), "")
        common |= {
            "request_key": key,
            "order_reference": "S00042",
            "ship_to_name": "Jan Käufer",
            "street": "Hafenstraße 1",
            "city": "Hamburg",
            "zip": "20457",
            "country": "DE",
            "carrier": "DHL",
            "unit": "EA",
        }
        rows = [
            {**common, "line_key": str(number), "sku": sku, "quantity": quantity} | head
            for number, (sku, quantity) in enumerate(quantities.items(), 21)
        ]
        self.drop(f"ORD_{key}.csv", csv_files.write("ORD", rows).encode())

    def announce(self, key: str, quantities: dict[str, str]) -> None:
        """Drop a receipt advice; lines are numbered from 31."""
        common = dict.fromkeys(csv_files.COLUMNS["ASN"].split(";"), "")
        common |= {"receipt_key": key, "order_reference": "P00042", "unit": "EA"}
        rows = [
            {**common, "line_key": str(number), "sku": sku, "quantity": quantity}
            for number, (sku, quantity) in enumerate(quantities.items(), 31)
        ]
        self.drop(f"ASN_{key}.csv", csv_files.write("ASN", rows).encode())

    def cancel(self, key: str) -> None:
        rows = [{"request_key": key, "reason": "customer"}]
        self.drop(f"CAN_{key}.csv", csv_files.write("CAN", rows).encode())

    def drop(self, name: str, content: bytes) -> None:
        temporary = self.folder / "in" / f".{name}.part"
        temporary.write_bytes(content)
        temporary.replace(self.folder / "in" / name)

    def rows(self, kind: str, key: str) -> list[dict[str, str]]:
        """Return the rows about a request in all good files of a kind."""
        paths = sorted((self.folder / "out").glob(f"{kind}_*.csv"))
        rows = []
        for path in paths:
            try:
                rows += csv_files.read(kind, path.read_bytes())
            except csv_files.AgreementError:
                continue
        return [row for row in rows if row.get("request_key") == key]


def wait_for(condition: Callable[[], Any], seconds: float = 5) -> Any:
    """Return the first true value of the condition; fails after so long."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return value


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture(scope="session")
def http_partner(receiver: Receiver) -> Iterator[HttpPartner]:
    with HttpPartner.start(
        webhook_url=receiver.url, webhook_retries=[0.05, 0.05], **QUICK
    ) as partner:
        yield partner


@pytest.fixture
def caller(http_partner: HttpPartner, receiver: Receiver) -> Customer:
    """Anybody who calls a partner that behaves and is at rest."""
    http_partner.clear_faults()
    receiver.answers.clear()
    http_partner.settle()
    return Customer(http_partner)


@pytest.fixture
def customer(caller: Customer) -> Iterator[Customer]:
    """A caller who, as the partner, must keep to the contract throughout."""
    before = len(caller.partner.violations())
    yield caller
    assert caller.partner.violations()[before:] == []


@pytest.fixture(scope="session")
def csv_partner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpPartner]:
    folder = tmp_path_factory.mktemp("shared")
    with SftpPartner.start(folder, file_every=0.02, **QUICK) as partner:
        yield partner


@pytest.fixture
def buyer(csv_partner: SftpPartner) -> Buyer:
    csv_partner.clear_faults()
    csv_partner.settle()
    return Buyer(csv_partner.folder)


@pytest.fixture(scope="session")
def eventually() -> Callable[..., Any]:
    return wait_for
