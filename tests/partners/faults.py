"""Faults on request: what the partner shall do wrong, to whom and how often."""

import fnmatch
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .books import Books


class Fault(NamedTuple):
    """A fault that strikes now."""

    kind: str
    arguments: dict[str, Any]

    def seconds(self, default: float) -> float:
        """Return the fault's duration."""
        return float(self.arguments.get("seconds", default))


def order_fault(
    books: Books, kind: str, match: Mapping[str, str], count: int, arguments: Any
) -> int:
    """Put a fault into the queue.

    :param match: fact -> glob pattern; all must match. Empty matches everything
    :param count: how often it strikes
    """
    return books.run(
        "INSERT INTO faults (kind, matcher, arguments, remaining) VALUES (?, ?, ?, ?)",
        kind,
        json.dumps(dict(match)),
        json.dumps(arguments),
        count,
    )


def strike(books: Books, kinds: Iterable[str], **facts: str) -> Fault | None:
    """Take the oldest fault of these kinds that the facts match, and use it up once."""
    wanted = set(kinds)
    with books.work():
        for row in books.rows("SELECT * FROM faults WHERE remaining > 0 ORDER BY id"):
            if row["kind"] in wanted and _matches(json.loads(row["matcher"]), facts):
                books.run(
                    "UPDATE faults SET remaining = remaining - 1, struck = struck + 1"
                    " WHERE id = ?",
                    row["id"],
                )
                return Fault(row["kind"], json.loads(row["arguments"]))
    return None


def _matches(matcher: Mapping[str, str], facts: Mapping[str, str]) -> bool:
    return all(
        fnmatch.fnmatchcase(facts.get(name, ""), pattern)
        for name, pattern in matcher.items()
    )


def listing(books: Books) -> list[dict[str, Any]]:
    """Return all faults with how often they struck and will strike."""
    return [
        {
            "kind": row["kind"],
            "match": json.loads(row["matcher"]),
            "remaining": row["remaining"],
            "struck": row["struck"],
        }
        for row in books.rows("SELECT * FROM faults ORDER BY id")
    ]
