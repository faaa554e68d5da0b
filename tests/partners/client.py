"""Starts the partner processes and talks to their control ports.

::

    with HttpPartner.start(webhook_url=url) as partner:
        partner.stock({"A-1": 10})
        partner.fault("drop_answer", method="POST")
        ...
        partner.settle()
        books = partner.books()
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from typing_extensions import Self

ROOT = Path(__file__).resolve().parents[2]
SECRET = "whsec_" + "dGhlIGRlbW8gcGFydG5lciBzZWNyZXQh"  # 24 bytes, as the contract asks
TOKEN = "demo-token"


class PartnerError(Exception):
    """The partner did not start, refused an action or did not come to rest."""


class Partner:
    """A partner process and its control port.

    :param arguments: options of every start
    :param settings: settings of the first start; the books keep them, changed or not
    :param state: folder of the books; kept over :meth:`stop`, removed when it is ours
    :param stays: True lets the process outlive the one that started it
    """

    module = ""

    def __init__(
        self,
        arguments: list[str],
        settings: Mapping[str, Any],
        state: Path | None = None,
        stays: bool = False,
    ) -> None:
        self._own_state = state is None
        self.state = Path(state or tempfile.mkdtemp(prefix="partner-"))
        self._arguments = arguments
        self._settings = settings
        self._stays = stays
        self._process: subprocess.Popen[bytes] | None = None
        self.ports: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
        if self._own_state:
            shutil.rmtree(self.state, ignore_errors=True)

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self.ports["pid"]

    @classmethod
    def attach(cls, state: Path) -> Self | None:
        """Return the partner that runs on this state folder, or None."""
        partner = cls([], {}, state)
        try:
            partner.ports = json.loads((partner.state / "ready.json").read_text())
            if partner.control("who")["pid"] == partner.pid:
                return partner
        except (OSError, KeyError, ValueError):
            pass  # no note, or nobody behind the port that it names
        return None

    def launch(self, timeout: float = 15) -> Self:
        """Start the process (again, on the same ports) and wait until it is ready.

        Raises PartnerError with the end of its log when it does not get ready.
        """
        ready = self.state / "ready.json"
        self.state.mkdir(parents=True, exist_ok=True)
        ready.unlink(missing_ok=True)
        log_path = self.state / "partner.log"
        with log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self.module, *self._command()],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "PARTNER_STAYS": "1" if self._stays else "0"},
                start_new_session=True,
            )
        end = time.monotonic() + timeout
        while not ready.exists():
            if self._process.poll() is not None or time.monotonic() > end:
                tail = log_path.read_text("utf-8", "replace")[-1500:]
                raise PartnerError(f"{self.module} did not get ready: {tail}")
            time.sleep(0.02)
        self.ports = json.loads(ready.read_text())
        return self

    def _command(self) -> list[str]:
        command = ["--state", str(self.state), *self._arguments]
        if "pid" not in self.ports:
            for name, value in self._settings.items():
                command += ["--setting", f"{name}={json.dumps(value)}"]
        for name in ("port", "control_port"):
            if name in self.ports:
                command += [f"--{name.replace('_', '-')}", str(self.ports[name])]
        return command

    def stop(self) -> None:
        """Let the process end in good order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the process as a power cut would."""
        self._end(signal.SIGKILL)

    def restart(self) -> Self:
        """Start again with the same state and ports, after :meth:`stop` or kill."""
        return self.launch()

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            if "pid" in self.ports:  # attached: somebody else's child
                os.kill(self.pid, how)
        elif self._process.poll() is None:
            self._process.send_signal(how)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(5)

    # Control -------------------------------------------------------------------------

    def control(self, action: str, **body: Any) -> Any:
        """Run an action of the control port; raises PartnerError with its reason."""
        url = f"http://127.0.0.1:{self.ports['control_port']}/_control/{action}"
        request = urllib.request.Request(url, json.dumps(body).encode(), method="POST")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            reason = error.read().decode("utf-8", "replace")
            raise PartnerError(f"{action}: {reason}") from error

    def stock(self, entries: Mapping[str, Any] | Iterable[Mapping[str, Any]]) -> None:
        """Set what is on hand: {sku: quantity}, or entries with lot, expiry, serial.

        An entry with a ``status`` (DAMAGED, QUARANTINE, HOLD) puts so much aside, and
        tells nobody.
        """
        if isinstance(entries, Mapping):
            entries = [
                {"sku": sku, "quantity": str(quantity)}
                for sku, quantity in entries.items()
            ]
        self.control("stock", entries=list(entries))

    def plan(self, pattern: str, **values: Any) -> None:
        """Handle request keys of this glob so: parcels, when_short, split, hold, ..."""
        self.control("plan", pattern=pattern, values=values)

    def settings(self, **values: Any) -> None:
        """Change settings of the life cycle or of the wire."""
        self.control("settings", **values)

    def fault(
        self,
        kind: str,
        count: int = 1,
        match: Mapping[str, str] | None = None,
        **arguments: Any,
    ) -> None:
        """Misbehave the next ``count`` times that all globs of ``match`` fit."""
        self.control(
            "fault", kind=kind, count=count, match=match or {}, arguments=arguments
        )

    def clear_faults(self) -> None:
        """Behave from now on."""
        self.control("clear_faults")

    def tick(self) -> int:
        """Move all orders one step, due or not; return how many were looked at."""
        return self.control("tick")["moved"]

    def settle(self, timeout: float = 30) -> None:
        """Wait until the partner has nothing left to do by itself.

        Orders on hold or waiting for goods do not count. Raises PartnerError.
        """
        end = time.monotonic() + timeout
        while work := self.control("idle")["open"]:
            if time.monotonic() > end:
                raise PartnerError(f"not settled after {timeout} s: {work}")
            time.sleep(0.03)

    # Dock --------------------------------------------------------------------------

    def arrive(self, key: str) -> None:
        """Put the goods of an advice at the door."""
        self.control("arrive", key=key)

    def receive(
        self,
        key: str,
        lines: Iterable[Mapping[str, Any]] | None = None,
        final: bool = True,
        freight: str = "",
    ) -> None:
        """Count the goods of an advice; without ``lines`` all of them, in good order.

        A line has ``sku``, ``quantity``, maybe ``condition``, ``lot``, ``expiry`` and
        ``reason``.
        """
        said = None if lines is None else list(lines)
        self.control("receive", key=key, lines=said, final=final, freight=freight)

    def take_back(
        self, key: str, lines: Iterable[Mapping[str, Any]], **label: str
    ) -> None:
        """Take goods back under our authorisation, or unannounced (empty key).

        A line has ``sku``, ``quantity``, ``disposition`` (RESTOCK, QUARANTINE, SCRAP).
        ``label`` is what an unannounced parcel tells, such as ``order_reference``.
        """
        self.control("take_back", key=key, lines=list(lines), document=label)

    def change(self, sku: str, quantity: Any, reason: str, **more: str) -> None:
        """Find, lose or re-grade stock."""
        self.control("change", sku=sku, quantity=str(quantity), reason=reason, **more)

    def dock(self) -> dict[str, Any]:
        """Return the partner's book of receipts, returns and changes."""
        return self.control("dock")

    # Books -----------------------------------------------------------------------

    def books(self) -> dict[str, dict[str, Any]]:
        """Return the books by request key, in the shape both partners share."""
        return self.control("books")

    def ledger(self) -> dict[str, Any]:
        """Return requests, faults, violations and what the wire keeps besides."""
        return self.control("ledger")

    def violations(self) -> list[dict[str, str]]:
        """Return every breach of the agreement, by either side."""
        return self.ledger()["violations"]

    def faults(self) -> list[dict[str, Any]]:
        """Return the faults with how often they struck."""
        return self.ledger()["faults"]

    def levels(self) -> list[dict[str, Any]]:
        """Return stock rows by SKU and lot."""
        return self.control("levels")

    def aside(self) -> list[dict[str, str]]:
        """Return what is there and not for sale, by SKU, lot and status."""
        return self.control("aside")


