"""What both partner processes have in common: control port, main loop, command line."""

import abc
import argparse
import json
import os
import signal
import sqlite3
import sys
import threading
import time
import traceback
from collections.abc import Callable
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from . import faults, plans
from .books import Books, requests_of
from .dock import Dock
from .stockroom import aside, levels, put_aside, set_stock
from .warehouse import Warehouse

PAUSE = 0.02  # seconds between two rounds of a loop


class House(abc.ABC):
    """A partner's process: books, warehouse, and the actions of its control port."""

    #: Faults and settings this partner knows besides those of every warehouse.
    fault_kinds: tuple[str, ...] = ()
    setting_names: tuple[str, ...] = ()

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.books = Books(folder)
        self.warehouse = Warehouse(self.books, self.event)
        self.dock = Dock(self.books, self.dock_event)
        self.actions: dict[str, Callable[[dict[str, Any]], Any]] = {
            "who": lambda body: {"pid": os.getpid()},
            "books": lambda body: requests_of(self.books),
            "ledger": lambda body: self.ledger(),
            "idle": lambda body: {"open": self.open_work()},
            "levels": lambda body: self.levels(),
            "aside": lambda body: aside(self.books),
            "stock": self._stock,
            "plan": self._plan,
            "settings": self.configure,
            "fault": self._fault,
            "clear_faults": self._clear_faults,
            "tick": self._tick,
            "dock": lambda body: self.dock.listing(),
            "arrive": lambda body: self.dock.arrive(**body),
            "receive": lambda body: self._shelved(self.dock.receive, **body),
            "take_back": lambda body: self._shelved(self.dock.take_back, **body),
            "change": lambda body: self._shelved(self.dock.change, body),
        }

    # To be filled by the partner -------------------------------------------------

    @abc.abstractmethod
    def event(self, name: str, order_id: int, shipment_id: int) -> None:
        """Tell the customer, inside the transaction of the change."""

    @abc.abstractmethod
    def dock_event(self, name: str, number: int) -> None:
        """Tell the customer what came in, inside the transaction of the change."""

    @abc.abstractmethod
    def step(self) -> None:
        """Do one round of the wire's work (deliver, read and write files)."""

    def open_work(self) -> list[str]:
        """Return what is still to be done, in words; empty when nothing is."""
        count = self.books.one("SELECT count(*) FROM orders WHERE due IS NOT NULL")
        return [f"{count} orders on their way"] if count else []

    def ledger(self) -> dict[str, Any]:
        """Return everything the partner knows."""
        return {
            "requests": requests_of(self.books),
            "faults": faults.listing(self.books),
            "violations": [
                {"place": row["place"], "message": row["message"]}
                for row in self.books.rows("SELECT * FROM violations ORDER BY id")
            ],
        }

    # Actions -----------------------------------------------------------------------

    def levels(self) -> list[dict[str, Any]]:
        """Return the stock rows, quantities as texts."""
        return [
            {name: v if isinstance(v, (str, bool)) else str(v) for name, v in r.items()}
            for r in levels(self.books)
        ]

    def _stock(self, body: dict[str, Any]) -> None:
        with self.books.work():
            for entry in body["entries"]:
                status = entry.get("status", "SELLABLE")
                if status == "SELLABLE":
                    set_stock(self.books, [entry])
                else:
                    quantity = Decimal(str(entry["quantity"]))
                    lot = entry.get("lot") or ""
                    put_aside(self.books, entry["sku"], lot, status, quantity)
            self.warehouse.wake()

    def _shelved(self, work: Callable[..., int], *line: Any, **body: Any) -> int:
        """Do what brings goods; orders that wait for them are looked at again."""
        with self.books.work():
            number = work(*line, **body)
            self.warehouse.wake()
        return number

    def _plan(self, body: dict[str, Any]) -> None:
        self.warehouse.store_plan(body["pattern"], body["values"])

    def configure(self, body: dict[str, Any]) -> None:
        """Store settings; raises ValueError on a name that nobody reads."""
        plans.check_names(body, self.setting_names)
        with self.books.work():
            self.books.store_settings(body)
            self.warehouse.wake()

    def _fault(self, body: dict[str, Any]) -> None:
        known = ("carrier_unknown", "over_ship", *self.fault_kinds)
        if body["kind"] not in known:
            raise ValueError(f"no fault {body['kind']!r}; there are {', '.join(known)}")
        faults.order_fault(
            self.books,
            body["kind"],
            body.get("match") or {},
            int(body.get("count", 1)),
            body.get("arguments") or {},
        )

    def _clear_faults(self, body: dict[str, Any]) -> None:
        self.books.run("UPDATE faults SET remaining = 0")

    def _tick(self, body: dict[str, Any]) -> dict[str, int]:
        return {"moved": self.warehouse.tick(force=True)}

    # Running -------------------------------------------------------------------------

    def run(self, ready: dict[str, Any], control_port: int) -> None:
        """Work until told to stop; ``ready.json`` tells the ports."""
        server = _ControlServer(("127.0.0.1", control_port), self)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        parent = os.getppid()
        watch = os.environ.get("PARTNER_STAYS") != "1"
        ready |= {"control_port": server.server_address[1], "pid": os.getpid()}
        note = self.folder / "ready.json.new"
        note.write_text(json.dumps(ready))
        note.replace(self.folder / "ready.json")
        # a receiver that keeps the wire waiting must not stop the warehouse
        wire = threading.Thread(target=self._loop, args=(self.step, stop), daemon=True)
        wire.start()
        threading.Thread(
            target=self._loop, args=(self._move, stop), daemon=True
        ).start()
        while not stop.wait(0.05):
            if watch and os.getppid() != parent:
                stop.set()  # whoever started us is gone
        wire.join(timeout=1)
        server.shutdown()
        self.books.close()

    def _move(self) -> None:
        if plans.setting(self.books, "auto"):
            self.warehouse.tick()

    def _loop(self, work: Callable[[], Any], stop: threading.Event) -> None:
        while not stop.wait(PAUSE):
            try:
                work()
            except (
                ArithmeticError,
                AttributeError,
                LookupError,
                OSError,
                TypeError,
                ValueError,
                sqlite3.Error,
            ) as error:
                # a fault of the partner's own code must fail the test that meets it
                traceback.print_exc()
                self.books.violation(time.time(), "partner", repr(error))
                stop.wait(0.5)


