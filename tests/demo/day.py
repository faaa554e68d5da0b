"""The demo day: some hundred orders, two warehouses, and everything that goes wrong.

Run by ``setup/demo``. ``--check`` ends with one JSON line and leaves nothing running;
without it the server and both partners stay up to be looked at.
"""

import argparse
import json
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

from setup.lib.build import Build

from ..support.seed import SHORT_AT_PARTNER, SHORT_HERE, Distributor
from ..support.stage import Stage
from . import scenario
from .books import Books, compare

DATABASE = "dist_demo"


def say(text: str) -> None:
    """Tell how far the day is."""
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


class Day:
    """One day from the first order to the books."""

    def __init__(self, stage: Stage, orders: int, kill_after: int = 0) -> None:
        self.stage = stage
        self.orders = orders
        self.kill_after = kill_after
        self.started = time.monotonic()
        self.shop: Distributor | None = None

    # -------------------------------------------------------------- morning

    def morning(self) -> None:
        """Make master data and stock, connect both partners."""
        shop = self.shop = Distributor(self.stage.rpc())
        shop.make_products()
        shop.make_customers()
        bob = shop.make_warehouse("BOB", "Chicago (ShipBob)")
        csv = shop.make_warehouse("CSV", "Hamburg (files)")
        here = {SHORT_HERE: scenario.STOCK_HERE}
        shelf_bob = shop.stock_up(bob, here)
        shelf_csv = shop.stock_up(csv, here)
        self.stage.connect(shop)
        short = shop.products[SHORT_AT_PARTNER].sku
        for partner, shelf in (
            (self.stage.bob, shelf_bob),
            (self.stage.csv, shelf_csv),
        ):
            for row in shelf:
                if row["sku"] == short:
                    row["quantity"] = str(scenario.STOCK_THERE)
            partner.stock(shelf)
        scenario.before_orders(self.stage.bob, self.stage.csv)

    # --------------------------------------------------------------- orders

    def place_orders(self) -> None:
        """Place the day's orders, in chunks by turns for both houses."""
        self._place(min(self.orders, 2 * scenario.FIRST))
        self._wait(self._sent, "the first requests have left")
        for code, partner in self._partners():
            keys = self.shop.keys(self.shop.houses[code])
            scenario.before_shipping(partner, code, keys)
        say("both partners ship")
        self.stage.bob.down(scenario.DOWN_SECONDS)
        say(f"ShipBob is down for {scenario.DOWN_SECONDS} s")
        self._place(self.orders)

    def _place(self, target: int) -> None:
        """Place orders until so many are placed in all."""
        while (placed := self._placed()) < target:
            for house in self.shop.houses.values():
                chunk = min(scenario.CHUNK, target - self._placed())
                first = len(house.orders) + 1
                values = [self._values(house, n) for n in range(first, first + chunk)]
                self.stage.patient(lambda h=house, v=values: self.shop.place(h, v))
            placed = self._placed()
            say(f"{placed} orders placed")
            if self.kill_after and placed >= self.kill_after:
                self.kill_after = 0
                say("kill -9 of Odoo in the middle of it all")
                self.stage.kill_odoo()
                self.stage.start_odoo()
                self.shop.rpc = self.stage.rpc()

    def _placed(self) -> int:
        return sum(len(house.orders) for house in self.shop.houses.values())

    def _partners(self):
        return (("BOB", self.stage.bob), ("CSV", self.stage.csv))

    def _values(self, house, number: int) -> dict:
        """Give the n-th order of a house; some are made for a trouble."""
        shop = self.shop
        customer = shop.customers[number % len(shop.customers)]
        if number == scenario.BAD_ADDRESS:
            return shop.order(house, number, shop.bad_address)
        if number == scenario.SHORT_HERE:
            product = shop.products[SHORT_HERE]
            return shop.order_of(house, customer, {product.id: scenario.ASKED_HERE})
        if number == scenario.SHORT_THERE:
            product = shop.products[SHORT_AT_PARTNER]
            return shop.order_of(house, customer, {product.id: scenario.ASKED_THERE})
        if number in scenario.SEVERAL:
            quantities = {shop.products[0].id: 6, shop.products[1].id: 4}
            return shop.order_of(house, customer, quantities)
        return shop.order(house, number)

    # ------------------------------------------------- afternoon and evening

    def afternoon(self) -> None:
        """Cancel orders in time and too late; let missing goods come in."""
        self._wait(self._sent, "every request has left or has an owner")
        self.stage.settle_partners()
        for code, number in (*scenario.CANCEL_IN_TIME, *scenario.CANCEL_TOO_LATE):
            order = self.shop.houses[code].orders[number - 1]
            self.stage.patient(
                lambda o=order: self.shop.rpc.call("sale.order", "action_cancel", [o])
            )
        for code, partner in self._partners():
            for product in (SHORT_AT_PARTNER, SHORT_HERE):
                sku = self.shop.products[product].sku
                partner.stock([{"sku": sku, "lot": "", "quantity": "500"}])
            house = self.shop.houses[code]
            product = self.shop.products[SHORT_HERE]
            self.stage.patient(lambda h=house, p=product: self.shop.receive(h, p, 50))
        say("orders cancelled, goods received")

    def evening(self) -> None:
        """Wait until both sides have nothing left to do."""
        for _look in range(2):
            self._wait(self._idle, "the ledger is quiet")
            self.stage.settle_partners()
            self.stage.fetch_all()
            time.sleep(2)
        self._wait(self._idle, "the ledger is quiet")

    def _sent(self) -> bool:
        with Books(self.stage.build, self.stage.database) as odoo:
            return not odoo.number(
                """SELECT count(*) FROM dist_message WHERE direction = 'out'
                    AND message_type = 'fulfilment_request'
                    AND state IN ('ready', 'received')"""
            )

    def _quiet(self) -> bool:
        """Say whether no message is due and no job is on its way."""
        with Books(self.stage.build, self.stage.database) as odoo:
            return not odoo.number(
                """SELECT (SELECT count(*) FROM dist_message
                            WHERE state IN ('ready', 'received'))
                        + (SELECT count(*) FROM queue_job
                            WHERE state IN ('pending', 'enqueued', 'started'))"""
            )

    def _idle(self) -> bool:
        """Say whether nothing is due, and no partner owes an answer."""
        with Books(self.stage.build, self.stage.database) as odoo:
            return self._quiet() and not odoo.number(
                """SELECT count(*) FROM dist_message
                    WHERE state = 'waiting' AND direction = 'out'"""
            )

    def _wait(self, done, what: str, seconds: float = 180) -> None:
        """Wait, and let Odoo look at its partners more often than it would."""
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                say(f"gave up waiting: {what} ({self.stage.in_work()})")
                return
            if self._quiet():
                self.stage.fetch_all()
            time.sleep(2)

    # --------------------------------------------------------------- report

    def report(self) -> dict:
        """Give the day's figures, read from Odoo's database and the partners' books."""
        bob, csv = self.stage.bob.books(), self.stage.csv.books()
        theirs = bob | csv
        with Books(self.stage.build, self.stage.database) as odoo:
            found = compare(odoo, theirs)
            for kind, sentences in found.items():
                for sentence in sentences:
                    say(f"{kind}: {sentence}")
            return self._figures(odoo, theirs, found)

    def _figures(self, odoo: Books, theirs: dict, found: dict) -> dict:
        by_class = odoo.rows(
            """SELECT error_class, count(*) FROM dist_exception
                WHERE state != 'resolved' GROUP BY 1 ORDER BY 1"""
        )
        final = Counter(_fate(entry) for entry in theirs.values())
        return {
            "orders": odoo.number("SELECT count(*) FROM sale_order"),
            "requests_sent": len(theirs),
            "shipped_in_full": final["full"],
            "shipped_in_part": final["part"],
            "backordered": odoo.number(
                """SELECT count(*) FROM stock_picking
                    WHERE backorder_id IS NOT NULL AND dist_request_key IS NOT NULL"""
            ),
            "cancelled": final["cancelled"],
            "rejected": odoo.number(
                "SELECT count(*) FROM stock_picking WHERE dist_state = 'rejected'"
            ),
            "exceptions_open": dict(by_class),
            "duplicates_refused": odoo.number(
                "SELECT count(*) FROM dist_message WHERE state = 'duplicate'"
            ),
            "messages_lost": len(found["lost"]),
            "effects_doubled": len(found["doubled"]),
            "books_differ": len(found["different"]),
            "cancels_refused": odoo.number(
                """SELECT count(*) FROM dist_message
                    WHERE message_type = 'fulfilment_cancel' AND res_id IN (
                          SELECT id FROM stock_picking WHERE state = 'done')"""
            ),
            "troubles_missed": sum(
                fault["remaining"] for _c, p in self._partners() for fault in p.faults()
            ),
            "contract_violations": len(self.stage.bob.violations())
            + len(self.stage.csv.violations()),
            "unfinished": sum(self.stage.in_work().values()),
            "seconds": round(time.monotonic() - self.started, 1),
        }


