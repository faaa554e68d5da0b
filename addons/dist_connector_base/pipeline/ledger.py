"""The ledger's SQL: many rows at a time, one statement each.

Row locks are the claim: a job that dies gives its rows back by dying. Nothing here
commits.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from odoo.tools import SQL

OPEN_STATES = ("received", "ready", "waiting", "exception", "dead")
#: First key of the advisory lock of a flow's turn; any number that is ours alone.
TURN_LOCK = 0x64697374


@dataclass(slots=True)
class Row:
    """A claimed message, as the pipeline works on it."""

    id: int
    kind: str
    state: str
    message_type: str
    via: str
    source: str
    received_at: datetime
    key: str | None
    owns_key: bool
    partition: str | None
    correlation: str | None
    parent_id: int | None
    transport_key: str
    tries: int
    round: int
    outcome_unknown: bool
    remote_id: str | None
    canonical: str | None
    payload: bytes

    @property
    def place(self) -> tuple[int, int]:
        """Place in line: the documents of a transmission stand where it stood."""
        return (self.parent_id or self.id, self.id)


@dataclass(slots=True)
class Result:
    """What is to be written on a message at the end of a run. None leaves as it is."""

    id: int
    state: str
    note: str | None = None
    kind: str | None = None
    key: str | None = None
    owns_key: bool | None = None
    partition: str | None = None
    correlation: str | None = None
    canonical: str | None = None
    content_hash: str | None = None
    res_model: str | None = None
    res_id: int | None = None
    remote_id: str | None = None
    remote_status: str | None = None
    tries: int | None = None
    outcome_unknown: bool | None = None
    delay: float | None = None


class Arrival(NamedTuple):
    """Bytes that arrived from a partner, about to be put on record.

    :ivar received_at: when they came, in UTC without zone; now without it
    """

    payload: bytes
    via: str
    source: str = ""
    transport_key: str | None = None
    kind: str = "transmission"
    parent_id: int | None = None
    received_at: datetime | None = None


class Place(NamedTuple):
    """Whose message it is; no flow and no type when nobody knows the flow."""

    backend_id: int
    company_id: int
    profile_id: int
    flow_id: int | None = None
    message_type: str | None = None

    @classmethod
    def of(cls, flow) -> "Place":
        backend = flow.backend_id
        return cls(
            backend.id,
            backend.company_id.id,
            backend.profile_id.id,
            flow.id,
            flow.message_type,
        )


class Owner(NamedTuple):
    """The message that stands for a business key."""

    id: int
    state: str
    content_hash: str | None


# The columns of ``write_results``, in the order of its arrays.
_RESULT_COLUMNS = (
    ("id", "int"),
    ("state", "varchar"),
    ("note", "varchar"),
    ("kind", "varchar"),
    ("key", "varchar"),
    ("owns_key", "bool"),
    ("partition", "varchar"),
    ("correlation", "varchar"),
    ("canonical", "text"),
    ("content_hash", "varchar"),
    ("res_model", "varchar"),
    ("res_id", "int"),
    ("remote_id", "varchar"),
    ("remote_status", "varchar"),
    ("tries", "int"),
    ("outcome_unknown", "bool"),
    ("delay", "float8"),
)


def claim(env, flow, limit: int) -> list[Row]:
    """Lock and give the due messages of a flow: the urgent first, then the oldest.

    Rows that another worker holds are passed over. The lock lets attempts be
    inserted that refer to the row (FOR NO KEY UPDATE).
    """
    env["dist.message"].flush_model()
    rows = env.execute_query(
        SQL(
            """SELECT id, kind, state, message_type, coalesce(via, ''),
                      coalesce(source, ''), received_at, key,
                      coalesce(owns_key, false), partition, correlation, parent_id,
                      coalesce(transport_key, ''),
                      coalesce(tries, 0), coalesce(round, 0),
                      coalesce(outcome_unknown, false), remote_id, canonical, payload
                 FROM dist_message
                WHERE flow_id = %s AND state IN ('received', 'ready')
                  AND next_try_at <= now() AT TIME ZONE 'UTC'
                  AND (%s = 0 OR coalesce(parent_id, id) <= %s)
             ORDER BY coalesce(priority, 0) DESC, coalesce(parent_id, id), id LIMIT %s
                  FOR NO KEY UPDATE SKIP LOCKED""",
            flow.id,
            flow.drain_mark or 0,
            flow.drain_mark or 0,
            limit,
        )
    )
    return _in_line([Row(*values[:-1], bytes(values[-1] or b"")) for values in rows])


def _in_line(rows: list[Row]) -> list[Row]:
    """Let an urgent message pass others, but never those of its own partition."""
    lines: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row.place, reverse=True):
        lines.setdefault(row.partition or "", []).append(row)
    return [lines[row.partition].pop() if row.partition else row for row in rows]


def take_turn(env, flow) -> bool:
    """Take the flow's turn until the transaction ends; False when another has it.

    What an unread message is about is known only when it is read, so two jobs that
    read the same flow at once could apply two documents of one order out of order.
    """
    ((taken,),) = env.execute_query(
        SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", TURN_LOCK, flow.id)
    )
    return taken


def insert_arrivals(env, flow, arrivals: Sequence[Arrival]) -> list[int]:
    """Put bytes on record that arrived for a flow.

    :param flow: the ``dist.flow`` record
    :return: ids of the new messages; a file that was taken before gives none
    """
    return insert_at(env, Place.of(flow), arrivals) if arrivals else []


def insert_at(env, place: Place, arrivals: Sequence[Arrival]) -> list[int]:
    """Put arrived bytes on record where they belong, without reading any record.

    :return: ids of the new messages; a file that was taken before gives none
    """
    columns = [
        SQL(
            "(%s, %s::int, %s, %s, %s::varchar, 'in', %s, %s::int, %s, %s, "
            "%s::varchar, 'received', %s, %s, %s, %s::timestamp)",
            place.backend_id,
            place.flow_id,
            place.company_id,
            place.profile_id,
            place.message_type,
            arrival.kind,
            arrival.parent_id,
            arrival.via,
            arrival.source,
            arrival.transport_key,
            hashlib.sha256(arrival.payload).hexdigest(),
            len(arrival.payload),
            arrival.payload,
            arrival.received_at,
        )
        for arrival in arrivals
    ]
    rows = env.execute_query(
        SQL(
            """INSERT INTO dist_message
                   (backend_id, flow_id, company_id, profile_id, message_type,
                    direction, kind, parent_id, via, source, transport_key, state,
                    payload_sha256, payload_size, payload, received_at, next_try_at,
                    create_date, tries, round)
               SELECT backend_id, flow_id, company_id, profile_id, message_type,
                      direction, kind, parent_id, via, source, transport_key, state,
                      payload_sha256, payload_size, payload,
                      coalesce(received_at, t.now), t.now, t.now, 0, 0
                 FROM (VALUES %s) AS v (
                          backend_id, flow_id, company_id, profile_id, message_type,
                          direction, kind, parent_id, via, source, transport_key, state,
                          payload_sha256, payload_size, payload, received_at),
                      (SELECT date_trunc('milliseconds', now() AT TIME ZONE 'UTC')
                              AS now) AS t
               ON CONFLICT (flow_id, transport_key) WHERE transport_key IS NOT NULL
               DO NOTHING
               RETURNING id""",
            SQL(", ").join(columns),
        )
    )
    return [row_id for (row_id,) in rows]


def owners(
    env, backend_id: int, direction: str, message_type: str, keys
) -> dict[str, Owner]:
    """Give the messages that stand for business keys now.

    :return: ``{key: Owner}``; keys that are free are absent
    """
    keys = [key for key in set(keys) if key]
    if not keys:
        return {}
    rows = env.execute_query(
        SQL(
            """SELECT key, id, state, content_hash FROM dist_message
                WHERE backend_id = %s AND direction = %s AND message_type = %s
                  AND key = ANY(%s) AND owns_key""",
            backend_id,
            direction,
            message_type,
            keys,
        )
    )
    return {key: Owner(*rest) for key, *rest in rows}


def blockers(env, flow, rows: Sequence[Row]) -> dict[str, tuple[int, str]]:
    """Give the partitions that must wait, with the message they wait for.

    Incoming messages wait for earlier ones of their own type. Outgoing ones wait for
    any earlier one of the partition: a cancel never overtakes its request.

    :return: ``{partition: (id, state) of the earliest open message not in rows}``
    """
    first = {}
    for row in rows:
        if row.partition:
            first[row.partition] = min(row.place, first.get(row.partition, row.place))
    if not first:
        return {}
    same_type = (
        SQL("AND message_type = %s", flow.message_type)
        if flow.direction == "in"
        else SQL("")
    )
    found = env.execute_query(
        SQL(
            """SELECT DISTINCT ON (partition) partition, id, state,
                      coalesce(parent_id, id)
                 FROM dist_message
                WHERE backend_id = %s AND direction = %s AND partition = ANY(%s)
                  AND state IN ('received', 'ready', 'waiting', 'exception', 'dead')
                  AND id != ALL(%s) %s
             ORDER BY partition, coalesce(parent_id, id), id""",
            flow.backend_id.id,
            flow.direction,
            list(first),
            [row.id for row in rows],
            same_type,
        )
    )
    return {
        partition: (row_id, state)
        for partition, row_id, state, line in found
        if (line, row_id) < first[partition]
    }


def write_results(env, results: Sequence[Result], profile_id: int) -> None:
    """Write what a run decided, one statement for all messages.

    :raises psycopg2.errors.UniqueViolation: when another worker stored the same
        business key in between; the job is then tried again
    """
    if not results:
        return
    columns = SQL(", ").join(
        SQL("%s::" + kind + "[]", [getattr(result, name) for result in results])
        for name, kind in _RESULT_COLUMNS
    )
    names = SQL(", ").join(SQL.identifier(name) for name, _kind in _RESULT_COLUMNS)
    env.execute_query(
        SQL(
            """UPDATE dist_message AS m
                  SET state = v.state,
                      note = v.note,
                      kind = coalesce(v.kind, m.kind),
                      key = coalesce(v.key, m.key),
                      owns_key = coalesce(v.owns_key, m.owns_key),
                      partition = coalesce(v.partition, m.partition),
                      correlation = coalesce(v.correlation, m.correlation),
                      canonical = coalesce(v.canonical, m.canonical),
                      content_hash = coalesce(v.content_hash, m.content_hash),
                      res_model = coalesce(v.res_model, m.res_model),
                      res_id = coalesce(v.res_id, m.res_id),
                      remote_id = coalesce(v.remote_id, m.remote_id),
                      remote_status = coalesce(v.remote_status, m.remote_status),
                      tries = coalesce(v.tries, m.tries),
                      outcome_unknown = coalesce(v.outcome_unknown, m.outcome_unknown),
                      next_try_at = (now() AT TIME ZONE 'UTC')
                                    + make_interval(secs => coalesce(v.delay, 0)),
                      done_at = CASE WHEN v.state IN ('done', 'duplicate', 'cancelled')
                                     THEN now() AT TIME ZONE 'UTC' END,
                      write_date = now() AT TIME ZONE 'UTC',
                      profile_id = %s
                 FROM unnest(%s) AS v (%s)
                WHERE m.id = v.id
            RETURNING m.id""",
            profile_id,
            columns,
            names,
        )
    )
    env["dist.message"].invalidate_model()


def release(
    env, backend_id: int, direction: str, partitions: Iterable[str]
) -> set[int]:
    """Put messages back in line that waited behind others of their partitions.

    :return: ids of the flows that have work now
    """
    names = [name for name in set(partitions) if name]
    if not names:
        return set()
    rows = env.execute_query(
        SQL(
            """UPDATE dist_message SET state = 'ready', note = NULL
                WHERE backend_id = %s AND direction = %s AND partition = ANY(%s)
                  AND state = 'waiting' AND note LIKE 'behind %%'
            RETURNING flow_id""",
            backend_id,
            direction,
            names,
        )
    )
    return {flow_id for (flow_id,) in rows}
