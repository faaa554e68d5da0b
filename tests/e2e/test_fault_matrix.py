"""Whatever happens on the line: both books agree, or an exception says what is open.

Each case is one order whose request meets one trouble. Odoo, its database and its
transports are real, the partners are processes, and the line between them is bad.
"""

from typing import NamedTuple

import pytest

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
