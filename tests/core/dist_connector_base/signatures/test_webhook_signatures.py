"""Who may post: our signatures against an independent implementation, and forgeries."""

import base64
import datetime as dt
import hashlib
import hmac
import time

import pytest
import standardwebhooks

from addons.dist_connector_base.core.errors import ConfigurationError, SecurityError
from addons.dist_connector_base.core.signatures import (
    BAD_SIGNATURE,
    MISSING_HEADER,
    STALE_TIMESTAMP,
    STANDARD_WEBHOOKS,
    Scheme,
    SignatureRefused,
    plain_hmac,
    sign,
    verify,
)

OLD = "whsec_" + base64.b64encode(b"the old secret of the partner...").decode()
NEW = "whsec_" + base64.b64encode(b"the new secret of the partner...").decode()
BODY = '{"id": 7, "status": "Completed", "carrier": "Größe"}'.encode()
NOW = float(int(time.time()))  # the independent package reads the clock itself


def their_headers(secret: str = NEW, sent: float = NOW) -> dict[str, str]:
    """What the independent package signs."""
    moment = dt.datetime.fromtimestamp(sent, dt.timezone.utc)
    hook = standardwebhooks.Webhook(secret)
    return {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(sent)),
        "Webhook-Signature": hook.sign("msg_1", moment, BODY.decode()),
    }


def refused(scheme, headers, body=BODY, secrets=(NEW,), now=NOW) -> SignatureRefused:
    with pytest.raises(SecurityError) as caught:
        verify(scheme, headers, body, secrets, now=now)
    assert isinstance(caught.value, SignatureRefused)
    return caught.value


# -------------------------------------------------------------- Standard Webhooks


def test_their_signature_is_accepted_with_the_delivery_id():
    accepted = verify(STANDARD_WEBHOOKS, their_headers(), BODY, [NEW], now=NOW)
    assert accepted == ("msg_1", 0)


def test_our_signature_is_accepted_by_them():
    headers = sign(
        STANDARD_WEBHOOKS, BODY, NEW, delivery_id="msg_2", timestamp=NOW + 0.7
    )
    assert standardwebhooks.Webhook(NEW).verify(BODY, headers)["id"] == 7


def test_scheme_is_found_by_its_name():
    assert verify("standard_webhooks", their_headers(), BODY, [NEW], now=NOW)[0]
    with pytest.raises(ConfigurationError, match="no webhook scheme 'hope'"):
        verify("hope", their_headers(), BODY, [NEW], now=NOW)


def test_both_secrets_hold_while_one_replaces_the_other():
    accepted = verify(STANDARD_WEBHOOKS, their_headers(OLD), BODY, [NEW, OLD], now=NOW)
    assert accepted.secret_index == 1


def test_retired_secret_does_not_hold():
    assert refused(STANDARD_WEBHOOKS, their_headers(OLD)).reason == BAD_SIGNATURE


def test_one_good_signature_among_several_is_enough():
    headers = their_headers()
    other = their_headers(OLD)["Webhook-Signature"]
    headers["Webhook-Signature"] = f"v1a,xx {other} {headers['Webhook-Signature']}"
    assert (
        verify(STANDARD_WEBHOOKS, headers, BODY, [NEW], now=NOW).delivery_id == "msg_1"
    )


@pytest.mark.parametrize("age", [300, -300])
def test_post_within_five_minutes_is_taken(age):
    headers = their_headers(sent=NOW - age)
    assert verify(STANDARD_WEBHOOKS, headers, BODY, [NEW], now=NOW).delivery_id


@pytest.mark.parametrize("age", [301, -301])
def test_old_post_and_one_from_the_future_are_refused(age):
    error = refused(STANDARD_WEBHOOKS, their_headers(sent=NOW - age))
    assert error.reason == STALE_TIMESTAMP