def _fate(entry: dict) -> str:
    """Say how a request ended at the partner."""
    if not entry["shipments"]:
        return "cancelled" if entry["cancelled"] else "open"
    return "full" if entry["status"] == "shipped" else "part"


def problems(figures: dict) -> list[str]:
    """Give what makes a day a failure."""
    wrong = [
        f"{name} is {figures[name]}, expected 0"
        for name in (
            "messages_lost",
            "effects_doubled",
            "books_differ",
            "contract_violations",
            "unfinished",
            "troubles_missed",
        )
        if figures[name]
    ]
    wrong += [
        f"{name} is 0: the day did not exercise it"
        for name in (
            "shipped_in_full",
            "shipped_in_part",
            "backordered",
            "rejected",
            "cancelled",
            "cancels_refused",
            "duplicates_refused",
            "exceptions_open",
        )
        if not figures[name]
    ]
    return wrong


def run(stage: Stage, orders: int, kill_after: int = 0) -> dict:
    """Run a day on a stage that is set; give its figures."""
    day = Day(stage, orders, kill_after)
    say("morning: master data, stock, partners")
    day.morning()
    day.place_orders()
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
        say(f"Odoo stays open: {stage.odoo.url}/odoo/distribution-exceptions")
        say("sign in as admin, password admin; `setup/demo --stop` ends everything")
    print(json.dumps(figures), flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
