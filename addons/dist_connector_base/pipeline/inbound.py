"""Handle a batch of incoming messages: decode, map, validate, apply.

One run is one transaction: what is applied and what the ledger says of it are
committed together or not at all.
"""

import dataclasses
from datetime import datetime, timezone

import psycopg2
from odoo.addons.queue_job.exception import RetryableJobError

from ..core import backoff
from ..core import profile as profiles
from ..core.batching import halve, waves
from ..core.canonical import Document
from ..core.errors import ConflictError, DataError, DistError, MappingError, Policy
from . import attempts, expect, ledger, list_pages, timeline, trace, wake
from .arrived import Inbound
from .context import make_context
from .failures import classify, item_fault
from .fetch_back import FetchBack
from .gate import Held
from .ledger import Result, Row


class InboundRun:
    """One job's work on one incoming flow."""

    def __init__(self, flow):
        self.env = flow.env(su=True)
        self.flow = flow.with_env(self.env)
        self.backend = self.flow.backend_id
        self.profile = self.backend.profile_id._parsed()
        self.ctx = make_context(self.backend)
        self.handler = self.flow._handler()
        self.fetch_back = FetchBack(self.flow, self.backend, self.profile)
        self.started = datetime.now(timezone.utc).replace(tzinfo=None)
        self.results: dict[int, Result] = {}
        self.errors: list[tuple[Row, DistError]] = []
        self.applied: list[Inbound] = []
        self.fragments = 0

    def run(self) -> str:
        """Handle up to a batch of due messages.

        :return: a line for the job's result
        """
        if self.handler._dist_needs_order and not ledger.take_turn(self.env, self.flow):
            wake.wake(self.flow, delay=1.0)
            return "another job has the turn"
        limit = max(self.flow.batch_size, 1)
        rows = ledger.claim(self.env, self.flow, limit)
        if not rows:
            return "nothing to do"
        work = self._read(rows)
        work = self._decide_duplicates(work)
        work = self._keep_order(work)
        self._apply(work)
        self._write(rows)
        if self.fragments or len(rows) == limit or len(self.results) < len(rows):
            wake.follow_up(self.flow)
        return f"{len(rows)} messages, {len(self.errors)} exceptions"

    # ------------------------------------------------- decode, map, validate

    def _read(self, rows: list[Row]) -> list[Inbound]:
        """Read the documents of the rows; several in one become messages of their own.

        What stands behind such a transmission waits for the next job: its documents
        come first.
        """
        spec = self.profile.flows.get(self.flow.message_type)
        work = []
        with self.fetch_back:
            for row in rows:
                try:
                    work += self._read_row(spec, row)
                except DistError as exc:
                    self._fail(row, exc)
                if self.fragments and self.handler._dist_needs_order:
                    break
        return work

    def _read_row(self, spec, row: Row) -> list[Inbound]:
        ctx = dataclasses.replace(
            self.ctx,
            received_at=row.received_at.replace(tzinfo=timezone.utc),
            file_name=row.source.rsplit("/", 1)[-1] if row.via == "file" else "",
        )
        if row.parent_id:
            item = profiles.item_from_json(row.payload)
        elif row.via == "webhook" and spec.webhook and spec.webhook.fetch:
            self._fan_out(row, self.fetch_back.items(spec, row.payload, ctx), once=True)
            return []
        else:
            data = profiles.decode(spec, row.payload, ctx, source=row.via)
            items = profiles.split(spec, data, source=row.via)
            if len(items) != 1 or row.via == "poll":
                self._fan_out(row, items)
                return []
            item = items[0]
        if reason := profiles.skip_reason(spec, item, ctx):
            self._done(row, state="cancelled", note=reason, kind="document")
            return []
        if spec.expand and not item.expanded:
            # asked for once it is on record: a call that fails leaves it there
            self._fan_out(row, self.fetch_back.expanded(spec, item, ctx), once=True)
            return []
        try:
            return [self._inbound(spec, row, profiles.map_in(spec, item, ctx))]
        except MappingError as exc:
            # Read once more with the codes as they stand: the exception can then say
            # which order it is about, and the same document again is a duplicate.
            bare = dataclasses.replace(ctx, translate=lambda _list, code, _way: code)
            try:
                document = profiles.map_in(spec, item, bare)
            except DataError:
                # of a list that we define, their code as it stands is no code at all
                raise exc from None
            inbound = self._inbound(spec, row, document)
            inbound.error = exc
            return [inbound]

    def _inbound(self, spec, row: Row, document: Document) -> Inbound:
        document = list_pages.counted(row, document)
        filed = profiles.keys(spec, document)
        return Inbound(
            row,
            self.backend,
            document,
            filed.key,
            filed.partition,
            filed.correlation,
            document.content_hash(),
        )

    def _fan_out(self, row: Row, items, *, once: bool = False) -> None:
        """Give every document of a transmission its own message.

        A cursor overlaps on purpose, so a poll shows again what is known; so do two
        events about one thing. The same content is then taken once, also when it is
        in exception.
        """
        keys = [None] * len(items)
        if once or row.via == "poll":
            keys = list_pages.document_keys(self.flow, row, items)
        ids = ledger.insert_arrivals(
            self.env,
            self.flow,
            [
                ledger.Arrival(
                    profiles.item_to_json(item),
                    via=row.via,
                    source=row.source,
                    transport_key=key,
                    kind="document",
                    parent_id=row.id,
                    # all parts of one list are of one moment
                    received_at=row.received_at,
                )
                for key, item in zip(keys, items, strict=True)
            ],
        )
        self.fragments += len(ids)
        known = f", {len(items) - len(ids)} known" if len(ids) < len(items) else ""
        self._done(row, note=f"{len(items)} documents{known}", kind="transmission")

    # ------------------------------------------------- identity and sequence

    def _decide_duplicates(self, work: list[Inbound]) -> list[Inbound]:
        """Sort out what came before: the same again, or its key with new content."""
        known = ledger.owners(
            self.env,
            self.backend.id,
            "in",
            self.flow.message_type,
            [item.key for item in work],
        )
        fresh = []
        for item in work:
            owner = known.get(item.key)
            if owner is None or owner.id == item.row.id:
                known[item.key] = ledger.Owner(item.row.id, "ready", item.content_hash)
                fresh.append(item)
            elif owner.content_hash == item.content_hash:
                self._done(
                    item.row,
                    state="duplicate",
                    note=f"the same as message {owner.id}",
                    kind="document",
                    key=item.key,
                    correlation=item.correlation,
                )
            elif owner.state in ("exception", "dead"):
                # Nothing of the earlier one was applied, so the later one replaces it.
                self._supersede(owner, item)
                fresh.append(item)
            else:
                self._fail(item.row, self._conflict(item, owner), item)
        return fresh

    def _conflict(self, item: Inbound, owner: ledger.Owner) -> ConflictError:
        return ConflictError(
            f"{item.key} came before as message {owner.id}, with other content",
            path=type(item.document).key_field,
        )

    def _supersede(self, owner: ledger.Owner, item: Inbound) -> None:
        older = self.env["dist.message"].browse(owner.id)
        older.write(
            {
                "owns_key": False,
                "state": "cancelled",
                "note": f"replaced by message {item.row.id}",
            }
        )
        older.flush_recordset()
        older.exception_ids._resolve("superseded")

    def _keep_order(self, work: list[Inbound]) -> list[Inbound]:
        """Hold back messages whose partition has an earlier one that is still open."""
        for item in work:
            item.row.partition = item.partition
        blocked = ledger.blockers(self.env, self.flow, [item.row for item in work])
        free = []
        for item in work:
            blocker = blocked.get(item.partition)
            if blocker:
                self._wait(item, *blocker)
            else:
                free.append(item)
        return free

    def _wait(self, item: Inbound, blocker_id: int, blocker_state: str) -> None:
        """Wait behind an earlier message: for good, or for a moment if in work."""
        stuck = blocker_state in ("exception", "dead", "waiting")
        self.results[item.row.id] = self._result(
            item,
            "waiting" if stuck else "ready",
            note=f"behind message {blocker_id}",
            delay=None if stuck else 2.0,
        )
        if not stuck:
            wake.wake(self.flow, delay=2.0)

    # ----------------------------------------------------------------- apply

    def _apply(self, work: list[Inbound]) -> None:
        """Apply the documents: hopeful first, halved on failure, in order."""
        if not work:
            return
        groups = [work]
        if self.handler._dist_needs_order:
            groups = waves(work, lambda item: item.partition or None)
        failed: dict[str, int] = {}
        for group in groups:
            ready = []
            for item in group:
                if item.partition and item.partition in failed:
                    self._wait(item, failed[item.partition], "exception")
                elif item.error:
                    self._failed_alone(item, item.error, failed)
                else:
                    ready.append(item)
            self._apply_group(ready, failed)

    def _apply_group(self, ready: list[Inbound], failed: dict[str, int]) -> None:
        def work(items):
            for item in items:
                item.reset()
            with self.env.cr.savepoint():
                self.handler._apply(items)

        bad = {
            item.row.id: exc for item, exc in halve(ready, work, item_fault=item_fault)
        }
        for item in ready:
            exc = bad.get(item.row.id)
            if exc is None:
                self._applied(item)
            else:
                error = classify(exc, f"apply message {item.row.id}")
                self._failed_alone(item, error, failed)

    def _failed_alone(self, item: Inbound, error: DistError, failed: dict) -> None:
        self._fail(item.row, error, item)
        if item.partition:
            failed[item.partition] = item.row.id

    def _applied(self, item: Inbound) -> None:
        model, res_id = item._links[0] if item._links else (None, None)
        result = self._result(item, "done")
        result.res_model, result.res_id = model, res_id
        self.results[item.row.id] = result
        self.applied.append(item)

    # --------------------------------------------------------------- results

    def _result(self, item: Inbound, state: str, **values) -> Result:
        return Result(
            item.row.id,
            state,
            kind="document",
            key=item.key,
            owns_key=True,
            partition=item.partition or None,
            correlation=item.correlation or None,
            canonical=item.document.to_json(),
            content_hash=item.content_hash,
            **values,
        )

    def _done(self, row: Row, *, state: str = "done", **values) -> None:
        self.results[row.id] = Result(row.id, state, **values)

    def _fail(self, row: Row, error: DistError, item: Inbound | None = None) -> None:
        """Decide by the class of an error: again later, or to the workbench."""
        tries = row.tries + (not isinstance(error, Held))
        conflict = isinstance(error, ConflictError)
        if item and not conflict:
            result = self._result(item, "exception", note=error.message[:250])
        else:
            result = Result(
                row.id,
                "exception",
                note=error.message[:250],
                key=item.key if item else None,
                canonical=item.document.to_json() if item else None,
                partition=row.partition,
            )
        result.tries = tries
        if error.policy is Policy.RETRY:
            if tries < self.flow.max_tries:
                result.delay = backoff.delay(
                    max(tries, 1), retry_after=getattr(error, "retry_after", None)
                )
                result.state = "ready"
                wake.wake(self.flow, delay=result.delay)
                self.results[row.id] = result
                return
            result.state = "dead"
        self.results[row.id] = result
        self.errors.append((row, error))

    def _write(self, rows: list[Row]) -> None:
        """Write the results of all rows, open and close exceptions, free followers."""
        self._store_results()
        expect.note(self.env, self.flow, self.results)
        timeline.note_applied(self.env, self.handler, self.applied)
        trace.adopt(self.env, self.applied)
        self._log(rows)
        self._tell()
        freed = {item.partition for item in self.applied if item.partition}
        flows = ledger.release(self.env, self.backend.id, "in", freed)
        for flow in self.env["dist.flow"].browse(flows):
            wake.wake(flow)

    def _store_results(self) -> None:
        try:
            with self.env.cr.savepoint():
                ledger.write_results(
                    self.env, list(self.results.values()), self.backend.profile_id.id
                )
        except psycopg2.errors.UniqueViolation as exc:
            # Another worker stored the same business key since we looked; nothing of
            # this run stays, and the next one sees that row.
            raise RetryableJobError(
                "the same document is being handled elsewhere",
                seconds=1,
                ignore_retry=True,
            ) from exc

    def _log(self, rows: list[Row]) -> None:
        told = {
            row.id: (self.results[row.id].state, "")
            for row in rows
            if row.id in self.results
        }
        told |= {row.id: (error.code, str(error)) for row, error in self.errors}
        ended = [(row_id, *outcome) for row_id, outcome in told.items()]
        attempts.log_attempts(self.env, "apply", ended, self.started)

    def _tell(self) -> None:
        """Close the exceptions of what succeeded, open those of what failed."""
        exceptions = self.env["dist.exception"]
        exceptions._close_for_messages(
            [
                result.id
                for result in self.results.values()
                if result.state in ("done", "duplicate", "cancelled")
            ]
        )
        messages = self.env["dist.message"]
        warnings = [
            (item.row, error) for item in self.applied for error in item._warnings
        ]
        exceptions._open_for_messages(
            [(messages.browse(row.id), error) for row, error in self.errors + warnings]
        )
