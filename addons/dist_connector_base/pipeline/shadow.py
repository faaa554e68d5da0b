"""Flows in shadow: everything is done, and nothing of it stays or leaves.

An incoming document is applied for real and rolled back; an outgoing one is built as
it would go out, and is not sent. What would have happened is kept as a
``dist.shadow.result`` of the message, which is done then. Nothing in shadow asks
anybody for work: a failure is a result too.
"""

from functools import partial

from odoo.tools import SQL

from ..core import profile as profiles
from ..core.canonical import DOCUMENTS
from ..core.errors import DistError, Policy
from ..core.wire import FileDrop, HttpRequest
from . import ledger, wake
from .failures import classify, is_serialization
from .inbound import InboundRun
from .ledger import Result, Row
from .outbound import OutboundRun
from .privacy import Privacy
from .rehearsal import Effects, rehearse

#: Rows copied from a live flow in one turn of the sweep.
MIRROR_ROWS = 1000
#: Numbers below the last copied one that are looked at again.
MIRROR_OVERLAP = 10_000


class InboundShadow(InboundRun):
    """One job's rehearsal of incoming documents."""

    def __init__(self, flow):
        super().__init__(flow)
        self.kept: list[dict] = []

    def _apply_group(self, ready, failed) -> None:
        """Apply each document by itself, and undo it.

        A later document of the same order does not see what an earlier one did.
        """
        models = _models(self.env)
        for item in ready:
            item.reset()
            try:
                effects = rehearse(self.env, partial(self.handler._apply, [item]))
            except Exception as exc:
                if is_serialization(exc):
                    raise
                self._fail(item.row, classify(exc, f"rehearse {item.row.id}"), item)
                continue
            self.results[item.row.id] = self._result(
                item, "done", note=self.env._("shadow: nothing was changed")
            )
            warnings = "\n".join(str(error) for error in item._warnings)
            self._keep(item.row, effects=effects, models=models, error=warnings)

    def _failed_alone(self, item, error: DistError, failed: dict) -> None:
        self._fail(item.row, error, item)  # nothing waits behind a rehearsal

    def _fail(self, row: Row, error: DistError, item=None) -> None:
        super()._fail(row, error, item)
        if error.policy is Policy.RETRY and self.results[row.id].state == "ready":
            return
        self.errors.remove((row, error))
        self.results[row.id].state = "done"
        self.results[row.id].note = self.env._(
            "shadow: would be an exception: %s", error.message
        )[:250]
        self._keep(row, error=str(error), error_class=error.code)

    def _keep(self, row, *, effects=None, models=None, error="", error_class=None):
        effects = effects or Effects()
        self.kept.append(
            {
                "message_id": row.id,
                "effects": "\n".join(effects.lines(models or {})),
                "error": error or False,
                "error_class": error_class,
            }
        )

    def _write(self, rows) -> None:
        """Write the messages and what was kept; no exception, deadline or milestone."""
        self._store_results()
        self.env["dist.shadow.result"]._keep(self.kept)


class OutboundShadow(OutboundRun):
    """One job's building of outgoing documents that stay here."""

    def run(self) -> str:
        """Build up to a batch of due messages, and send none.

        :return: a line for the job's result
        """
        limit = max(self.flow.batch_size, 1)
        rows = ledger.claim(self.env, self.flow, limit)
        if not rows:
            return "nothing to do"
        self.privacy = Privacy(self.backend)
        kept = [self._build(row) for row in rows]
        ledger.write_results(
            self.env, list(self.results.values()), self.backend.profile_id.id
        )
        self.env["dist.shadow.result"]._keep(kept)
        if len(rows) == limit:
            wake.follow_up(self.flow)
        return f"{len(rows)} messages prepared, none sent"

    def _build(self, row: Row) -> dict:
        operation = self.profile.operations[self.spec.send]
        try:
            document = DOCUMENTS[row.message_type].from_json(row.canonical)
            content = profiles.build(operation, document, self.ctx)
        except DistError as exc:
            note = self.env._("shadow: would be an exception: %s", exc.message)
            self.results[row.id] = Result(row.id, "done", note=note[:250])
            return {
                "message_id": row.id,
                "error": str(exc),
                "error_class": exc.code,
            }
        self.results[row.id] = Result(
            row.id, "done", note=self.env._("shadow: prepared, not sent")
        )
        return {
            "message_id": row.id,
            "request": self.privacy.content(content),
            "prepared": _body(content),
        }


def _body(content) -> str:
    """Give the body of a request or file as text; headers may hold secrets."""
    if isinstance(content, HttpRequest):
        return content.body.decode("utf-8", errors="replace")
    if isinstance(content, FileDrop):
        return content.content.decode("utf-8", errors="replace")
    return ""


def _models(env) -> dict[str, str]:
    return {
        model._table: name
        for name, model in env.registry.items()
        if not model._abstract
    }


def mirror(flow) -> int:
    """Copy what the live flow got since the last turn, for the shadow to do as well.

    A message that was committed late, behind younger ones, is found all the same: the
    cursor only says where to begin, and the key of the copy what was copied.

    :return: how many messages were copied
    """
    live = flow.compare_flow_id
    env = flow.env
    rows = env.execute_query(
        SQL(
            """WITH copied AS (
                   SELECT * FROM dist_message m
                    WHERE m.flow_id = %(live)s AND m.id > %(cursor)s - %(overlap)s
                      AND m.parent_id IS NULL
                      AND m.received_at >= %(since)s
                      AND NOT EXISTS (
                          SELECT 1 FROM dist_message known
                           WHERE known.flow_id = %(flow)s
                             AND known.transport_key = 'mirror:' || m.id)
                 ORDER BY m.id LIMIT %(limit)s)
               INSERT INTO dist_message
                      (backend_id, flow_id, company_id, profile_id, message_type,
                       direction, kind, state, key, owns_key, partition, correlation,
                       canonical, content_hash, via, source, transport_key, payload,
                       payload_sha256, payload_size, received_at, next_try_at,
                       create_date, tries, round)
               SELECT %(backend)s, %(flow)s, %(company)s, %(profile)s, message_type,
                      direction, CASE WHEN direction = 'in' THEN 'transmission'
                                      ELSE kind END,
                      CASE WHEN direction = 'in' THEN 'received' ELSE 'ready' END,
                      CASE WHEN direction = 'out' THEN key END, direction = 'out',
                      CASE WHEN direction = 'out' THEN partition END,
                      CASE WHEN direction = 'out' THEN correlation END,
                      CASE WHEN direction = 'out' THEN canonical END,
                      CASE WHEN direction = 'out' THEN content_hash END,
                      via, source, 'mirror:' || id, payload, payload_sha256,
                      payload_size, received_at, now() AT TIME ZONE 'UTC',
                      now() AT TIME ZONE 'UTC', 0, 0
                 FROM copied
                   ON CONFLICT DO NOTHING
            RETURNING split_part(transport_key, ':', 2)::int""",
            live=live.id,
            cursor=flow.mirror_cursor or 0,
            since=flow.mirror_since,
            limit=MIRROR_ROWS,
            overlap=MIRROR_OVERLAP,
            backend=flow.backend_id.id,
            flow=flow.id,
            company=flow.company_id.id,
            profile=flow.backend_id.profile_id.id,
        )
    )
    if rows:
        flow.mirror_cursor = max(number for (number,) in rows)
        wake.wake(flow, count=len(rows))
    return len(rows)
