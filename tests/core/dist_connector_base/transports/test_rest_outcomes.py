"""What a failed call means depends on whether anything had left."""

import gzip
import socket
import time
import tracemalloc
import zlib

import pytest

from addons.dist_connector_base.core.errors import (
    ConfigurationError,
    DataError,
    SecurityError,
    TransientError,
    UnknownOutcomeError,
)
from addons.dist_connector_base.core.wire import HttpRequest
from addons.dist_connector_base.transports.rest import RestSettings, RestTransport
from tests.core.dist_connector_base.transports import scripted_server as server
from tests.core.dist_connector_base.transports.scripted_server import (
    Flood,
    ScriptedServer,
    answer,
    hang,
    raw,
    reset,
)

MB = 1024 * 1024


def transport(url: str, **settings) -> RestTransport:
    limits = {"connect_timeout": 1.0, "read_timeout": 0.4, "total_timeout": 3.0}
    limits["allow_private_network"] = True
    return RestTransport(RestSettings(base_url=url, **(limits | settings)))


def order(url: str) -> HttpRequest:
    return HttpRequest("POST", f"{url}/order", body=b'{"reference": "OUT-1"}')


def question(url: str) -> HttpRequest:
    return HttpRequest("GET", f"{url}/order", params={"key": "OUT-1"}, safe=True)


def fail(partner_url: str, request: HttpRequest, **settings) -> Exception:
    with transport(partner_url, **settings) as rest, pytest.raises(Exception) as caught:
        rest.call(request)
    return caught.value


# ------------------------------------------------------------- nothing had left


def test_refused_connection_did_nothing():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    error = fail(url, order(url))
    assert type(error) is TransientError
    assert "refused" in str(error)


def test_unknown_host_did_nothing():
    url = "https://warehouse.invalid"
    assert type(fail(url, order(url))) is TransientError


def test_reset_in_the_tls_handshake_did_nothing(tmp_path):
    tls = server.make_certificate(tmp_path)
    with ScriptedServer(answer(), tls=tls, before=reset) as partner:
        error = fail(partner.url, order(partner.url))
    assert type(error) is TransientError
    assert partner.seen == []


def test_silence_in_the_tls_handshake_did_nothing(tmp_path):
    tls = server.make_certificate(tmp_path)
    silent = ScriptedServer(answer(), tls=tls, before=lambda _sock: time.sleep(2))
    with silent as partner:
        error = fail(partner.url, order(partner.url))
    assert type(error) is TransientError


def test_proxy_that_hangs_up_before_the_partner_answers_did_nothing():
    opened = server.raw(b"HTTP/1.1 200 Connection established\r\n\r\n")
    with ScriptedServer(opened) as proxy:
        url = "https://warehouse.example"
        error = fail(url, order(url), proxy=proxy.url)
    assert type(error) is TransientError
    assert proxy.seen[0].line.startswith("CONNECT warehouse.example:443 ")


def test_proxy_that_refuses_did_nothing():
    with ScriptedServer(answer(403)) as proxy:
        url = "https://warehouse.example"
        assert type(fail(url, order(url), proxy=proxy.url)) is TransientError


def test_certificate_that_does_not_hold_is_not_trusted(tmp_path):
    tls = server.make_certificate(tmp_path)
    with ScriptedServer(answer(), tls=tls) as partner:
        error = fail(partner.url, order(partner.url))
    assert type(error) is SecurityError
    assert partner.seen == []


def test_certificate_of_another_host_is_not_trusted(tmp_path):
    tls = server.make_certificate(tmp_path, host="other.example")
    with ScriptedServer(answer(), tls=tls) as partner:
        error = fail(
            partner.url, order(partner.url), ca_file=str(tmp_path / "cert.pem")
        )
    assert type(error) is SecurityError


def test_certificate_of_the_given_authority_is_trusted(tmp_path):
    tls = server.make_certificate(tmp_path)
    settings = {"ca_file": str(tmp_path / "cert.pem")}
    with (
        ScriptedServer(answer(), tls=tls) as partner,
        transport(partner.url, **settings) as rest,
    ):
        assert rest.call(order(partner.url)).status == 200


def test_missing_certificate_file_is_a_configuration_error(tmp_path):
    url = "https://127.0.0.1:9"
    error = fail(url, order(url), ca_file=str(tmp_path / "none.pem"))
    assert type(error) is ConfigurationError


# -------------------------------------------------------- the request had left

LOST = {
    "silence": hang(1.0),
    "reset": reset,
    "closed without an answer": raw(b""),
    "cut in the body": raw(b"HTTP/1.1 201 Created\r\nContent-Length: 50\r\n\r\n{"),
    "cut in a chunk": raw(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}"
    ),
    "no HTTP": raw(b"220 ftp ready\r\n"),
    "cut in the packed body": raw(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
        + gzip.compress(b"x" * 99)[:20]
    ),
}


@pytest.mark.parametrize("behaviour", LOST.values(), ids=LOST.keys())
def test_order_whose_answer_is_lost_is_unknown(behaviour):
    with ScriptedServer(behaviour) as partner:
        error = fail(partner.url, order(partner.url))
    assert type(error) is UnknownOutcomeError
    assert partner.seen[0].body == b'{"reference": "OUT-1"}'


