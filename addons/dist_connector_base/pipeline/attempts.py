"""Attempts of many messages at once; ``dist.attempt`` itself records one at a time."""

from collections.abc import Sequence
from typing import Any

from odoo.tools import SQL

from ..core import masking


def last_sends(env, message_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Give the last send attempt of each message that has one."""
    rows = env.execute_query(
        SQL(
            """SELECT DISTINCT ON (message_id) message_id, round, outcome, remote_id,
                      remote_status, code, detail, ended_at IS NOT NULL,
                      extract(epoch FROM now() AT TIME ZONE 'UTC'
                              - coalesce(ended_at, started_at))
                 FROM dist_attempt
                WHERE message_id = ANY(%s) AND step = 'send'
             ORDER BY message_id, id DESC""",
            list(message_ids),
        )
    )
    names = (
        "round",
        "outcome",
        "remote_id",
        "remote_status",
        "code",
        "detail",
        "ended",
        "age",
    )
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


def log_attempts(env, step: str, rows: Sequence[tuple[int, str, str]], started) -> None:
    """Put on record how a step ended for many messages, one statement.

    :param rows: ``(message id, outcome, detail)``
    :param started: when the step began, UTC without zone
    """
    if not rows:
        return
    ids, outcomes, details = (list(column) for column in zip(*rows, strict=True))
    details = [masking.mask_text(detail) for detail in details]
    env.cr.execute(
        SQL(
            """INSERT INTO dist_attempt
                   (message_id, step, round, started_at, ended_at, outcome, detail,
                    seconds, job_uuid)
               SELECT v.id, %s, 0, %s, clock_timestamp() AT TIME ZONE 'UTC', v.outcome,
                      nullif(v.detail, ''),
                      extract(epoch FROM clock_timestamp() AT TIME ZONE 'UTC' - %s), %s
                 FROM unnest(%s::int[], %s::varchar[], %s::text[])
                      AS v (id, outcome, detail)""",
            step,
            started,
            started,
            env.context.get("job_uuid") or None,
            ids,
            outcomes,
            details,
        )
    )
