"""Fulfilment confirmations from bytes to done deliveries, against bare ORM calls."""

from setup.lib.build import Build

from .bench_messages import SKUS
from .figure import Figure, medians, sized
from .level_profile import make_backend
from .support import running

DELIVERIES = sized(1_000)
CHUNK = 100


def confirm_pipeline(build: Build) -> Figure:
    """A thousand confirmations through the ledger, and the same by bare ORM calls."""
    # No jobs: both sides work in the calling process, in the same chunks.
    with running(build, "bench_confirm", "dist_bench", run_jobs=False) as rpc:
        backend, _flow = make_backend(rpc, SKUS)
        flow = rpc.one(
            "dist.flow",
            [
                ("backend_id", "=", backend),
                ("message_type", "=", "shipment_confirmation"),
            ],
        )
        bare_id, connected_id = rpc.create(
            "stock.warehouse",
            [
                {"name": "Run by us", "code": "OUR"},
                {"name": "Run by a 3PL", "code": "TPL", "dist_backend_id": backend},
            ],
        )
        rpc.call("dist.bench.confirm", "stock_up", [bare_id, connected_id], 100_000)

        def side(warehouse: int, method: str, *arguments: int) -> float:
            ids = rpc.call("dist.bench.confirm", "deliveries", warehouse, DELIVERIES)
            seconds = rpc.call("dist.bench.confirm", method, *arguments, ids, CHUNK)
            left = [("id", "in", ids), ("state", "!=", "done")]
            open_ones = rpc.call("stock.picking", "search_count", left)
            if open_ones:
                raise RuntimeError(f"{open_ones} deliveries were not validated")
            return seconds / DELIVERIES

        mine, bare = medians(
            lambda: side(connected_id, "confirm", flow), lambda: side(bare_id, "bare")
        )
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


FIGURES = {"confirm_pipeline": confirm_pipeline}
