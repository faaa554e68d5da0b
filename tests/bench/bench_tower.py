"""The control tower's queries with a million messages, and with ten thousand."""

import time

from setup.lib.build import Build

from .figure import Figure, medians, sized
from .level_profile import make_backend
from .support import running

MESSAGES = sized(1_000_000)
FEW = sized(10_000)
#: Open messages and exceptions: the same in both, as a bad morning leaves them.
OPEN = sized(2_000)
SKUS = ["SKU-0001"]
DAYS = 90


def _fill(build: Build, database: str, flow: int, number: int) -> None:
    """Put finished messages of the last three months into the ledger by SQL."""
    build.sql(
        database,
        f"""INSERT INTO dist_message (
                backend_id, flow_id, company_id, message_type, direction, kind, state,
                key, received_at, done_at, next_try_at, tries, round)
            SELECT f.backend_id, f.id, f.company_id, f.message_type, f.direction,
                   'document', 'done', 'bench-' || t.moment || '-' || n,
                   t.moment, t.moment + interval '3 seconds', t.moment, 1, 0
              FROM dist_flow AS f, generate_series(1, {number}) AS n,
                   LATERAL (SELECT now() AT TIME ZONE 'UTC'
                                   - ({number} - n) * interval '{DAYS} days' / {number}
                           ) AS t (moment)
             WHERE f.id = {flow} ORDER BY n""",
    )


def _fill_open(build: Build, database: str, flow: int) -> None:
    """Put messages into the ledger that wait or stand in exception."""
    build.sql(
        database,
        f"""WITH made AS (
                INSERT INTO dist_message (
                    backend_id, flow_id, company_id, message_type, direction, kind,
                    state, key, received_at, next_try_at, tries, round)
                SELECT f.backend_id, f.id, f.company_id, f.message_type, f.direction,
                       'document', CASE WHEN n % 2 = 0 THEN 'waiting'
                                        ELSE 'exception' END,
                       'open-' || n, now() AT TIME ZONE 'UTC' - n * interval '1 minute',
                       now() AT TIME ZONE 'UTC', 1, 0
                  FROM dist_flow AS f, generate_series(1, {OPEN}) AS n
                 WHERE f.id = {flow}
             RETURNING id, state, backend_id, flow_id, company_id, received_at)
            INSERT INTO dist_exception (
                name, state, error_class, severity, backend_id, flow_id, company_id,
                message_id, first_seen, last_seen, occurrences)
            SELECT 'bench', 'open', 'business', 'medium', backend_id, flow_id,
                   company_id, id, received_at, received_at, 1
              FROM made WHERE state = 'exception'""",
    )


def _ready(build: Build, rpc, database: str) -> None:
    """Count by the hour, and let PostgreSQL see what is there."""
    rpc.call("dist.bench.row", "count_hours", [])
    build.sql(database, "VACUUM ANALYZE dist_message")
    build.sql(database, "ANALYZE dist_exception")


def control_tower_1m(build: Build) -> Figure:
    """Load the first screen from a full ledger and from a young one."""
    with (
        running(build, "bench_tower_full", "dist_bench", port=8091) as full,
        running(build, "bench_tower_young", "dist_bench", port=8092) as young,
    ):
        for database, rpc, number in (
            ("bench_tower_full", full, MESSAGES),
            ("bench_tower_young", young, FEW),
        ):
            _backend, flow = make_backend(rpc, SKUS)
            _fill(build, database, flow, number)
            _fill_open(build, database, flow)
            _ready(build, rpc, database)

        def load(rpc) -> float:
            start = time.perf_counter()
            for _time in range(10):
                rpc.call("dist.control.tower", "get_data", 90)
            return (time.perf_counter() - start) / 10

        load(full), load(young)
        ours, reference = medians(lambda: load(full), lambda: load(young))
    return Figure(
        "control_tower_1m",
        ours,
        reference,
        "screen",
        2.0,
        f"All queries of the control tower over RPC with {MESSAGES:,} finished "
        f"messages over {DAYS} days and {OPEN:,} open ones, against {FEW:,} finished.",
    )


FIGURES = {"control_tower_1m": control_tower_1m}
