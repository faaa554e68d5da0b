"""Two live secrets: the partner may not know the new one yet."""

import json

from addons.dist_connector_base.core.wire import HttpRequest
from addons.dist_connector_base.transports.rest import (
    AuthSpec,
    RestSettings,
    RestTransport,
)
from tests.core.dist_connector_base.transports.scripted_server import (
    ScriptedServer,
    answer,
)

TWO = AuthSpec("bearer", secret="new-secret", previous="old-secret")


def local(partner: ScriptedServer) -> RestSettings:
    return RestSettings(partner.url, allow_private_network=True)


def called(partner: ScriptedServer) -> list[str]:
    return [request.headers["authorization"] for request in partner.seen]


def test_old_secret_is_taken_when_the_partner_refuses_the_new_one():
    order = HttpRequest("POST", "/order", body=b"{}")
    with (
        ScriptedServer(answer(401), answer(201), answer(201)) as partner,
        RestTransport(local(partner), TWO) as rest,
    ):
        assert rest.call(order).status == 201
        assert rest.call(order).status == 201
    assert called(partner) == [
        "Bearer new-secret",
        "Bearer old-secret",
        "Bearer old-secret",
    ]


def test_partner_that_refuses_both_is_asked_twice_and_no_more():
    with (
        ScriptedServer(answer(401), answer(401), answer(200)) as partner,
        RestTransport(local(partner), TWO) as rest,
    ):
        assert rest.call(HttpRequest("GET", "/x", safe=True)).status == 401
    assert len(partner.seen) == 2


def test_both_secrets_stay_hidden_after_the_change():
    with (
        ScriptedServer(answer(401), answer(200)) as partner,
        RestTransport(local(partner), TWO) as rest,
    ):
        rest.call(HttpRequest("GET", "/x", safe=True))
        assert {"new-secret", "old-secret"} <= set(rest.secrets())
        assert "new-secret" not in repr(TWO) and "old-secret" not in repr(TWO)


def test_token_service_that_does_not_know_the_new_secret_gets_the_old_one():
    token = json.dumps({"access_token": "t0ken-of-the-old-secret"}).encode()
    with ScriptedServer(answer(401), answer(200, token), answer(200)) as partner:
        spec = AuthSpec(
            "oauth2",
            name="me",
            secret="new-secret",
            previous="old-secret",
            token_url=f"{partner.url}/token",
            scope="orders stock",
        )
        with RestTransport(local(partner), spec) as rest:
            assert rest.call(HttpRequest("GET", "/x", safe=True)).status == 200
            assert "t0ken-of-the-old-secret" in rest.secrets()
    assert b"scope=orders+stock" in partner.seen[0].body
    assert called(partner)[0] != called(partner)[1], "another client secret"
    assert called(partner)[2] == "Bearer t0ken-of-the-old-secret"
