"""Which addresses may be called: a configured name must not lead into our own network.

The addresses of a name are looked up and judged here, and the connection then goes to
an address that was judged, never to the name: a name server that answers differently a
moment later changes nothing. TLS and the Host header still carry the name.
"""

import ipaddress
import socket
from collections.abc import Callable

from ..core.errors import SecurityError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[..., list]

#: IPv6 addresses that hold an IPv4 one (RFC 6052): judged by what they hold.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: Where machines in a cloud get their own credentials: nobody's partner.
_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in ("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16")
)
#: Networks of organisations (RFC 1918, 4193, 6598). What is reserved for documents or
#: for the future is nobody's network, and never called.
_OWN = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
    )
)


class AddressRefused(SecurityError):
    """A configured address that leads where no partner is."""

    default_next_step = (
        "Correct the address. If this partner really stands in our own network, allow "
        "that on its backend (Private network)."
    )


class Guard:
    """Judges the addresses of one backend.

    :param allow_private: addresses of our own network and of this machine are allowed
    :param resolve: looks a name up, as ``socket.getaddrinfo``
    """

    def __init__(
        self, allow_private: bool = False, resolve: Resolve | None = None
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve or socket.getaddrinfo

    def addresses(self, host: str, port: int) -> list[str]:
        """Give the addresses of a host that may be called, in the resolver's order.

        :raises AddressRefused: when it has none that may
        :raises OSError: when the name cannot be resolved
        """
        found = self._resolve(
            host.strip("[]"), port, socket.AF_UNSPEC, socket.SOCK_STREAM
        )
        texts = list(dict.fromkeys(entry[4][0] for entry in found))
        good = [text for text in texts if self._may(text)]
        if not good:
            raise AddressRefused(
                f"{host} leads into a private network or to this machine"
                if texts
                else f"{host} has no address"
            )
        return good

    def check(self, host: str, port: int) -> None:
        """Refuse a host that has no address that may be called.

        :raises AddressRefused: see :meth:`addresses`
        :raises OSError: when the name cannot be resolved
        """
        self.addresses(host, port)

    def _may(self, text: str) -> bool:
        address = _inner(ipaddress.ip_address(text.partition("%")[0]))
        if address in _METADATA or address.is_multicast or address.is_unspecified:
            return False
        if address.is_link_local:
            return False
        if address.is_loopback or _is_private(address):
            return self._allow_private
        return address.is_global


def _inner(address: Address) -> Address:
    """Give the IPv4 address inside an IPv6 one, where it holds one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address


def _is_private(address: Address) -> bool:
    return any(address in network for network in _OWN)