class _ControlServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], house: House) -> None:
        self.house = house
        super().__init__(address, _ControlHandler)


class _ControlHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _ControlServer

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""

    def do_POST(self) -> None:
        """Run the action that the path names with the body's arguments."""
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        action = self.server.house.actions.get(self.path.removeprefix("/_control/"))
        try:
            if action is None:
                status, result = 404, {"error": f"no action {self.path}"}
            else:
                status, result = 200, action(json.loads(raw or b"{}"))
        except (KeyError, TypeError, ValueError) as error:
            status, result = 400, {"error": repr(error)}
        body = json.dumps(result).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST


def parser(description: str) -> argparse.ArgumentParser:
    """Return the options that both partners take."""
    result = argparse.ArgumentParser(description=description)
    result.add_argument("--state", type=Path, required=True, help="state folder")
    result.add_argument("--control-port", type=int, default=0)
    result.add_argument(
        "--setting",
        action="append",
        default=[],
        metavar="NAME=JSON",
        help="a setting of the life cycle, as delay=0.5; may be repeated",
    )
    return result


def read_settings(options: list[str]) -> dict[str, Any]:
    """Read NAME=JSON options; exits with a clear line on a bad one."""
    result = {}
    for option in options:
        name, _, value = option.partition("=")
        try:
            result[name] = json.loads(value)
        except ValueError:
            sys.exit(f"--setting {option}: the value is not JSON")
    return result
