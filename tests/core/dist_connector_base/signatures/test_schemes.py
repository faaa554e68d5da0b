"""Each partner's way to prove a webhook, against signatures made without our code."""

import base64
import hashlib
import hmac
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from addons.dist_connector_base.core.errors import (
    ConfigurationError,
    DataError,
    SecurityError,
)
from addons.dist_connector_base.core.profile import ProfileError, load_profile
from addons.dist_connector_base.core.signatures import (
    BAD_SIGNATURE,
    MISSING_HEADER,
    SCHEMES,
    STALE_TIMESTAMP,
    UNKNOWN_KEY,
    UNTRUSTED_PROXY,
    SignatureRefused,
    is_trusted,
    make_scheme,
    read_jwks,
    sign,
    verify,
)

BODY = '{"id": 7, "town": "Köln"}'.encode()
NOW = 1_780_000_000.0
OLD, NEW = "the old word", "the new word"


def hmac64(secret: str, body: bytes = BODY) -> str:
    return base64.b64encode(
        hmac.new(secret.encode(), body, hashlib.sha256).digest()
    ).decode()


def reason(scheme, headers, body=BODY, secrets=(NEW,), now=NOW, **proof) -> str:
    with pytest.raises(SecurityError) as caught:
        verify(scheme, headers, body, secrets, now=now, **proof)
    assert isinstance(caught.value, SignatureRefused)
    return caught.value.reason


def test_eight_schemes_are_known_by_name():
    assert set(SCHEMES) == {
        "standard_webhooks",
        "shopify",
        "woocommerce",
        "shiphero",
        "xero",
        "shipstation",
        "static_token",
        "client_certificate",
    }


# --------------------------------------------------- shops that sign the raw body

SHOPS = {
    "shopify": (
        "X-Shopify-Hmac-Sha256",
        {
            "X-Shopify-Webhook-Id": "delivery-1",
            "X-Shopify-Event-Id": "event-1",
            "X-Shopify-Triggered-At": "2026-05-28T20:26:40.000000000Z",
        },
        "event-1",
    ),
    "woocommerce": (
        "X-WC-Webhook-Signature",
        {"X-WC-Webhook-Delivery-ID": "d-1"},
        "d-1",
    ),
    "shiphero": ("x-shiphero-hmac-sha256", {"X-Shiphero-Message-ID": "m-1"}, "m-1"),
    "xero": ("x-xero-signature", {}, ""),
}


@pytest.mark.parametrize("name", SHOPS)
def test_raw_body_signed_by_either_live_secret_is_taken(name):
    header, others, delivery = SHOPS[name]
    for index, secret in enumerate((NEW, OLD)):
        headers = {header: hmac64(secret), **others}
        accepted = verify(name, headers, BODY, [NEW, OLD], now=NOW)
        assert accepted == (delivery, index)


@pytest.mark.parametrize("name", SHOPS)
def test_another_body_secret_or_no_signature_is_refused(name):
    header, others, _delivery = SHOPS[name]
    good = {header: hmac64(NEW), **others}
    assert reason(name, good, body=BODY + b" ") == BAD_SIGNATURE
    assert reason(name, {**good, header: hmac64(OLD)}) == BAD_SIGNATURE
    assert reason(name, others) == MISSING_HEADER


def test_shopify_event_from_yesterday_is_refused():
    header, others, _delivery = SHOPS["shopify"]
    headers = {header: hmac64(NEW), **others}
    assert verify("shopify", headers, BODY, [NEW], now=NOW + 4 * 3600)
    assert reason("shopify", headers, now=NOW + 86_400) == STALE_TIMESTAMP


def test_xero_known_answer_is_answered_with_200():
    """Made with OpenSSL: printf '{"events":[]}' | openssl dgst -sha256 -hmac key."""
    headers = {"x-xero-signature": "Qrz9n8NSnnBLDlKIZEhYxzL4J+L5wKUqtKk3FuhGKW0="}
    assert verify("xero", headers, b'{"events":[]}', ["key"], now=0)
    assert SCHEMES["xero"].answer == 200


# -------------------------------------------------------------- the partner's keys


@pytest.fixture(scope="module")
def private_keys():
    return {
        name: rsa.generate_private_key(public_exponent=65537, key_size=2048)
        for name in ("k1", "k2")
    }