class HttpPartner(Partner):
    """The 3PL over HTTP."""

    module = "tests.partners.http_3pl"
    token, secret, channel = TOKEN, SECRET, "1"

    @classmethod
    def start(
        cls,
        state: Path | None = None,
        webhook_url: str = "",
        port: int = 0,
        stays: bool = False,
        **settings: Any,
    ) -> Self:
        """Start the process; ``settings`` as in :data:`warehouse.DEFAULTS`."""
        arguments = ["--token", cls.token, "--channel", cls.channel]
        settings["webhook_secret"] = cls.secret
        if webhook_url:
            settings["webhook_url"] = webhook_url
        partner = cls(arguments, settings, state, stays)
        partner.ports = {"port": port} if port else {}
        return partner.launch()

    @property
    def base_url(self) -> str:
        """Return the API's address, without the version."""
        return f"http://127.0.0.1:{self.ports['port']}"

    def down(self, seconds: float) -> None:
        """Refuse connections from now on for so long."""
        self.control("down", seconds=seconds)

    def bill(
        self, prices: Mapping[str, str], currency: str = "USD", day: str = ""
    ) -> list[dict[str, Any]]:
        """Bill what was not billed yet; return the invoices.

        ``prices`` by ShipBob's fees; ``overbill`` strikes the fees of a request.
        """
        return self.control("bill", prices=dict(prices), currency=currency, day=day)

    def catalogue(self) -> dict[str, dict[str, Any]]:
        """Return the products that the partner was told of, by SKU."""
        return self.control("catalogue")

    def deliveries(self) -> list[dict[str, Any]]:
        """Return the webhooks with all answers they got."""
        return self.ledger()["webhooks"]

    def calls(self) -> list[dict[str, Any]]:
        """Return all API calls with the status they got."""
        return self.ledger()["calls"]


