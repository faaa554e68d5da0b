"""A partner's stock against Odoo's, and large snapshots, against COPY and a bare join.

The references do the least that any solution has to do: load the rows, join them once.
"""

from pathlib import Path

from setup.lib.build import Build

from ..support.rpc import Rpc
from .figure import Figure, medians, sized
from .level_profile import make_profile
from .support import running

ROWS = sized(500_000)
SNAPSHOT_ROWS = sized(100_000)
DOCUMENT = Path(__file__).with_name("stock.yaml")
MODEL = "dist.bench.reconcile"


def _prepare(rpc: Rpc, rows: int) -> tuple[int, int]:
    """Make a backend and its stock; give the backend's id and that of its flow."""
    profile = make_profile(rpc, DOCUMENT)
    (backend,) = rpc.create("dist.backend", [{"name": "Bench", "profile_id": profile}])
    rpc.call(MODEL, "prepare", backend, rows)
    flow = rpc.one(
        "dist.flow",
        [("backend_id", "=", backend), ("message_type", "=", "inventory_snapshot")],
    )
    return backend, flow


def reconcile_500k(build: Build) -> Figure:
    """Half a million rows of a partner against Odoo's stock."""
    # no jobs: both sides work in the calling process
    with running(build, "bench_reconcile", "dist_bench", run_jobs=False) as rpc:
        backend, _flow = _prepare(rpc, ROWS)
        rpc.call(MODEL, "told", backend)

        def ours() -> float:
            seconds, lines = rpc.call(MODEL, "reconcile", backend)
            if not lines:
                raise RuntimeError("the comparison found no difference")
            return seconds / ROWS

        mine, bare = medians(ours, lambda: rpc.call(MODEL, "bare_join") / ROWS)
    return Figure(
        "reconcile_500k",
        mine,
        bare,
        "s/row",
        3,
        f"{ROWS} rows by product and lot that a partner told, 1 in 100 different: COPY "
        "of the rows plus a whole comparison (late or real, ages, totals that foot, "
        "lines, exception), against COPY of the same rows plus one bare FULL JOIN with "
        "the stock in the warehouse (quant, location, product, lot's name); one "
        "process",
    )


def snapshot_100k_lots(build: Build) -> Figure:
    """A snapshot of a hundred thousand lots into the partner's stock."""
    return _snapshot(
        build,
        "snapshot_100k_lots",
        "apply_only",
        "from the read document to the stored levels, after one of the same lots, 1 in "
        "100 different, and a vacuum",
    )


def snapshot_100k_first(build: Build) -> Figure:
    """The first snapshot of a partner: every row is new."""
    return _snapshot(
        build,
        "snapshot_100k_first",
        "apply_only",
        "from the read document to the stored levels, which are none before; the "
        "reference keeps no row, ours makes each with its keys checked and indexed",
        first=True,
    )


def snapshot_100k_bytes(build: Build) -> Figure:
    """The same from the bytes in the ledger: parsed, mapped, checked and hashed too."""
    return _snapshot(
        build,
        "snapshot_100k_bytes",
        "snapshot",
        "from its bytes in the ledger to the stored levels, after one of the same "
        "lots, 1 in 100 different, and a vacuum",
    )


def _snapshot(
    build: Build, name: str, method: str, what: str, *, first: bool = False
) -> Figure:
    with running(build, "bench_snapshot", "dist_bench", run_jobs=False) as rpc:
        _backend, flow = _prepare(rpc, SNAPSHOT_ROWS)
        runs = iter(range(1, 100))

        def ours() -> float:
            if first:
                rpc.call(MODEL, "forget")
            # what autovacuum does between two snapshots of a day
            build.sql("bench_snapshot", "VACUUM dist_partner_stock")
            return rpc.call(MODEL, method, flow, next(runs)) / SNAPSHOT_ROWS

        ours()
        mine, bare = medians(ours, lambda: rpc.call(MODEL, "bare_join") / SNAPSHOT_ROWS)
    return Figure(
        name,
        mine,
        bare,
        "s/row",
        3,
        f"a snapshot of {SNAPSHOT_ROWS} rows with lots, {what}; against COPY of its "
        "rows plus one bare FULL JOIN with the stock in the warehouse (quant, "
        "location, product, lot's name); one process",
    )


FIGURES = {
    "reconcile_500k": reconcile_500k,
    "snapshot_100k_lots": snapshot_100k_lots,
    "snapshot_100k_first": snapshot_100k_first,
    "snapshot_100k_bytes": snapshot_100k_bytes,
}
