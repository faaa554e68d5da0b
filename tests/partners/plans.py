"""How the partner handles orders: settings of the house, plans for single orders."""

import fnmatch
import json
from typing import Any

from .books import Books

#: What a partner does unless its settings or an order's plan say otherwise.
#: delay, rest_delay: seconds from receipt to shipping, from first part to the rest.
#: parcels: how many per shipment. hold: leave the order where it is.
#: when_short: close (ship what there is, that is all) | rest_later | wait.
#: split: fraction of each line that leaves first, the rest after ``rest_delay``.
#: holds: what becomes of a hold: keep | refuse | ignore (it says that it keeps it back,
#: and ships it). shipping_cost, currency: of a shipment; empty: it tells none.
#: carrier, service: empty takes what the order asks for, else the house's own.
DEFAULTS: dict[str, Any] = {
    "auto": True,
    "delay": 0.1,
    "rest_delay": 0.2,
    "parcels": 1,
    "when_short": "close",
    "split": None,
    "hold": False,
    "refuse": "",
    "holds": "keep",
    "shipping_cost": "",
    "currency": "EUR",
    "carrier": "",
    "service": "",
    "unknown_carrier": "PigeonPost",
    "default_stock": "0",
    "timezone": "UTC",
}


def setting(books: Books, name: str) -> Any:
    """Return a setting: as stored, else the default."""
    return {**DEFAULTS, **books.settings()}[name]


def plan_of(books: Books, request_key: str) -> dict[str, Any]:
    """Return how this order is handled: defaults, settings, then matching plans."""
    plan = {**DEFAULTS, **books.settings()}
    for row in books.rows("SELECT * FROM plans ORDER BY id"):
        if fnmatch.fnmatchcase(request_key, row["pattern"]):
            plan.update(json.loads(row["document"]))
    return plan


def store_plan(books: Books, pattern: str, values: dict[str, Any]) -> None:
    """Store a plan, in place of an older one for the same glob.

    Raises ValueError on a setting that nobody reads.
    """
    check_names(values)
    with books.work():
        books.run("DELETE FROM plans WHERE pattern = ?", pattern)
        books.run(
            "INSERT INTO plans (pattern, document) VALUES (?, ?)",
            pattern,
            json.dumps(values),
        )


def check_names(values: dict[str, Any], also: tuple[str, ...] = ()) -> None:
    """Raise ValueError when a name is neither a default nor one of ``also``."""
    unknown = set(values) - set(DEFAULTS) - set(also)
    if unknown:
        raise ValueError(f"no such setting: {', '.join(sorted(unknown))}")
