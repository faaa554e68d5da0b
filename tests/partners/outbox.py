"""Files that a partner puts out, with the faults that readers must survive."""

import datetime
import json
import sqlite3
import time
from pathlib import Path

from .books import Books
from .faults import Fault, strike
from .file_sets import FileSet

#: half_written: finished after ``seconds``. wrong_*: the right file follows under
#: another name after ``resend_after`` seconds, or never.
FILE_FAULTS = ("half_written", "file_twice", "wrong_delimiter", "wrong_charset")
#: late_ack: after ``seconds``. shp_before_ack: after the order's first shipment.
ACK_FAULTS = ("late_ack", "shp_before_ack")

ENTRIES_PER_FILE = 50
HELD = 1e11  # Unix seconds far ahead: held until something lets it go


class Outbox:
    """The queue of rows to be written into ``out``.

    :param files: how rows become a file
    """

    def __init__(self, books: Books, folder: Path, files: FileSet) -> None:
        self.books = books
        self.folder = folder
        self.files = files

    def queue(self, kind: str, request_key: str, rows: list[dict[str, str]]) -> None:
        """Queue rows that belong together, in the transaction of their change."""
        due = time.time()
        if kind == "ACK":
            fault = strike(self.books, ACK_FAULTS, request_key=request_key)
            if fault:
                due = HELD if fault.kind == "shp_before_ack" else due + fault.seconds(2)
        self.books.run(
            "INSERT INTO outbox (kind, request_key, rows, due) VALUES (?, ?, ?, ?)",
            kind,
            request_key,
            json.dumps(rows),
            due,
        )

    def queue_again(self, request_key: str) -> int:
        """Queue the shipments of a request once more, for a new file."""
        entries = self.books.rows(
            "SELECT * FROM outbox WHERE kind = 'SHP' AND request_key = ?"
            " AND file IS NOT NULL",
            request_key,
        )
        for entry in entries:
            self.queue("SHP", request_key, json.loads(entry["rows"]))
        return len(entries)

    def write_due(self) -> None:
        """Write what is due: acknowledgements, shipments, inventories."""
        now = time.time()
        self._finish(now)
        for kind in ("ACK", "SHP", "INV", "RAK", "RCV", "RTN", "ADJ", "FEE", "BILL"):
            entries = self.books.rows(
                "SELECT * FROM outbox WHERE file IS NULL AND kind = ? AND due <= ?"
                " ORDER BY id",
                kind,
                now,
            )
            together: list[sqlite3.Row] = []
            for entry in entries:
                facts = {"file": kind, "request_key": entry["request_key"]}
                fault = strike(self.books, FILE_FAULTS, **facts)
                if fault:
                    self._write(kind, [entry], fault)
                else:
                    together.append(entry)
            for start in range(0, len(together), ENTRIES_PER_FILE):
                self._write(kind, together[start : start + ENTRIES_PER_FILE], None)

    def open_work(self) -> list[str]:
        """Return what is still to be written."""
        counts = {
            "rows for files": "SELECT count(*) FROM outbox WHERE file IS NULL",
            "files to be finished": "SELECT count(*) FROM rewrites",
        }
        found = {what: self.books.one(query) for what, query in counts.items()}
        return [f"{count} {what}" for what, count in found.items() if count]

    def _write(
        self, kind: str, entries: list[sqlite3.Row], fault: Fault | None
    ) -> None:
        rows = [row for entry in entries for row in json.loads(entry["rows"])]
        name = self._name(kind, entries[0]["id"])
        content = self.files.write(kind, rows)
        if fault is None or fault.kind == "file_twice":
            self._put(name, content)
            if fault:
                self._later(fault.seconds(0), self._beside(name, "again"), content)
        elif fault.kind == "half_written":
            # straight under its final name, cut inside a row
            (self.folder / name).write_bytes(content[: len(content) * 3 // 5])
            self._later(fault.seconds(1.5), name, content)
        else:
            self._put(name, self.files.spoil(kind, rows, fault.kind))
            if fault.arguments.get("resend_after") is not None:
                right = self._beside(name, "corrected")
                self._later(float(fault.arguments["resend_after"]), right, content)
        with self.books.work():
            for entry in entries:
                self._note_written(entry, name)

    def _note_written(self, entry: sqlite3.Row, name: str) -> None:
        self.books.run("UPDATE outbox SET file = ? WHERE id = ?", name, entry["id"])
        if entry["kind"] == "SHP":
            self.books.run(
                "UPDATE outbox SET due = ? WHERE due = ? AND request_key = ?",
                time.time(),
                HELD,
                entry["request_key"],
            )

    def _name(self, kind: str, number: int) -> str:
        now = datetime.datetime.now(datetime.timezone.utc)
        return f"{kind}_{now:%Y%m%d%H%M%S}_{number:06d}.{self.files.ending}"

    def _beside(self, name: str, word: str) -> str:
        ending = f".{self.files.ending}"
        return f"{name.removesuffix(ending)}_{word}{ending}"

    def _put(self, name: str, content: bytes) -> None:
        """Write under a temporary name, then rename: nobody sees half a file."""
        temporary = self.folder / f".{name}.part"
        temporary.write_bytes(content)
        temporary.replace(self.folder / name)
        self._done(name)

    def _done(self, name: str) -> None:
        """Say that a file is whole, where that was agreed."""
        if ending := self.books.settings().get("done_ending"):
            (self.folder / f"{name}{ending}").touch()

    def _later(self, seconds: float, name: str, content: bytes) -> None:
        self.books.run(
            "INSERT INTO rewrites (due, name, content) VALUES (?, ?, ?)",
            time.time() + seconds,
            name,
            content,
        )

    def _finish(self, now: float) -> None:
        for row in self.books.rows("SELECT * FROM rewrites WHERE due <= ?", now):
            path = self.folder / row["name"]
            if path.exists():
                with path.open("ab") as file:
                    file.write(row["content"][path.stat().st_size :])
                self._done(row["name"])
            else:
                self._put(row["name"], row["content"])
            self.books.run("DELETE FROM rewrites WHERE id = ?", row["id"])
