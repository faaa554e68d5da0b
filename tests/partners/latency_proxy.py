"""A line to a server that takes its time, and that can be cut."""

from __future__ import annotations

import contextlib
import socket
import threading
import time


class LatencyProxy:
    """Passes bytes on after a delay, in both directions, and loses none.

    :param delay: seconds in one direction: half of a round trip
    """

    def __init__(self, port: int, delay: float) -> None:
        self._target, self._delay = ("127.0.0.1", port), delay
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> LatencyProxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_exc_info) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Cut every connection."""
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        self._sockets.clear()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            for sock in (near, far):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._sockets.append(sock)
            self._pump(near, far)
            self._pump(far, near)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        waiting: list[tuple[float, bytes]] = []
        arrived = threading.Condition()

        def take() -> None:
            data = b"?"
            while data:
                try:
                    data = source.recv(65536)
                except OSError:
                    data = b""
                with arrived:
                    waiting.append((time.monotonic() + self._delay, data))
                    arrived.notify()

        def give() -> None:
            data = b"?"
            while data:
                with arrived:
                    arrived.wait_for(lambda: waiting)
                    due, data = waiting.pop(0)
                time.sleep(max(0.0, due - time.monotonic()))
                with contextlib.suppress(OSError):
                    sink.sendall(data) if data else sink.shutdown(socket.SHUT_WR)

        for work in (take, give):
            threading.Thread(target=work, daemon=True).start()
