"""Light messages: one SKU's stock level each, ten thousand at a time.

Ours is the ledger in batches; the references are one queue_job per message that does
the same write, and OCA's EDI framework through its own queue.
"""

import json
import time
from datetime import datetime, timedelta, timezone

from setup.lib.build import Build

from ..support.rpc import Rpc
from .figure import Figure, medians, sized
from .level_profile import make_backend
from .support import running, until

MESSAGES = sized(10_000)
#: The peer takes four minutes for ten thousand; its rate is the same over fewer.
PEER_MESSAGES = sized(1_000)
PER_CALL = 1_000
SKUS = [f"SKU-{number:04d}" for number in range(500)]
START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def payloads(number: int, run: int) -> list[str]:
    """Give the day's levels as a partner posts them, in order of time."""
    base = START + timedelta(days=run)
    return [
        json.dumps(
            {
                "id": f"{run}-{index}",
                "sku": SKUS[index % len(SKUS)],
                "quantity": (index * 7) % 500,
                "taken_at": (base + timedelta(seconds=index)).isoformat(),
            }
        )
        for index in range(number)
    ]


def _in_calls(rpc: Rpc, model: str, method: str, target: int, texts: list[str]):
    for first in range(0, len(texts), PER_CALL):
        rpc.call(model, method, [], target, texts[first : first + PER_CALL])


def _one_each(build: Build, database: str, rpc: Rpc, backend: int, run: int) -> float:
    """Seconds per message: one queue_job each."""
    texts = payloads(MESSAGES, 2 * run)
    done = (
        "SELECT count(*) FROM queue_job WHERE state = 'done' AND method_name = 'store'"
    )
    before = int(build.sql(database, done)[0][0])
    start = time.perf_counter()
    _in_calls(rpc, "dist.bench.row", "enqueue", backend, texts)
    end = until(build, database, done, before + MESSAGES)
    return (end - start) / MESSAGES


def _ledger(build: Build, database: str, rpc: Rpc, flow: int, run: int) -> float:
    """Seconds per message: the ledger, in batches."""
    texts = payloads(MESSAGES, 2 * run + 1)
    done = "SELECT count(*) FROM dist_message WHERE state = 'done'"
    before = int(build.sql(database, done)[0][0])
    start = time.perf_counter()
    _in_calls(rpc, "dist.bench.row", "arrive", flow, texts)
    end = until(build, database, done, before + MESSAGES)
    return (end - start) / MESSAGES


def light_messages(build: Build) -> Figure:
    """Ten thousand messages through the ledger and as one job each."""
    database = "bench_light"
    with running(build, database, "dist_bench", workers=2) as rpc:
        backend, flow = make_backend(rpc, SKUS)
        runs = iter(range(100))

        def ours() -> float:
            return _ledger(build, database, rpc, flow, next(runs))

        def reference() -> float:
            return _one_each(build, database, rpc, backend, next(runs))

        mine, theirs = medians(ours, reference)
    return Figure(
        "light_messages",
        mine,
        theirs,
        "s/message",
        0.067,
        f"{MESSAGES} stock levels of one SKU each, from arrival to the written level, "
        "two workers: ledger rows handled in batches, against one queue_job per "
        "message doing the same write",
    )


def light_messages_edi_core(build: Build) -> Figure:
    """The same messages against OCA's EDI framework in a database of its own."""
    database, peer = "bench_light", "bench_edi_core"
    with running(build, database, "dist_bench", workers=2) as rpc:
        _backend, flow = make_backend(rpc, SKUS)
        mine = sorted(_ledger(build, database, rpc, flow, run) for run in range(3))[1]
    with running(build, peer, "dist_bench_edi", suite=False, workers=2) as rpc:
        type_id = rpc.call("dist.bench.level", "prepare", [], SKUS)
        theirs = sorted(_edi_core(build, peer, rpc, type_id, run) for run in range(3))[
            1
        ]
    return Figure(
        "light_messages_edi_core",
        mine,
        theirs,
        "s/message",
        0.02,
        f"{MESSAGES} stock levels through the ledger, {PEER_MESSAGES} of the same "
        "through edi_core_oca and edi_queue_oca (receive and process by their jobs), "
        "two workers each, one after the other",
    )


def _edi_core(build: Build, database: str, rpc: Rpc, type_id: int, run: int) -> float:
    """Seconds per message: OCA's EDI framework."""
    texts = payloads(PEER_MESSAGES, run)
    done = (
        "SELECT count(*) FROM edi_exchange_record"
        " WHERE edi_exchange_state = 'input_processed'"
    )
    before = int(build.sql(database, done)[0][0])
    start = time.perf_counter()
    for first in range(0, len(texts), 100):
        rpc.call("dist.bench.level", "arrive", [], type_id, texts[first : first + 100])
    end = until(build, database, done, before + PEER_MESSAGES)
    return (end - start) / PEER_MESSAGES


FIGURES = {
    "light_messages": light_messages,
    "light_messages_edi_core": light_messages_edi_core,
}
