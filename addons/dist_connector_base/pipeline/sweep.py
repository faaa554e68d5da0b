"""Find messages whose job died or vanished, and put them back in line."""

from odoo.tools import SQL

from ..core.errors import FatalError
from . import wake


def sweep(env) -> int:
    """Wake every flow that has due messages and no job that will come for them.

    :return: how many flows were woken
    """
    _release_stranded(env)
    _report_failed_jobs(env)
    rows = env.execute_query(
        SQL(
            """SELECT m.flow_id, count(*)
                 FROM dist_message m
                 JOIN dist_flow f ON f.id = m.flow_id AND f.active
                                AND f.run_state != 'paused'
                WHERE m.state IN ('received', 'ready')
                  AND m.next_try_at <= now() AT TIME ZONE 'UTC'
                  AND NOT EXISTS (
                      SELECT 1 FROM queue_job j
                       WHERE j.state IN ('pending', 'enqueued', 'started')
                         AND j.identity_key LIKE 'dist.flow:' || m.flow_id || ':%%'
                         AND (j.eta IS NULL OR j.eta <= (now() AT TIME ZONE 'UTC')
                                                        + interval '60 seconds'))
             GROUP BY m.flow_id"""
        )
    )
    for flow_id, count in rows:
        wake.wake(env["dist.flow"].browse(flow_id), count=count)
    return len(rows)


def _release_stranded(env) -> None:
    """Free messages that wait behind one that is settled already.

    Two workers can miss each other: one marks the second message as waiting while the
    other finishes the first, and neither sees the other's change.
    """
    env.execute_query(
        SQL(
            """UPDATE dist_message AS m SET state = 'ready', note = NULL
                WHERE m.state = 'waiting' AND m.note LIKE 'behind %%'
                  AND NOT EXISTS (
                      SELECT 1 FROM dist_message e
                       WHERE e.backend_id = m.backend_id
                         AND e.direction = m.direction
                         AND e.partition = m.partition AND e.id < m.id
                         AND (m.direction = 'out' OR e.message_type = m.message_type)
                         AND e.state IN
                             ('received', 'ready', 'waiting', 'exception', 'dead'))
            RETURNING m.id"""
        )
    )
    env["dist.message"].invalidate_model(["state", "note"])


def _report_failed_jobs(env) -> None:
    """Open an exception for each flow whose job failed as a whole."""
    rows = env.execute_query(
        SQL(
            """SELECT split_part(identity_key, ':', 2)::int, max(exc_name)
                 FROM queue_job
                WHERE state = 'failed' AND identity_key LIKE 'dist.flow:%%'
                  AND date_created > (now() AT TIME ZONE 'UTC') - interval '1 day'
             GROUP BY 1"""
        )
    )
    flows = env["dist.flow"].browse([flow_id for flow_id, _name in rows]).exists()
    names = dict(rows)
    for flow in flows:
        env["dist.exception"]._open_for_cause(
            flow.backend_id,
            flow,
            FatalError(
                f"the job of {flow.display_name} failed with {names[flow.id]}",
                path=f"flow {flow.message_type}",
                next_step="Open Queue > Jobs, read the trace of the failed job, mend "
                "the cause and requeue or remove the job.",
            ),
        )
