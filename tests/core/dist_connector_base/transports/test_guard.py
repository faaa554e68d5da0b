"""A configured address must not lead into our own network, whatever its name says."""

import socket

import pytest
from urllib3.util import connection as urllib3_connection

from addons.dist_connector_base.core.errors import SecurityError, TransientError
from addons.dist_connector_base.core.wire import HttpRequest
from addons.dist_connector_base.transports.auth import AuthSpec, TokenCache
from addons.dist_connector_base.transports.guard import AddressRefused, Guard
from addons.dist_connector_base.transports.rest import RestSettings, RestTransport
from addons.dist_connector_base.transports.sftp import SftpSettings, SftpTransport
from tests.core.dist_connector_base.transports import scripted_server as server
from tests.core.dist_connector_base.transports.scripted_server import (
    ScriptedServer,
    answer,
)

PUBLIC = "93.184.216.34"


def resolver(*answers):
    """Give a name server that answers each question with the next list of addresses."""
    left = list(answers)

    def resolve(host, port, *_kind, **_more):
        try:
            socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
            addresses = [host]
        except OSError:
            addresses = left.pop(0) if len(left) > 1 else left[0]
        return [
            (
                socket.AF_INET6 if ":" in text else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (text, port, 0, 0) if ":" in text else (text, port),
            )
            for text in addresses
        ]

    return resolve


def guard(*addresses, allow=False) -> Guard:
    return Guard(allow, resolver(list(addresses)))


OURS = [
    "127.0.0.1",
    "127.8.8.8",
    "::1",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "fd12::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
]
NOBODYS = [
    "169.254.169.254",
    "169.254.1.1",
    "fe80::1",
    "fd00:ec2::254",
    "100.100.100.200",
    "168.63.129.16",
    "::ffff:169.254.169.254",
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "192.0.2.1",
    "ff02::1",
]


@pytest.mark.parametrize("address", OURS + NOBODYS)
def test_address_inside_is_refused(address):
    with pytest.raises(AddressRefused) as caught:
        guard(address).check("partner.example", 443)
    assert isinstance(caught.value, SecurityError)
    assert "partner.example" in str(caught.value)
    assert address not in str(caught.value), "the text is no map of our network"


@pytest.mark.parametrize("address", OURS)
def test_own_network_is_allowed_when_the_backend_says_so(address):
    assert guard(address, allow=True).addresses("wms.local", 443) == [address]


@pytest.mark.parametrize("address", NOBODYS)
def test_what_is_nobodys_partner_is_refused_even_then(address):
    with pytest.raises(AddressRefused):
        guard(address, allow=True).check("partner.example", 443)


def test_public_addresses_pass_and_private_ones_beside_them_do_not():
    found = guard("10.0.0.1", PUBLIC, "2606:2800:220:1::1").addresses("p.example", 443)
    assert found == [PUBLIC, "2606:2800:220:1::1"]


# ------------------------------------------------------------------ over the wire


def rest(url, allow=False, auth=None, **settings) -> RestTransport:
    return RestTransport(
        RestSettings(
            url,
            connect_timeout=1,
            read_timeout=1,
            allow_private_network=allow,
            **settings,
        ),
        auth,
    )


def question(url="") -> HttpRequest:
    return HttpRequest("GET", url, safe=True)


def test_own_machine_is_not_called_without_leave():
    with ScriptedServer(answer(body=b"ok")) as inside:
        with rest(inside.url) as refused, pytest.raises(AddressRefused):
            refused.call(question("/admin"))
        assert (inside.seen, inside.connections) == ([], 0)
        with rest(inside.url, allow=True) as allowed:
            assert allowed.call(question("/admin")).body == b"ok"


def test_name_server_that_changes_its_mind_changes_nothing(monkeypatch):
    """DNS rebinding: judged as a public address, looked up again as our own."""
    went = []

    def connect(address, *_args, **_kwargs):
        went.append(address)
        raise OSError("nobody is called in a test")

    monkeypatch.setattr(socket, "getaddrinfo", resolver([PUBLIC], ["127.0.0.1"]))
    monkeypatch.setattr(urllib3_connection, "create_connection", connect)
    with rest("https://partner.example") as partner, pytest.raises(TransientError):
        partner.call(question("/orders"))
    assert went == [(PUBLIC, 443)]


def test_name_is_checked_again_for_each_connection(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", resolver(["127.0.0.1"]))
    with (
        ScriptedServer(answer(body=b"ok")) as inside,
        rest(f"http://localhost:{inside.url.rpartition(':')[2]}") as partner,
        pytest.raises(AddressRefused),
    ):
        partner.call(question("/"))


def test_second_address_is_tried_when_the_first_does_not_answer(monkeypatch):
    with ScriptedServer(answer(body=b"ok")) as partner:
        monkeypatch.setattr(socket, "getaddrinfo", resolver(["127.0.0.2", "127.0.0.1"]))
        url = f"http://localhost:{partner.url.rpartition(':')[2]}"
        with rest(url, allow=True) as transport:
            assert transport.call(question("/")).body == b"ok"


def test_tls_and_host_header_still_carry_the_name(monkeypatch, tmp_path):
    tls = server.make_certificate(tmp_path, "partner.example")
    monkeypatch.setattr(socket, "getaddrinfo", resolver(["127.0.0.1"]))
    with ScriptedServer(answer(body=b"ok"), tls=tls) as partner:
        port = partner.url.rpartition(":")[2]
        settings = {"ca_file": str(tmp_path / "cert.pem"), "allow": True}
        with rest(f"https://partner.example:{port}", **settings) as transport:
            assert transport.call(question("/")).body == b"ok"
        assert partner.seen[0].headers["host"] == f"partner.example:{port}"
        with (
            rest(f"https://other.example:{port}", **settings) as transport,
            pytest.raises(SecurityError, match="certificate"),
        ):
            transport.call(question("/"))


def test_redirect_is_judged_like_the_first_call(monkeypatch):
    """The host stays the same, and its address does not."""
    with ScriptedServer(answer(302, b"", Location="/next", Connection="close")) as one:
        monkeypatch.setattr(
            socket, "getaddrinfo", resolver(["127.0.0.1"], ["169.254.169.254"])
        )
        url = f"http://localhost:{one.url.rpartition(':')[2]}"
        with rest(url, allow=True) as partner, pytest.raises(AddressRefused):
            partner.call(question("/"))
    assert len(one.seen) == 1


def test_token_service_is_judged_too():
    with ScriptedServer(answer(body=b"{}")) as inside:
        auth = AuthSpec("oauth2", "client", "secret", token_url=f"{inside.url}/token")
        with rest("https://93.184.216.34", auth=auth) as partner:
            partner._auth._tokens = TokenCache()
            with pytest.raises(AddressRefused):
                partner.call(question("/"))
    assert inside.connections == 0


def test_proxy_is_not_told_to_call_our_own_machine():
    with (
        ScriptedServer(answer(body=b"ok")) as proxy,
        rest("http://127.0.0.1:1", proxy=proxy.url) as partner,
        pytest.raises(AddressRefused),
    ):
        partner.call(question("/"))
    assert proxy.seen == []


def test_sftp_server_inside_is_not_called_without_leave(sshd):
    settings = {
        "host": sshd.host,
        "port": sshd.port,
        "user": sshd.user,
        "host_keys": sshd.host_keys(),
        "private_key": sshd.user_key(),
    }
    with pytest.raises(AddressRefused), SftpTransport(SftpSettings(**settings)):
        pytest.fail("signed in")