class SftpPartner(Partner):
    """The warehouse behind an SFTP server; the server itself is not its business."""

    module = "tests.partners.sftp_3pl"

    @classmethod
    def start(
        cls,
        folder: Path,
        state: Path | None = None,
        stays: bool = False,
        files: str = "csv",
        **settings: Any,
    ) -> Self:
        """Start the process on the folder that holds ``in`` and ``out``.

        :param files: ``csv`` or ``xml``
        """
        arguments = ["--folder", str(folder), "--files", files]
        partner = cls(arguments, settings, state, stays)
        partner.folder = Path(folder)
        return partner.launch()

    folder: Path

    def hold_back(
        self, key: str, reason: str, held: bool = True, substatus: str = ""
    ) -> None:
        """Keep an order back (or let it go) of the house's own accord, and tell."""
        self.control(
            "hold_back", request_key=key, held=held, reason=reason, substatus=substatus
        )

    def report_inventory(self, warehouse: str = "") -> None:
        """Write a stock report in the next round, as that of a warehouse."""
        self.control("inventory", warehouse=warehouse)

    def articles(self) -> dict[str, list[dict[str, str]]]:
        """Return the rows told of each product, by SKU."""
        return self.control("articles")

    def bill(self, invoice: str, prices: Mapping[str, str], currency: str) -> None:
        """Bill what was shipped, and the storage; ``overbill`` strikes a request's fee.

        :param prices: by fee: PICK for each request, STORAGE for the month
        """
        self.control("bill", invoice=invoice, prices=prices, currency=currency)

    def resend(self, request_key: str) -> int:
        """Write the shipments of a request once more; return how many."""
        return self.control("resend", request_key=request_key)["queued"]

    def files(self) -> list[dict[str, Any]]:
        """Return the files written, with the request keys they tell of."""
        return self.ledger()["files_written"]
