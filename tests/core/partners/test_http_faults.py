"""The 3PL over HTTP misbehaves on request, and its books stay true."""

import base64
import hashlib
import hmac
import time

import pytest
import requests


def signature_fits(item, secret):
    """Tell whether the signature is the key's over id, timestamp and raw body."""
    headers = item["headers"]
    told = f"{headers['webhook-id']}.{headers['webhook-timestamp']}."
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, told.encode() + item["raw"], hashlib.sha256).digest()
    return headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


@pytest.mark.parametrize("status", [500, 503, 429])
def test_refused_call_leaves_nothing_behind(http_partner, customer, status):
    http_partner.fault(f"answer_{status}", match={"method": "POST"}, seconds=3)
    answer = customer.create(f"F-{status}", {"B-1": 1})
    assert answer.status_code == status
    if status != 500:
        assert answer.headers["Retry-After"] == "3"
    assert customer.look_up(f"F-{status}") == []


def test_lost_answer_means_that_the_order_is_there(http_partner, customer):
    http_partner.fault("drop_answer", match={"method": "POST"})
    with pytest.raises(requests.ConnectionError):
        customer.create("F-1", {"B-1": 1})
    assert len(customer.look_up("F-1")) == 1
    assert http_partner.books()["F-1"]["creates"] == 1


def test_error_after_the_work_means_that_the_order_is_there(http_partner, customer):
    http_partner.fault("answer_500", match={"method": "POST"}, after_work=True)
    assert customer.create("F-2", {"B-1": 1}).status_code == 500
    assert len(customer.look_up("F-2")) == 1


def test_reset_before_the_work_means_that_no_order_is_there(http_partner, customer):
    http_partner.fault("reset", match={"request_key": "F-3"})
    with pytest.raises(requests.ConnectionError):
        customer.create("F-3", {"B-1": 1})
    http_partner.clear_faults()
    assert customer.look_up("F-3") == []


def test_late_answer_comes_late_and_once(http_partner, customer):
    http_partner.fault("answer_late", seconds=0.3, match={"method": "POST"})
    start = time.monotonic()
    assert customer.create("F-4", {"B-1": 1}).status_code == 201
    assert time.monotonic() - start >= 0.3
    start = time.monotonic()
    customer.create("F-4b", {"B-1": 1})
    assert time.monotonic() - start < 0.3


def test_html_on_200_is_no_order(http_partner, customer):
    http_partner.fault("html", match={"method": "POST"})
    answer = customer.create("F-5", {"B-1": 1})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert customer.look_up("F-5") == []


def test_partner_that_is_down_refuses_connections_and_comes_back(
    http_partner, customer, eventually
):
    http_partner.down(0.4)
    with pytest.raises(requests.ConnectionError):
        requests.get(http_partner.base_url, timeout=2)
    with pytest.raises(requests.ConnectionError):
        customer.create("F-6", {"B-1": 1})
    http_partner.settle()
    assert customer.create("F-6", {"B-1": 1}).status_code == 201


def test_fault_strikes_as_often_as_asked_and_only_whom_it_should(
    http_partner, customer
):
    http_partner.fault("answer_500", count=2, match={"request_key": "F-7-*"})
    assert customer.create("F-8", {"B-1": 1}).status_code == 201
    statuses = [customer.create("F-7-1", {"B-1": 1}).status_code for _ in range(3)]
    assert statuses == [500, 500, 201]
    assert http_partner.faults()[-1]["struck"] == 2


def test_webhook_is_signed_and_repeated_until_it_is_taken(
    http_partner, customer, receiver
):
    http_partner.stock({"B-9": 10})
    receiver.answers[:] = [500, 503]
    customer.create("F-9", {"B-9": 2})
    http_partner.settle()
    told = receiver.of("F-9")
    assert len(told) == 3
    assert len({item["headers"]["webhook-id"] for item in told}) == 1
    assert all(signature_fits(item, http_partner.secret) for item in told)
    assert told[0]["headers"]["x-webhook-topic"] == "order.shipped"
    assert told[0]["body"]["tracking"]["tracking_number"]
    [delivery] = [d for d in http_partner.deliveries() if d["request_key"] == "F-9"]
    assert [answer["status"] for answer in delivery["answers"]] == [500, 503, 200]


