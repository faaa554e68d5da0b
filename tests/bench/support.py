"""What the benchmarks on a running Odoo share."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from setup.lib.build import Build

from ..support.rpc import Rpc
from ..support.stage import ENCRYPTION_KEY

ADDONS = Path(__file__).parent / "addons"


@contextlib.contextmanager
def running(
    build: Build, database: str, module: str, *, suite: bool = True, **settings
) -> Iterator[Rpc]:
    """Give a signed-in Odoo on a new database with a benchmark addon; dropped after.

    :param suite: with all addons of the suite; else with Odoo's own and queue_job
    :param settings: fields of ``setup.lib.config.OdooConfig``, such as ``workers``
    """
    path = ",".join(map(str, (*build.addons_path, ADDONS)))
    template = build.suite_template() if suite else build.base_template()
    build.dropdb(database)
    build.createdb(database, template=template)
    build.run_odoo(database, ["-i", module, f"--addons-path={path}"])
    extra = {
        "addons_path": path,
        "dist_encryption_key": ENCRYPTION_KEY,
        "log_level": "warn",
        "limit_time_real": "1200",
    }
    server = build.start_odoo(database, extra=extra, **settings)
    try:
        server.wait_ready()
        yield Rpc(server.url, database)
    finally:
        server.stop()
        build.dropdb(database)


def until(
    build: Build, database: str, query: str, value: int, seconds: float = 600
) -> float:
    """Wait until a query gives a number; give the moment (``perf_counter``).

    :raises TimeoutError: with the last number
    """
    end = time.perf_counter() + seconds
    while True:
        number = int(build.sql(database, query)[0][0])
        if number == value:
            return time.perf_counter()
        if time.perf_counter() > end:
            raise TimeoutError(f"{query} stands at {number}, not at {value}")
        time.sleep(0.05)
