"""Which snapshots of a batch replace a warehouse's stock, and which add to it."""

from collections import defaultdict
from typing import NamedTuple

from odoo.tools import SQL


class Sorted(NamedTuple):
    """The snapshots of a batch, by their places in it.

    :ivar lists: each tells all of its warehouse, and is the newest that is known
    :ivar others: pages, parts and changes: each row counts by its own moment
    :ivar late: older than a list that is known; what they say is not true any more
    """

    lists: list[int]
    others: list[int]
    late: list[int]


def sort_out(env, batch, warehouses) -> Sorted:
    """Take the turn in each warehouse, and sort the snapshots of a batch.

    A list leaves rows unwritten that say the same already. A row's own moment then
    does not tell any more which snapshot was the last to name it, so snapshots of one
    warehouse must not pass each other: each writes its moment on the warehouse, and
    of two at the same time PostgreSQL lets one try again (REPEATABLE READ).

    :param batch: incoming documents
    :param warehouses: the warehouse id of each, or None
    """
    by_warehouse = defaultdict(list)
    result = Sorted([], [], [])
    for doc, (inbound, warehouse) in enumerate(zip(batch, warehouses, strict=True)):
        if warehouse and inbound.backend.stock_absent != "stands":
            by_warehouse[inbound.backend.id, warehouse].append(doc)
        else:
            # changes, and what no warehouse of ours holds: nothing is left out
            result.others.append(doc)
    if not by_warehouse:
        return result
    known = _take_turn(
        env,
        {key: [moment(batch[d]) for d in docs] for key, docs in by_warehouse.items()},
    )
    for key, docs in by_warehouse.items():
        _sort_one(batch, docs, known.get(key, {}), result)
    return result


def moment(inbound):
    """Give when a snapshot was taken, as the database keeps it."""
    return inbound.document.taken_at.replace(tzinfo=None)


def is_whole(inbound) -> bool:
    """Say whether what a snapshot does not name is not there."""
    return inbound.document.complete or inbound.backend.stock_absent == "zero"


def is_alone(inbound) -> bool:
    """Say whether a snapshot comes in this one message."""
    pages = inbound.document.pages
    if pages is None:
        return inbound.document.complete or inbound.backend.stock_pages == "one"
    return pages == 1


def _take_turn(env, moments):
    """Write the moments on the warehouses; give the snapshots that may matter.

    :param moments: ``{(backend id, warehouse id): [moment]}``
    :return: ``{(backend id, warehouse id): {moment: is a complete whole list}}``, from
        the oldest of the moments on
    """
    keys = sorted(moments, key=lambda key: key[1])
    known = defaultdict(dict)
    for backend, warehouse, taken_at, closed in env.execute_query(
        SQL(
            """WITH v AS (
                   SELECT * FROM unnest(%s::int[], %s::int[], %s::timestamp[],
                                        %s::timestamp[])
                                 AS v (backend, warehouse, oldest, newest)),
               turn AS (
                   UPDATE stock_warehouse w
                      SET dist_stock_told_at
                          = greatest(w.dist_stock_told_at, v.newest)
                     FROM v WHERE w.id = v.warehouse)
               SELECT s.backend_id, s.warehouse_id, s.taken_at,
                      s.whole AND s.state = 'complete'
                 FROM v JOIN dist_partner_snapshot s
                          ON s.backend_id = v.backend AND s.warehouse_id = v.warehouse
                         AND s.taken_at >= v.oldest""",
            [backend for backend, _warehouse in keys],
            [warehouse for _backend, warehouse in keys],
            [min(moments[key]) for key in keys],
            [max(moments[key]) for key in keys],
        )
    ):
        known[backend, warehouse][taken_at] = closed
    env["stock.warehouse"].invalidate_model(["dist_stock_told_at"], flush=False)
    return known


def _sort_one(batch, docs, known, result):
    """Sort the snapshots of one warehouse.

    :param known: ``{moment: is a complete whole list}`` of those stored before
    """
    newest = max(moment(batch[doc]) for doc in docs)
    youngest = [doc for doc in docs if moment(batch[doc]) == newest]
    floor = max((at for at, closed in known.items() if closed), default=None)
    only = batch[youngest[0]]
    alone = len(youngest) == 1 and is_whole(only) and is_alone(only)
    if alone and all(at < newest for at in known):
        result.lists.append(youngest[0])
        result.late.extend(doc for doc in docs if doc != youngest[0])
        return
    for doc in docs:
        late = floor is not None and moment(batch[doc]) < floor
        (result.late if late else result.others).append(doc)
