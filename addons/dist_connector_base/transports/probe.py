"""Reach a host step by step, so that a person reads where it stops and what to do."""

import datetime as dt
import socket
import ssl
from typing import NamedTuple

from ..core.errors import DistError
from .guard import Guard

#: Days before its end in which a certificate is worth a word.
CERTIFICATE_DAYS = 21


class Step(NamedTuple):
    """One step of a connection test.

    :ivar name: ``settings``, ``credentials``, ``name``, ``reach``, ``encryption``,
        ``sign_in``, ``permission``
    :ivar ok: True, False, or None for a step that was not tried
    :ivar advice: what to do about it
    """

    name: str
    ok: bool | None
    text: str
    advice: str = ""


def failed(name: str, error: DistError) -> Step:
    """Give the step of a classified error."""
    return Step(name, False, str(error), error.next_step)


def probe_host(
    host: str, port: int, guard: Guard, *, tls: bool, timeout: float = 10.0
) -> list[Step]:
    """Look a name up, connect, and speak TLS; stop at the first step that fails.

    Nothing is sent beyond the handshake.

    :param guard: judges which addresses may be called
    :param timeout: seconds for each step
    """
    try:
        addresses = guard.addresses(host, port)
    except DistError as exc:
        return [failed("name", exc)]
    except OSError as exc:
        advice = "Check the address for a typing error, and this server's DNS."
        return [Step("name", False, f"{host} is not known ({_why(exc)})", advice)]
    steps = [Step("name", True, f"{host} is {', '.join(addresses)}")]
    connection, why = None, ""
    for address in addresses:
        try:
            connection = socket.create_connection((address, port), timeout=timeout)
            break
        except OSError as exc:
            why = _why(exc)
    if connection is None:
        advice = (
            "Ask the partner whether the port is right and whether this server's "
            "address has to be let through its firewall."
        )
        text = f"port {port} does not answer ({why})"
        return [*steps, Step("reach", False, text, advice)]
    with connection:
        steps.append(Step("reach", True, f"port {port} answers"))
        if tls:
            steps.append(_probe_tls(connection, host))
    return steps


def _probe_tls(connection: socket.socket, host: str) -> Step:
    try:
        with ssl.create_default_context().wrap_socket(
            connection, server_hostname=host
        ) as secured:
            certificate = secured.getpeercert() or {}
            version = secured.version() or "TLS"
    except ssl.SSLCertVerificationError as exc:
        advice = (
            "Ask the partner whether its certificate changed or lacks a part of its "
            "chain. Never switch the check off."
        )
        text = f"the certificate does not hold ({exc.verify_message})"
        return Step("encryption", False, text, advice)
    except OSError as exc:
        advice = "Check whether the address begins with https and the port is right."
        return Step("encryption", False, f"no TLS is spoken ({_why(exc)})", advice)
    return _judge_end(version, str(certificate.get("notAfter", "")))


def _judge_end(version: str, ends: str) -> Step:
    """Judge a certificate by its end, as OpenSSL writes it."""
    if not ends:
        return Step("encryption", True, version)
    end = dt.datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), dt.timezone.utc)
    text = f"{version}, the certificate holds until {end.date()}"
    left = end - dt.datetime.now(dt.timezone.utc)
    advice = ""
    if left.days < CERTIFICATE_DAYS:
        advice = "Ask the partner to renew its certificate in time."
    return Step("encryption", True, text, advice)


def _why(exc: OSError) -> str:
    return exc.strerror or str(exc) or type(exc).__name__
