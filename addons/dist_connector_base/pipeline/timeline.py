"""Milestones of business documents, written for a whole run in one statement."""

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import NamedTuple

from odoo.tools import SQL

from ..core.errors import ConfigurationError
from ..core.wire import Outcome


class Milestone(NamedTuple):
    """What a message says of the business document.

    :ivar kind: a value of ``dist.milestone.kind``
    :ivar at: when it happened, by the partner's word; now without it
    :ivar note: what to add, without personal data
    """

    kind: str
    at: datetime | None = None
    note: str = ""


def note_stored(env, flow, items: Iterable[tuple[int, object]]) -> None:
    """Note that documents were put in line.

    :param items: message id and document
    """
    if flow.mode == "shadow":
        # what stays here is no step of the case
        return
    try:
        handler = flow._handler()
    except ConfigurationError:
        # the send itself will say so
        return
    _write(env, ((i, handler._dist_milestone("stored", doc)) for i, doc in items))


def note_sent(env, flow, sent, later: bool) -> None:
    """Note what partners made of documents.

    :param sent: list of ``pipeline.outbound.Sent``
    :param later: whether the partner answers in its own time
    """
    handler = flow._handler()
    _write(
        env,
        (
            (item.row.id, handler._dist_milestone(_event(item, later), item.document))
            for item in sent
        ),
    )


def note_applied(env, handler, applied) -> None:
    """Note what incoming documents say.

    :param applied: list of ``pipeline.arrived.Inbound``
    """
    _write(
        env,
        (
            (item.row.id, handler._dist_milestone("applied", item.document))
            for item in applied
        ),
    )


def _event(item, later: bool) -> str:
    if item.verdict.outcome is Outcome.REJECTED:
        return "rejected"
    return "sent" if later else "accepted"


def _write(env, found: Iterable[tuple[int, Milestone | None]]) -> None:
    rows = [(message_id, stone) for message_id, stone in found if stone]
    if not rows:
        return
    env["dist.message"].flush_model()
    env.cr.execute(
        SQL(
            """INSERT INTO dist_milestone
                   (kind, happened_at, note, reference, message_id, backend_id,
                    company_id, correlation, res_model, res_id, create_date,
                    write_date)
               SELECT v.kind, coalesce(v.at, t.now), v.note, m.key, m.id,
                      m.backend_id, m.company_id, m.correlation, m.res_model, m.res_id,
                      t.now, t.now
                 FROM unnest(%s::int[], %s::varchar[], %s::timestamp[], %s::varchar[])
                      AS v (id, kind, at, note)
                 JOIN dist_message m ON m.id = v.id
                CROSS JOIN (SELECT date_trunc('seconds', clock_timestamp()
                                              AT TIME ZONE 'UTC') AS now) AS t
               ON CONFLICT (message_id, kind) WHERE message_id IS NOT NULL
               DO NOTHING""",
            [message_id for message_id, _stone in rows],
            [stone.kind for _id, stone in rows],
            [_utc(stone.at) for _id, stone in rows],
            [stone.note[:250] or None for _id, stone in rows],
        )
    )
    env["dist.milestone"].invalidate_model()


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is None:
        return moment
    return moment.astimezone(timezone.utc).replace(tzinfo=None)
