"""Webhooks as Standard Webhooks says, with the faults that receivers must survive.

Written for this partner alone, so that the receiver's own signature code is not
checked against itself.
"""

import base64
import hashlib
import hmac
import http.client
import json
import ssl
import time
import urllib.parse
import uuid
from typing import Any

from .books import Books
from .faults import Fault, strike

#: Seconds to wait before each further try; after the last the partner gives up.
RETRIES = (0.5, 1, 2, 5, 10, 20, 30)
TIMEOUT = 15.0  # the contract's limit for an answer

SETTINGS = (
    "webhook_url",
    "webhook_secret",
    "webhook_retries",
    "webhook_timeout",
)

FAULTS = (
    "webhook_twice",
    "webhook_out_of_order",
    "webhook_forged",
    "webhook_stale",
    "webhook_lost",
)


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the ``webhook-signature`` of a body.

    :param secret: ``whsec_`` and the key in base64
    """
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(key, content, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


class Webhooks:
    """The queue of deliveries. Rows are written with the change they tell of."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def queue(self, topic: str, request_key: str, document: dict[str, Any]) -> None:
        """Queue an event, and what a fault that matches it adds or takes away."""
        if not self.books.settings().get("webhook_url"):
            return
        body = json.dumps(document, separators=(",", ":"))
        message_id = f"msg_{uuid.uuid4().hex}"
        fault = strike(self.books, FAULTS, request_key=request_key, topic=topic)
        kind = fault.kind if fault else ""
        if kind == "webhook_lost":
            self._add(message_id, topic, request_key, body, "lost", "done", 0.0)
            return
        if kind == "webhook_forged":
            tracking = {"carrier": "UPS", "tracking_number": "FORGED"}
            forged = json.dumps({**document, "tracking": tracking})
            forged_id = f"msg_{uuid.uuid4().hex}"
            self._add(forged_id, topic, request_key, forged, "forged", "due", 0.0)
        if kind == "webhook_stale":
            self._add(message_id, topic, request_key, body, "stale", "due", 0.0)
        state, due = "due", 0.0
        if fault and kind == "webhook_out_of_order":
            state, due = "held", time.time() + fault.seconds(5)
        self._add(message_id, topic, request_key, body, "genuine", state, due)
        if fault and kind == "webhook_twice":
            self._add_again(fault, message_id, topic, request_key, body)

    def _add_again(
        self, fault: Fault, message_id: str, topic: str, request_key: str, body: str
    ) -> None:
        if fault.arguments.get("new_id"):
            message_id = f"msg_{uuid.uuid4().hex}"
        later = time.time() + fault.seconds(0)
        self._add(message_id, topic, request_key, body, "twice", "due", later)

    def _add(
        self,
        message_id: str,
        topic: str,
        request_key: str,
        body: str,
        kind: str,
        state: str,
        due: float,
    ) -> None:
        self.books.run(
            "INSERT INTO deliveries"
            " (message_id, topic, request_key, body, kind, state, due)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            message_id,
            topic,
            request_key,
            body,
            kind,
            state,
            due,
        )

    def deliver_due(self) -> int:
        """Send what is due, one after the other; return how many were sent."""
        now = time.time()
        self.books.run(
            "UPDATE deliveries SET state = 'due' WHERE state = 'held' AND due <= ?", now
        )
        rows = self.books.rows(
            "SELECT * FROM deliveries WHERE state = 'due' AND due <= ? ORDER BY id"
            " LIMIT 100",
            now,
        )
        settings = self.books.settings()
        for row in rows:
            self._deliver(dict(row), settings)
        return len(rows)

    def _deliver(self, row: dict[str, Any], settings: dict[str, Any]) -> None:
        secret, timestamp = settings["webhook_secret"], int(time.time())
        if row["kind"] == "forged":
            secret = "whsec_" + base64.b64encode(b"nobody's secret at all..").decode()
        if row["kind"] == "stale":
            timestamp -= 3600
        body = row["body"].encode()
        headers = {
            "Content-Type": "application/json",
            "webhook-id": row["message_id"],
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(secret, row["message_id"], timestamp, body),
            "x-webhook-topic": row["topic"],
        }
        timeout = float(settings.get("webhook_timeout", TIMEOUT))
        status, answer, wait = post(settings["webhook_url"], headers, body, timeout)
        self._note(row, status, answer, wait, settings.get("webhook_retries", RETRIES))

    def _note(
        self, row: dict[str, Any], status: int, answer: str, wait: float, retries: Any
    ) -> None:
        accepted = 200 <= status < 300
        state, due = "done", 0.0
        if not accepted and row["kind"] not in ("forged", "stale"):
            if row["tries"] < len(retries):
                pause = max(wait, float(retries[row["tries"]]))
                state, due = "due", time.time() + pause
            else:
                state = "given_up"
        with self.books.work():
            self.books.run(
                "INSERT INTO delivery_tries VALUES (?, ?, ?, ?)",
                row["id"],
                time.time(),
                status,
                answer[:200],
            )
            self.books.run(
                "UPDATE deliveries SET state = ?, due = ?, tries = tries + 1"
                " WHERE id = ?",
                state,
                due,
                row["id"],
            )
            if accepted:
                self._release(row)

    def _release(self, row: dict[str, Any]) -> None:
        """Let go what was held back until something of the same order had passed."""
        self.books.run(
            "UPDATE deliveries SET state = 'due', due = 0"
            " WHERE state = 'held' AND request_key = ?",
            row["request_key"],
        )

    def listing(self) -> list[dict[str, Any]]:
        """Return all deliveries with the answers they got (0 = none)."""
        tries: dict[int, list[dict[str, Any]]] = {}
        for row in self.books.rows("SELECT * FROM delivery_tries ORDER BY rowid"):
            entry = {"status": row["status"], "answer": row["answer"], "at": row["at"]}
            tries.setdefault(row["delivery_id"], []).append(entry)
        return [
            {
                "webhook_id": row["message_id"],
                "topic": row["topic"],
                "request_key": row["request_key"],
                "kind": row["kind"],
                "state": row["state"],
                "answers": tries.get(row["id"], []),
            }
            for row in self.books.rows("SELECT * FROM deliveries ORDER BY id")
        ]


def post(
    url: str, headers: dict[str, str], body: bytes, timeout: float
) -> tuple[int, str, float]:
    """POST without following redirects.

    :return: status (0 = no answer), answer or reason, seconds of a Retry-After
    """
    parts = urllib.parse.urlsplit(url)
    host, port = parts.hostname or "", parts.port
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(
            host, port, timeout=timeout, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=timeout)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target or "/", body, headers)
        answer = connection.getresponse()
        told = answer.getheader("Retry-After") or ""
        wait = float(told) if told.isdigit() else 0.0
        return answer.status, answer.read(2000).decode("utf-8", "replace"), wait
    except (OSError, http.client.HTTPException) as error:
        return 0, repr(error), 0.0
    finally:
        connection.close()
