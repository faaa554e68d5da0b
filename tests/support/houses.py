"""Houses that third parties run, seen from an Odoo in this process.

Each house knows both books of an order: what Odoo booked, and what the partner says.
"""

import base64
import json
import subprocess
import sys
import time
import urllib.request
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..demo.books import partner_shipped
from ..partners.client import ROOT, HttpPartner, SftpPartner
from ..partners.contract import find_contract
from ..partners.sshd import Sshd
from .inside import Inside

#: The one product that all partners know.
SKU = "SKU-001"
QUANTITY = 2
ROUNDS = 12


def find_wsdl() -> Path | None:
    """Return the SOAP partner's WSDL, where the other contracts are."""
    contract = find_contract()
    path = contract and contract.parents[1] / "ongoing-soap/service.wsdl"
    return path if path and path.is_file() else None


class House:
    """A warehouse and the backend of its partner.

    :ivar writes: word of a call that brings an order, for a :class:`FaultProxy`
    :ivar fetched: what is looked for at the partner
    """

    code = ""
    profile = ""
    writes = ""
    fetched: tuple[str, ...] = ("shipment_confirmation", "fulfilment_response")

    def __init__(self, odoo: Inside) -> None:
        self.odoo = odoo
        self.partner: Any = None

    def connect(self, settings: dict[str, str], secrets: dict[str, str]) -> None:
        """Make the warehouse with its stock, and the backend."""
        with self.odoo.env() as env:
            warehouse = env["stock.warehouse"].create(
                {"name": f"House {self.code}", "code": self.code}
            )
            product = make_product(env)
            quants = env["stock.quant"]
            quants._update_available_quantity(product, warehouse.lot_stock_id, 1000)
            profiles = env["dist.profile"].search([("code", "=", self.profile)])
            profile = profiles.sorted("id")[-1]
            backend = env["dist.backend"].create(
                {
                    "name": f"Partner {self.code}",
                    "profile_id": profile.id,
                    "allow_private_network": True,
                    **self.backend_values(),
                }
            )
            warehouse.dist_backend_id = backend
            env["dist.credential"].create(
                [
                    {"backend_id": backend.id, "name": name, "secret": secret}
                    for name, secret in secrets.items()
                ]
            )
            env["dist.flow"].search([("backend_id", "=", backend.id)]).write(
                {"lookup_delay": 0}
            )
            self.warehouse_id, self.backend_id = warehouse.id, backend.id
            self.webhook_path = "/dist/" + backend.webhook_url.split("/dist/", 1)[1]
        self.change(**settings)
        self.order()  # a partner that is told of articles knows this one from now on
        for _round in range(3):
            self.send()
            self.odoo.let_time_pass()

    def backend_values(self) -> dict[str, Any]:
        return {}

    def change(self, **settings: str) -> dict[str, str]:
        """Change settings of the backend; give what they were."""
        before = {}
        with self.odoo.env() as env:
            for setting in env["dist.backend"].browse(self.backend_id).setting_ids:
                if setting.name in settings:
                    before[setting.name] = setting.value
                    setting.value = settings[setting.name]
        return before

    # ---------------------------------------------------------------- orders

    def order(self) -> str:
        """Sell to somebody; give the key of the request, which has not left yet."""
        with self.odoo.env() as env:
            values = {
                "partner_id": make_customer(env).id,
                "warehouse_id": self.warehouse_id,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": make_product(env).id,
                            "product_uom_qty": QUANTITY,
                        },
                    )
                ],
            }
            order = env["sale.order"].create(values)
            order.action_confirm()
            picking_id = order.picking_ids.id
        query = "SELECT dist_request_key FROM stock_picking WHERE id = %s"
        return self.odoo.rows(query, picking_id)[0][0]

    def cancel(self, key: str) -> None:
        """Cancel the delivery of a request."""
        with self.odoo.env() as env:
            picking = env["stock.picking"].search([("dist_request_key", "=", key)])
            picking.action_cancel()

    def send(self) -> None:
        """Send what is due, once."""
        self.odoo.run_jobs(self.backend_id)

    def work(self, key: str) -> None:
        """Work with the partner until neither side has anything left to do.

        Comes to an end when the request is shipped, or somebody has to decide.
        """
        for _round in range(ROUNDS):
            self.send()
            self.odoo.let_time_pass()
            self.move(key)
            self.odoo.fetch(self.backend_id, *self.fetched)
            self.send()
            if not self.odoo.open_messages(self.backend_id) and (
                self.booked(key) or self.odoo.exceptions(key)
            ):
                break
            self.odoo.let_time_pass()

    def move(self, key: str) -> None:
        """Let the partner do its part."""
        self.partner.settle()

    # ----------------------------------------------------------------- books

    def booked(self, key: str) -> dict[tuple[str, str], Decimal]:
        """Give what Odoo booked as shipped for a request."""
        rows = self.odoo.rows(
            """SELECT pr.default_code, sum(ml.quantity_product_uom)
                 FROM stock_picking p
                 JOIN stock_move_line ml ON ml.picking_id = p.id AND ml.state = 'done'
                 JOIN product_product pr ON pr.id = ml.product_id
                WHERE p.dist_request_key = %s AND p.state = 'done' GROUP BY 1""",
            key,
        )
        return {(sku, ""): Decimal(str(sum_)).normalize() for sku, sum_ in rows}

    def parcels(self, key: str) -> list[str]:
        """Give the tracking numbers that Odoo knows for a request."""
        rows = self.odoo.rows(
            """SELECT d.tracking_number FROM dist_parcel d
                 JOIN stock_picking p ON p.id = d.picking_id
                WHERE p.dist_request_key = %s ORDER BY 1""",
            key,
        )
        return [tracking for (tracking,) in rows]

    def state(self, key: str) -> str:
        """Give the state of a request as its delivery shows it."""
        query = "SELECT dist_state FROM stock_picking WHERE dist_request_key = %s"
        return self.odoo.rows(query, key)[0][0]

    def theirs(self, key: str) -> dict[str, Any]:
        """Give the partner's book entry of a request: creates, shipments, status."""
        return self.partner.books().get(key, NOTHING)

    def difference(self, key: str) -> str:
        """Say on what both books differ; empty when they agree and nothing is twice."""
        entry = self.theirs(key)
        here, there = self.booked(key), partner_shipped(entry)
        parcels = sorted(p for s in entry["shipments"] for p in s["parcels"])
        if entry["creates"] > 1:
            return f"{key} was created {entry['creates']} times"
        if here != there:
            return f"{key}: booked {here}, they shipped {there}"
        if self.parcels(key) != parcels:
            return f"{key}: parcels {self.parcels(key)} here, {parcels} there"
        return ""


