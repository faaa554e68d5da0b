"""See to it that a job comes for the due messages of a flow, and not one each.

A message that finds a job pending does not need another one, if that job starts
after the message is committed. Nobody can know that of a job that may start at any
moment, so jobs of a trickle are set one to two seconds ahead, and only a job that is
still half a second away is relied on. What slips through all the same (a transaction
that took longer than that) is found by the sweep.
"""

import math
import time
import uuid
from datetime import datetime, timezone

from odoo.tools import SQL

#: Only a pending job that starts later than this, in seconds, is relied on.
MARGIN = 0.5

# (database, flow id) -> start of the last job that this process enqueued and
# committed, as Unix time. Only saves the look into the queue on the hot path.
_enqueued: dict[tuple[str, int], float] = {}


def wake(flow, *, count: int = 1, delay: float | None = None) -> None:
    """Enqueue what is needed to handle the due messages of a flow.

    :param flow: one ``dist.flow`` record
    :param count: messages that became due in this transaction
    :param delay: seconds until the first of them is due; None: now
    """
    env = flow.env
    if not flow or env.context.get("dist_no_wake"):
        return
    flow = flow.sudo()
    now = time.time()
    place = (env.cr.dbname, flow.id)
    relied_on = delay is None and _enqueued.get(place, 0) > now + MARGIN
    # first the case of nearly every webhook, which then reads nothing at all
    if relied_on and count == 1:
        return
    if flow.run_state == "paused":
        return  # what is due is found when the flow goes on
    if delay is None and count >= flow.batch_size:
        _enqueue_burst(flow, count)
        return
    if relied_on:
        return
    start = math.floor(now + max(delay or 0, 0)) + 2
    slots = [_identity(flow, start), _identity(flow, start - 1)]
    if _pending(env, slots):
        return
    _enqueue(flow, slots[0], start)
    env.cr.postcommit.add(lambda: _remember(place, start if delay is None else 0))


def _remember(place, start: float) -> None:
    if start:
        _enqueued[place] = start


def _enqueue_burst(flow, count: int) -> None:
    """Enqueue jobs at once: they come with the messages they are for."""
    woken = flow.env.cr.postcommit.data.setdefault("dist_woken", set())
    if flow.id in woken:
        return
    woken.add(flow.id)
    jobs = min(max(flow.parallel, 1), math.ceil(count / max(flow.batch_size, 1)))
    for _number in range(jobs):
        _enqueue(flow, _identity(flow, uuid.uuid4().hex), None)


def follow_up(flow) -> None:
    """Enqueue the next job of a run that left due messages behind."""
    flow = flow.sudo()
    _enqueue(flow, _identity(flow, uuid.uuid4().hex), None)


def _identity(flow, start: int | str) -> str:
    # the sweep reads the flow's id out of it
    return f"dist.flow:{flow.id}:{start}"


def _pending(env, slots: list[str]) -> bool:
    """Say whether a job of one of these start times waits in the queue."""
    return bool(
        env.execute_query(
            SQL(
                """SELECT 1 FROM queue_job
                    WHERE identity_key = ANY(%s) AND state IN ('pending', 'enqueued')
                      AND eta > (now() AT TIME ZONE 'UTC')
                                + make_interval(secs => %s)
                    LIMIT 1""",
                slots,
                MARGIN,
            )
        )
    )


def _enqueue(flow, identity: str, start: int | None) -> None:
    eta = None
    if start is not None:
        eta = datetime.fromtimestamp(start, tz=timezone.utc).replace(tzinfo=None)
    flow.with_delay(
        eta=eta,
        priority=flow.priority,
        channel=f"root.dist.{flow.channel}",
        identity_key=identity,
        description=flow.display_name,
    )._job_run()
