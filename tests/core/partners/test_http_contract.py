"""Both sides of the HTTP partner are held against the vendor's contract file."""

import pytest
import requests

from tests.partners.client import HttpPartner, PartnerError
from tests.partners.contract import Contract, find_contract

needs_contract = pytest.mark.skipif(
    find_contract() is None, reason="the vendor's contract file is not here"
)


@needs_contract
def test_contract_is_checked_at_run_time(http_partner):
    assert http_partner.ledger()["contract"] == "checked"


@needs_contract
@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda order: order.pop("shipping_method"), "shipping_method"),
        (lambda order: order["products"][0].update(quantity="2"), "$.products[0]"),
        (lambda order: order.update(purchase_date="tomorrow"), "$.purchase_date"),
        (lambda order: order.update(type="RETAIL"), "$.type"),
    ],
)
def test_request_that_breaks_the_contract_is_noticed(caller, spoil, place):
    order = caller.order("C-1", {"C-1": 2})
    spoil(order)
    operation = ("POST", "/2026-01/order", {}, {"shipbob_channel_id": "1"})
    faults = Contract(find_contract()).request_faults(*operation, order)
    assert [fault for fault in faults if place in fault]


@needs_contract
def test_violations_of_the_caller_are_counted_at_run_time(http_partner):
    before = len(http_partner.violations())
    answer = requests.get(
        f"{http_partner.base_url}/2026-01/order",
        params={"ReferenceId": "typo"},
        headers={"Authorization": f"Bearer {http_partner.token}"},
        timeout=5,
    )
    assert answer.status_code == 200
    [violation] = http_partner.violations()[before:]
    assert violation["place"] == "request GET /2026-01/order"
    assert "ReferenceId" in violation["message"]


@needs_contract
def test_answer_that_breaks_the_contract_is_noticed():
    contract = Contract(find_contract())
    operation = ("GET", "/2026-01/order/7/shipment", 200)
    assert contract.answer_faults(*operation, [{"id": 1, "status": "Completed"}]) == []
    assert contract.answer_faults(*operation, [{"id": 1, "status": "Shipped"}]) != []
    assert contract.answer_faults("GET", "/2026-01/order", 418, None) != []


def test_wrong_token_and_missing_channel_are_refused(http_partner, caller):
    url = f"{http_partner.base_url}/2026-01/order"
    wrong = requests.get(url, headers={"Authorization": "Bearer no"}, timeout=5)
    assert (wrong.status_code, wrong.content) == (401, b"")
    foreign = caller.call("GET", "/order", headers={"shipbob_channel_id": "99"})
    assert foreign.status_code == 403
    order = caller.order("C-2", {"C-1": 1})
    del caller.session.headers["shipbob_channel_id"]
    before = len(http_partner.violations())
    answer = caller.call("POST", "/order", json=order)
    assert answer.status_code == 400
    assert "shipbob_channel_id" in answer.json()
    if find_contract():
        assert len(http_partner.violations()) == before + 1


def test_body_that_is_no_json_is_refused(http_partner, caller):
    answer = caller.call("POST", "/order", data=b'{"reference_id": ')
    assert answer.status_code == 400


def test_killed_partner_comes_back_with_its_books(tmp_path):
    with HttpPartner.start(tmp_path / "state", delay=30) as partner:
        url = f"{partner.base_url}/2026-01/order"
        headers = {
            "Authorization": f"Bearer {partner.token}",
            "shipbob_channel_id": partner.channel,
        }
        address = {"address1": "1 Road", "city": "X", "zip_code": "1", "country": "IE"}
        order = {
            "reference_id": "K-1",
            "type": "DTC",
            "shipping_method": "Ground",
            "recipient": {"name": "N", "address": address},
            "products": [{"reference_id": "K", "name": "K", "quantity": 2}],
        }
        partner.stock({"K": 2})
        answer = requests.post(url, json=order, headers=headers, timeout=5)
        assert answer.status_code == 201
        books, address_before = partner.books(), partner.base_url
        partner.kill()
        partner.restart()
        assert (partner.books(), partner.base_url) == (books, address_before)
        partner.tick()
        partner.tick()
        [shipment] = partner.books()["K-1"]["shipments"]
        assert shipment["lines"] == {"K": {"sku": "K", "quantity": "2", "lots": {}}}


def test_unknown_fault_or_setting_is_refused(http_partner):
    with pytest.raises(PartnerError, match="no fault 'hiccup'"):
        http_partner.fault("hiccup")
    with pytest.raises(PartnerError, match="no such setting"):
        http_partner.settings(sped=1)
