"""A warehouse that exchanges CSV or XML files through a folder, as a process.

It sits inside the partner's house, behind the SFTP server, and works on the local
folder. ``python -m tests.partners.sftp_3pl --state DIR --folder DIR [--files xml]``
"""

import contextlib
import datetime
import json
import time
import zoneinfo
from pathlib import Path
from typing import Any

from . import articles, changes, csv_bill, csv_files, holds, outbox, plans
from .addresses import refusal
from .control import House, parser, read_settings
from .csv_dock import TAKEN, CsvDock
from .csv_files import AgreementError
from .file_sets import SETS
from .outbox import Outbox
from .stockroom import aside

CHANNEL = "csv"


class CsvHouse(House):
    """The file partner: takes files from ``in``, writes files into ``out``.

    Settings besides the warehouse's: ``file_every`` and ``inventory_every``, seconds
    between two rounds of files and of stock reports (0 = only on request);
    ``done_ending`` of the done-files of both sides (empty: there are none);
    ``needs_articles``: an order for a product that nobody told of is refused.
    """

    fault_kinds = (*outbox.FILE_FAULTS, *outbox.ACK_FAULTS, *csv_bill.FAULTS)
    setting_names = ("file_every", "inventory_every", "done_ending", "needs_articles")

    def __init__(self, folder: Path, shared: Path, files: str = "csv") -> None:
        self.files = SETS[files]
        self._in, self._out = shared / "in", shared / "out"
        self._processed = self._in / "processed"
        for place in (self._processed, self._out / "archive"):
            place.mkdir(parents=True, exist_ok=True)
        super().__init__(folder)
        articles.prepare(self.books)
        self.outbox = Outbox(self.books, self._out, self.files)
        self.csv_dock = CsvDock(self.dock, self.outbox)
        self.actions["inventory"] = lambda body: self.report_inventory(**body)
        self.actions["articles"] = lambda body: articles.listing(self.books)
        self.actions["resend"] = self._resend
        self.actions["hold_back"] = self._hold_back
        self.actions["bill"] = lambda body: csv_bill.bill(self.outbox, **body)
        self._next_round = self._next_inventory = 0.0

    def step(self) -> None:
        """Take what lies in ``in``, write what is due into ``out``."""
        now = time.time()
        settings = self.books.settings()
        every = float(settings.get("inventory_every", 0))
        if every and now >= self._next_inventory:
            self._next_inventory = now + every
            self.report_inventory()
        if now >= self._next_round:
            self._next_round = now + float(settings.get("file_every", 0.1))
            for path in self._arrived():
                self._take(path)
            self.outbox.write_due()

    def open_work(self) -> list[str]:
        """Return files to take, orders on their way, files to write."""
        arrived = [path.name for path in self._arrived()]
        return [*arrived, *super().open_work(), *self.outbox.open_work()]

    def ledger(self) -> dict[str, Any]:
        """Return everything the partner knows, with all files taken and written."""
        taken = self.books.rows("SELECT * FROM files ORDER BY at")
        written = self.books.rows(
            "SELECT file, kind, group_concat(request_key) AS request_keys FROM outbox"
            " WHERE file IS NOT NULL GROUP BY file ORDER BY min(id)"
        )
        return super().ledger() | {
            "files_taken": [dict(row) for row in taken],
            "files_written": [dict(row) for row in written],
        }

    # Out -----------------------------------------------------------------------------

    def event(self, name: str, order_id: int, shipment_id: int) -> None:
        """Queue the rows that tell of an event."""
        order = self.books.rows("SELECT * FROM orders WHERE id = ?", order_id)[0]
        if name == "accepted":
            self._acknowledge(order["request_key"], "ACCEPTED", str(order_id))
        elif name == "cancelled":
            self._acknowledge(order["request_key"], "CANCELLED", str(order_id))
        elif name == "shipped":
            rows = self._shipment_rows(dict(order), shipment_id)
            self.outbox.queue("SHP", order["request_key"], rows)

    def dock_event(self, name: str, number: int) -> None:
        """Queue the rows that tell of what came in."""
        self.csv_dock.event(name, number)

    def report_inventory(self, warehouse: str = "") -> None:
        """Queue a report of all stock, as that of a warehouse."""
        taken_at = self._local(time.time())
        rows = [
            {
                "taken_at": taken_at,
                "sku": level["sku"],
                "quantity": level["on_hand"],
                "allocated": level["committed"],
                "lot": level["lot"],
                "expiry": level["expiry"],
                "status": "SELLABLE",
            }
            for level in self.levels()
        ]
        rows += [
            {**row, "taken_at": taken_at, "allocated": "0", "expiry": ""}
            for row in aside(self.books)
        ]
        if rows:
            rows = [{**row, "warehouse": warehouse} for row in rows]
            self.outbox.queue("INV", "", rows)

    def _acknowledge(
        self,
        key: str,
        status: str,
        reference: str,
        code: str = "",
        reason: str = "",
        **more: str,
    ) -> None:
        row = {
            **more,
            "request_key": key,
            "status": status,
            "warehouse_reference": reference,
            "reason_code": code,
            "reason_text": reason,
        }
        self.outbox.queue("ACK", key, [row])

    def _shipment_rows(
        self, order: dict[str, Any], shipment_id: int
    ) -> list[dict[str, str]]:
        """Return one row per parcel, line and lot."""
        ordered = json.loads(order["document"])["rows"]
        shipment = self.books.rows("SELECT * FROM shipments WHERE id = ?", shipment_id)
        head = {
            "shipment_no": str(shipment_id),
            "request_key": order["request_key"],
            "warehouse_reference": str(order["id"]),
            "shipped_at": self._local(shipment[0]["shipped_at"]),
            "carrier": shipment[0]["carrier"],
            "service": shipment[0]["service"],
            "final": "Y" if shipment[0]["final"] else "N",
            "warehouse": ordered[0].get("warehouse", ""),
            "status": "Despatched" if shipment[0]["final"] else "Part despatched",
            **self._cost(order["request_key"]),
        }
        packed = self.books.rows(
            "SELECT * FROM packed JOIN parcels ON parcels.position = packed.parcel"
            " AND parcels.shipment_id = packed.shipment_id"
            " WHERE packed.shipment_id = ? ORDER BY packed.rowid",
            shipment_id,
        )
        return [
            head
            | {
                "line_key": ordered[row["order_position"]]["line_key"],
                "sku": row["sku"],
                "quantity": row["quantity"],
                "unit": ordered[row["order_position"]]["unit"],
                "lot": "" if row["serial"] else row["lot"],
                "serial": row["lot"] if row["serial"] else "",
                "expiry": row["expiry"],
                "tracking": row["tracking"],
                "weight_kg": row["weight_kg"],
                "sscc": row["sscc"],
            }
            for row in packed
        ]

    def _cost(self, request_key: str) -> dict[str, str]:
        plan = plans.plan_of(self.books, request_key)
        if not plan["shipping_cost"]:
            return {}
        return {"shipping_cost": plan["shipping_cost"], "currency": plan["currency"]}

    def _local(self, seconds: float) -> str:
        zone = zoneinfo.ZoneInfo(plans.setting(self.books, "timezone"))
        when = datetime.datetime.fromtimestamp(seconds, zone)
        return when.strftime("%Y-%m-%d %H:%M:%S")

    def _resend(self, body: dict[str, Any]) -> dict[str, int]:
        return {"queued": self.outbox.queue_again(body["request_key"])}

    # In ------------------------------------------------------------------------------

    def _arrived(self) -> list[Path]:
        """Return the files to take, oldest first."""
        found = []
        done = self.books.settings().get("done_ending") or ""
        for path in (
            path
            for kind in csv_files.KEY_COLUMN
            for path in self._in.glob(f"{kind}_*.{self.files.ending}")
            if path.with_name(path.name + done).exists()
        ):
            with contextlib.suppress(FileNotFoundError):
                # the control port asks while the wire's thread archives
                found.append((path.stat().st_mtime_ns, path))
        return [path for _, path in sorted(found)]

    def _take(self, path: Path) -> None:
        """Handle a file once, then archive it.

        The note of the file is in the same transaction as its effect: a partner that
        is killed before the archiving does not handle it again.
        """
        state = path.stat()
        mark = (path.name, state.st_mtime_ns, state.st_size)
        with self.books.work():
            known = self.books.one(
                "SELECT 1 FROM files WHERE name = ? AND mtime_ns = ? AND size = ?",
                *mark,
            )
            if not known:
                outcome = self._handle(path)
                self.books.run(
                    "INSERT INTO files VALUES (?, ?, ?, ?, ?)",
                    *mark,
                    time.time(),
                    outcome,
                )
        target, number = self._processed / path.name, 1
        while target.exists():
            number += 1
            target = self._processed / f"{path.name}.{number}"
        path.rename(target)
        if done := self.books.settings().get("done_ending"):
            path.with_name(path.name + done).unlink(missing_ok=True)

    def _handle(self, path: Path) -> str:
        kind, _line, request_key = path.stem.partition("_")
        try:
            rows = self.files.read(kind, path.read_bytes())
            if kind == "ITEM":
                return articles.learn(self.books, rows)
            column = csv_files.KEY_COLUMN[kind]
            if {row[column] for row in rows} != {request_key}:
                raise AgreementError("the rows name another document than the file")
            if kind == "CHG":
                return self._change(rows)
            if kind in ("HLD", "RLS"):
                return self._hold(kind, rows[0])
            if kind in TAKEN:
                return self.csv_dock.take(kind, request_key, rows)
            if kind == "CAN":
                return self._cancel(request_key)
            return self._receive(request_key, rows)
        except AgreementError as error:
            self.books.violation(time.time(), f"file {path.name}", str(error))
            if kind == "ORD":
                self._reject(request_key, "FORMAT", str(error))
            return f"not as agreed: {error}"

    def _receive(self, request_key: str, rows: list[dict[str, str]]) -> str:
        rows = csv_files.by_lot(rows)
        lines = csv_files.order_lines(rows)
        known = self.warehouse.order_id(CHANNEL, request_key)
        if known is not None:
            self.warehouse.record_call(request_key, "again")
            self._acknowledge(request_key, "ACCEPTED", str(known))
            return "again"
        wrong = refusal(rows[0])
        if wrong:
            self._reject(request_key, "ADDRESS", " ".join(wrong.values()))
            return "rejected"
        if self.books.settings().get("needs_articles"):
            unknown = articles.unknown(self.books, (line.sku for line in lines))
            if unknown:
                self._reject(request_key, "UNKNOWN_ITEM", ", ".join(unknown))
                return "rejected"
        refuse = plans.plan_of(self.books, request_key)["refuse"]
        if refuse:
            self._reject(request_key, "REFUSED", refuse)
            return "rejected"
        document = {
            "rows": rows,
            "carrier": rows[0]["carrier"],
            "service": rows[0]["service"],
        }
        self.warehouse.receive(CHANNEL, request_key, document, lines)
        return "new"

    def _reject(self, request_key: str, code: str, reason: str) -> None:
        self.warehouse.record_call(request_key, "rejected", reason)
        self._acknowledge(request_key, "REJECTED", "", code, reason)

    def _change(self, rows: list[dict[str, str]]) -> str:
        lines = csv_files.order_lines([row for row in rows if row["quantity"] != "0"])
        key, change_key = rows[0]["request_key"], rows[0]["change_key"]
        order_id = self.warehouse.order_id(CHANNEL, key)
        reason = changes.change(self.books, order_id, rows, lines)
        status = "CHANGE_REFUSED" if reason else "CHANGED"
        self._acknowledge(
            key, status, str(order_id or ""), "", reason, change_key=change_key
        )
        return status.lower()

    def _hold(self, kind: str, row: dict[str, str]) -> str:
        key = row["request_key"]
        order_id = self.warehouse.order_id(CHANNEL, key)
        if kind == "HLD":
            reason = holds.hold(self.books, order_id, row)
            status = "HOLD_REFUSED" if reason else "HOLD"
        else:
            reason = holds.release(self.books, order_id)
            status = "RELEASE_REFUSED" if reason else "RELEASED"
        self._acknowledge(
            key, status, str(order_id or ""), "", reason, hold_key=row["hold_key"]
        )
        return status.lower()

    def _hold_back(self, body: dict[str, Any]) -> None:
        """Keep an order back, or let it go, without anybody having asked."""
        key = body["request_key"]
        order_id = self.warehouse.order_id(CHANNEL, key)
        if body["held"]:
            holds.keep_back(self.books, order_id, True, body["reason"], own=True)
        else:
            holds.let_go(self.books, order_id)
        self._acknowledge(
            key,
            "HOLD" if body["held"] else "RELEASED",
            str(order_id),
            "",
            body["reason"],
            said_at=self._local(time.time()),
            substatus=body["substatus"],
        )

    def _cancel(self, request_key: str) -> str:
        order_id = self.warehouse.order_id(CHANNEL, request_key)
        if order_id is None:
            reason = "No such order."
            self._acknowledge(request_key, "CANCEL_REFUSED", "", "UNKNOWN", reason)
            return "unknown"
        outcome, reason = self.warehouse.cancel(order_id)
        if outcome == "refused":
            self._acknowledge(
                request_key, "CANCEL_REFUSED", str(order_id), "SHIPPED", reason
            )
        elif outcome == "already":
            self._acknowledge(request_key, "CANCELLED", str(order_id))
        return outcome


def main() -> None:
    """Run the partner until SIGTERM."""
    options = parser("A warehouse with files for tests and the demo day.")
    options.add_argument("--files", choices=sorted(SETS), default="csv")
    options.add_argument("--folder", type=Path, required=True, help="the shared folder")
    given = options.parse_args()
    house = CsvHouse(given.state, given.folder, given.files)
    house.configure(read_settings(given.setting))
    house.run({}, given.control_port)


if __name__ == "__main__":
    main()
