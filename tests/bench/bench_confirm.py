"""Fulfilment confirmations from bytes to done deliveries, against bare ORM calls."""

from setup.lib.build import Build

from .bench_messages import SKUS
from .figure import Figure, medians, sized
from .level_profile import make_backend
from .support import running

DELIVERIES = sized(1_000)
BURST = sized(2_000)
CHUNK = 100


def _warehouses(rpc) -> tuple[int, int, int]:
    """Make a warehouse of ours and one of a 3PL, both full; the last is the backend."""
    backend, _flow = make_backend(rpc, SKUS)
    bare, connected = rpc.create(
        "stock.warehouse",
        [
            {"name": "Run by us", "code": "OUR"},
            {"name": "Run by a 3PL", "code": "TPL", "dist_backend_id": backend},
        ],
    )
    rpc.call("dist.bench.confirm", "stock_up", [bare, connected], 1_000_000)
    return bare, connected, backend


def _confirmations(build: Build, lines: int) -> tuple[float, float]:
    """Seconds per delivery: through the ledger, and by bare ORM calls."""
    # No jobs: both sides work in the calling process, in the same chunks.
    with running(build, "bench_confirm", "dist_bench", run_jobs=False) as rpc:
        bare_id, connected_id, backend = _warehouses(rpc)
        flow = rpc.one(
            "dist.flow",
            [
                ("backend_id", "=", backend),
                ("message_type", "=", "shipment_confirmation"),
            ],
        )

        def side(warehouse: int, method: str, *arguments: int) -> float:
            ids = rpc.call(
                "dist.bench.confirm", "deliveries", warehouse, DELIVERIES, lines
            )
            seconds = rpc.call("dist.bench.confirm", method, *arguments, ids, CHUNK)
            left = [("id", "in", ids), ("state", "!=", "done")]
            open_ones = rpc.call("stock.picking", "search_count", left)
            if open_ones:
                raise RuntimeError(f"{open_ones} deliveries were not validated")
            return seconds / DELIVERIES

        return medians(
            lambda: side(connected_id, "confirm", flow), lambda: side(bare_id, "bare")
        )


def confirm_pipeline(build: Build) -> Figure:
    """A thousand confirmations through the ledger, and the same by bare ORM calls."""
    mine, bare = _confirmations(build, 1)
    return Figure(
        "confirm_pipeline",
        mine,
        bare,
        "s/delivery",
        1.25,
        f"{DELIVERIES} confirmations from stored bytes to done deliveries with a "
        f"parcel each, against button_validate on the same deliveries, {CHUNK} at a "
        "time, one process",
    )


def confirm_five_line(build: Build) -> Figure:
    """The same with five lines, two of them with lots, in two parcels."""
    mine, bare = _confirmations(build, 5)
    return Figure(
        "confirm_five_line",
        mine,
        bare,
        "s/delivery",
        1.25,
        f"{DELIVERIES} confirmations of five lines, two with lots, in two parcels, "
        "from stored bytes to done deliveries, against button_validate on the same "
        f"deliveries, {CHUNK} at a time, one process",
    )


def request_burst(build: Build) -> Figure:
    """Two thousand deliveries confirmed at once, each of which queues a request."""
    with running(build, "bench_burst", "dist_bench", run_jobs=False) as rpc:
        bare_id, connected_id, _backend = _warehouses(rpc)

        def side(warehouse: int) -> float:
            ids = rpc.call("dist.bench.confirm", "draft_deliveries", warehouse, BURST)
            seconds = rpc.call("dist.bench.confirm", "confirm_deliveries", ids)
            queued = [("id", "in", ids), ("dist_state", "=", "queued")]
            asked = rpc.call("stock.picking", "search_count", queued)
            if asked != (BURST if warehouse == connected_id else 0):
                raise RuntimeError(f"{asked} of {BURST} requests were queued")
            return seconds / BURST

        mine, bare = medians(lambda: side(connected_id), lambda: side(bare_id))
    return Figure(
        "request_burst",
        mine,
        bare,
        "s/delivery",
        1.1,
        f"{BURST} deliveries confirmed and reserved in one transaction, each queueing "
        "a request to a 3PL, against the same in a warehouse of our own",
    )


FIGURES = {
    "confirm_pipeline": confirm_pipeline,
    "confirm_five_line": confirm_five_line,
    "request_burst": request_burst,
}
