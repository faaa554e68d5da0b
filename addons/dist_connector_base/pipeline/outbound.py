"""Send a batch of outgoing messages, one after the other.

Before a request leaves, an attempt is on record in a transaction of its own. A server
that is killed in between finds it afterwards and looks the document up at the partner
before anything is sent again.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timezone

from ..core import backoff
from ..core.batching import halve
from ..core.canonical import DOCUMENTS, Document
from ..core.errors import (
    BusinessError,
    ConflictError,
    DistError,
    Policy,
    TransientError,
    UnknownOutcomeError,
)
from ..core.wire import Found, Outcome, Verdict
from . import attempts, expect, ledger, timeline, trace, wake
from .context import make_context
from .failures import classify, item_fault
from .gate import Gate, Held, hold_back
from .ledger import Result, Row
from .post import Post

#: Seconds after which a run sends nothing more: what is left is the next job's, so that
#: a slow partner gives its worker back.
RUN_SECONDS = 60.0


@dataclass(slots=True)
class Sent:
    """How a send ended, as a handler gets it."""

    row: Row
    message: object
    document: Document
    verdict: Verdict


class OutboundRun:
    """One job's work on one outgoing flow."""

    def __init__(self, flow):
        self.env = flow.env(su=True)
        self.flow = flow.with_env(self.env)
        self.backend = self.flow.backend_id
        self.profile = self.backend.profile_id._parsed()
        self.spec = self.profile.flows[self.flow.message_type]
        self.ctx = make_context(self.backend)
        self.started = datetime.now(timezone.utc).replace(tzinfo=None)
        self.results: dict[int, Result] = {}
        self.errors: list[tuple[Row, DistError]] = []
        self.sent: list[Sent] = []
        self.attempts: dict[int, dict] = {}
        self.gate = Gate(self.backend, self.profile)

    def run(self) -> str:
        """Send up to a batch of due messages.

        :return: a line for the job's result
        """
        if reason := hold_back(self.flow, self.gate, self.spec.send):
            return reason
        limit = max(self.flow.batch_size, 1)
        rows = ledger.claim(self.env, self.flow, limit)
        if not rows:
            return "nothing to do"
        self.attempts = attempts.last_sends(self.env, [row.id for row in rows])
        blocked = ledger.blockers(self.env, self.flow, rows)
        traces = trace.Traces(self.env, self.backend, rows)
        with Post(self.backend, self.profile, self.ctx, self.gate, traces) as post:
            self._send_all(post, rows, blocked)
        self._settle()
        self._write(rows)
        traces.keep_names()
        self.gate.tell()
        if len(rows) == limit or len(self.results) < len(rows):
            wake.follow_up(self.flow)
        return f"{len(rows)} messages, {len(self.errors)} exceptions"

    # ------------------------------------------------------------------ send

    def _send_all(self, post, rows: list[Row], blocked: dict) -> None:
        """Send in order; when the partner is not there, leave the rest for later."""
        unreachable: TransientError | None = None
        failed: dict[str, int] = {}
        end = time.monotonic() + RUN_SECONDS
        for row in rows:
            if time.monotonic() > end:
                return
            if row.partition in blocked:
                self._wait(row, *blocked[row.partition])
            elif row.partition in failed:
                self._wait(row, failed[row.partition], "ready")
            elif unreachable:
                self._postpone(row, unreachable, row.tries)
            else:
                unreachable = self._send_one(post, row)
            if row.partition and row.id not in {sent.row.id for sent in self.sent[-1:]}:
                failed.setdefault(row.partition, row.id)

    def _send_one(self, post, row: Row) -> TransientError | None:
        """Send one message, or find out how its last send ended.

        :return: the error, when the partner could not be reached at all
        """
        try:
            document = DOCUMENTS[row.message_type].from_json(row.canonical)
            verdict = self._verdict(post, row, document)
        except Held as exc:
            self._postpone(row, exc, row.tries)
            return exc
        except TransientError as exc:
            self._fail(row, exc)
            return exc
        except UnknownOutcomeError as exc:
            self._look_up_later(row, exc)
            return None
        except DistError as exc:
            self._fail(row, exc)
            return None
        message = self.env["dist.message"].browse(row.id)
        self.sent.append(Sent(row, message, document, verdict))
        return None

    def _verdict(self, post, row: Row, document: Document) -> Verdict:
        """Get to know what the partner says of a document, sending it if it must be.

        :raises DistError: when there is no verdict yet
        """
        last = self.attempts.get(row.id)
        if last and last["round"] == row.round:
            if last["outcome"] in ("accepted", "rejected"):
                # The answer came, and the server stopped before it was written here.
                return _verdict_of(last)
            if not last["ended"] or last["outcome"] == "unknown":
                verdict = self._look_up(post, row, document, last["age"])
                if verdict:
                    return verdict
        verdict = _clear(self._send(post, row, document))
        if verdict.outcome is not Outcome.DUPLICATE:
            return verdict
        known = self._accept_duplicate(post, row, document, verdict)
        if self.spec.change and known.remote_id and not document.remote_id:
            # what it has may be of somebody else's making, and otherwise
            document = document.model_copy(update={"remote_id": known.remote_id})
            return _clear(self._send(post, row, document))
        return known

    def _send(self, post, row: Row, document: Document) -> Verdict:
        """Send a document and put the attempt on record, before and after."""
        parcel = post.wrap(self.spec.sent_by(document), document)
        records = self.env["dist.attempt"]
        attempt_id = records._begin(row.id, "send", row.round, parcel.masked)
        try:
            verdict = post.send(parcel)
        except DistError as exc:
            outcome = "unknown" if exc.policy is Policy.LOOK_UP else exc.code
            records._end(attempt_id, outcome, response=parcel.answer, detail=str(exc))
            raise
        records._end(
            attempt_id, verdict.outcome.value, verdict=verdict, response=parcel.answer
        )
        return verdict

    # --------------------------------------------------------------- look up

    def _look_up(
        self, post, row: Row, document: Document, age: float
    ) -> Verdict | None:
        """Ask the partner whether it has the document.

        :param age: seconds since the attempt whose outcome is unknown
        :return: what the partner made of it, or None when it has it not
        :raises UnknownOutcomeError: when nobody can tell, or it is too early to ask
        """
        if float(age) < self.flow.lookup_delay:
            raise UnknownOutcomeError(
                "it is looked up at the partner before anything is sent again"
            )
        if not self.spec.look_up:
            raise _CannotTell("the profile has no look-up for this document")
        parcel = post.wrap(self.spec.look_up, document)
        records = self.env["dist.attempt"]
        attempt_id = records._begin(row.id, "look_up", row.round, parcel.masked)
        try:
            found = post.look_up(parcel)
        except DistError as exc:
            records._end(attempt_id, exc.code, response=parcel.answer, detail=str(exc))
            raise
        records._end(
            attempt_id,
            found.answer.value,
            verdict=found.verdict,
            response=parcel.answer,
            detail=found.message,
        )
        if found.answer is Found.CANNOT_TELL:
            raise _CannotTell(found.message or "the partner's answer does not tell")
        if found.answer is Found.ABSENT:
            return None
        return found.verdict or Verdict(Outcome.ACCEPTED)

    def _accept_duplicate(self, post, row, document, verdict: Verdict) -> Verdict:
        """Judge "I have it already": ours from a try before, or somebody else's."""
        if not self.spec.look_up:
            raise ConflictError(
                "the partner has a document with this key, and cannot be asked for it",
                path=type(document).key_field,
            )
        found = post.look_up(post.wrap(self.spec.look_up, document))
        if found.answer is Found.FOUND and found.verdict:
            return found.verdict
        raise ConflictError(
            f"the partner refuses {row.key} as a duplicate, but does not show it: "
            f"{verdict.message}",
            path=type(document).key_field,
        )

    # --------------------------------------------------------------- results

    def _settle(self) -> None:
        """Tell the handler what the partner said, and decide the message states."""
        handler = self.flow._handler()

        def work(items):
            with self.env.cr.savepoint():
                handler._settle(items)

        bad = {
            sent.row.id: exc
            for sent, exc in halve(self.sent, work, item_fault=item_fault)
        }
        for sent in self.sent:
            exc = bad.get(sent.row.id)
            self._answered(sent)
            if exc is not None:
                error = classify(exc, f"settle message {sent.row.id}")
                self.results[sent.row.id].state = "exception"
                self.results[sent.row.id].note = error.message[:250]
                self.errors.append((sent.row, error))

    def _answered(self, sent: Sent) -> None:
        verdict = sent.verdict
        result = Result(
            sent.row.id,
            "waiting" if self.spec.answer == "later" else "done",
            note="for the partner's answer" if self.spec.answer == "later" else None,
            remote_id=verdict.remote_id or None,
            remote_status=verdict.remote_status or None,
            outcome_unknown=False,
        )
        if verdict.outcome is Outcome.REJECTED:
            result.state = "exception"
            result.note = (verdict.message or verdict.code)[:250]
            error = BusinessError(
                f"the partner refused {sent.row.key}: {result.note}",
                path=sent.row.key or "",
                next_step="Mend what the partner names, then request it again; or "
                "accept the refusal.",
            )
            self.errors.append((sent.row, error))
        self.results[sent.row.id] = result

    def _wait(self, row: Row, blocker_id: int, blocker_state: str) -> None:
        stuck = blocker_state in ("exception", "dead", "waiting")
        self.results[row.id] = Result(
            row.id,
            "waiting" if stuck else "ready",
            note=f"behind message {blocker_id}",
            delay=None if stuck else 2.0,
        )
        if not stuck:
            wake.wake(self.flow, delay=2.0)

    def _postpone(self, row: Row, error: DistError, tries: int, **values) -> None:
        delay = backoff.delay(
            max(tries, 1), retry_after=getattr(error, "retry_after", None)
        )
        self.results[row.id] = Result(
            row.id,
            "ready",
            note=error.message[:250],
            tries=tries,
            delay=delay,
            **values,
        )
        wake.wake(self.flow, delay=delay)

    def _look_up_later(self, row: Row, error: UnknownOutcomeError) -> None:
        """Leave a message whose outcome is unknown until it can be looked up."""
        if isinstance(error, _CannotTell):
            self._fail(row, error)
            return
        delay = float(self.flow.lookup_delay) + 1
        self.results[row.id] = Result(
            row.id,
            "ready",
            note=error.message[:250],
            tries=row.tries + 1,
            outcome_unknown=True,
            delay=delay,
        )
        wake.wake(self.flow, delay=delay)

    def _fail(self, row: Row, error: DistError) -> None:
        tries = row.tries + 1
        if error.policy is Policy.RETRY and tries < self.flow.max_tries:
            self._postpone(row, error, tries)
            return
        state = "dead" if error.policy is Policy.RETRY else "exception"
        self.results[row.id] = Result(
            row.id, state, note=error.message[:250], tries=tries
        )
        self.errors.append((row, error))

    def _write(self, rows: list[Row]) -> None:
        """Write the results, open and close exceptions, free followers."""
        ledger.write_results(
            self.env, list(self.results.values()), self.backend.profile_id.id
        )
        expect.note(self.env, self.flow, self.results)
        later = self.spec.answer == "later"
        timeline.note_sent(self.env, self.flow, self.sent, later)
        exceptions = self.env["dist.exception"]
        exceptions._close_for_messages(
            [r.id for r in self.results.values() if r.state in ("done", "waiting")]
        )
        handler = self.flow._handler()
        messages = self.env["dist.message"]
        failed = [(messages.browse(row.id), error) for row, error in self.errors]
        exceptions._open_for_messages(failed)
        for message, error in failed:
            handler._failed(message, error)
        freed = {
            row.partition
            for row in rows
            if row.partition
            and row.id in self.results
            and self.results[row.id].state == "done"
        }
        flows = ledger.release(self.env, self.backend.id, "out", freed)
        for flow in self.env["dist.flow"].browse(flows):
            wake.wake(flow)


class _CannotTell(UnknownOutcomeError):
    """The look-up cannot tell: a person has to find out."""

    default_next_step = (
        "Ask the partner whether it has the document. If it has: accept; if it has "
        "not: replay."
    )


def _clear(verdict: Verdict) -> Verdict:
    """Give a verdict that says yes or no.

    :raises UnknownOutcomeError: it says neither
    """
    if verdict.outcome is Outcome.UNKNOWN:
        raise UnknownOutcomeError(
            verdict.message or "the partner's answer says neither yes nor no"
        )
    return verdict


def _verdict_of(attempt: dict) -> Verdict:
    return Verdict(
        Outcome(attempt["outcome"]),
        remote_id=attempt["remote_id"] or "",
        remote_status=attempt["remote_status"] or "",
        code=attempt["code"] or "",
        message=attempt["detail"] or "",
    )
