"""A server that dies in any step of the pipeline loses nothing and does nothing twice.

For each case one order comes to a step, and who works on it is killed there, as by
``kill -9``: from within, so that it is that step and no other
(``tests/support/addons/dist_fault_point``). Mostly it is one worker, as when the
system's memory runs out; where the table says so it is the whole server, as in a power
cut, which is then started again. In the end both houses ship the rest, and each order
is compared by itself.
"""

import contextlib
import json
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import pytest
import requests

from setup.lib.build import Build
from setup.lib.config import SERVER_WIDE_MODULES

from ..demo.books import Books, compare, partner_shipped
from ..support.seed import Distributor, House
from ..support.stage import ENCRYPTION_KEY, Stage

ADDONS = Path(__file__).parents[1] / "support" / "addons"
QUANTITY = 3
#: queue_job gives the place of a job that died back after ten seconds and more; here it
#: happens so often that there must be places enough.
CHANNELS = ("root:24", "root.dist:24", "root.dist.realtime:24")


class Case(NamedTuple):
    """A kill.

    :ivar name: the sentence that the test stands for
    :ivar point: where ``dist_fault_point`` strikes
    :ivar trigger: what leads to that step: an order, a shipment that the partner
        tells, or one that we find when we look
    :ivar house: whose partner it is about: ShipBob (BOB) or files over SFTP (CSV)
    :ivar whole: the whole server dies, not one worker
    """

    name: str
    point: str
    trigger: str
    house: str = "BOB"
    whole: bool = False


CASES = [
    Case(
        "before an order and its request are stored",
        "intent stored, not committed",
        "order",
    ),
    Case(
        "after an order and its request are stored",
        "intent stored, committed",
        "order",
        whole=True,
    ),
    Case("before a request leaves", "about to send", "order"),
    Case(
        "after a request left and before its answer", "body sent", "order", whole=True
    ),
    Case("after an answer and before it is on record", "answer came", "order"),
    Case(
        "after an answer is on record and before it is understood",
        "answer on record",
        "order",
    ),
    Case(
        "after an answer is understood and before that is stored",
        "settled, not committed",
        "order",
    ),
    Case("after all of a request is stored", "settled, committed", "order"),
    Case(
        "before an uploaded file gets its name", "file whole, not named", "order", "CSV"
    ),
    Case("after an uploaded file got its name", "answer came", "order", "CSV"),
    Case("before a webhook is stored", "webhook stored, not committed", "shipment"),
    Case(
        "after a webhook is stored and before it is answered",
        "webhook stored, committed",
        "shipment",
        whole=True,
    ),
    Case("while a confirmation is read", "reading", "shipment"),
    Case(
        "after a confirmation is applied and before the ledger says so",
        "applied",
        "shipment",
    ),
    Case(
        "before a confirmation's effects are stored",
        "effects written, not committed",
        "shipment",
    ),
    Case(
        "after a confirmation's effects are stored",
        "effects written, committed",
        "shipment",
    ),
    Case(
        "before a polled page and its watermark are stored",
        "fetch stored, not committed",
        "look",
    ),
    Case(
        "after a polled page and its watermark are stored",
        "fetch stored, committed",
        "look",
    ),
    Case(
        "before a fetched file is stored", "fetch stored, not committed", "look", "CSV"
    ),
    Case(
        "after a fetched file is stored and before it is moved",
        "fetch stored, committed",
        "look",
        "CSV",
        whole=True,
    ),
]


