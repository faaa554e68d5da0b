"""A healthy partner while another one hangs: its requests go out as before."""

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from setup.lib.build import Build

from ..support.rpc import Rpc
from .figure import Figure, medians, sized
from .level_profile import DOCUMENT, make_profile
from .support import running, until

REQUESTS = sized(1_000)
#: Requests that wait for the partner that hangs: more than all workers can hold.
STUCK = 200
DATABASE = "bench_isolation"


class _Healthy(BaseHTTPRequestHandler):
    """Takes every request at once."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_args) -> None:
        """Keep quiet."""


class _Hanging:
    """Takes connections and never answers, or hangs up at once while ``refusing``."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.held: list[socket.socket] = []
        self.refusing = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection = self._listener.accept()[0]
                if self.refusing:
                    connection.close()
                else:
                    self.held.append(connection)

    def refuse(self) -> None:
        """Hang up on everybody, from now on at once."""
        self.refusing = True
        for connection in self.held:
            connection.close()
        self.held.clear()

    def close(self) -> None:
        """Stop listening."""
        self.refuse()
        self._listener.close()


@contextlib.contextmanager
def _partners() -> Iterator[tuple[str, _Hanging]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Healthy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hanging = _Hanging()
    try:
        yield f"http://127.0.0.1:{server.server_port}", hanging
    finally:
        hanging.close()
        server.shutdown()
        server.server_close()


def _backend(rpc: Rpc, name: str, profile: int, url: str) -> int:
    values = {"name": name, "profile_id": profile, "allow_private_network": True}
    (backend,) = rpc.create("dist.backend", [values])
    setting = rpc.one(
        "dist.backend.setting",
        [("backend_id", "=", backend), ("name", "=", "base_url")],
    )
    rpc.call("dist.backend.setting", "write", [setting], {"value": url})
    return backend


def breaker_isolation(build: Build) -> Figure:
    """A thousand requests of a healthy partner, beside one that hangs, and alone."""
    with (
        _partners() as (url, hanging),
        running(build, DATABASE, "dist_bench", workers=2) as rpc,
    ):
        profile = make_profile(rpc, DOCUMENT)
        healthy = _backend(rpc, "Healthy", profile, url)
        stuck = _backend(rpc, "Hanging", profile, hanging.url)
        runs = itertools.count()

        def alone() -> float:
            return _send(build, rpc, healthy, next(runs))

        def beside() -> float:
            run = next(runs)
            _forget(build, stuck)
            hanging.refusing = False
            rpc.call("dist.bench.send", "request", stuck, _keys("H", run, STUCK))
            while not hanging.held:
                time.sleep(0.01)
            seconds = _send(build, rpc, healthy, run)
            hanging.refuse()
            _pause(build, stuck)
            return seconds

        mine, theirs = medians(beside, alone)
    return Figure(
        "breaker_isolation",
        mine,
        theirs,
        "s/request",
        1.1,
        f"{REQUESTS} requests to a partner that answers at once, two workers: while "
        f"another partner hangs on each of its {STUCK} requests, against nobody "
        "hanging",
    )


def _keys(prefix: str, run: int, number: int) -> list[str]:
    return [f"{prefix}{run}-{index}" for index in range(number)]


def _send(build: Build, rpc: Rpc, backend: int, run: int) -> float:
    """Seconds per request, from the stored intent to the partner's answer."""
    done = (
        "SELECT count(*) FROM dist_message WHERE state = 'done'"
        f" AND backend_id = {backend}"
    )
    before = int(build.sql(DATABASE, done)[0][0])
    start = time.perf_counter()
    rpc.call("dist.bench.send", "request", backend, _keys("R", run, REQUESTS))
    end = until(build, DATABASE, done, before + REQUESTS)
    return (end - start) / REQUESTS


def _forget(build: Build, backend: int) -> None:
    """Let the partner hang anew: what was learned of it would stop its line at once."""
    build.sql(DATABASE, f"DELETE FROM dist_circuit WHERE backend_id = {backend}")
    build.sql(
        DATABASE,
        f"UPDATE dist_flow SET run_state = 'running' WHERE backend_id = {backend}",
    )


def _pause(build: Build, backend: int) -> None:
    """Keep the partner that hangs out of the next run."""
    build.sql(
        DATABASE,
        f"UPDATE dist_flow SET run_state = 'paused' WHERE backend_id = {backend}",
    )
    running = (
        "SELECT count(*) FROM queue_job j JOIN dist_flow f"
        " ON j.identity_key LIKE 'dist.flow:' || f.id || ':%'"
        f" WHERE f.backend_id = {backend} AND j.state = 'started'"
    )
    until(build, DATABASE, running, 0)


FIGURES = {"breaker_isolation": breaker_isolation}
