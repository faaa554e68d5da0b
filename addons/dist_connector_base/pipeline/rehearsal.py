"""Do something for real, note what it does to the database, and undo it."""

import re
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager

#: Odoo's and PostgreSQL's own bookkeeping says nothing about the effect.
QUIET = ("ir_", "bus_", "queue_job", "mail_tracking", "pg_")
_STATEMENT = re.compile(
    r'\s*(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(?:ONLY\s+)?"?(\w+)"?', re.IGNORECASE
)
_VERBS = {"insert": "created", "update": "changed", "delete": "removed"}


class _UndoError(Exception):
    """Carries the end of a rehearsal out of its savepoint."""


class Effects:
    """Rows that were written, by table and verb."""

    def __init__(self) -> None:
        self.rows: Counter[tuple[str, str]] = Counter()

    def note(self, statement: str, rowcount: int) -> None:
        """Note one SQL statement and the rows it wrote."""
        found = _STATEMENT.match(statement)
        if not found or rowcount <= 0:
            return
        verb, table = found[1].split()[0].lower(), found[2].lower()
        if not table.startswith(QUIET):
            self.rows[table, _VERBS[verb]] += rowcount

    def lines(self, models: dict[str, str]) -> list[str]:
        """Give the effects in words, in a stable order.

        :param models: model name by table
        """
        return [
            f"{models.get(table, table)}: {number} {verb}"
            for (table, verb), number in sorted(self.rows.items())
        ]


def rehearse(env, work: Callable[[], None]) -> Effects:
    """Do ``work``, then undo it whatever it did, callbacks after the commit included.

    Statements are counted where they pass the cursor, so SQL counts like the ORM;
    COPY does not.

    :raises Exception: what ``work`` raises; it is undone too
    """
    effects = Effects()
    with _callbacks_undone(env.cr):
        try:
            with env.cr.savepoint(), _watched(env.cr, effects):
                work()
                env.flush_all()
                raise _UndoError
        except _UndoError:
            return effects


@contextmanager
def _watched(cr, effects: Effects):
    execute = cr.execute

    def watched(query, *args, **kwargs):
        result = execute(query, *args, **kwargs)
        effects.note(getattr(query, "code", query), cr.rowcount)
        return result

    cr.execute = watched
    try:
        yield
    finally:
        del cr.execute


@contextmanager
def _callbacks_undone(cr):
    """Forget callbacks that are added within: no mail and no bus of a rehearsal."""
    queues = (cr.precommit, cr.postcommit, cr.prerollback, cr.postrollback)
    before = [(list(queue._funcs), dict(queue.data)) for queue in queues]
    try:
        yield
    finally:
        for queue, (funcs, data) in zip(queues, before, strict=True):
            queue.clear()
            for func in funcs:
                queue.add(func)
            queue.data.update(data)