@pytest.mark.parametrize("stamp", ["nan", "inf", "now", "1e99", "-1"])
def test_strange_time_is_refused_even_when_signed(stamp):
    key = base64.b64decode(NEW.removeprefix("whsec_"))
    content = f"m.{stamp}.".encode() + BODY
    digest = hmac.new(key, content, hashlib.sha256).digest()
    headers = {
        "webhook-id": "m",
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
    assert refused(STANDARD_WEBHOOKS, headers).reason == STALE_TIMESTAMP


@pytest.mark.parametrize(
    "name", ["Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"]
)
def test_missing_header_is_named(name):
    headers = their_headers()
    del headers[name]
    error = refused(STANDARD_WEBHOOKS, headers)
    assert (error.reason, error.path) == (MISSING_HEADER, name.lower())


@pytest.mark.parametrize(
    "change",
    [
        {"body": BODY + b" "},
        {"body": BODY.replace(b"7", b"8")},
        {"id": "msg_2"},
        {"stamp": str(int(NOW) + 1)},
        {"signature": "v1,"},
        {"signature": "v2,{}"},
        {"signature": "{}"},
        {"signature": "v1,\udcff"},
    ],
    ids=str,
)
def test_nothing_signed_can_be_changed(change):
    headers = their_headers()
    good = headers["Webhook-Signature"].removeprefix("v1,")
    headers["Webhook-Id"] = change.get("id", headers["Webhook-Id"])
    headers["Webhook-Timestamp"] = change.get("stamp", headers["Webhook-Timestamp"])
    headers["Webhook-Signature"] = change.get("signature", "v1,{}").format(good)
    error = refused(STANDARD_WEBHOOKS, headers, change.get("body", BODY))
    assert error.reason == BAD_SIGNATURE


def test_refusal_tells_nothing_a_forger_could_use():
    headers = their_headers(OLD)
    error = refused(STANDARD_WEBHOOKS, headers)
    told = f"{error} {error.next_step} {error!r}"
    right = their_headers(NEW)["Webhook-Signature"].removeprefix("v1,")
    for secret in (NEW, right, headers["Webhook-Signature"], "msg_1", "Completed"):
        assert secret not in told


@pytest.mark.parametrize("secrets", [[], ["whsec_"], ["whsec_no*base64"]])
def test_backend_without_a_usable_secret_takes_nothing(secrets):
    with pytest.raises(ConfigurationError):
        verify(STANDARD_WEBHOOKS, their_headers(), BODY, secrets, now=NOW)


# ---------------------------------------------------------------------- plain HMAC


def digest(secret: str, algorithm: str = "sha256") -> bytes:
    return hmac.new(secret.encode(), BODY, algorithm).digest()


@pytest.mark.parametrize(
    ("scheme", "value"),
    [
        (plain_hmac("X-Sign"), digest("s").hex()),
        (plain_hmac("X-Sign"), digest("s").hex().upper()),
        (plain_hmac("X-Sign", prefix="sha256="), "sha256=" + digest("s").hex()),
        (plain_hmac("X-Sign", algorithm="sha1"), digest("s", "sha1").hex()),
        (
            plain_hmac("X-Sign", algorithm="sha512", encoding="base64"),
            base64.b64encode(digest("s", "sha512")).decode(),
        ),
    ],
)
def test_hmac_as_the_partner_writes_it(scheme, value):
    accepted = verify(scheme, {"x-sign": value}, BODY, ["other", "s"], now=0)
    assert accepted == ("", 1)
    wrong = {"x-sign": value[:-4] + "0000"}
    assert refused(scheme, wrong, secrets=["s"]).reason == BAD_SIGNATURE


def test_hmac_known_answer():
    """RFC 4231, test case 2."""
    body = b"what do ya want for nothing?"
    known = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert sign(plain_hmac("X"), body, "Jefe") == {"X": known}
    assert verify(plain_hmac("X"), {"X": known}, body, ["Jefe"], now=0)


def test_shop_with_delivery_id_and_time_in_headers():
    scheme = plain_hmac(
        "X-Shop-Hmac",
        encoding="base64",
        id_header="X-Shop-Webhook-Id",
        timestamp_header="X-Shop-Triggered-At",
        tolerance=3600,
    )
    headers = {
        "X-Shop-Hmac": base64.b64encode(digest("s")).decode(),
        "X-Shop-Webhook-Id": "d-1",
        "X-Shop-Triggered-At": "2026-03-01T12:00:00.5Z",
    }
    noon = dt.datetime(2026, 3, 1, 12, tzinfo=dt.timezone.utc).timestamp()
    assert verify(scheme, headers, BODY, ["s"], now=noon + 3600).delivery_id == "d-1"
    late = refused(scheme, headers, secrets=["s"], now=noon + 3602)
    assert late.reason == STALE_TIMESTAMP


def test_signature_of_one_header_alone_is_not_taken_for_the_body():
    with pytest.raises(ValueError, match="protects nothing"):
        Scheme(header="X", signed="{timestamp}", timestamp_header="T")
    with pytest.raises(ValueError, match="names no header"):
        Scheme(header="X", signed="{id}.{body}")