NOTHING: dict[str, Any] = {"creates": 0, "shipments": [], "status": "", "lines": {}}


class ShipBob(House):
    """The 3PL over HTTP."""

    code, profile = "BOB", "shipbob"
    writes = "POST /2026-01/order"

    def start(self, state: Path) -> HttpPartner:
        """Start the partner."""
        self.partner = HttpPartner.start(
            state / "bob", delay=0.02, default_stock="1000", webhook_retries=[0.1] * 5
        )
        return self.partner

    def sign_on(self, base_url: str) -> None:
        """Make the backend; calls go to this address."""
        partner = self.partner
        self.connect(
            {"base_url": base_url, "channel_id": partner.channel},
            {"api_token": partner.token, "webhook_secret": partner.secret},
        )


class Ongoing(House):
    """The warehouse behind a SOAP service."""

    code, profile = "ONG", "ongoing_soap"
    writes = "ProcessOrder"

    def start(self, wsdl: Path) -> None:
        """Start the partner."""
        self.wsdl = wsdl
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.partners.soap_3pl", str(wsdl)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = self._process.stdout.readline().strip()
        self.tell(stock={SKU: 1000})

    def stop(self) -> None:
        """End the partner."""
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def sign_on(self, base_url: str) -> None:
        """Make the backend; calls go to this address."""
        from ..partners.soap_3pl import OWNER, PASSWORD, USER

        settings = {"base_url": base_url, "user": USER, "goods_owner": OWNER}
        self.connect(settings, {"password": PASSWORD})

    def backend_values(self) -> dict[str, Any]:
        return {"wsdl": base64.b64encode(self.wsdl.read_bytes())}

    def tell(self, **plan: Any) -> None:
        """Let something happen in the warehouse."""
        body = json.dumps(plan).encode()
        urllib.request.urlopen(f"{self.url}/plan", body, timeout=10).close()

    def told(self) -> dict[str, Any]:
        """Give what the warehouse holds."""
        with urllib.request.urlopen(f"{self.url}/state", timeout=10) as answer:
            return json.load(answer)

    def move(self, key: str) -> None:
        order = self.told()["orders"].get(key)
        if order and order["status"] == 200:
            self.tell(ship=[key])

    def theirs(self, key: str) -> dict[str, Any]:
        order = self.told()["orders"].get(key)
        if not order:
            return NOTHING
        shipped = order["status"] in (450, 500)
        lines = {
            line["ExternalOrderLineCode"]: {
                "sku": line["ArticleNumber"],
                "quantity": str(line["NumberOfItems"]),
                "lots": {},
            }
            for line in order["lines"]
        }
        shipment = {"lines": lines, "parcels": [f"WB-{key}"]}
        # it takes an order of a known number for the same: creates cannot be counted
        return {**NOTHING, "creates": 1, "shipments": [shipment] if shipped else []}


class Files(House):
    """The warehouse that exchanges CSV files through an SSH server."""

    code, profile = "CSV", "csv_sftp"

    def start(self, state: Path) -> None:
        """Start the SSH server and the partner behind it."""
        self.root = state / "house"
        self.sshd = Sshd(state / "sshd", root=self.root).start()
        self.partner = SftpPartner.start(
            self.root, state / "csv", delay=0.02, file_every=0.02, default_stock="1000"
        )

    def stop(self) -> None:
        """End both."""
        self.partner.stop()
        self.sshd.stop()

    def sign_on(self) -> None:
        """Make the backend."""
        self.connect(self.sshd.settings(), self.sshd.secrets())

    def restart(self, options: str) -> None:
        """Let the SSH server end, and come back with other options."""
        self.sshd.stop()
        self.sshd.options = options
        self.sshd.start()

    def files(self) -> set[str]:
        """Give the names of all files that we wrote, hidden ones too."""
        return {path.name for path in (self.root / "in").rglob("*") if path.is_file()}


def make_product(env: Any) -> Any:
    """Give the product that all partners know."""
    product = env["product.product"].search([("default_code", "=", SKU)])
    return product or product.create(
        {
            "name": "Tea",
            "default_code": SKU,
            "type": "consu",
            "is_storable": True,
            "list_price": 5,
        }
    )


def make_customer(env: Any) -> Any:
    """Give the customer of all orders."""
    customers = env["res.partner"]
    name = "Customer of the fault tests"
    return customers.search([("name", "=", name)]) or customers.create(
        {
            "name": name,
            "street": "1 Market Street",
            "city": "Chicago",
            "zip": "60601",
            "state_id": env.ref("base.state_us_13").id,
            "country_id": env.ref("base.us").id,
        }
    )


def wait_for(condition: Any, what: str, seconds: float = 30) -> Any:
    """Give the first true value of a condition.

    :raises TimeoutError: when it does not come
    """
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.02)
    return value