def number64(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def jwk(name: str, key, **values) -> dict:
    told = key.public_key().public_numbers()
    return {
        "kty": "RSA",
        "use": "sig",
        "kid": name,
        "n": number64(told.n),
        "e": number64(told.e),
        **values,
    }


@pytest.fixture(scope="module")
def jwks(private_keys):
    return json.dumps({"keys": [jwk(n, k) for n, k in private_keys.items()]})


def shipstation(key, key_id: str, stamp: str = str(int(NOW)), body=BODY) -> dict:
    signature = key.sign(
        stamp.encode() + b"." + body, padding.PKCS1v15(), hashes.SHA256()
    )
    return {
        "X-ShipEngine-RSA-SHA256-Signature": base64.b64encode(signature).decode(),
        "X-ShipEngine-RSA-SHA256-Key-ID": key_id,
        "X-ShipEngine-Timestamp": stamp,
    }


@pytest.mark.parametrize(
    "stamp", [str(int(NOW)), str(int(NOW * 1000)), "2026-05-28T20:26:40Z"]
)
def test_partner_that_signs_with_a_listed_key_is_taken(private_keys, jwks, stamp):
    keys = read_jwks(jwks)
    headers = shipstation(private_keys["k2"], "k2", stamp)
    assert verify("shipstation", headers, BODY, [], now=NOW, keys=keys)[1] == 1


def test_signature_of_another_key_body_or_time_is_refused(private_keys, jwks):
    keys = read_jwks(jwks)
    wrong = shipstation(private_keys["k1"], "k2")
    assert reason("shipstation", wrong, keys=keys) == BAD_SIGNATURE
    good = shipstation(private_keys["k1"], "k1")
    assert reason("shipstation", good, b"{}", keys=keys) == BAD_SIGNATURE
    moved = {**good, "X-ShipEngine-Timestamp": str(int(NOW) + 1)}
    assert reason("shipstation", moved, keys=keys) == BAD_SIGNATURE
    assert reason("shipstation", good, keys=keys, now=NOW + 301) == STALE_TIMESTAMP
    broken = {**good, "X-ShipEngine-RSA-SHA256-Signature": "no*base64"}
    assert reason("shipstation", broken, keys=keys) == BAD_SIGNATURE


def test_key_that_the_partner_does_not_list_is_told_apart(private_keys, jwks):
    headers = shipstation(private_keys["k1"], "k9")
    assert reason("shipstation", headers, keys=read_jwks(jwks)) == UNKNOWN_KEY
    assert reason("shipstation", headers, keys=()) == UNKNOWN_KEY


def test_short_and_foreign_keys_are_left_out(private_keys):
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    entries = [
        jwk("short", short),
        jwk("for encryption", private_keys["k1"], use="enc"),
        {"kty": "EC", "kid": "curve"},
        jwk("good", private_keys["k2"]),
    ]
    assert [k.key_id for k in read_jwks(json.dumps({"keys": entries}))] == ["good"]
    with pytest.raises(DataError, match="no RSA key"):
        read_jwks(json.dumps({"keys": entries[:3]}))
    for text in ("<html>", "[]", '{"keys": [7]}', '{"keys": [{"kty": "RSA"}]}'):
        with pytest.raises(DataError):
            read_jwks(text)


# ------------------------------------------------------- token, proxy, unsigned


def test_fixed_word_is_taken_while_it_is_changed_over():
    assert verify("static_token", {"x-auth-token": OLD}, BODY, [NEW, OLD], now=0)[1]
    assert reason("static_token", {"X-Auth-Token": "word"}) == BAD_SIGNATURE
    assert reason("static_token", {}) == MISSING_HEADER
    with pytest.raises(ConfigurationError):
        verify(
            "static_token", {"X-Auth-Token": ""} | {"X-Auth-Token": "x"}, b"", [], now=0
        )
    bearer = make_scheme("token", {"header": "Authorization", "prefix": "Bearer "})
    assert verify(bearer, {"authorization": f"Bearer {NEW}"}, BODY, [NEW], now=0)
    assert reason(bearer, {"authorization": NEW}) == BAD_SIGNATURE


def test_certificate_is_believed_from_our_own_proxy_alone():
    headers = {"X-SSL-Client-Verify": "SUCCESS", "X-SSL-Client-Fingerprint": "ab12cd"}
    secrets = ["00:11:22", "AB:12:CD"]
    accepted = verify(
        "client_certificate", headers, BODY, secrets, now=0, trusted_proxy=True
    )
    assert accepted.secret_index == 1
    told = {"secrets": secrets, "trusted_proxy": True}
    assert reason("client_certificate", headers, secrets=secrets) == UNTRUSTED_PROXY
    failed = {**headers, "X-SSL-Client-Verify": "FAILED:expired"}
    assert reason("client_certificate", failed, **told) == BAD_SIGNATURE
    other = {**headers, "X-SSL-Client-Fingerprint": "ffffff"}
    assert reason("client_certificate", other, **told) == BAD_SIGNATURE


@pytest.mark.parametrize(
    ("peer", "proxies", "ours"),
    [
        ("10.0.0.7", "10.0.0.0/24", True),
        ("::ffff:10.0.0.7", "10.0.0.0/24, ::1", True),
        ("10.0.1.7", "10.0.0.0/24 127.0.0.1", False),
        ("127.0.0.1", "", False),
        ("", "0.0.0.0/0", False),
    ],
)
def test_trusted_proxies_are_addresses_and_networks(peer, proxies, ours):
    assert is_trusted(peer, proxies) is ours
    with pytest.raises(ConfigurationError, match="trusted proxies"):
        is_trusted("127.0.0.1", "proxy.example")


# ---------------------------------------------------------- a ninth, as data alone

NINTH = """
profile: pier
version: "1"
title: Pier nine
transport: rest
base_url: https://pier.example
operations:
  get_shipment: {method: GET, path: "/shipments/{id}", safe: true}
webhook:
  credential: hook
  signature: SIGNATURE
  topic: {always: shipped}
flows:
  shipment_confirmation:
    direction: in
    webhook: [shipped]
    map:
      confirmation_key: id
      request_key: order
      shipped_at: at
      lines: {each: lines, map: {sku: sku, quantity: quantity}}
"""


def profile(signature: str, text: str = NINTH):
    return load_profile(text.replace("SIGNATURE", signature))


def test_profile_states_a_scheme_nobody_here_knows():
    """Time and signatures share a header, and what is signed has a text of its own."""
    scheme = profile(
        '{scheme: hmac, header: X-Pier, part: v1, signed: "v0:{timestamp}:{body}", '
        "timestamp_header: X-Pier, timestamp_part: t, tolerance: 60}"
    ).webhook.scheme
    stamp = str(int(NOW))
    good = hmac.new(NEW.encode(), f"v0:{stamp}:".encode() + BODY, "sha256").hexdigest()
    headers = {"x-pier": f"t={stamp}, v1={'0' * 64},v1={good}"}
    assert verify(scheme, headers, BODY, [NEW], now=NOW + 60)
    assert reason(scheme, headers, now=NOW + 61) == STALE_TIMESTAMP
    assert reason(scheme, {"x-pier": f"t={stamp},v0={good}"}) == BAD_SIGNATURE
    ours = sign(scheme, BODY, NEW, timestamp=NOW)
    assert verify(scheme, ours, BODY, [NEW], now=NOW)


def test_known_scheme_with_one_thing_otherwise():
    scheme = profile("{scheme: static_token, header: X-Mint-Key}").webhook.scheme
    assert verify(scheme, {"X-Mint-Key": NEW}, BODY, [NEW], now=0)


@pytest.mark.parametrize(
    ("signature", "words"),
    [
        ("{scheme: hope}", "no webhook scheme"),
        ("{scheme: hmac}", "no header"),
        ("{scheme: hmac, header: X, signed: '{timestamp}'}", "protects nothing"),
        ("{scheme: hmac, header: X, signed: '{id}{body}'}", "header for it"),
        ("{scheme: shipstation}", "public keys"),
        ("{scheme: certificate, header: X}", "how the proxy tells"),
        ("{scheme: token, header: X, tolerance: 0}", "above zero"),
        ("{scheme: unsigned}", "needs fetch"),
    ],
)
def test_scheme_that_proves_nothing_is_a_fault_of_the_profile(signature, words):
    with pytest.raises(ProfileError) as caught:
        profile(signature)
    assert words in str(caught.value)


def test_secret_scheme_without_a_credential_is_refused():
    with pytest.raises(ProfileError, match="credential"):
        profile("{scheme: xero}", NINTH.replace("  credential: hook\n", ""))


def test_unsigned_post_may_only_say_what_to_fetch():
    text = NINTH.replace(
        "webhook: [shipped]", "webhook: {topics: [shipped], fetch: get_shipment}"
    )
    assert profile("{scheme: unsigned}", text).webhook.scheme.kind == "unsigned"
    with pytest.raises(ProfileError, match="safe: true"):
        profile("{scheme: unsigned}", text.replace(", safe: true", ""))
    with pytest.raises(ProfileError, match="not an operation"):
        profile("{scheme: unsigned}", text.replace("fetch: get", "fetch: got"))