@pytest.mark.parametrize("behaviour", LOST.values(), ids=LOST.keys())
def test_question_whose_answer_is_lost_is_asked_again(behaviour):
    with ScriptedServer(behaviour) as partner:
        error = fail(partner.url, question(partner.url))
    assert isinstance(error, TransientError) or "packed" in str(error)
    assert not isinstance(error, UnknownOutcomeError)


def test_answer_that_trickles_ends_with_the_time_of_the_call():
    with ScriptedServer(server.trickle) as partner:
        began = time.monotonic()
        error = fail(partner.url, question(partner.url), total_timeout=0.5)
    assert type(error) is TransientError
    assert time.monotonic() - began < 2


def test_order_with_a_trickling_answer_is_unknown():
    with ScriptedServer(server.trickle) as partner:
        error = fail(partner.url, order(partner.url), total_timeout=0.5)
    assert type(error) is UnknownOutcomeError


# ------------------------------------------------------------------ large answers


def test_200_mb_are_not_read():
    flood = Flood(200 * MB)
    with ScriptedServer(flood) as partner:
        error = fail(partner.url, question(partner.url), max_response=2 * MB)
    assert type(error) is DataError
    assert "2,097,152" in str(error)
    assert flood.sent < 40 * MB  # what lies in the sockets' buffers is sent, not read


def test_200_mb_in_answer_to_an_order_are_an_unknown_outcome():
    with ScriptedServer(Flood(200 * MB)) as partner:
        error = fail(partner.url, order(partner.url), max_response=2 * MB)
    assert type(error) is UnknownOutcomeError


def packed(data: bytes, encoding: str = "gzip"):
    return answer(200, data, Content_Encoding=encoding)


def test_packed_answer_is_unpacked():
    with (
        ScriptedServer(packed(gzip.compress(b'{"id": 1}'))) as partner,
        transport(partner.url) as rest,
    ):
        assert rest.call(question(partner.url)).body == b'{"id": 1}'


def test_empty_answer_that_calls_itself_packed_is_empty():
    with (
        ScriptedServer(answer(204, b"", Content_Encoding="gzip")) as partner,
        transport(partner.url) as rest,
    ):
        assert rest.call(question(partner.url)).body == b""


def test_bomb_is_not_unpacked():
    bomb = gzip.compress(b"\0" * (100 * MB), 9)
    assert len(bomb) < MB
    with ScriptedServer(packed(bomb)) as partner:
        tracemalloc.start()
        error = fail(partner.url, question(partner.url), max_response=MB)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert type(error) is DataError
    assert peak < 8 * MB


def test_bomb_in_a_bomb_is_refused():
    bomb = gzip.compress(gzip.compress(b"\0" * (50 * MB), 9), 9)
    with ScriptedServer(packed(bomb, "gzip, gzip")) as partner:
        error = fail(partner.url, question(partner.url), max_response=MB)
    assert type(error) is DataError
    assert "gzip, gzip" in str(error)


def test_broken_packing_is_bad_data():
    with ScriptedServer(packed(zlib.compress(b"x" * 99)[:-3] + b"???")) as partner:
        error = fail(partner.url, question(partner.url))
    assert type(error) is DataError


# ------------------------------------------------- answers that are passed on


@pytest.mark.parametrize("status", [200, 404, 409, 422, 429, 500, 503])
def test_every_status_is_an_answer(status):
    with (
        ScriptedServer(answer(status, b"told", Retry_After="7")) as partner,
        transport(partner.url) as rest,
    ):
        response = rest.call(order(partner.url))
    assert (response.status, response.body) == (status, b"told")
    assert response.header("retry-after") == "7"
    assert response.seconds > 0


def test_html_on_200_is_passed_on():
    page = b"<html>Please sign in</html>"
    with (
        ScriptedServer(answer(200, page, Content_Type="text/html")) as partner,
        transport(partner.url) as rest,
    ):
        assert rest.call(question(partner.url)).body == page


def test_two_calls_share_a_connection():
    with (
        ScriptedServer(answer()) as partner,
        transport(partner.url) as rest,
    ):
        rest.call(order(partner.url))
        rest.call(order(partner.url))
    assert (len(partner.seen), partner.connections) == (2, 1)


def test_connection_closed_between_two_calls_is_opened_again():
    def once(sock, seen):
        answer()(sock, seen)
        sock.close()

    with ScriptedServer(once) as partner, transport(partner.url) as rest:
        rest.call(order(partner.url))
        time.sleep(0.1)
        assert rest.call(order(partner.url)).status == 200
    assert partner.connections == 2


def test_cookies_are_not_kept():
    with (
        ScriptedServer(answer(Set_Cookie="session=1")) as partner,
        transport(partner.url) as rest,
    ):
        rest.call(question(partner.url))
        rest.call(question(partner.url))
    assert "cookie" not in partner.seen[1].headers


def test_packed_answer_out_of_all_proportion_is_refused_below_the_limit():
    packed = gzip.compress(bytes(20 * MB), 9)
    with (
        ScriptedServer(answer(body=packed, Content_Encoding="gzip")) as partner,
        transport(partner.url, max_response=50 * MB, total_timeout=20) as rest,
    ):
        with pytest.raises(DataError, match="times its size"):
            rest.call(HttpRequest("GET", partner.url, safe=True))
        with pytest.raises(UnknownOutcomeError):
            rest.call(order(partner.url))
