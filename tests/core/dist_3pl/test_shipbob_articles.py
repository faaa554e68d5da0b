"""Products at ShipBob: made once, found by their SKU, changed in place."""

import json
from urllib.parse import urlsplit

import pytest

from addons.dist_connector_base.core.canonical import Article
from addons.dist_connector_base.core.profile import judge, judge_look_up
from addons.dist_connector_base.core.wire import Found, Outcome

from .shipbob import answer, faults


def article(**values):
    content = {
        "article_key": "SKU-005#a1b2",
        "sku": "SKU-005",
        "name": "Green tea",
        "gtin": "04012345678901",
        "tracking": "lot",
        "expiry": True,
        "weight_kg": "0.5",
        "packs": [{"unit": "CS", "quantity": 12, "gtin": "14012345678908"}],
    }
    return Article.parse({**content, **values})


def product(number=61, *variants, **values):
    content = {
        "id": number,
        "name": "Green tea",
        "type": "Regular",
        "user_id": 1,
        "created_on": "2026-03-09T10:00:00Z",
        "variants": list(variants) or [variant()],
    }
    return {**content, **values}


def variant(number=62, sku="SKU-005"):
    return {
        "id": number,
        "sku": sku,
        "name": sku,
        "status": "Active",
        "is_digital": False,
        "is_image_uploaded": False,
        "created_on": "2026-03-09T10:00:00Z",
        "barcodes": [],
        "channel_metadata": [],
    }


def sent(bob, document):
    """Give the call by which a document leaves."""
    return bob.build(bob.profile.flows["article"].sent_by(document), document)


def test_a_product_keeps_to_the_contract(contract, bob):
    bare = article(gtin=None, weight_kg=None, tracking="none", packs=[])
    for document in (article(), bare, article(tracking="serial")):
        for told in (document, document.model_copy(update={"remote_id": "61-62"})):
            assert faults(contract, sent(bob, told)) == []


def test_the_contract_would_see_a_wrong_product(contract, bob):
    wrong = bob.build("create_article", article())
    body = json.loads(wrong.body)
    body["variants"][0]["weight"] = "heavy"
    path = urlsplit(wrong.url).path
    found = contract.request_faults("POST", path, {}, {}, body)
    assert any("weight" in fault for fault in found)


def test_the_sample_product_is_one_of_the_contract(contract):
    name = "Products.ProductViewModelV5PagedResponse"
    assert contract.schema_faults(name, {"items": [product()]}) == []


def test_a_product_is_told_with_barcode_lots_and_weight(bob):
    request = sent(bob, article())
    assert (request.method, urlsplit(request.url).path) == ("POST", "/2026-01/product")
    body = json.loads(request.body)
    (told,) = body["variants"]
    assert (body["name"], body["type_id"], told["sku"]) == ("Green tea", 1, "SKU-005")
    # a case that is scanned would be counted as one each
    assert told["barcodes"] == [{"value": "04012345678901"}]
    assert told["weight"] == 17.64
    assert told["lot_information"] == {"is_lot": True}
    serial = json.loads(sent(bob, article(tracking="serial")).body)["variants"][0]
    assert serial["fulfillment_settings"]["serial_scan"] == {"is_enabled": True}
    assert serial["lot_information"] == {"is_lot": False}


def test_a_kit_is_never_told_as_a_product_of_its_own(contract, bob):
    kit = article(components=[{"sku": "SKU-001", "quantity": 2}], tracking="none")
    for document in (kit, kit.model_copy(update={"remote_id": "61-62"})):
        request = sent(bob, document)
        assert json.loads(request.body)["type_id"] == 2
        assert faults(contract, request) == []
    operation = bob.profile.operations["create_article"]
    refused = answer(422, {"bundle_definition": ["A bundle needs its parts."]})
    assert judge(operation, refused).outcome is Outcome.REJECTED


def test_a_product_that_shipbob_has_is_changed_in_place(bob):
    request = sent(bob, article(remote_id="61-62", name="Green tea, loose"))
    assert (request.method, urlsplit(request.url).path) == (
        "PATCH",
        "/2026-01/product/61",
    )
    body = json.loads(request.body)
    assert (body["id"], body["name"]) == (61, "Green tea, loose")
    assert (body["variants"][0]["id"], body["variants"][0]["sku"]) == (62, "SKU-005")
    assert request.safe is True, "asked twice, it is the same product"


@pytest.mark.parametrize(
    ("status", "content", "outcome"),
    [
        (201, product(), Outcome.ACCEPTED),
        (422, {"sku": ["A variant with SKU X already exists."]}, Outcome.DUPLICATE),
        (409, {"errors": ["SKU already exists"]}, Outcome.DUPLICATE),
        (422, {"variants": ["The name is required."]}, Outcome.REJECTED),
        (500, None, Outcome.UNKNOWN),
    ],
)
def test_answers_to_a_product(bob, status, content, outcome):
    verdict = judge(bob.profile.operations["create_article"], answer(status, content))
    assert verdict.outcome is outcome
    if outcome is Outcome.ACCEPTED:
        assert verdict.remote_id == "61-62"
    if outcome is Outcome.REJECTED:
        assert verdict.message == "variants: The name is required."


@pytest.mark.parametrize(
    ("products", "expected", "number"),
    [
        ([product()], Found.FOUND, "61-62"),
        ([product(61, variant(sku="SKU-0051")), product(63)], Found.FOUND, "63-62"),
        ([product(61, variant(1, "OTHER"), variant(2))], Found.FOUND, ""),
        ([product(61, variant(sku="SKU-0051"))], Found.ABSENT, None),
        ([], Found.ABSENT, None),
        ([product(), product(63)], Found.CANNOT_TELL, None),
    ],
    ids=["alone", "among others", "as one of several variants", "other", "none", "two"],
)
def test_a_product_is_looked_up_by_its_sku(contract, bob, products, expected, number):
    request = bob.build("find_article", article())
    assert request.params == {"SKU": "SKU-005"}
    assert faults(contract, request) == []
    found = judge_look_up(
        bob.profile.operations["find_article"],
        answer(200, {"items": products, "next": None}),
        article(),
        bob.ctx,
    )
    assert found.answer is expected
    if expected is Found.FOUND:
        assert found.verdict.remote_id == number