def test_webhook_signature_satisfies_the_scheme_s_own_library(
    http_partner, customer, receiver
):
    library = pytest.importorskip("standardwebhooks", reason="test requirement absent")
    http_partner.stock({"B-10": 10})
    customer.create("F-10", {"B-10": 1})
    http_partner.settle()
    [item] = receiver.of("F-10")
    verifier = library.Webhook(http_partner.secret)
    assert verifier.verify(item["raw"], item["headers"])["reference_id"] == "F-10"


def test_partner_gives_up_on_a_receiver_that_never_takes_it(
    http_partner, customer, receiver
):
    http_partner.stock({"B-11": 10})
    receiver.answers[:] = [500] * 3
    customer.create("F-11", {"B-11": 1})
    http_partner.settle()
    [delivery] = [d for d in http_partner.deliveries() if d["request_key"] == "F-11"]
    assert (delivery["state"], len(delivery["answers"])) == ("given_up", 3)


def test_webhook_sent_twice_has_the_same_id(http_partner, customer, receiver):
    http_partner.stock({"B-12": 10})
    http_partner.fault("webhook_twice", match={"topic": "order.shipped"})
    customer.create("F-12", {"B-12": 1})
    http_partner.settle()
    first, second = receiver.of("F-12")
    assert first["headers"]["webhook-id"] == second["headers"]["webhook-id"]
    assert first["raw"] == second["raw"]


def test_forged_webhook_has_no_valid_signature_and_the_true_one_follows(
    http_partner, customer, receiver
):
    http_partner.stock({"B-13": 10})
    http_partner.fault("webhook_forged")
    customer.create("F-13", {"B-13": 1})
    http_partner.settle()
    forged, true = receiver.of("F-13")
    assert not signature_fits(forged, http_partner.secret)
    assert forged["body"]["tracking"]["tracking_number"] == "FORGED"
    assert signature_fits(true, http_partner.secret)


def test_stale_webhook_is_signed_an_hour_ago(http_partner, customer, receiver):
    http_partner.stock({"B-14": 10})
    http_partner.fault("webhook_stale")
    customer.create("F-14", {"B-14": 1})
    http_partner.settle()
    stale, fresh = receiver.of("F-14")
    assert signature_fits(stale, http_partner.secret)
    ages = [
        time.time() - int(item["headers"]["webhook-timestamp"])
        for item in (stale, fresh)
    ]
    assert ages[0] > 3500 > ages[1]


def test_first_shipment_is_told_after_the_second(http_partner, customer, receiver):
    http_partner.stock({"B-15": 10})
    http_partner.plan("F-15", split=0.5)
    http_partner.fault("webhook_out_of_order", match={"request_key": "F-15"})
    customer.create("F-15", {"B-15": 4})
    http_partner.settle()
    told = [item["body"]["id"] for item in receiver.of("F-15")]
    keys = [int(s["shipment_key"]) for s in http_partner.books()["F-15"]["shipments"]]
    assert told == list(reversed(keys))


def test_lost_webhook_is_in_the_books_all_the_same(http_partner, customer, receiver):
    http_partner.stock({"B-16": 10})
    http_partner.fault("webhook_lost")
    customer.create("F-16", {"B-16": 1})
    http_partner.settle()
    assert receiver.of("F-16") == []
    assert http_partner.books()["F-16"]["status"] == "shipped"


def test_unknown_carrier_and_too_much_are_shipped_on_request(http_partner, customer):
    http_partner.stock({"B-17": 10})
    http_partner.fault("carrier_unknown", match={"request_key": "F-17"})
    http_partner.fault("over_ship", match={"request_key": "F-17"})
    customer.create("F-17", {"B-17": 2})
    http_partner.settle()
    [shipment] = http_partner.books()["F-17"]["shipments"]
    assert shipment["carrier"] == "PigeonPost"
    assert shipment["lines"]["11"]["quantity"] == "3"
