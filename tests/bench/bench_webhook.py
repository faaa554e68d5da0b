"""Webhooks: signed, checked and committed, against a controller that inserts a row."""

import concurrent.futures
import http.client
import json
import time
import urllib.parse

from setup.lib.build import Build

from ..partners.client import SECRET
from ..partners.webhooks import sign
from ..support.rpc import Rpc
from .bench_messages import SKUS
from .figure import Figure, medians, sized
from .level_profile import make_backend
from .support import running

POSTS = sized(3_000)
CLIENTS = 8


def _post_all(url: str, requests: list[tuple[bytes, dict[str, str]]]) -> float:
    """Seconds per post, over some connections at once.

    :raises RuntimeError: when a post is not answered with 2xx
    """
    target = urllib.parse.urlsplit(url)

    def client(share: list[tuple[bytes, dict[str, str]]]) -> None:
        connection = http.client.HTTPConnection(target.hostname, target.port)
        for body, headers in share:
            connection.request("POST", target.path, body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status >= 300:
                raise RuntimeError(f"{target.path} answered {answer.status}")
        connection.close()

    shares = [requests[number::CLIENTS] for number in range(CLIENTS)]
    start = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, shares))
    return (time.perf_counter() - start) / len(requests)


def _signed(run: int) -> list[tuple[bytes, dict[str, str]]]:
    requests = []
    now = int(time.time())
    for index in range(POSTS):
        body = json.dumps(
            {
                "id": f"{run}-{index}",
                "sku": SKUS[index % len(SKUS)],
                "quantity": index % 90,
                "taken_at": "2026-01-01T00:00:00+00:00",
            }
        ).encode()
        message_id = f"msg_{run}_{index}"
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(now),
            "webhook-signature": sign(SECRET, message_id, now, body),
            "x-webhook-topic": "stock.changed",
        }
        requests.append((body, headers))
    return requests


def _door(rpc: Rpc, backend: int) -> str:
    path = rpc.read("dist.backend", [("id", "=", backend)], ["webhook_url"])
    return rpc.url + "/dist/" + path[0]["webhook_url"].split("/dist/", 1)[1]


def webhook_intake(build: Build) -> Figure:
    """Signed webhooks into the ledger, against a bare insert."""
    # Jobs are not run meanwhile: both sides are about taking in.
    with running(
        build, "bench_webhook", "dist_bench", workers=2, run_jobs=False
    ) as rpc:
        backend, _flow = make_backend(rpc, SKUS)
        door, bare = _door(rpc, backend), f"{rpc.url}/dist_bench/insert"
        runs = iter(range(100))
        warm = _signed(next(runs))[:200]
        _post_all(door, warm)
        _post_all(bare, warm)
        mine, theirs = medians(
            lambda: _post_all(door, _signed(next(runs))),
            lambda: _post_all(bare, _signed(next(runs))),
        )
    return Figure(
        "webhook_intake",
        mine,
        theirs,
        "s/post",
        1.6,
        f"{POSTS} posts over {CLIENTS} connections to two workers: signature checked "
        "and committed to the ledger, against a controller that only inserts the body",
    )


FIGURES = {"webhook_intake": webhook_intake}
