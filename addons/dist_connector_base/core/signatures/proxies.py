"""Which peers are our own reverse proxies, whose headers may be believed."""

import ipaddress

from ..errors import ConfigurationError


def is_trusted(peer: str, proxies: str) -> bool:
    """Say whether the peer of a connection is one of our proxies.

    :param peer: IP address of the socket's other end, before any X-Forwarded-For
    :param proxies: addresses and networks, separated by commas or blanks; none means
        that nobody is trusted
    :raises ConfigurationError: when the list holds something else
    """
    try:
        networks = [
            ipaddress.ip_network(part, strict=False)
            for part in proxies.replace(",", " ").split()
        ]
    except ValueError as exc:
        raise ConfigurationError(
            f"the list of trusted proxies cannot be read: {exc}",
            next_step="Correct dist_trusted_proxies in the server's configuration.",
        ) from exc
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in networks)
