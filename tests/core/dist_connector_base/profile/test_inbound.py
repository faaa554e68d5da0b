"""Documents of a partner become canonical ones, or an error that shows the place."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from addons.dist_connector_base.core.canonical import FulfilmentResponse
from addons.dist_connector_base.core.errors import DataError, MappingError
from addons.dist_connector_base.core.profile import (
    decode,
    item_from_json,
    item_to_json,
    keys,
    load_profile,
    map_in,
    skip_reason,
    split,
)

from .conftest import NORDLAGER


def shipment(**values):
    content = {
        "id": 17,
        "ref": "WH-OUT-1",
        "left": "10.03.2026 08:30",
        "state": "done",
        "carrier": "7",
        "boxes": [
            {"content": [{"article": "A", "amount": "1,5"}]},
            {"content": [{"article": "B", "amount": 2}]},
        ],
    }
    return {**content, **values}


@pytest.fixture
def flow(profile):
    return profile.flows["shipment_confirmation"]


@pytest.fixture
def take(flow, ctx):
    def run(content, source="webhook"):
        data = decode(flow, json.dumps(content).encode(), ctx, source=source)
        return [map_in(flow, item, ctx) for item in split(flow, data, source=source)]

    return run


def test_a_shipment_is_read(take):
    (document,) = take(shipment())
    assert document.confirmation_key == "17"
    assert document.carrier == "UPS"
    assert document.completes_request is True
    # 08:30 in Oslo's winter
    assert document.shipped_at == dt.datetime(
        2026, 3, 10, 7, 30, tzinfo=dt.timezone.utc
    )
    assert [(line.sku, line.quantity) for line in document.lines] == [
        ("A", Decimal("1.5")),
        ("B", Decimal(2)),
    ]


def test_partial_completion_is_read_from_the_status(take):
    (document,) = take(shipment(state="part"))
    assert document.completes_request is False


def test_the_same_shipment_is_the_same_however_it_comes(take):
    (pushed,) = take(shipment())
    (other, polled) = take({"rows": [shipment(id=16), shipment()]}, source="poll")
    assert pushed.content_hash() == polled.content_hash()
    assert pushed.content_hash() != other.content_hash()


def test_ledger_keys(flow, take):
    (document,) = take(shipment())
    assert keys(flow, document) == ("17", "WH-OUT-1", "WH-OUT-1")


def test_answers_to_one_request_have_keys_of_their_own(flow):
    answers = [
        FulfilmentResponse.parse({"request_key": "R", "status": status})
        for status in ("accepted", "cancelled")
    ]
    assert [keys(flow, answer).key for answer in answers] == [
        "R:accepted",
        "R:cancelled",
    ]


def test_a_profile_can_choose_other_keys(ctx):
    text = (
        NORDLAGER + "    keys: {key: \"concat(request_key, '/', confirmation_key)\"}\n"
    )
    flow = load_profile(text).flows["shipment_confirmation"]
    item = split(flow, shipment(), source="webhook")[0]
    assert keys(flow, map_in(flow, item, ctx)).key == "WH-OUT-1/17"


def test_an_open_shipment_is_left_aside_with_a_reason(flow, ctx):
    (item,) = split(flow, shipment(state="open"), source="webhook")
    assert skip_reason(flow, item, ctx) == "It has not left yet."


@pytest.mark.parametrize(
    ("values", "path", "words"),
    [
        ({"ref": None}, "rows[0].ref", "is missing"),
        ({"boxes": []}, "rows[0].boxes", "fewer entries"),
        ({"boxes": "none"}, "rows[0].boxes", "is missing"),
        ({"left": "yesterday"}, "rows[0].left", "not a time"),
        ({"id": {"a": 1}}, "rows[0].id", "not text"),
        (
            {"boxes": [{"content": [{"article": "A", "amount": -1}]}]},
            "rows[0].boxes[0].content[0].amount",
            "less than 0",
        ),
        (
            {"boxes": [{"content": [{"article": "A", "amount": 10**12}]}]},
            "rows[0].boxes[0].content[0].amount",
            "more than 1000000000",
        ),
        (
            {"boxes": [{}, {"content": [{"article": "A", "amount": "=1+1"}]}]},
            "rows[0].boxes[1].content[0].amount",
            "'=1+1' is not a plain number",
        ),
        (
            {"boxes": [{"content": [{"amount": 1}]}]},
            "rows[0].boxes[0].content[0]",
            "neither line_key nor sku",
        ),
        (
            {"boxes": [{"content": [{"article": "A"}]}]},
            "rows[0].boxes[0].content[0].amount",
            "is missing",
        ),
    ],
)
def test_a_fault_is_shown_in_the_partners_document(take, values, path, words):
    with pytest.raises(DataError) as caught:
        take({"rows": [shipment(**values)]}, source="poll")
    assert caught.value.path == path
    assert words in caught.value.message


def test_all_faults_are_told_at_once(take):
    bad = {"content": [{"article": "A", "amount": -1}, {"article": "B"}]}
    with pytest.raises(DataError) as caught:
        take(shipment(boxes=[bad]))
    assert "boxes[0].content[0].amount (lines[0].quantity)" in caught.value.message
    assert "boxes[0].content[1].amount (lines[1].quantity)" in caught.value.message


def test_an_unmapped_carrier_is_never_ignored(take):
    with pytest.raises(MappingError) as caught:
        take(shipment(carrier="PIGEON"))
    assert caught.value.path == "carrier"
    assert (caught.value.vocabulary, caught.value.value) == ("carrier", "PIGEON")


def test_documents_that_are_not_where_they_should_be_are_a_fault(flow):
    with pytest.raises(DataError) as caught:
        split(flow, {"lines": []}, source="poll")
    assert caught.value.path == "rows"


def test_an_empty_page_has_no_documents(flow):
    assert split(flow, {"rows": []}, source="poll") == []


def test_a_kept_document_still_knows_its_place(flow, ctx):
    data = decode(flow, json.dumps({"rows": [shipment(ref=None)]}).encode(), ctx)
    (item,) = split(flow, data, source="poll")
    again = item_from_json(item_to_json(item))
    assert again == item
    with pytest.raises(DataError) as caught:
        map_in(flow, again, ctx)
    assert caught.value.path == "rows[0].ref"


def test_what_is_no_kept_document_is_refused():
    with pytest.raises(DataError, match="no 'data'"):
        item_from_json(b"[]")


def test_the_clock_of_arrival_is_the_same_on_replay(ctx):
    text = NORDLAGER.replace("moment(left, '%d.%m.%Y %H:%M')", "received_at()")
    flow = load_profile(text).flows["shipment_confirmation"]
    arrived = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
    (item,) = split(flow, shipment(), source="webhook")
    document = map_in(flow, item, replace(ctx, received_at=arrived))
    assert document.shipped_at == arrived
