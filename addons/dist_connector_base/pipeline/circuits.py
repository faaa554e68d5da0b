"""The circuits of a backend in the database, and the exception of a stopped line.

The rows are read and written in short transactions of their own: what one worker
learns of a partner must reach the others now, and stays when a job is rolled back.
"""

import json
from dataclasses import fields

import psycopg2
from odoo.tools import SQL

from ..core.breaker import Circuit, Override, State, override
from ..core.errors import TransientError
from . import wake

_KEPT_APART = ("state", "override", "since", "until")
_MEMORY = tuple(f.name for f in fields(Circuit) if f.name not in _KEPT_APART)


class StoppedError(TransientError):
    """A line to a partner is stopped; nothing is lost, everything waits."""


def now(cr) -> float:
    """Give the database's present moment, the clock that all servers share."""
    cr.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
    return cr.fetchone()[0]


def lock(cr, backend, operation: str) -> Circuit:
    """Lock the circuit of an operation and give it; made when it is not there."""
    cr.execute(
        SQL(
            """INSERT INTO dist_circuit (backend_id, company_id, operation, state,
                                         override)
               VALUES (%s, %s, %s, 'closed', 'auto')
               ON CONFLICT (backend_id, operation) DO NOTHING""",
            backend.id,
            backend.company_id.id,
            operation,
        )
    )
    cr.execute(
        SQL(
            """SELECT state, override, extract(epoch FROM since)::float8,
                      extract(epoch FROM until)::float8, memory
                 FROM dist_circuit WHERE backend_id = %s AND operation = %s
                  FOR NO KEY UPDATE""",
            backend.id,
            operation,
        )
    )
    return _circuit(*cr.fetchone())


def _circuit(state, decision, since, until, memory) -> Circuit:
    return Circuit(
        state=State(state),
        override=Override(decision),
        since=since or 0.0,
        until=until or 0.0,
        **json.loads(memory or "{}"),
    )


def store(cr, backend, operation: str, circuit: Circuit) -> None:
    """Write a locked circuit back."""
    cr.execute(
        SQL(
            """UPDATE dist_circuit
                  SET state = %s, override = %s,
                      since = to_timestamp(nullif(%s, 0)) AT TIME ZONE 'UTC',
                      until = to_timestamp(nullif(%s, 0)) AT TIME ZONE 'UTC',
                      memory = %s
                WHERE backend_id = %s AND operation = %s""",
            circuit.state.value,
            circuit.override.value,
            circuit.since,
            circuit.until,
            json.dumps({name: getattr(circuit, name) for name in _MEMORY}),
            backend.id,
            operation,
        )
    )


def note(cr, backend, operation: str, fault: str | None) -> None:
    """Note when a call ended well, or what was wrong with it."""
    cr.execute(
        SQL(
            """UPDATE dist_circuit SET %s = now() AT TIME ZONE 'UTC'
                WHERE backend_id = %s AND operation = %s""",
            SQL("last_error = %s, last_failure_at", fault[:250])
            if fault
            else SQL("last_success_at"),
            backend.id,
            operation,
        )
    )


def force(row, decision: Override) -> None:
    """Do what a person decided of a ``dist.circuit`` record."""
    cr = row.env.cr
    circuit = lock(cr, row.backend_id, row.operation)
    override(circuit, decision, now(cr))
    store(cr, row.backend_id, row.operation, circuit)
    row.env["dist.circuit"].invalidate_model()


def held_for(env, backend, operation: str, trials: int) -> float:
    """Give the seconds that calls are held back for; 0 when one may be tried now.

    Reads only: no trial is spent.
    """
    rows = env.execute_query(
        SQL(
            """SELECT override, state, memory,
                      extract(epoch FROM until - clock_timestamp() AT TIME ZONE 'UTC'
                      )::float8
                 FROM dist_circuit WHERE backend_id = %s AND operation = %s""",
            backend.id,
            operation,
        )
    )
    if not rows:
        return 0.0
    ((decision, state, memory, left),) = rows
    if decision != "auto":
        return 60.0 if decision == "open" else 0.0
    if state == "open":
        return max(left or 0.0, 0.0)
    if state == "half_open" and (left or 0) > 0:
        admitted = json.loads(memory or "{}").get("admitted", 0)
        return 5.0 if admitted >= trials else 0.0
    return 0.0


def wake_held(flow) -> None:
    """Let go what waited for a stopped line, after a person changed its control."""
    rows = flow.env.execute_query(
        SQL(
            """UPDATE dist_message SET next_try_at = now() AT TIME ZONE 'UTC'
                WHERE flow_id = %s AND state = 'ready' AND direction = 'out'
                  AND note LIKE 'waits: %%'
            RETURNING id""",
            flow.id,
        )
    )
    if rows:
        wake.wake(flow, count=len(rows))


# ------------------------------------------------------------------ exception


def tell(backend) -> None:
    """Open the exception of each stopped line, and close those of the others.

    Sees the rows as they are now, not as the job's snapshot has them.
    """
    env = backend.env
    with env["dist.circuit"]._own_cursor() as cr:
        cr.execute(
            SQL(
                """SELECT operation, override, to_char(until, 'HH24:MI'), last_error,
                          override = 'open' OR (override = 'auto' AND state != 'closed')
                     FROM dist_circuit WHERE backend_id = %s""",
                backend.id,
            )
        )
        rows = cr.fetchall()
    told = env["dist.exception"].search(
        [
            ("backend_id", "=", backend.id),
            ("message_id", "=", False),
            ("path", "=like", "line:%"),
            ("state", "!=", "resolved"),
        ]
    )
    by_path = {exception.path: exception for exception in told}
    for operation, decision, until, fault, stopped in rows:
        known = by_path.get(_path(operation))
        if stopped and not known:
            _open(backend, operation, decision, until, fault)
        elif known and not stopped:
            known._resolve("replayed", env._("The line works again."))


def _path(operation: str) -> str:
    return f"line: {operation}"


def _open(backend, operation: str, decision: str, until: str, fault: str) -> None:
    name = operation.replace("_", " ")
    if decision == "open":
        error = StoppedError(
            f"{backend.name}: {name} was stopped by hand",
            path=_path(operation),
            next_step="Messages wait. Set the line back to automatic on the partner's "
            "form, page Lines.",
        )
    else:
        error = StoppedError(
            f"{backend.name} does not answer: {name} is stopped ({fault or 'slow'})",
            path=_path(operation),
            next_step="Nothing is lost: messages wait, and the line is tried by itself "
            f"from {until or 'now'} UTC on. If it stays so, ask the partner whether it "
            "is down.",
        )
    exceptions = backend.env["dist.exception"]
    try:
        with backend.env.cr.savepoint():
            exceptions._open_for_cause(backend, backend.env["dist.flow"], error)
    except psycopg2.errors.UniqueViolation:
        return  # another worker told it in the same moment
