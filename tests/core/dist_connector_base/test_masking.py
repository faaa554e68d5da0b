"""What people may read of a call: its structure, no secret, no customer."""

import json
import time

import pytest

from addons.dist_connector_base.core import masking
from addons.dist_connector_base.core.masking import (
    DEFAULT,
    MASK,
    mask_body,
    mask_headers,
    mask_params,
    mask_request,
    mask_response,
    mask_url,
)
from addons.dist_connector_base.core.wire import HttpRequest, HttpResponse

ORDER = {
    "reference_id": "BOB-OUT-00012",
    "shipping_method": "Standard",
    "recipient": {
        "name": "Erika Muster",
        "address": {
            "address1": "Heidestr. 17",
            "city": "Köln",
            "zip_code": "51147",
            "country": "DE",
        },
        "email": "erika@example.com",
        "phone_number": "+49 221 123456",
    },
    "products": [{"reference_id": "SKU-001", "quantity": 3}],
    "tags": [{"name": "api_token", "note": "ask erika@example.com"}],
    "gift": False,
}
PERSONAL = ("Erika", "Heidestr", "erika@example.com", "123456")


def test_order_keeps_its_structure_and_loses_its_customer():
    masked = json.loads(mask_body(json.dumps(ORDER).encode()))
    assert masked["reference_id"] == "BOB-OUT-00012"
    assert masked["products"] == [{"reference_id": "SKU-001", "quantity": 3}]
    assert masked["recipient"]["name"] == MASK
    assert masked["recipient"]["address"]["city"] == "Köln"
    assert masked["recipient"].keys() == ORDER["recipient"].keys()
    assert masked["gift"] is False
    assert not any(word in json.dumps(masked) for word in PERSONAL)


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "X-Api-Key",
        "api_key",
        "Set-Cookie",
        "access_token",
        "client_secret",
        "X-Shopify-Hmac-Sha256",
        "webhook-signature",
        "sessionId",
    ],
)
def test_secrets_are_masked_by_their_name(name):
    assert mask_headers({name: "s3cret"}) == {name: MASK}
    assert mask_params({name: "s3cret"}) == {name: MASK}
    for hidden in ("s3cret", {"value": "s3cret"}, ["s3cret"], 12345):
        assert json.loads(mask_body(json.dumps({name: hidden}).encode()))[name] == MASK


def test_plain_headers_stay():
    headers = {"Content-Type": "application/json", "shipbob_channel_id": "100"}
    assert mask_headers(headers) == headers


def test_address_loses_user_key_and_customer():
    url = "https://bob:pw@h.example/o/1?api_key=s3cret&page=2&email=a%40b.example#x"
    assert mask_url(url) == "https://h.example/o/1?api_key=***&page=2&email=***"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("grant_type=x&client_secret=abc&a=1", "grant_type=x&client_secret=***&a=1"),
        (
            "<o><Email>a@b.example</Email><Qty>3</Qty></o>",
            "<o><Email>***</Email><Qty>3</Qty></o>",
        ),
        ('<o><n:Name x="1">Erika</n:Name></o>', '<o><n:Name x="1">***</n:Name></o>'),
        ("Call +49 221 123456 or a@b.example", "Call *** or ***"),
        ("token Bearer abcdef123456", "token Bearer ***"),
        ('password: "hunter 2"; ok: 1', "password: ***; ok: 1"),
        (
            "taken_at;sku\n2026-03-01 12:00:00;SKU-1",
            "taken_at;sku\n2026-03-01 12:00:00;SKU-1",
        ),
    ],
)
def test_text_that_is_no_json_is_masked_by_names_and_forms(text, masked):
    assert mask_body(text.encode()) == masked


def test_secret_in_an_unexpected_place_is_masked_by_its_value():
    request = HttpRequest(
        "POST",
        "https://h.example/keys/s3cret%2F1/order",
        headers={"X-Note": "s3cret/1"},
        params={"page": "1", "q": "s3cret/1"},
        body=b'{"note": "it is s3cret/1", "qty": 1}',
    )
    told = mask_request(request, secrets=["s3cret/1", ""])
    assert "s3cret" not in told
    assert told.startswith("POST https://h.example/keys/***/order\n?page=1\n")
    assert '"qty": 1' in told


