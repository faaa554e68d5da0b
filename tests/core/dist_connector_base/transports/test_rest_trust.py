"""Where a request may go, what proves who we are, and that no secret is told."""

import base64
import json
import traceback
import urllib.parse

import pytest

from addons.dist_connector_base.core.errors import (
    ConfigurationError,
    LimitError,
    SecurityError,
    TransientError,
    UnknownOutcomeError,
)
from addons.dist_connector_base.core.wire import HttpRequest
from addons.dist_connector_base.transports.auth import TOKENS, TokenCache
from addons.dist_connector_base.transports.rest import (
    AuthSpec,
    RestSettings,
    RestTransport,
)
from tests.core.dist_connector_base.transports import scripted_server as server
from tests.core.dist_connector_base.transports.scripted_server import (
    ScriptedServer,
    answer,
    hang,
    reset,
)

SECRET = "s3cret-key/+="


def transport(url: str, auth: AuthSpec | None = None, **settings) -> RestTransport:
    limits = {"connect_timeout": 1, "read_timeout": 0.4, "allow_private_network": True}
    return RestTransport(RestSettings(base_url=url, **(limits | settings)), auth)


def question(url: str) -> HttpRequest:
    return HttpRequest("GET", url, safe=True)


def redirect(status: int, location: str):
    return answer(status, b"", Location=location)


# ---------------------------------------------------------------------- redirects


def test_redirect_to_another_host_is_refused():
    with (
        ScriptedServer(answer()) as thief,
        ScriptedServer(redirect(302, f"{thief.url}/take")) as partner,
        transport(partner.url, AuthSpec("bearer", secret=SECRET)) as rest,
        pytest.raises(SecurityError, match="redirects to another host"),
    ):
        rest.call(question(partner.url))
    assert thief.seen == []


def test_redirect_from_https_to_http_is_refused(tmp_path):
    tls = server.make_certificate(tmp_path)
    with (
        ScriptedServer(redirect(301, "http://127.0.0.1/"), tls=tls) as partner,
        transport(partner.url, ca_file=str(tmp_path / "cert.pem")) as rest,
        pytest.raises(SecurityError),
    ):
        rest.call(question(partner.url))


def test_redirect_on_the_host_is_followed_with_proof():
    with (
        ScriptedServer(redirect(302, "/new?page=2"), answer(body=b"ok")) as partner,
        transport(partner.url, AuthSpec("bearer", secret=SECRET)) as rest,
    ):
        assert rest.call(question(f"{partner.url}/old")).body == b"ok"
    assert partner.seen[1].path == "/new?page=2"
    assert partner.seen[1].headers["authorization"] == f"Bearer {SECRET}"


def test_order_that_is_redirected_with_its_body_is_done_once_there():
    order = HttpRequest("POST", "/order", body=b"{}")
    with (
        ScriptedServer(redirect(308, "/v2/order"), answer(201)) as partner,
        transport(partner.url) as rest,
    ):
        assert rest.call(order).status == 201
    assert [(seen.line, seen.body) for seen in partner.seen] == [
        ("POST /order HTTP/1.1", b"{}"),
        ("POST /v2/order HTTP/1.1", b"{}"),
    ]


@pytest.mark.parametrize("status", [301, 302, 303])
def test_order_answered_by_a_plain_redirect_is_unknown(status):
    with (
        ScriptedServer(redirect(status, "/order/1")) as partner,
        transport(partner.url) as rest,
        pytest.raises(UnknownOutcomeError),
    ):
        rest.call(HttpRequest("POST", "/order", body=b"{}"))
    assert len(partner.seen) == 1


def test_circle_of_redirects_ends():
    with (
        ScriptedServer(redirect(302, "/again")) as partner,
        transport(partner.url, max_redirects=3) as rest,
        pytest.raises(ConfigurationError, match="more than 3 times"),
    ):
        rest.call(question(partner.url))
    assert len(partner.seen) == 4


# ---------------------------------------------------------------------- addresses


