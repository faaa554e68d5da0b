"""The partner's front door: sockets, the contract check and the faults of the wire."""

import json
import socket
import struct
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .contract import Contract
from .faults import Fault, strike
from .shipbob_api import Answer, Request, ShipbobApi

#: late, drop_answer: the work is done. html, answer_*: only with ``after_work``.
FAULTS = (
    "answer_late",
    "answer_500",
    "answer_503",
    "answer_429",
    "html",
    "drop_answer",
    "reset",
    "down",
)
HTML = b"<html><body><h1>Scheduled maintenance</h1></body></html>"


class FrontDoor:
    """Listens for the API, and stops listening while the partner is down."""

    def __init__(self, api: ShipbobApi, contract: Contract, port: int) -> None:
        self.api = api
        self.contract = contract
        self.books = api.books
        self._lock = threading.Lock()
        self._server: _Server | None = None
        self._reopen_at = 0.0
        self.port = port
        self.open()

    @property
    def is_down(self) -> bool:
        """Tell whether the partner refuses connections."""
        return self._server is None

    def open(self) -> None:
        """Listen (again) on the same port."""
        with self._lock:
            self._server = _Server(("127.0.0.1", self.port), self)
            self.port = self._server.server_address[1]
            threading.Thread(
                target=self._server.serve_forever, args=(0.02,), daemon=True
            ).start()

    def close(self, seconds: float) -> None:
        """Refuse connections for so many seconds."""
        with self._lock:
            server, self._server = self._server, None
            self._reopen_at = time.time() + seconds
        if server:
            server.shutdown()
            server.server_close()

    def mind(self) -> None:
        """Open again when the time has come."""
        if self.is_down and time.time() >= self._reopen_at:
            self.open()

    def serve(self, request: Request) -> Answer:
        """Answer a request and hold both against the contract."""
        place = f"{request.method} {request.path}"
        faults = self.contract.request_faults(
            request.method, request.path, request.query, request.headers, request.body
        )
        answer = self.api.answer(request)
        for fault in faults:
            self.books.violation(time.time(), f"request {place}", fault)
        for fault in self.contract.answer_faults(
            request.method, request.path, answer.status, answer.body
        ):
            self.books.violation(time.time(), f"answer {place}", fault)
        return answer

    def log(self, request: Request, status: int, fault: str) -> None:
        """Note the call; status 0 = the caller got no answer."""
        self.books.run(
            "INSERT INTO requests (at, method, path, request_key, status, fault)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            time.time(),
            request.method,
            request.path,
            self.api.request_key(request),
            status,
            fault,
        )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], door: FrontDoor) -> None:
        self.door = door
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: the books have every call."""

    def handle_call(self) -> None:
        """Read, maybe misbehave, answer."""
        door = self.server.door
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        if door.is_down:
            self._hang_up()
            return
        request, readable = self._request(raw)
        fault = strike(
            door.books,
            FAULTS,
            method=request.method,
            path=request.path,
            request_key=door.api.request_key(request),
        )
        if fault:
            self._misbehave(request, fault)
        elif not readable:
            door.books.violation(time.time(), f"request {self.path}", "not JSON")
            door.log(request, 400, "")
            self._send(Answer(400, {"body": ["The body is not JSON."]}))
        else:
            answer = door.serve(request)
            door.log(request, answer.status, "")
            self._send(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_call

    def _request(self, raw: bytes) -> tuple[Request, bool]:
        parts = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        body, readable = None, True
        if raw:
            try:
                body = json.loads(raw)
            except ValueError:
                readable = False
        request = Request(self.command, parts.path, query, _Headers(self.headers), body)
        return request, readable

    def _misbehave(self, request: Request, fault: Fault) -> None:
        door, kind = self.server.door, fault.kind
        does_the_work = kind in ("answer_late", "drop_answer")
        answer = Answer(200)
        if does_the_work or fault.arguments.get("after_work"):
            answer = door.serve(request)
        silent = kind in ("drop_answer", "reset", "down")
        status = answer.status if kind == "answer_late" else 200
        if kind.startswith("answer_") and kind != "answer_late":
            status = int(kind.removeprefix("answer_"))
        door.log(request, 0 if silent else status, kind)
        if kind == "down":
            door.close(fault.seconds(2))
        if silent:
            self._hang_up()
        elif kind == "answer_late":
            time.sleep(fault.seconds(2))
            self._send(answer)
        elif kind == "html":
            self._write(200, "text/html; charset=utf-8", HTML, {})
        else:
            extra = {}
            if status in (429, 503):
                extra["Retry-After"] = str(int(fault.seconds(1)))
            self._write(status, "text/plain", b"Sorry.", extra)

    def _send(self, answer: Answer) -> None:
        body = b"" if answer.body is None else json.dumps(answer.body).encode()
        self._write(answer.status, "application/json", body, {})

    def _write(
        self, status: int, content_type: str, body: bytes, extra: dict[str, str]
    ) -> None:
        try:
            self.send_response(status)
            for name, value in extra.items():
                self.send_header(name, value)
            if body:
                self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            # the caller did not wait for a late answer
            self.close_connection = True

    def _hang_up(self) -> None:
        """Reset the connection: linger 0 sends RST instead of FIN."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()


class _Headers(dict[str, str]):
    """Headers by name in any case."""

    def __init__(self, headers: Any) -> None:
        super().__init__((name.lower(), value) for name, value in headers.items())

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return super().__contains__(str(name).lower())

    def get(self, name: str, default: Any = None) -> Any:
        """Return a header or the default."""
        return super().get(name.lower(), default)
