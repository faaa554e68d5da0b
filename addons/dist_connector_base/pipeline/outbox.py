"""Store the intent to send, in the transaction of the change that caused it."""

import json
from dataclasses import dataclass
from typing import Any

from odoo.tools import SQL

from ..core.canonical import Document
from ..core.errors import ConfigurationError, ConflictError
from . import expect, timeline, wake
from .ledger import owners
from .trace import correlation_of


@dataclass(frozen=True)
class Outbound:
    """A document to send.

    :ivar document: the canonical document; its key is the business key
    :ivar record: the Odoo record it is about
    :ivar partition: documents of one partition leave in order; default: the key
    :ivar correlation: what ties the documents of one business case together
    :ivar priority: what is greater leaves earlier, as far as its partition lets it
    """

    document: Document
    record: Any = None
    partition: str = ""
    correlation: str = ""
    priority: int = 0


def store(backend, message_type: str, items: list[Outbound]):
    """Insert the messages and wake their flow.

    :return: the ``dist.message`` records, in the order of ``items``
    :raises ConfigurationError: when the backend has no active flow for the type
    :raises ConflictError: when a key stands in the ledger with other content
    """
    env = backend.env(su=True)
    messages = env["dist.message"]
    if not items:
        return messages
    flow = backend._flow(message_type)
    if not flow:
        raise ConfigurationError(
            f"{backend.name} has no active flow for {message_type.replace('_', ' ')}",
            next_step="Activate the flow, or choose a profile that has it.",
        )
    hashes = [item.document.content_hash() for item in items]
    rows = env.execute_query(
        SQL(
            """INSERT INTO dist_message
                   (backend_id, flow_id, company_id, profile_id, message_type,
                    direction, kind, state, key, owns_key, partition, correlation,
                    canonical, content_hash, res_model, res_id, received_at,
                    next_try_at, create_date, tries, round, priority)
               SELECT %s, %s, %s, %s, %s, 'out', 'document', 'ready', v.key, true,
                      v.partition, v.correlation, v.canonical, v.content_hash,
                      v.res_model, v.res_id::int, t.now, t.now, t.now, 0, 0, v.priority
                 FROM jsonb_to_recordset(%s::jsonb) AS v (
                          key varchar, partition varchar, correlation varchar,
                          canonical text, content_hash varchar, res_model varchar,
                          res_id int, priority int),
                      (SELECT date_trunc('milliseconds', now() AT TIME ZONE 'UTC')
                              AS now) AS t
               ON CONFLICT (backend_id, direction, message_type, key) WHERE owns_key
               DO NOTHING
               RETURNING key, id""",
            backend.id,
            flow.id,
            backend.company_id.id,
            backend.profile_id.id,
            message_type,
            json.dumps(
                [_row(item, digest) for item, digest in zip(items, hashes, strict=True)]
            ),
        )
    )
    ids = dict(rows)
    if rows:
        expect.note_stored(env, flow, ids.values())
        fresh = [
            (ids[i.document.key], i.document) for i in items if i.document.key in ids
        ]
        timeline.note_stored(env, flow, fresh)
        wake.wake(flow, count=len(rows))
    if len(ids) < len(items):
        ids |= _known(env, backend, message_type, items, hashes, ids)
    return messages.browse([ids[item.document.key] for item in items])


def _row(item: Outbound, digest: str) -> dict[str, Any]:
    document = item.document
    return {
        "key": document.key,
        "partition": item.partition or document.key,
        "correlation": item.correlation or correlation_of(item.record) or document.key,
        "canonical": document.to_json(),
        "content_hash": digest,
        "res_model": item.record._name if item.record else None,
        "res_id": item.record.id if item.record else None,
        "priority": item.priority,
    }


def _known(env, backend, message_type, items, hashes, ids) -> dict[str, int]:
    """Give the messages whose keys stood in the ledger already."""
    wanted = {
        item.document.key: digest
        for item, digest in zip(items, hashes, strict=True)
        if item.document.key not in ids
    }
    found = owners(env, backend.id, "out", message_type, wanted)
    for key, owner in found.items():
        if owner.content_hash != wanted[key]:
            raise ConflictError(
                f"{key} was queued for {backend.name} before, with other content",
                next_step="Send the change as a request of its own.",
            )
    return {key: owner.id for key, owner in found.items()}


def cancel_unsent(backend, message_type: str, keys) -> set[str]:
    """Cancel messages that have not left, and never will.

    A message that a worker is sending at this moment is locked: the transaction then
    waits for it, is tried again by Odoo, and finds it sent.

    :return: the keys that had not left
    """
    env = backend.env(su=True)
    rows = env.execute_query(
        SQL(
            """UPDATE dist_message AS m
                  SET state = 'cancelled', note = 'cancelled before it left',
                      owns_key = false, done_at = now() AT TIME ZONE 'UTC'
                WHERE m.backend_id = %s AND m.direction = 'out'
                  AND m.message_type = %s AND m.key = ANY(%s) AND m.owns_key
                  AND m.state IN ('ready', 'waiting', 'exception', 'dead')
                  AND NOT EXISTS (
                      SELECT 1 FROM dist_attempt a
                       WHERE a.message_id = m.id AND a.step = 'send'
                         AND coalesce(a.outcome, 'unknown')
                             IN ('unknown', 'accepted', 'duplicate'))
            RETURNING m.key, m.id""",
            backend.id,
            message_type,
            list(keys),
        )
    )
    env["dist.message"].invalidate_model(["state", "note", "owns_key", "done_at"])
    gone = env["dist.message"].browse([row_id for _key, row_id in rows])
    gone.exception_ids._resolve("closed")
    expect.drop(env, gone.ids)
    return {key for key, _row_id in rows}
