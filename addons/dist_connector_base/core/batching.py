"""Work on a batch in one go; when that fails, halve it until the bad one stands alone.

Odoo-free: ``work`` brings its own savepoint.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

T = TypeVar("T")


def waves(
    items: Sequence[T], partition: Callable[[T], Hashable | None]
) -> list[list[T]]:
    """Split items so that no wave holds two of one partition, in order.

    :param partition: gives the partition of an item; None means it has none
    :return: the first items of all partitions, then the second ones, and so on
    """
    found: list[list[T]] = []
    seen: dict[Hashable, int] = {}
    for item in items:
        name = partition(item)
        turn = 0 if name is None else seen.get(name, 0)
        if name is not None:
            seen[name] = turn + 1
        if turn == len(found):
            found.append([])
        found[turn].append(item)
    return found


def halve(
    items: Sequence[T],
    work: Callable[[list[T]], None],
    *,
    item_fault: Callable[[Exception], bool] = lambda exc: True,
) -> list[tuple[T, Exception]]:
    """Run ``work`` over all items, hopeful first.

    ``work`` must leave nothing behind when it raises (a savepoint). The costs of one
    bad item among n are about 2 log2(n) further calls, not n.

    :param item_fault: says whether an error is the fault of an item; any other goes
        through
    :return: the items that failed alone, each with its error, in order
    """
    if not items:
        return []
    try:
        work(list(items))
    except Exception as exc:
        if not item_fault(exc):
            raise
        if len(items) == 1:
            return [(items[0], exc)]
    else:
        return []
    middle = len(items) // 2
    return [
        *halve(items[:middle], work, item_fault=item_fault),
        *halve(items[middle:], work, item_fault=item_fault),
    ]