class Killed(Stage):
    """A stage whose server has fault points."""

    def start_odoo(self) -> None:
        """Start the server with the fault points; none is armed."""
        path = ",".join(map(str, (*self.build.addons_path, ADDONS)))
        extra = {
            "addons_path": path,
            "server_wide_modules": f"{SERVER_WIDE_MODULES},dist_fault_point",
            "dist_encryption_key": ENCRYPTION_KEY,
            "log_level": "warn",
        }
        with patch.dict(os.environ, {"DIST_FAULT_FILE": str(self.fault_file)}):
            self.odoo = self.build.start_odoo(
                self.database,
                port=self.port,
                workers=2,
                channels=CHANNELS,
                extra=extra,
            )
        self.odoo.wait_ready()

    @property
    def fault_file(self) -> Path:
        return self.state / "fault.json"

    def tear_down(self) -> None:
        """End everything; the server at once, as it is used to by then."""
        if self.odoo:
            self.odoo.kill9()
        super().tear_down()

    def arm(self, case: Case, word: str) -> None:
        """Let the server die at the next passage of a point with this word."""
        new = self.fault_file.with_suffix(".new")
        told = {"point": case.point, "word": word, "whole": case.whole}
        new.write_text(json.dumps(told))
        new.rename(self.fault_file)

    def wait_death(self, case: Case, seconds: float = 90) -> None:
        """Wait until who should has died; start the server again if it was that.

        :raises TimeoutError: nobody died, so that the case tests nothing
        """
        end = time.monotonic() + seconds
        while self.fault_file.exists():
            if time.monotonic() > end:
                raise TimeoutError(f"nobody died {case.name}")
            time.sleep(0.05)
        if case.whole:
            self.odoo.kill9()  # waits for the last of them
            self.start_odoo()


class Story:
    """All kills, one after the other, and how it ended."""

    def __init__(self, stage: Killed) -> None:
        self.stage = stage
        self.shop = Distributor(stage.rpc())
        self.shelves: dict[str, dict[str, list[dict]]] = {}
        self.orders: dict[str, int] = {}

    def prepare(self) -> None:
        """Make a product for each case, and two houses that have none of them yet."""
        shop, stage = self.shop, self.stage
        shop.make_products(len(CASES))
        shop.make_customers(1)
        for code, name in (("BOB", "Chicago"), ("CSV", "Hamburg")):
            house = shop.make_warehouse(code, name)
            rows = shop.stock_up(house)
            self.shelves[code] = {
                product.sku: [row for row in rows if row["sku"] == product.sku]
                for product in shop.products
            }
        stage.connect(shop)
        told = ("shipment_confirmation", "fulfilment_response")
        domain = [("message_type", "in", told), ("backend_id", "!=", False)]
        self.flows = shop.rpc.search("dist.flow", domain)
        for partner in (stage.bob, stage.csv):
            partner.settings(when_short="wait", delay=0.1)
        later = [case for case in CASES if case.trigger != "order"]
        for case in later:
            order = self.create(case)
            self.confirm(order)
        self.until(lambda: len(self.theirs()) == len(later), "the requests are there")

    def run(self) -> None:
        """Kill the server in each case, and let everything come to its end."""
        for case in CASES:
            getattr(self, f"_{case.trigger}")(case)
            self.stage.wait_death(case)
            if case.point == "intent stored, not committed":
                # the person at the screen does it again
                self.confirm(self.orders[case.name])
        for case in CASES:
            self.restock(case)
        keys = len(CASES)
        self.until(lambda: len(self.theirs()) == keys, "the houses have all orders")
        self.until(self.at_rest, "all is told and booked")

    # -------------------------------------------------------------- triggers

    def _order(self, case: Case) -> None:
        order = self.create(case)
        self.stage.arm(case, self.sku(case))
        if case.point.startswith("intent stored"):
            with contextlib.suppress(requests.RequestException):
                # the person at the screen sees that the server is gone
                self.shop.rpc.call("sale.order", "action_confirm", [order])
        else:
            self.confirm(order)

    def _shipment(self, case: Case) -> None:
        self.stage.arm(case, self.sku(case))
        self.restock(case)

    def _look(self, case: Case) -> None:
        if case.house == "BOB":
            self.stage.bob.fault("webhook_lost", match={"topic": "order.shipped"})
        self.restock(case)
        self.partner(case).settle()
        self.stage.arm(case, self.sku(case))
        self.look()

    # ------------------------------------------------------------------ steps

    def partner(self, case: Case):
        return self.stage.bob if case.house == "BOB" else self.stage.csv

    def house(self, case: Case) -> House:
        return self.shop.houses[case.house]

    def sku(self, case: Case) -> str:
        return self.shop.products[CASES.index(case)].sku

    def create(self, case: Case) -> int:
        """Create the order of a case."""
        product = self.shop.products[CASES.index(case)]
        quantity = 1 if product.tracking == "serial" else QUANTITY
        values = self.shop.order_of(
            self.house(case), self.shop.customers[0], {product.id: quantity}
        )
        create = partial(self.shop.rpc.create, "sale.order", [values])
        (self.orders[case.name],) = self.stage.patient(create)
        return self.orders[case.name]

    def confirm(self, order: int) -> None:
        self.stage.patient(
            lambda: self.shop.rpc.call("sale.order", "action_confirm", [order])
        )

    def look(self) -> None:
        """Let Odoo look for shipments at both partners."""
        self.stage.patient(
            lambda: self.shop.rpc.call("dist.flow", "action_fetch_now", self.flows)
        )

    def restock(self, case: Case) -> None:
        """Let the goods of a case come in at the partner, which then ships."""
        self.partner(case).stock(self.shelves[case.house][self.sku(case)])

    def theirs(self) -> dict[str, dict]:
        return self.stage.bob.books() | self.stage.csv.books()

    def at_rest(self) -> bool:
        """Say whether both sides have nothing left to do; looks at the partners."""
        self.stage.settle_partners()
        with Books(self.stage.build, self.stage.database) as odoo:
            busy = odoo.number(
                """SELECT (SELECT count(*) FROM dist_message
                            WHERE state IN ('ready', 'received', 'waiting'))
                        + (SELECT count(*) FROM queue_job
                            WHERE state IN ('pending', 'enqueued', 'started'))"""
            )
            done = len(odoo.shipped())
        if busy:
            return False
        if done < len(CASES):
            self.look()
        return done == len(CASES)

    @staticmethod
    def until(done: Callable[[], bool], what: str, seconds: float = 120) -> None:
        """Wait; whether it came is for the tests to say, order by order."""
        end = time.monotonic() + seconds
        while not done() and time.monotonic() < end:
            time.sleep(0.3)