def test_answer_is_kept_readable():
    response = HttpResponse(422, {}, b'{"errors": {"Recipient.Email": ["is bad"]}}')
    assert json.loads(mask_response(response)) == {
        "errors": {"Recipient.Email": ["is bad"]}
    }


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", ""),
        (b"\xff\xfe\x00", "3 bytes that are not UTF-8 text"),
        (b"a\x00b", "ab"),
        (b"x" * 50_000_000, "50,000,000 bytes, too many to show"),
        (b'\xef\xbb\xbf{"a": 1}', '{\n "a": 1\n}'),
    ],
)
def test_any_bytes_give_a_text_that_can_be_stored(body, told):
    assert mask_body(body) == told


def test_size_is_bounded_and_told():
    rows = json.dumps([{"sku": f"SKU-{number}"} for number in range(20_000)])
    told = mask_body(rows.encode())
    assert len(told) < DEFAULT.limit + 100
    assert told.endswith(" characters")


def test_deep_document_ends():
    deep = b"[" * 5000 + b"]" * 5000
    assert len(mask_body(deep)) < DEFAULT.limit + 100


@pytest.mark.parametrize(
    "piece", ["a" * 1000, "a.b-" * 250, "<a " * 300, "+1 (", "a@b."]
)
def test_hostile_text_costs_no_time(piece):
    body = (piece * (900_000 // len(piece))).encode()
    began = time.monotonic()
    mask_body(body)
    assert time.monotonic() - began < 1


def test_address_that_the_limit_cuts_through_is_not_shown():
    told = mask_body(b"client@example.org " * 4000)
    assert "client" not in told and "example" not in told


# -------------------------------------------------------------------------- rules


def ruled(*rules: tuple[str, str, str]) -> masking.Policy:
    return masking.Policy(rules=tuple(masking.Rule(*rule) for rule in rules), salt="s")


def shown(data, *rules):
    body = json.dumps(data).encode()
    return json.loads(masking.mask_body(body, ruled(*rules)))


def test_rule_masks_what_a_partner_calls_by_its_own_name():
    data = {"Empfang": "Ada", "sku": "A-1"}
    assert shown(data, ("field", "empf*", "mask")) == {
        "Empfang": "***",
        "sku": "A-1",
    }


def test_rule_for_a_path_reaches_into_lists_and_leaves_the_same_name_elsewhere():
    data = {"lines": [{"note": "for Ada"}], "note": "two boxes"}
    assert shown(data, ("path", "lines.note", "mask")) == {
        "lines": [{"note": "***"}],
        "note": "two boxes",
    }


def test_rule_that_masks_a_path_masks_all_below_it():
    assert shown({"who": {"a": 1}}, ("path", "who", "mask")) == {"who": "***"}


def test_last_four_characters_stay_of_a_long_value_only():
    data = {"iban": "DE02120300000000202051", "phone": "1234567"}
    rules = [("field", "iban", "last4"), ("field", "phone", "last4")]
    assert shown(data, *rules) == {"iban": "***2051", "phone": "***"}


def test_hash_is_shared_by_equal_values_and_by_no_other():
    data = [{"name": "Ada"}, {"name": "Ada"}, {"name": "Bob"}]
    one, two, three = shown(data, ("field", "name", "hash"))
    assert one == two != three
    assert one["name"].startswith("#") and "Ada" not in one["name"]


def test_product_name_can_be_shown_but_a_secret_cannot():
    data = {"product": {"name": "Bolt"}, "name": "Ada", "api_token": "s3cret"}
    rules = [("path", "product.name", "show"), ("field", "api_token", "show")]
    assert shown(data, *rules) == {
        "product": {"name": "Bolt"},
        "name": "***",
        "api_token": "***",
    }


def test_header_rule_and_rules_in_xml_and_forms():
    policy = ruled(("header", "x-who", "mask"), ("field", "empfang", "mask"))
    assert masking.mask_headers({"X-Who": "Ada", "X-Id": "1"}, policy) == {
        "X-Who": "***",
        "X-Id": "1",
    }
    assert masking.mask_body(b"<a><empfang>Ada</empfang></a>", policy) == (
        "<a><empfang>***</empfang></a>"
    )
    assert masking.mask_body(b"empfang=Ada&b=2", policy) == "empfang=***&b=2"


def test_partners_own_words_lose_the_customer_they_quote():
    document = {"ship_to": {"name": "Ada Lovelace", "address": {"city": "Ulm"}}}
    text = masking.mask_text(
        "ADA LOVELACE, call +49 731 123456 or ada@example.com: key k3y-of-ours",
        secrets=["k3y-of-ours"],
        personal=masking.personal_values(document),
    )
    assert text == "***, call *** or ***: key ***"
