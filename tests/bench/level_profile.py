"""The made-up partner of the benchmarks: a profile, a backend, products."""

from pathlib import Path

from ..partners.client import SECRET
from ..support.rpc import Rpc

DOCUMENT = Path(__file__).with_name("levels.yaml")


def make_profile(rpc: Rpc, document: Path) -> int:
    """Make an approved profile of a document; give its id."""
    (profile,) = rpc.create("dist.profile", [{"document": document.read_text()}])
    rpc.call("dist.bench.row", "approve", [], profile)
    return profile


def make_backend(rpc: Rpc, skus: list[str]) -> tuple[int, int]:
    """Make products and a backend; give its id and that of its stock flow."""
    rpc.create(
        "product.product",
        [{"name": sku, "default_code": sku, "is_storable": True} for sku in skus],
    )
    profile = make_profile(rpc, DOCUMENT)
    limits = {"webhook_rate": 10_000_000, "allow_private_network": True}
    (backend,) = rpc.create(
        "dist.backend", [{"name": "Bench", "profile_id": profile, **limits}]
    )
    rpc.create(
        "dist.credential",
        [{"backend_id": backend, "name": "webhook_secret", "secret": SECRET}],
    )
    flow = rpc.one(
        "dist.flow",
        [("backend_id", "=", backend), ("message_type", "=", "inventory_snapshot")],
    )
    return backend, flow
