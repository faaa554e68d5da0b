"""A bad line in front of an HTTP partner: it loses, cuts, delays and garbles answers.

::

    with FaultProxy(partner.base_url) as line:
        line.next(lost_answer(), "POST /2026-01/order")

Whether the partner has acted is part of each trouble: that is what the other side
cannot see.
"""

from __future__ import annotations

import contextlib
import email.utils
import http.client
import socket
import struct
import threading
import time
import urllib.parse
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

#: Never passed on: each connection has its own.
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}
HTML = b"<html><body><h1>Scheduled maintenance</h1></body></html>"


class Answer(NamedTuple):
    """What the partner answered."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Trouble(NamedTuple):
    """What goes wrong with one call.

    :ivar tell: says what it says to the caller; gets the answer if the partner acted
    :ivar acts: the call reaches the partner, which does what it asks
    :ivar reads: the call's body is read before anything goes wrong
    """

    tell: Callable[[_Handler, Answer], None]
    acts: bool = False
    reads: bool = True


def hang_up(*, acts: bool = False, reads: bool = True) -> Trouble:
    """Reset the connection: before the body is read, after it, or after the work."""
    return Trouble(lambda handler, _answer: handler.reset(), acts, reads)


def say(status: int, *, acts: bool = False, **headers: str) -> Trouble:
    """Answer with a status and a few words; header names with underscores."""
    told = [(name.replace("_", "-"), value) for name, value in headers.items()]
    answer = Answer(status, told, b"Sorry." if status >= 400 else b"")
    return Trouble(lambda handler, _answer: handler.send(answer), acts)


def html(*, acts: bool = False) -> Trouble:
    """Answer 200 with a page for people."""
    page = Answer(200, [("Content-Type", "text/html; charset=utf-8")], HTML)
    return Trouble(lambda handler, _answer: handler.send(page), acts)


def cut() -> Trouble:
    """Act, promise the whole answer, and close in the middle of it."""

    def tell(handler: _Handler, answer: Answer) -> None:
        half = answer._replace(body=answer.body[: len(answer.body) // 2])
        handler.send(half, length=len(answer.body))
        handler.close_connection = True

    return Trouble(tell, acts=True)


def drip(seconds: float = 0.2, most: float = 10.0) -> Trouble:
    """Act, and give the answer a byte at a time, so many seconds apart."""

    def tell(handler: _Handler, answer: Answer) -> None:
        handler.send(answer._replace(body=b""), length=len(answer.body))
        end = time.monotonic() + most
        for place in range(len(answer.body)):
            if time.monotonic() > end:
                break
            handler.wfile.write(answer.body[place : place + 1])
            time.sleep(seconds)
        handler.close_connection = True

    return Trouble(tell, acts=True)


def silence(seconds: float, *, acts: bool = True) -> Trouble:
    """Act, and say nothing for so long."""

    def tell(handler: _Handler, _answer: Answer) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return Trouble(tell, acts)


def http_date(seconds: float) -> str:
    """Give the moment in so many seconds as HTTP writes it."""
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


class FaultProxy:
    """Passes calls on to a partner, and spoils those that it was told to.

    :param upstream: address of the partner
    """

    def __init__(self, upstream: str) -> None:
        parts = urllib.parse.urlsplit(upstream)
        self.upstream = (parts.hostname or "", parts.port or 80)
        self.lock = threading.Lock()
        self.troubles: list[tuple[str, Trouble]] = []
        self.passed: list[tuple[str, bytes]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._server.proxy = self  # type: ignore[attr-defined]
        self.port = self._server.server_address[1]

    @property
    def base_url(self) -> str:
        """Give the line's address."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> FaultProxy:
        threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        ).start()
        return self

    def __exit__(self, *_exc_info: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def next(self, trouble: Trouble, word: str, count: int = 1) -> None:
        """Spoil the next calls that have a word in ``METHOD PATH SOAPACTION``."""
        with self.lock:
            self.troubles += [(word, trouble)] * count

    def reached(self, word: str, key: str) -> int:
        """Count the calls with a word that reached the partner and name a key."""
        return sum(
            word in place and key.encode() in body for place, body in self.passed
        )

    def take(self, place: str) -> Trouble | None:
        """Take the oldest trouble that a call shall have."""
        with self.lock:
            for number, (word, trouble) in enumerate(self.troubles):
                if word in place:
                    del self.troubles[number]
                    return trouble
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args: object) -> None:
        """Keep quiet."""

    def handle_call(self) -> None:
        """Pass a call on, or spoil it."""
        proxy: FaultProxy = self.server.proxy  # type: ignore[attr-defined]
        action = self.headers.get("SOAPAction", "").strip('"')
        place = f"{self.command} {self.path} {action}"
        trouble = proxy.take(place)
        nothing = Answer(0, [], b"")
        if trouble and not trouble.reads:
            trouble.tell(self, nothing)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = nothing
        if trouble is None or trouble.acts:
            proxy.passed.append((place, body))
            answer = self._forward(proxy.upstream, body)
        with contextlib.suppress(OSError):  # the caller does not wait for ever
            (trouble.tell if trouble else _Handler.send)(self, answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_call

    def _forward(self, upstream: tuple[str, int], body: bytes) -> Answer:
        headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP}
        connection = http.client.HTTPConnection(*upstream, timeout=30)
        try:
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            kept = [(k, v) for k, v in answer.getheaders() if k.lower() not in HOP]
            return Answer(answer.status, kept, answer.read())
        finally:
            connection.close()

    def send(self, answer: Answer, length: int | None = None) -> None:
        """Send an answer; it may promise another length than it has."""
        self.send_response(answer.status)
        for name, value in answer.headers:
            if name.lower() not in ("date", "server"):
                self.send_header(name, value)
        size = len(answer.body) if length is None else length
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write(answer.body)

    def reset(self) -> None:
        """Reset the connection: linger 0 sends RST instead of FIN."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()