class Ending(NamedTuple):
    """What both sides' books say in the end."""

    shipped: dict
    keys: dict[str, str]
    theirs: dict
    compared: dict[str, list[str]]
    open_exceptions: list[tuple]
    unfinished: list[tuple]
    violations: list


@pytest.fixture(scope="module")
def ending(tmp_path_factory):
    stage = Killed(Build.prepare(), "e2e_anywhere", tmp_path_factory.mktemp("killed"))
    try:
        stage.set_up()
        story = Story(stage)
        story.prepare()
        story.run()
        with Books(stage.build, stage.database) as odoo:
            yield _ending(story, odoo)
    finally:
        stage.tear_down()


def _ending(story: Story, odoo: Books) -> Ending:
    keys = dict(
        odoo.rows(
            """SELECT o.id, string_agg(p.dist_request_key, ', ') FROM sale_order o
            LEFT JOIN stock_picking p ON p.sale_id = o.id AND p.state != 'cancel'
             GROUP BY 1"""
        )
    )
    theirs = story.theirs()
    return Ending(
        odoo.shipped(),
        {name: keys[order] for name, order in story.orders.items()},
        theirs,
        compare(odoo, theirs),
        odoo.rows("SELECT name FROM dist_exception WHERE state != 'resolved'"),
        odoo.rows(
            """SELECT direction, message_type, key, state, note FROM dist_message
                WHERE state NOT IN ('done', 'duplicate', 'cancelled')"""
        ),
        story.stage.bob.violations() + story.stage.csv.violations(),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"killed {case.name}")
def test_order_is_shipped_and_booked_once(ending, case):
    key = ending.keys[case.name]
    assert key and ", " not in key, "one request"
    there = ending.theirs[key]
    assert (there["creates"], len(there["shipments"])) == (1, 1)
    assert ending.shipped[key] == partner_shipped(there)


def test_books_of_both_sides_agree(ending):
    assert ending.compared == {"lost": [], "doubled": [], "different": []}
    assert len(ending.theirs) == len(CASES)


def test_nothing_is_left_over(ending):
    assert ending.unfinished == []
    assert ending.open_exceptions == []
    assert ending.violations == []