def test_request_to_another_host_never_leaves():
    with (
        ScriptedServer(answer()) as thief,
        ScriptedServer(answer()) as partner,
        transport(partner.url, AuthSpec("bearer", secret=SECRET)) as rest,
        pytest.raises(SecurityError, match="not for this partner"),
    ):
        rest.call(question(f"{thief.url}/next-page"))
    assert thief.seen == []


@pytest.mark.parametrize(
    "url",
    ["http://partner.example", "ftp://127.0.0.1", "https://", "https://h:port", ""],
)
def test_address_that_cannot_be_called_is_a_configuration_error(url):
    with transport(url) as rest, pytest.raises((ConfigurationError, SecurityError)):
        rest.call(question(url or "/x"))


def test_header_with_a_line_break_is_a_configuration_error():
    with (
        ScriptedServer(answer()) as partner,
        transport(partner.url) as rest,
        pytest.raises(ConfigurationError),
    ):
        rest.call(HttpRequest("POST", "/", headers={"X-Id": "1\r\nX-Evil: 1"}))
    assert partner.seen == []


# ------------------------------------------------------------------------- proofs


def seen_with(auth: AuthSpec):
    with ScriptedServer(answer()) as partner, transport(partner.url, auth) as rest:
        rest.call(HttpRequest("GET", "/order", params={"page": "1"}, safe=True))
    return partner.seen[0]


def test_bearer_token():
    seen = seen_with(AuthSpec("bearer", secret=SECRET))
    assert seen.headers["authorization"] == f"Bearer {SECRET}"


def test_basic_user_and_password():
    seen = seen_with(AuthSpec("basic", name="bob", secret=SECRET))
    pair = base64.b64encode(f"bob:{SECRET}".encode()).decode()
    assert seen.headers["authorization"] == f"Basic {pair}"


def test_key_in_a_header():
    seen = seen_with(AuthSpec("header", name="X-Api-Key", secret=SECRET, prefix="Key "))
    assert seen.headers["x-api-key"] == f"Key {SECRET}"


def test_key_in_the_query():
    seen = seen_with(AuthSpec("query", name="api_key", secret=SECRET))
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(seen.path).query)
    assert query == {"page": ["1"], "api_key": [SECRET]}


def test_every_call_says_who_calls():
    assert seen_with(AuthSpec()).headers["user-agent"].startswith("odoo-dist-connector")


@pytest.mark.parametrize("scheme", ["bearer", "basic", "header", "query", "oauth2"])
def test_missing_credential_is_told_before_any_call(scheme):
    with pytest.raises(ConfigurationError, match="secret"):
        AuthSpec(scheme, name="x", token_url="https://x")


def test_credential_with_a_line_break_is_told_without_showing_it():
    with pytest.raises(ConfigurationError) as caught:
        AuthSpec("bearer", secret=f"{SECRET}\n")
    assert SECRET not in str(caught.value)


def test_refused_bearer_token_is_not_tried_twice():
    with (
        ScriptedServer(answer(401)) as partner,
        transport(partner.url, AuthSpec("bearer", secret=SECRET)) as rest,
    ):
        assert rest.call(question(partner.url)).status == 401
    assert len(partner.seen) == 1


# ------------------------------------------------------------------------- oauth2


def token(value: str, seconds: int = 3600):
    told = {"access_token": value, "expires_in": seconds, "token_type": "bearer"}
    return answer(200, json.dumps(told).encode())


def client(url: str, **extra) -> AuthSpec:
    return AuthSpec("oauth2", name="me", secret=SECRET, token_url=f"{url}/t", **extra)


def test_token_is_fetched_once_and_shared():
    with ScriptedServer(token("T1")) as tokens, ScriptedServer(answer()) as partner:
        for _run in range(2):
            with transport(partner.url, client(tokens.url, scope="orders")) as rest:
                rest.call(question(partner.url))
    assert len(tokens.seen) == 1
    assert tokens.seen[0].body == b"grant_type=client_credentials&scope=orders"
    assert tokens.seen[0].headers["authorization"].startswith("Basic ")
    assert [seen.headers["authorization"] for seen in partner.seen] == ["Bearer T1"] * 2


