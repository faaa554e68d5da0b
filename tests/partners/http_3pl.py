"""A 3PL over HTTP that keeps to the ShipBob contract 2026-01, as a process.

``python -m tests.partners.http_3pl --state DIR --token T``; where and how to sign
webhooks are the settings ``webhook_url`` and ``webhook_secret``.
"""

import time
from pathlib import Path
from typing import Any

from . import http_server, webhooks
from .contract import Contract, find_contract
from .control import House, parser, read_settings
from .http_server import FrontDoor
from .shipbob_api import TOPICS, ShipbobApi
from .shipbob_billing import FAULTS as BILL_FAULTS
from .webhooks import Webhooks


class HttpHouse(House):
    """The HTTP partner: front door, warehouse, webhooks."""

    fault_kinds = (*http_server.FAULTS, *webhooks.FAULTS, *BILL_FAULTS)
    setting_names = webhooks.SETTINGS

    def __init__(self, folder: Path, port: int, token: str, channel: str) -> None:
        super().__init__(folder)
        self.contract = Contract(find_contract())
        self.webhooks = Webhooks(self.books)
        self.api = ShipbobApi(self.warehouse, self.dock, token, channel)
        self.door = FrontDoor(self.api, self.contract, port)
        self.actions["down"] = self._down
        self.actions["bill"] = lambda body: self.api.billing.bill(**body)
        self.actions["catalogue"] = lambda body: self.api.catalogue.listing()

    def event(self, name: str, order_id: int, shipment_id: int) -> None:
        """Queue the webhook of an event that has a topic."""
        if name not in TOPICS:
            return
        document = self.api.event_document(order_id, shipment_id)
        for fault in self.contract.schema_faults("Orders.ShipmentViewModel", document):
            self.books.violation(time.time(), f"webhook {TOPICS[name]}", fault)
        self.webhooks.queue(TOPICS[name], document["reference_id"], document)

    def dock_event(self, name: str, number: int) -> None:
        """Queue the webhook of what came in, where it has a topic."""
        told = self.api.dock.event(name, number)
        if told is None:
            return
        topic, schema, key, document = told
        for fault in self.contract.schema_faults(schema, document):
            self.books.violation(time.time(), f"webhook {topic}", fault)
        self.webhooks.queue(topic, key, document)

    def step(self) -> None:
        """Open the door again after a breakdown, deliver webhooks."""
        self.door.mind()
        self.webhooks.deliver_due()

    def open_work(self) -> list[str]:
        """Return orders on their way, webhooks not delivered, a door that is shut."""
        result = super().open_work()
        count = self.books.one(
            "SELECT count(*) FROM deliveries WHERE state IN ('due', 'held')"
        )
        if count:
            result.append(f"{count} webhooks to deliver")
        if self.door.is_down:
            result.append("down")
        return result

    def ledger(self) -> dict[str, Any]:
        """Return everything the partner knows, with all calls and deliveries."""
        calls = self.books.rows("SELECT * FROM requests ORDER BY id")
        return super().ledger() | {
            "contract": self.contract.state,
            "webhooks": self.webhooks.listing(),
            "calls": [dict(row) for row in calls],
        }

    def _down(self, body: dict[str, Any]) -> None:
        self.door.close(float(body["seconds"]))


def main() -> None:
    """Run the partner until SIGTERM."""
    options = parser("A 3PL over HTTP for tests and the demo day.")
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--token", required=True)
    options.add_argument("--channel", default="1")
    given = options.parse_args()
    house = HttpHouse(given.state, given.port, given.token, given.channel)
    house.configure(read_settings(given.setting))
    house.run({"port": house.door.port}, given.control_port)


if __name__ == "__main__":
    main()
