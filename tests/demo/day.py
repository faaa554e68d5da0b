"""The demo day: some hundred orders, two warehouses, and everything that goes wrong.

Run by ``setup/demo``. ``--check`` ends with one JSON line and leaves nothing running;
without it the server and both partners stay up to be looked at.
"""

import argparse
import json
import shutil
import sys
import time
from pathlib import Path

from setup.lib.build import Build

from ..support.seed import Distributor
from ..support.stage import Stage
from . import plan, scenario, tour
from .morning import Morning
from .orders import Orders
from .receipts import Receipts
from .report import Report, problems
from .returns import Returns
from .stock import Stock
from .watch import Watch, say

DATABASE = "dist_demo"


class Day:
    """One day from the first order to the books."""

    def __init__(self, stage: Stage, orders: int, kill_after: int = 0) -> None:
        self.stage = stage
        self.started = time.monotonic()
        self.watch = watch = Watch(stage)
        self.shop = shop = Distributor(stage.rpc())
        self.orders = Orders(stage, shop, orders, kill_after)
        self.receipts = Receipts(stage, shop, watch)
        self.returns = Returns(stage, shop, watch)
        self.stock = Stock(stage, shop, watch)

    def morning(self) -> None:
        """Make master data and stock, connect both partners, announce receipts."""
        morning = Morning(self.stage, self.shop)
        morning.prepare()
        morning.learn_items(self.watch)
        self.receipts.announce()

    def noon(self) -> None:
        """Place the day's orders, while goods come in at both houses."""
        self.orders.place(scenario.FIRST)
        self.receipts.count(plan.NOON)
        self.orders.place(2 * scenario.FIRST)
        self.watch.wait(self.watch.sent, "the first requests have left")
        for code, partner in self.stage.partners().items():
            keys = self.shop.keys(self.shop.houses[code])
            scenario.before_shipping(partner, code, keys)
        say("both partners ship")
        self.stage.bob.down(scenario.DOWN_SECONDS)
        say(f"ShipBob is down for {scenario.DOWN_SECONDS} s")
        self.orders.place_routed()
        self.orders.place(self.orders.total)

    def afternoon(self) -> None:
        """Cancel orders, let missing goods come in and others come back."""
        self.watch.wait(self.watch.sent, "every request has left or has an owner")
        self.stage.settle_partners()
        self.orders.cancel()
        self.receipts.count(plan.AFTERNOON)
        self.stock.change()
        self.returns.authorise()
        self.returns.come_back()

    def evening(self) -> None:
        """Wait until both sides have nothing left to do; then bill and compare."""
        for _look in range(2):
            self.watch.wait(self.watch.idle, "the ledger is quiet")
            self.stage.settle_partners()
            self.stage.fetch_all()
            time.sleep(2)
        self.watch.wait(self.watch.idle, "the ledger is quiet")
        self.stock.bill()
        self.stock.plant()
        self.stock.compare()

    def report(self) -> dict:
        """Give the day's figures."""
        figures = Report(self.stage, self.shop).figures()
        return figures | {"seconds": round(time.monotonic() - self.started, 1)}


def run(stage: Stage, orders: int, kill_after: int = 0) -> dict:
    """Run a day on a stage that is set; give its figures."""
    day = Day(stage, orders, kill_after)
    say("morning: master data, stock, partners")
    day.morning()
    day.noon()
    day.afternoon()
    day.evening()
    return day.report()


def main(argv: list[str]) -> int:
    """Run the day; give 0 when both sides' books agree."""
    parser = argparse.ArgumentParser(prog="setup/demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="end with one JSON line")
    parser.add_argument("--stop", action="store_true", help="end what stayed open")
    parser.add_argument("--orders", type=int, default=scenario.ORDERS)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args(argv)
    build = Build.prepare()
    state = build.folder / "demo"
    Stage.end_earlier(state)
    if options.stop:
        return 0
    shutil.rmtree(state, ignore_errors=True)
    name = f"{DATABASE}_check" if options.check else DATABASE
    stage = Stage(build, name, Path(state), port=options.port, stays=not options.check)
    try:
        stage.set_up()
        figures = run(stage, options.orders)
    finally:
        if options.check:
            stage.tear_down()
    wrong = problems(figures)
    for sentence in wrong:
        say(f"FAILED: {sentence}")
    if not options.check:
        tour.tell(stage.odoo.url)
    print(json.dumps(figures), flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