def test_client_can_be_shown_in_the_form():
    with (
        ScriptedServer(token("T1")) as tokens,
        ScriptedServer(answer()) as partner,
        transport(partner.url, client(tokens.url, client_auth="form")) as rest,
    ):
        rest.call(question(partner.url))
    form = urllib.parse.parse_qs(tokens.seen[0].body.decode())
    assert (form["client_id"], form["client_secret"]) == (["me"], [SECRET])


def test_refused_token_is_renewed_once_even_for_an_order():
    with (
        ScriptedServer(token("OLD"), token("NEW")) as tokens,
        ScriptedServer(answer(401), answer(201), answer(401)) as partner,
        transport(partner.url, client(tokens.url)) as rest,
    ):
        order = HttpRequest("POST", "/order", body=b"{}")
        assert rest.call(order).status == 201
        assert rest.call(order).status == 401
    told = [seen.headers["authorization"] for seen in partner.seen]
    assert told == ["Bearer OLD"] + ["Bearer NEW"] * 3


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (answer(401, b'{"error": "invalid_client"}'), ConfigurationError),
        (answer(200, b"<html>"), ConfigurationError),
        (answer(200, b'{"access_token": ""}'), ConfigurationError),
        (answer(503), TransientError),
        (answer(429, b"", Retry_After="9"), LimitError),
        (hang(1), TransientError),
        (reset, TransientError),
    ],
)
def test_order_without_a_token_never_leaves(behaviour, expected):
    with (
        ScriptedServer(behaviour) as tokens,
        ScriptedServer(answer()) as partner,
        transport(partner.url, client(tokens.url)) as rest,
        pytest.raises(expected) as caught,
    ):
        rest.call(HttpRequest("POST", "/order", body=b"{}"))
    assert type(caught.value) is expected
    assert partner.seen == []
    if expected is LimitError:
        assert caught.value.retry_after == 9


def test_token_is_renewed_before_it_ends():
    moment = [0.0]
    cache = TokenCache(clock=lambda: moment[0])
    cache.put("k", "T", 100)
    moment[0] = 69
    assert cache.get("k") == "T"
    moment[0] = 70
    assert cache.get("k") == ""


# ------------------------------------------------------------------------ silence


@pytest.mark.parametrize("behaviour", [hang(1), reset], ids=["silent", "reset"])
@pytest.mark.parametrize(
    "auth",
    [
        AuthSpec("bearer", secret=SECRET),
        AuthSpec("basic", name="bob", secret=SECRET),
        AuthSpec("query", name="api_key", secret=SECRET),
    ],
    ids=lambda auth: auth.scheme,
)
def test_no_secret_stands_in_an_error_or_its_traceback(auth, behaviour):
    with (
        ScriptedServer(behaviour) as partner,
        transport(partner.url, auth) as rest,
        pytest.raises(UnknownOutcomeError) as caught,
    ):
        rest.call(HttpRequest("POST", "/order", body=b"{}"))
    told = "".join(traceback.format_exception(caught.value)) + caught.value.next_step
    assert SECRET not in told
    assert urllib.parse.quote(SECRET, safe="") not in told
    assert base64.b64encode(f"bob:{SECRET}".encode()).decode() not in told
    assert SECRET not in repr(auth)
    assert partner.url in str(caught.value)


def test_key_in_the_query_of_a_call_that_never_left_is_not_told():
    """What lies below says "Max retries exceeded with url: /order?api_key=..."."""
    with ScriptedServer(answer()) as gone:
        url = gone.url
    with (
        transport(url, AuthSpec("query", name="api_key", secret="s3cret")) as rest,
        pytest.raises(TransientError) as caught,
    ):
        rest.call(question(f"{url}/order"))
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


def test_environment_of_the_server_changes_no_call(tmp_path, monkeypatch):
    """A .netrc would replace our proof, and a proxy would see it."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login eve password wrong\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    seen = seen_with(AuthSpec("bearer", secret=SECRET))
    assert seen.headers["authorization"] == f"Bearer {SECRET}"


@pytest.fixture(autouse=True)
def no_tokens():
    """Servers take new ports by chance, and an old one may come again."""
    yield
    TOKENS._tokens.clear()
