"""A running Odoo and two partner processes: the stage of the demo day and the tests."""

import json
import os
import signal
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from setup.lib.build import Build

from ..partners.client import HttpPartner, SftpPartner
from ..partners.shipbob_views import LOCATION
from ..partners.sshd import Sshd
from .rpc import Refused, Rpc
from .seed import Distributor

#: Fernet key of demo and test servers. A real server has one of its own.
ENCRYPTION_KEY = urlsafe_b64encode(b"dist demo key of 32 bytes, ok...").decode()


class Stage:
    """Odoo, the 3PL over HTTP and the warehouse behind OpenSSH.

    :param state: folder for the partners' books and the SSH server's files
    :param stays: leave everything running after this process ends
    """

    def __init__(
        self,
        build: Build,
        database: str,
        state: Path,
        *,
        port: int = 0,
        workers: int = 0,
        stays: bool = False,
    ) -> None:
        self.build, self.database, self.state = build, database, state
        self.workers, self.stays = workers, stays
        self.port = port or build.http_port()
        self.odoo = None
        self.sshd: Sshd
        self.bob: HttpPartner
        self.csv: SftpPartner

    # ---------------------------------------------------------- start, stop

    def set_up(self) -> None:
        """Make the database, start Odoo, the SSH server and both partners."""
        self.state.mkdir(parents=True, exist_ok=True)
        self.build.dropdb(self.database)
        self.build.createdb(self.database, template=self.build.suite_template())
        self.start_odoo()
        house = self.state / "house"
        self.sshd = Sshd(self.state / "sshd", root=house, stays=self.stays).start()
        self.bob = HttpPartner.start(
            self.state / "bob", stays=self.stays, delay=1.0, default_stock="0"
        )
        self.csv = SftpPartner.start(
            house, self.state / "csv", stays=self.stays, delay=1.0, default_stock="0"
        )
        self._note()

    def start_odoo(self) -> None:
        """Start the server on its port, with the queue's runner."""
        self.odoo = self.build.start_odoo(
            self.database,
            port=self.port,
            workers=self.workers,
            extra={"dist_encryption_key": ENCRYPTION_KEY, "log_level": "warn"},
        )
        self.odoo.wait_ready()

    def kill_odoo(self) -> None:
        """Kill the server and all its workers, as a power cut would."""
        self.odoo.kill9()

    def tear_down(self) -> None:
        """Stop everything and drop the database."""
        for name in ("bob", "csv", "sshd"):
            part = getattr(self, name, None)
            if part:
                part.stop()
        if self.odoo:
            self.odoo.stop()
        self.build.dropdb(self.database)

    def _note(self) -> None:
        """Leave a note of the processes that stay, for whoever ends them."""
        pids = [self.odoo.pid, self.sshd.pid, self.bob.pid, self.csv.pid]
        (self.state / "pids.json").write_text(json.dumps(pids))

    @staticmethod
    def end_earlier(state: Path) -> None:
        """End what an earlier run left open."""
        note = state / "pids.json"
        if not note.exists():
            return
        for pid in json.loads(note.read_text()):
            try:
                os.killpg(pid, signal.SIGTERM)
            except ProcessLookupError:
                continue  # it ended by itself
        note.unlink()
        time.sleep(1)

    # ------------------------------------------------------------- partners

    def partners(self) -> dict[str, HttpPartner | SftpPartner]:
        """Give the partners by the code of the warehouse they run."""
        return {"BOB": self.bob, "CSV": self.csv}

    def rpc(self) -> Rpc:
        """Sign in to Odoo."""
        return Rpc(self.odoo.url, self.database)

    def connect(self, shop: Distributor) -> None:
        """Make the backends of both warehouses and tell ShipBob our webhook."""
        address = shop.make_backend(
            shop.houses["BOB"],
            "ShipBob Chicago",
            "shipbob",
            {
                "base_url": self.bob.base_url,
                "channel_id": self.bob.channel,
                "location_id": str(LOCATION["id"]),
            },
            {"api_token": self.bob.token, "webhook_secret": self.bob.secret},
        )
        path = address.split("/dist/", 1)[1]
        self.bob.settings(webhook_url=f"{self.odoo.url}/dist/{path}")
        shop.make_backend(
            shop.houses["CSV"],
            "Hamburg Logistics",
            "csv_sftp",
            self.sshd.settings(),
            self.sshd.secrets(),
        )
        for house in shop.houses.values():
            shop.hurry(house, lookup_delay=3, fetch_minutes=0)
        self._fetchers = shop.rpc.search(
            "dist.flow", [("direction", "=", "in"), ("backend_id", "!=", False)]
        )

    def fetch_all(self) -> None:
        """Let Odoo look at both partners now instead of at its next turn."""
        self.patient(
            lambda: self.rpc().call("dist.flow", "action_fetch_now", self._fetchers)
        )

    def settle_partners(self, seconds: float = 120) -> None:
        """Wait until both partners have nothing left to do by themselves."""
        self.bob.settle(seconds)
        self.csv.settle(seconds)

    # ---------------------------------------------------------------- ledger

    def in_work(self) -> dict[str, int]:
        """Give the messages that nobody has finished and nobody owns, by state."""
        rows = self.build.sql(
            self.database,
            """SELECT m.direction || ' ' || m.message_type || ' ' || m.state, count(*)
                 FROM dist_message m
                WHERE m.state IN ('received', 'ready', 'waiting')
             GROUP BY 1""",
        )
        return {name: int(count) for name, count in rows}

    def patient(self, action: Callable[[], Any], tries: int = 20) -> Any:
        """Do something that may meet another transaction, or a server that restarts."""
        for attempt in range(tries):
            try:
                return action()
            except requests.RequestException:
                if attempt == tries - 1:
                    raise
                time.sleep(1)
            except Refused as refused:
                if "Serialization" not in refused.name:
                    raise
                time.sleep(0.5)
        return None
