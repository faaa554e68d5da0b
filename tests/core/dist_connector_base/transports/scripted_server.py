"""A partner that behaves as told, byte by byte, over real sockets."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Seen:
    """A request as it came over the wire."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.line.split()[1]


Behaviour = Callable[[socket.socket, Seen], None]


class ScriptedServer:
    """Answers each request with the next behaviour; the last one goes on.

    :param tls: server context for https
    :param before: done with each raw connection before anything is read
    """

    def __init__(
        self,
        *behaviours: Behaviour,
        tls: ssl.SSLContext | None = None,
        before: Callable[[socket.socket], None] | None = None,
    ) -> None:
        self.seen: list[Seen] = []
        self.connections = 0
        self._behaviours = list(behaviours)
        self._tls, self._before = tls, before
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._port = self._socket.getsockname()[1]
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._port}"

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(self, *_exc_info) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for sock in self._open:
            with contextlib.suppress(OSError):
                sock.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                sock, _address = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(sock)
            threading.Thread(target=self._talk, args=(sock,), daemon=True).start()

    def _talk(self, sock: socket.socket) -> None:
        # a client that goes away in the middle is part of many tests
        with contextlib.suppress(OSError, EOFError, ssl.SSLError):
            if self._before:
                self._before(sock)
            if self._tls:
                sock = self._tls.wrap_socket(sock, server_side=True)
                self._open.append(sock)
            while True:
                seen = read_request(sock)
                self.seen.append(seen)
                first = len(self._behaviours) > 1
                act = self._behaviours.pop(0) if first else self._behaviours[0]
                act(sock, seen)


def read_request(sock: socket.socket) -> Seen:
    """Read one request with its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        if not more:
            raise EOFError
        data += more
    head, _blank, body = data.partition(b"\r\n\r\n")
    line, *rest = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v.strip() for k, _, v in (one.partition(":") for one in rest)}
    while len(body) < int(headers.get("content-length", 0)):
        body += sock.recv(65536)
    return Seen(line, headers, body)


# ------------------------------------------------------------------- behaviours


def answer(status: int = 200, body: bytes = b"{}", **headers: str) -> Behaviour:
    """Answer at once and whole; header names with underscores for dashes."""
    lines = [f"HTTP/1.1 {status} Status"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    told = "\r\n".join(lines).encode() + body
    return lambda sock, seen: sock.sendall(told)


def raw(data: bytes) -> Behaviour:
    """Send these bytes and close."""

    def act(sock: socket.socket, seen: Seen) -> None:
        sock.sendall(data)
        sock.close()

    return act


def hang(seconds: float = 3.0) -> Behaviour:
    """Take the request and say nothing."""
    return lambda sock, seen: time.sleep(seconds)


def reset(sock: socket.socket, seen: Seen | None = None) -> None:
    """Take the request and reset the connection."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def trickle(sock: socket.socket, seen: Seen) -> None:
    """Send a long body, a byte at a time, never silent for long."""
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _byte in range(200):
        sock.sendall(b"x")
        time.sleep(0.05)


class Flood:
    """Send a body of so many bytes; counts what the other side took."""

    def __init__(self, size: int) -> None:
        self.size, self.sent = size, 0

    def __call__(self, sock: socket.socket, seen: Seen) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % self.size)
        chunk = b"x" * 65536
        while self.sent < self.size:
            sock.sendall(chunk)
            self.sent += len(chunk)


# -------------------------------------------------------------------------- TLS


def make_certificate(folder: Path, host: str = "127.0.0.1") -> ssl.SSLContext:
    """Give a server context with a certificate of its own, kept as ``cert.pem``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test partner")])
    now = dt.datetime.now(dt.timezone.utc)
    try:
        alternative = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        alternative = x509.DNSName(host)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
