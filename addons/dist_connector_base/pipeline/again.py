"""Run a job again at once when its transaction met another one.

A job's snapshot is taken before the job runs: queue_job locks the job's row first. A
row that another job finished since then cannot be locked or written any more
(REPEATABLE READ), whatever the job does; only a new transaction sees it. queue_job
itself would come back after five seconds, and give up after five times.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from odoo.addons.queue_job.exception import RetryableJobError

from .failures import is_serialization

#: Seconds until the job comes back: the next full second, which is now. Not 0, which
#: means queue_job's own pause of ten minutes.
AT_ONCE = 0.001


@contextmanager
def at_once(env) -> Iterator[None]:
    """Turn "two transactions met" into another run of the job in a new transaction.

    The one that met was committed, so each such failure is somebody's progress: it
    costs no try of the job.

    :raises RetryableJobError: when the transactions met
    """
    try:
        yield
        # what the ORM still holds back would else fail outside, five seconds dear
        env.flush_all()
    except psycopg2.OperationalError as exc:
        if not is_serialization(exc):
            raise
        raise RetryableJobError(
            "another transaction was quicker", seconds=AT_ONCE, ignore_retry=True
        ) from exc
