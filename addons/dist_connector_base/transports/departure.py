"""Know whether any byte of a request had left when a call failed.

urllib3 reports a lost answer, a failed TLS handshake and a proxy that hung up by the
same classes. Only the connection itself knows whether it had begun to send.
"""

from __future__ import annotations

import requests.adapters
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class Departure:
    """One call's answer to: may the partner have seen anything of it?"""

    def __init__(self) -> None:
        self.left = False


def _watched(connection_class: type, departure: Departure) -> type:
    class Watched(connection_class):
        """A connection that notes when it begins to send a request."""

        connecting = False

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

    def __init__(self, departure: Departure) -> None:
        self._departure = departure
        super().__init__(pool_connections=2, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args, **kwargs) -> None:
        super().init_poolmanager(*args, **kwargs)
        self._watch(self.poolmanager)

    def proxy_manager_for(self, proxy, **kwargs):
        manager = super().proxy_manager_for(proxy, **kwargs)
        self._watch(manager)
        return manager

    def _watch(self, manager) -> None:
        departure = self._departure

        class Pool(HTTPConnectionPool):
            ConnectionCls = _watched(HTTPConnection, departure)

        class TlsPool(HTTPSConnectionPool):
            ConnectionCls = _watched(HTTPSConnection, departure)

        manager.pool_classes_by_scheme = {"http": Pool, "https": TlsPool}
