"""Picking files up over SFTP into the ledger of a running Odoo."""

from pathlib import Path

from setup.lib.build import Build

from ..support.rpc import Rpc
from .bench_sftp import Warehouse, loop, warehouse
from .figure import Figure, medians, sized
from .level_profile import make_profile
from .support import running

FILES = sized(1_000)
DOCUMENT = Path(__file__).with_name("files.yaml")


def _make_flow(rpc: Rpc, house: Warehouse) -> int:
    """Connect a backend with the server; give the flow that takes its files."""
    profile = make_profile(rpc, DOCUMENT)
    values = {"name": "Files", "profile_id": profile, "allow_private_network": True}
    (backend,) = rpc.create("dist.backend", [values])
    settings = house.server.settings() | {
        "port": str(house.port),
        "host_key": house.server.host_keys("ed25519"),
    }
    for name, value in settings.items():
        domain = [("backend_id", "=", backend), ("name", "=", name)]
        setting = rpc.one("dist.backend.setting", domain)
        rpc.call("dist.backend.setting", "write", [setting], {"value": value})
    key = house.server.user_key("rsa")
    rpc.create(
        "dist.credential",
        [{"backend_id": backend, "name": "private_key", "secret": key}],
    )
    return rpc.one("dist.flow", [("backend_id", "=", backend)])


def _fetch(rpc: Rpc, house: Warehouse, flow: int) -> float:
    """Seconds per file: ours, measured in the server, sign-in and commit included.

    :raises RuntimeError: when a file is not in the ledger or not in the archive
    """
    house.put_out(FILES)
    taken = [("flow_id", "=", flow), ("via", "=", "file")]
    before = rpc.call("dist.message", "search_count", taken)
    seconds = rpc.call("dist.bench.row", "pick_up", [], flow)
    kept = rpc.call("dist.message", "search_count", taken) - before
    if kept != FILES:
        raise RuntimeError(f"{kept} of {FILES} files are in the ledger")
    house.check(FILES)
    return seconds / FILES


def sftp_pickup(build: Build) -> Figure:
    """A thousand files into the ledger and the archive, against a loop."""
    # Jobs are enqueued and not run: what becomes of the files is no part of this.
    with (
        running(build, "bench_sftp", "dist_bench", run_jobs=False) as rpc,
        warehouse() as house,
    ):
        flow = _make_flow(rpc, house)
        ours, reference = medians(
            lambda: _fetch(rpc, house, flow), lambda: loop(house, FILES)
        )
    return Figure(
        "sftp_pickup",
        ours,
        reference,
        "s/file",
        1.0,
        f"{FILES} files of 4 kB listed twice, read, committed to the ledger of a "
        "running Odoo and archived, without the pause for files that still grow, "
        "against pysftp's listdir, get and rename loop that keeps nothing; one local "
        "OpenSSH",
    )


FIGURES = {"sftp_pickup": sftp_pickup}
