"""Know whether any byte of a request had left when a call failed.

urllib3 reports a lost answer, a failed TLS handshake and a proxy that hung up by the
same classes. Only the connection itself knows whether it had begun to send.
"""

from __future__ import annotations

import socket

import requests.adapters
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    NameResolutionError,
    NewConnectionError,
)

from .guard import Guard


class Departure:
    """One call's answer to: may the partner have seen anything of it?"""

    def __init__(self) -> None:
        self.left = False


def _watched(connection_class: type, departure: Departure, guard: Guard | None) -> type:
    class Watched(connection_class):
        """A connection that notes when it begins to send a request.

        With a guard, it connects to an address that the guard let pass.
        """

        connecting = False

        def _new_conn(self):
            if guard is None:
                return super()._new_conn()
            name = self._dns_host
            try:
                addresses = guard.addresses(name, self.port)
            except socket.gaierror as exc:
                raise NameResolutionError(name, self, exc) from exc
            try:
                # the name itself comes back: TLS is checked against it
                return self._connect_to(addresses)
            finally:
                self._dns_host = name

        def _connect_to(self, addresses: list[str]):
            for number, address in enumerate(addresses, 1):
                self._dns_host = address
                try:
                    return super()._new_conn()
                except (NewConnectionError, ConnectTimeoutError):
                    if number == len(addresses):
                        raise
            raise NewConnectionError(self, "no address")

        def connect(self) -> None:
            self.connecting = True
            try:
                super().connect()
            finally:
                self.connecting = False

        def send(self, data) -> None:
            if self.sock is None and self.auto_open:
                self.connect()
            if not self.connecting:  # a proxy's CONNECT is no request
                departure.left = True
            super().send(data)

    return Watched


class WatchedAdapter(requests.adapters.HTTPAdapter):
    """Connections that note their departures. For one thread at a time."""

    def __init__(self, departure: Departure, guard: Guard) -> None:
        self._departure = departure
        self._guard = guard
        super().__init__(pool_connections=2, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args, **kwargs) -> None:
        super().init_poolmanager(*args, **kwargs)
        self._watch(self.poolmanager, self._guard)

    def proxy_manager_for(self, proxy, **kwargs):
        manager = super().proxy_manager_for(proxy, **kwargs)
        # a proxy is the server's own, and looks names up by itself
        self._watch(manager, None)
        return manager

    def _watch(self, manager, guard: Guard | None) -> None:
        departure = self._departure

        class Pool(HTTPConnectionPool):
            ConnectionCls = _watched(HTTPConnection, departure, guard)

        class TlsPool(HTTPSConnectionPool):
            ConnectionCls = _watched(HTTPSConnection, departure, guard)

        manager.pool_classes_by_scheme = {"http": Pool, "https": TlsPool}
