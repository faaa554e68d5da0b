"""Removing what its time is over for: bounded batches that step aside for others.

Every statement reads one class (flow and state) through an index of its own, from the
oldest on, and takes no more than a batch; rows that others hold are passed over. So
the cost is that of what is removed, however long the ledger is.
"""

from collections.abc import Iterator

from odoo import fields
from odoo.tools import SQL

BATCH = 2000
STATES = ("done", "duplicate", "cancelled")
#: Where else the content of a message stands: corrected versions, rehearsals.
COPIES = {
    "dist.message.version": ("content", "difference"),
    "dist.shadow.result": ("prepared", "request", "effects", "error"),
}


def batches(env, limit: int = BATCH) -> Iterator[int]:
    """Remove batch after batch; the caller commits in between.

    :yield: how many rows a batch removed
    """
    rules = env["dist.retention.rule"].search([])
    if not rules:
        return
    held = env["dist.legal.hold"]._held()
    for flow in env["dist.flow"].with_context(active_test=False).search([]):
        if flow.backend_id.id in held.backends:
            continue
        for state in STATES:
            rule = rules._for_flow(flow, state)
            if rule.content_days:
                yield from _until_short(
                    limit, _remove_content, env, flow, state, rule, held, limit
                )
            if rule.row_days:
                yield from _until_short(
                    limit, _remove_rows, env, flow, state, rule, held, limit
                )
    for rule in rules.filtered("exception_days"):
        yield from _until_short(limit, _remove_exceptions, env, rule, held, limit)


def _until_short(limit, remove, *args) -> Iterator[int]:
    """Repeat a step until its batch is not full."""
    while removed := remove(*args):
        yield removed
        if removed < limit:
            return


def due(flow, state: str, days: int, held, limit: int, *, content: bool) -> SQL:
    """Give the query for the messages of a class whose time is over.

    :param content: those that have their content still; else those without
    """
    return SQL(
        """SELECT id FROM dist_message
            WHERE flow_id = %s AND state = %s AND done_at < %s
              AND content_removed_at %s
              AND id != ALL(%s) AND (correlation IS NULL OR correlation != ALL(%s))
         ORDER BY done_at LIMIT %s FOR UPDATE SKIP LOCKED""",
        flow.id,
        state,
        fields.Datetime.subtract(fields.Datetime.now(), days=days),
        SQL("IS NULL") if content else SQL("IS NOT NULL"),
        list(held.messages),
        list(held.correlations),
        limit,
    )


def _remove_content(env, flow, state, rule, held, limit) -> int:
    query = due(flow, state, rule.content_days, held, limit, content=True)
    ids = [row_id for (row_id,) in env.execute_query(query)]
    strip(env, ids, drop_attempts=rule.drop_attempts)
    return len(ids)


def strip(env, ids: list[int], *, drop_attempts: bool = False) -> None:
    """Remove payload, document and attempts' texts of messages; the proof stays."""
    if not ids:
        return
    env.cr.execute(
        SQL(
            """UPDATE dist_message SET payload = NULL, canonical = NULL,
                      content_removed_at = now() AT TIME ZONE 'UTC'
                WHERE id = ANY(%s)""",
            ids,
        )
    )
    attempts = (
        SQL("DELETE FROM dist_attempt")
        if drop_attempts
        else SQL("UPDATE dist_attempt SET request = NULL, response = NULL")
    )
    env.cr.execute(SQL("%s WHERE message_id = ANY(%s)", attempts, ids))
    strip_copies(env, ids)
    env["dist.message"].invalidate_model()
    env["dist.attempt"].invalidate_model()


def strip_copies(env, ids: list[int]) -> None:
    """Remove what else holds the content of messages: versions and rehearsals."""
    for model, columns in COPIES.items():
        table = SQL.identifier(env[model]._table)
        blank = SQL(", ").join(
            SQL("%s = NULL", SQL.identifier(column)) for column in columns
        )
        env.cr.execute(
            SQL("UPDATE %s SET %s WHERE message_id = ANY(%s)", table, blank, ids)
        )
        env[model].invalidate_model()


def _remove_rows(env, flow, state, rule, held, limit) -> int:
    query = due(flow, state, rule.row_days, held, limit, content=False)
    ids = [row_id for (row_id,) in env.execute_query(query)]
    if ids:
        # through the ORM, because chatter and activities hang on them
        env["dist.exception"].search([("message_id", "in", ids)]).unlink()
        env.cr.execute(SQL("DELETE FROM dist_message WHERE id = ANY(%s)", ids))
        env.invalidate_all(flush=False)
    return len(ids)


def _remove_exceptions(env, rule, held, limit) -> int:
    backend = (
        SQL("AND backend_id = %s", rule.backend_id.id) if rule.backend_id else SQL("")
    )
    company = (
        SQL("AND company_id = %s", rule.company_id.id) if rule.company_id else SQL("")
    )
    rows = env.execute_query(
        SQL(
            """SELECT id FROM dist_exception
                WHERE state = 'resolved' AND message_id IS NULL
                  AND resolved_at < %s %s %s
                  AND (backend_id IS NULL OR backend_id != ALL(%s))
             ORDER BY resolved_at LIMIT %s FOR UPDATE SKIP LOCKED""",
            fields.Datetime.subtract(fields.Datetime.now(), days=rule.exception_days),
            backend,
            company,
            list(held.backends),
            limit,
        )
    )
    env["dist.exception"].browse([row_id for (row_id,) in rows]).unlink()
    return len(rows)
