"""Two Odoo servers on one database share the work, and do nothing twice."""

import os
import time
from unittest.mock import patch

from setup.lib.build import HTTP_PORTS, Build
from setup.lib.postgres import free_port

from ..demo.books import Books, compare
from ..partners.client import HttpPartner
from ..support.balancer import Balancer
from ..support.rpc import Rpc
from ..support.seed import Distributor
from ..support.stage import ENCRYPTION_KEY

DATABASE = "e2e_two_servers"
ORDERS = 40
OPEN = """SELECT count(*) FROM dist_message
           WHERE state IN ('received', 'ready', 'waiting')"""


def wait_until(condition, what: str, seconds: float = 180) -> None:
    """Wait for a condition.

    :raises TimeoutError: when it does not come
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.3)


def two_ports() -> tuple[int, int]:
    """Give two free ports of the range that servers use here."""
    name = "DIST_HTTP_PORT"
    first = free_port(HTTP_PORTS, fixed=None, variable=name)
    others = [port for port in HTTP_PORTS if port != first]
    second = free_port(others, fixed=None, variable=name)
    return first, second


def place_orders(shop: Distributor, servers: list[Rpc]) -> None:
    """Place the day's orders, by turns at both servers."""
    house = shop.houses["BOB"]
    for first in range(0, ORDERS, 10):
        shop.rpc = servers[first // 10 % 2]
        shop.place(house, [shop.order(house, n) for n in range(first + 1, first + 11)])


def test_two_servers_share_the_work_and_do_nothing_twice(tmp_path):
    build = Build.prepare()
    build.dropdb(DATABASE)
    build.createdb(DATABASE, template=build.suite_template())
    ports = two_ports()
    servers, partner = [], None
    try:
        with Balancer(ports) as balancer:
            # one of the two runners is elected; it calls the balancer, as it would in
            # production
            with patch.dict(os.environ, {"ODOO_QUEUE_JOB_PORT": str(balancer.port)}):
                for port in ports:
                    extra = {"dist_encryption_key": ENCRYPTION_KEY, "log_level": "warn"}
                    servers.append(build.start_odoo(DATABASE, port=port, extra=extra))
            for server in servers:
                server.wait_ready()
            partner = HttpPartner.start(
                tmp_path / "bob", delay=0.5, default_stock="100000"
            )
            run_a_day(build, servers, partner)
        check(build, servers, partner)
    finally:
        if partner:
            partner.stop()
        for server in servers:
            server.stop()
        build.dropdb(DATABASE)


def run_a_day(build: Build, servers, partner: HttpPartner) -> None:
    """Place orders at both servers, and wait until the partner shipped them all."""
    rpcs = [Rpc(server.url, DATABASE) for server in servers]
    shop = Distributor(rpcs[0])
    shop.make_products()
    shop.make_customers()
    house = shop.make_warehouse("BOB", "Chicago")
    partner.stock(shop.stock_up(house))
    address = shop.make_backend(
        house,
        "ShipBob Chicago",
        "shipbob",
        {"base_url": partner.base_url, "channel_id": partner.channel},
        {"api_token": partner.token, "webhook_secret": partner.secret},
    )
    shop.hurry(house, lookup_delay=3, fetch_minutes=0, batch_size=3, parallel=4)
    path = address.split("/dist/", 1)[1]
    partner.settings(webhook_url=f"{servers[1].url}/dist/{path}")
    place_orders(shop, rpcs)
    done = """SELECT count(*) FROM stock_picking
               WHERE state = 'done' AND dist_request_key IS NOT NULL"""
    wait_until(
        lambda: int(build.sql(DATABASE, done)[0][0]) >= ORDERS, "all orders shipped"
    )
    partner.settle(60)
    wait_until(lambda: build.sql(DATABASE, OPEN)[0][0] == "0", "nothing is open")


def check(build: Build, servers, partner: HttpPartner) -> None:
    """Compare what was counted with what should have happened."""
    with Books(build, DATABASE) as books:
        told = compare(books, partner.books())
        workers = {
            pid
            for (pid,) in books.rows(
                "SELECT DISTINCT worker_pid FROM queue_job WHERE state = 'done'"
            )
        }
        sends = books.rows(
            """SELECT message_id, count(*) FROM dist_attempt
                WHERE step = 'send' AND outcome = 'accepted'
             GROUP BY 1 HAVING count(*) > 1"""
        )
        failed = books.number("SELECT count(*) FROM queue_job WHERE state = 'failed'")
    assert told == {"lost": [], "doubled": [], "different": []}
    assert len(partner.books()) == ORDERS
    assert sends == []
    assert failed == 0
    assert workers == {server.pid for server in servers}, "both worked"
