"""Whatever happens on the line: both books agree, or an exception says what is open.

Each case is one order whose request meets one trouble. Odoo, its database and its
transports are real, the partners are processes, and the line between them is bad.
"""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pytest
import requests

from ..partners.fault_proxy import (
    Trouble,
    cut,
    drip,
    hang_up,
    html,
    http_date,
    say,
    silence,
)
from ..partners.webhooks import sign


class Case(NamedTuple):
    """A trouble.

    :ivar name: the sentence that the test stands for
    :ivar count: so many calls in a row meet it
    :ivar pause: seconds of silence that the partner asks for
    """

    name: str
    trouble: Trouble
    count: int = 1
    pause: float = 0


HOUSES = ("shipbob", "ongoing")
WRITES = [
    Case("the partner acts and hangs up", hang_up(acts=True)),
    Case("the partner hangs up after the request", hang_up()),
    Case("the partner hangs up before the body", hang_up(reads=False)),
    Case("the partner acts and its answer never comes", silence(2)),
    Case("the answer trickles for longer than a call may take", drip()),
    Case("the answer is cut in the middle", cut()),
    Case("the partner acts and a page for people comes", html(acts=True)),
    Case("a page for people comes instead", html()),
    Case("the partner acts and the answer is empty", say(200, acts=True)),
    Case("the answer is empty and nothing was done", say(200)),
    Case("the partner acts and its gateway says 502", say(502, acts=True)),
    Case("a storm of 429 that asks for a pause", say(429, Retry_After="90"), 4, 90),
    Case("a storm of 429 that asks for nothing", say(429), 4),
    Case("503 that asks for seconds", say(503, Retry_After="90"), 2, 90),
    Case("503 that names a moment", say(503, Retry_After=http_date(3600)), 2, 1800),
]


@pytest.mark.parametrize("case", WRITES, ids=lambda case: case.name)
@pytest.mark.parametrize("name", HOUSES)
def test_order_whose_request_meets(name, case, request):
    house = request.getfixturevalue(name)
    key = house.order()
    house.line.next(case.trouble, house.writes, case.count)
    house.send()
    # some of it passes before we look
    assert house.odoo.pause(house.backend_id) >= case.pause * 0.5
    house.odoo.let_time_pass()
    house.work(key)
    assert not house.line.troubles, "the trouble struck"
    assert house.odoo.exceptions(key) == []
    assert house.difference(key) == ""
    assert house.booked(key), "it is shipped"
    assert house.line.reached(house.writes, key) == 1, "the request came there once"


# ------------------------------------------------------------- the way to the partner


@pytest.mark.parametrize("name", HOUSES)
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://partner.invalid", "cannot be reached"),
        ("https://127.0.0.1:{port}", "cannot be reached"),
    ],
    ids=["whose name nobody knows", "that speaks no TLS"],
)
def test_order_for_a_partner(name, address, words, request):
    house = request.getfixturevalue(name)
    key = house.order()
    before = house.change(base_url=address.format(port=house.line.port))
    house.send()
    notes = [note for *_message, note in house.odoo.open_messages(house.backend_id)]
    house.change(**before)
    assert notes and all(words in note for note in notes), "it waits, and says why"
    assert house.line.reached(house.writes, key) == 0
    house.odoo.let_time_pass()
    house.work(key)
    assert house.odoo.exceptions(key) == []
    assert house.difference(key) == ""
    assert house.line.reached(house.writes, key) == 1


def test_look_up_that_cannot_tell_says_what_nobody_knows(shipbob):
    key = shipbob.order()
    shipbob.line.next(hang_up(acts=True), shipbob.writes)
    shipbob.send()
    shipbob.line.next(html(), "GET /2026-01/order?ReferenceIds=")
    shipbob.odoo.let_time_pass()
    shipbob.send()
    ((kind, words),) = shipbob.odoo.exceptions(key)
    assert kind in ("unknown_outcome", "configuration")
    assert "web page" in words or "does not tell" in words
    assert shipbob.line.reached(shipbob.writes, key) == 1, "it is not sent blindly"
    with shipbob.odoo.env() as env:
        env["dist.message"].search([("key", "=", key)]).action_replay()
    shipbob.work(key)
    assert shipbob.difference(key) == ""
    assert shipbob.line.reached(shipbob.writes, key) == 1


# ------------------------------------------------------------------------- webhooks


@pytest.fixture(scope="module")
def door(odoo, shipbob):
    """The address at which Odoo takes ShipBob's webhooks."""
    return odoo.serve() + shipbob.webhook_path


def shipped(house, key):
    """Let the partner ship; give the body of its webhook."""
    house.send()
    house.partner.settle()
    (shipment,) = house.partner.books()[key]["shipments"]
    answer = requests.get(
        f"{house.partner.base_url}/2026-01/shipment/{shipment['shipment_key']}",
        headers={"Authorization": f"Bearer {house.partner.token}"},
        timeout=5,
    )
    return json.dumps(answer.json()).encode()


def post(house, door, number, body):
    """Post a signed webhook; give the status."""
    moment = int(time.time())
    headers = {
        "webhook-id": f"msg_{number}",
        "webhook-timestamp": str(moment),
        "webhook-signature": sign(house.partner.secret, f"msg_{number}", moment, body),
        "x-webhook-topic": "order.shipped",
    }
    return requests.post(door, body, headers=headers, timeout=60).status_code


@pytest.mark.parametrize("ids", [1, 6], ids=["of one delivery", "of six deliveries"])
def test_copies_of_a_webhook_that_come_at_once(ids, shipbob, door):
    key = shipbob.order()
    body = shipped(shipbob, key)
    together = threading.Barrier(6)

    def copy(number):
        together.wait(30)
        return post(shipbob, door, f"{key}-{number % ids}", body)

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(copy, range(6)))
        assert set(statuses) <= {200, 202, 204}
        # and two workers take them up at once
        list(pool.map(lambda _n: shipbob.odoo.run_jobs(shipbob.backend_id), range(2)))
    shipbob.work(key)
    assert shipbob.odoo.exceptions(key) == []
    assert shipbob.difference(key) == ""
    done = shipbob.odoo.rows(
        """SELECT count(*) FROM dist_message WHERE direction = 'in' AND partition = %s
              AND message_type = 'shipment_confirmation' AND state = 'done'""",
        key,
    )
    assert done == [(1,)]
