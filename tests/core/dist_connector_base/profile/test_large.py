"""Large and hopeless documents end in bounded time."""

import json
import time

import pytest

from addons.dist_connector_base.core.errors import DataError
from addons.dist_connector_base.core.profile import decode, map_in, split

from .test_inbound import shipment


@pytest.fixture
def flow(profile):
    return profile.flows["shipment_confirmation"]


def test_many_documents_are_cut_in_one_walk(flow, ctx):
    payload = json.dumps({"rows": [shipment(id=n) for n in range(5000)]}).encode()
    started = time.process_time()
    items = split(flow, decode(flow, payload, ctx), source="poll")
    assert time.process_time() - started < 5
    assert (len(items), items[4999].path) == (5000, "rows[4999]")


def test_ten_thousand_faults_are_counted_and_twenty_told(flow, ctx):
    content = [{"article": "A", "amount": -1}] * 10_000
    (item,) = split(flow, shipment(boxes=[{"content": content}]), source="webhook")
    started = time.process_time()
    with pytest.raises(DataError) as caught:
        map_in(flow, item, ctx)
    assert time.process_time() - started < 10
    assert caught.value.message.endswith("; and 9980 more")
    assert len(caught.value.message) < 3000
