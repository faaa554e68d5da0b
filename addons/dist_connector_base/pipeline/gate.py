"""The gate before every call to a partner: is its line open, is a call allowed now."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from odoo.tools import SQL

from ..core.breaker import Call, admit, judge, record
from ..core.bucket import Bucket, pause, take
from ..core.errors import LimitError, TransientError, UnknownOutcomeError
from . import circuits, wake
from .lanes import PATIENCE, take_lane

#: A send sleeps so many seconds for its turn; then it goes back in line.
SHORT = 1.0
#: Pause after "slow down" when the partner does not say for how long.
UNTOLD_PAUSE = 5.0


class Held(TransientError):
    """A call that was not made: nothing failed, and it costs no try."""


class Outcome:
    """What the caller knows of a call when it ends.

    :ivar failed: the answer came and says that the partner is not well
    :ivar pause: seconds of silence that the answer asks for
    """

    def __init__(self) -> None:
        self.failed = False
        self.pause = 0.0


class Gate:
    """The gate of one backend, for one run."""

    def __init__(self, backend, profile) -> None:
        self.backend = backend
        self.env = backend.env
        self.policy = backend._breaker_policy()
        self.per_second = backend.calls_per_minute / 60
        self.burst = float(max(backend.calls_burst, 1))
        self.credential = profile.auth.credential or ""
        self.changed = False
        self._trials: set[str] = set()

    # ----------------------------------------------------------------- enter

    def enter(self, operation: str, patience: float = SHORT) -> None:
        """Ask for one call; returns when it may go out now.

        :param patience: seconds that may be slept through
        :raises Held: when it may not, with the seconds to wait
        """
        end = time.monotonic() + patience
        while wait := self._ask(operation):
            if time.monotonic() + wait > end:
                break
            time.sleep(wait)
        else:
            return
        raise Held(
            f"waits: {self.backend.name} is called too often for now", retry_after=wait
        )

    def _ask(self, operation: str) -> float:
        with self.env["dist.circuit"]._own_cursor() as cr:
            if self._free(cr, operation):
                return 0.0
            circuit = circuits.lock(cr, self.backend, operation)
            now = circuits.now(cr)
            before = circuit.state
            admission = admit(circuit, self.policy, now)
            if not admission.allowed:
                circuits.store(cr, self.backend, operation, circuit)
                self.changed = True
                raise Held(self._why(operation), retry_after=admission.wait)
            wait = self._take(cr, now)
            if not wait:
                # a trial that the bucket keeps back is not spent
                circuits.store(cr, self.backend, operation, circuit)
                self.changed |= circuit.state is not before
                if admission.trial:
                    self._trials.add(operation)
            return wait

    def _free(self, cr, operation: str) -> bool:
        """Say whether neither line nor bucket holds anything back, as is usual."""
        if self.per_second:
            return False
        cr.execute(
            SQL(
                """SELECT EXISTS (
                              SELECT 1 FROM dist_circuit
                               WHERE backend_id = %(backend)s
                                 AND operation = %(operation)s
                                 AND (override = 'open'
                                      OR override = 'auto' AND state != 'closed'))
                       OR EXISTS (
                              SELECT 1 FROM dist_bucket
                               WHERE backend_id = %(backend)s
                                 AND credential = %(credential)s
                                 AND paused_until
                                     > clock_timestamp() AT TIME ZONE 'UTC')
                """,
                backend=self.backend.id,
                operation=operation,
                credential=self.credential,
            )
        )
        return not cr.fetchone()[0]

    def _why(self, operation: str) -> str:
        name = operation.replace("_", " ")
        return f"waits: the line to {self.backend.name} is stopped ({name})"

    # ----------------------------------------------------------------- leave

    @contextmanager
    def call(self, operation: str) -> Iterator[Outcome]:
        """Do one call that :meth:`enter` let through, and put on record how it went."""
        outcome, started = Outcome(), time.monotonic()
        try:
            yield outcome
        except LimitError as exc:
            # the partner answers, and quickly: it is well, and wants fewer calls
            outcome.pause = exc.retry_after or UNTOLD_PAUSE
            self._leave(operation, started, outcome, None)
            raise
        except (TransientError, UnknownOutcomeError) as exc:
            outcome.failed = True
            outcome.pause = getattr(exc, "retry_after", None) or 0.0
            self._leave(operation, started, outcome, str(exc))
            raise
        except Exception:
            self._leave(operation, started, outcome, None)
            raise
        self._leave(operation, started, outcome, None)

    def _leave(self, operation: str, started: float, outcome, fault) -> None:
        seconds = time.monotonic() - started
        call = judge(seconds, self.policy, failed=outcome.failed)
        if call is Call.SLOW:
            fault = f"an answer took {seconds:.0f} s"
        elif call is Call.FAILED and not fault:
            fault = "an answer that says neither yes nor no"
        trial = operation in self._trials
        self._trials.discard(operation)
        with self.env["dist.circuit"]._own_cursor() as cr:
            circuit = circuits.lock(cr, self.backend, operation)
            now, before = circuits.now(cr), circuit.state
            record(circuit, self.policy, now, call, trial=trial)
            self.changed |= circuit.state is not before
            circuits.store(cr, self.backend, operation, circuit)
            circuits.note(cr, self.backend, operation, fault)
            if outcome.pause:
                bucket = self._lock_bucket(cr)
                pause(bucket, now, outcome.pause)
                self._store_bucket(cr, bucket)

    # ---------------------------------------------------------------- bucket

    def _take(self, cr, now: float) -> float:
        bucket = self._lock_bucket(cr)
        wait = take(bucket, now)
        self._store_bucket(cr, bucket)
        return wait

    def _lock_bucket(self, cr) -> Bucket:
        cr.execute(
            SQL(
                """INSERT INTO dist_bucket (backend_id, company_id, credential, tokens,
                                            counted_at)
                   VALUES (%s, %s, %s, %s, 0)
                   ON CONFLICT (backend_id, credential) DO NOTHING""",
                self.backend.id,
                self.backend.company_id.id,
                self.credential,
                self.burst,
            )
        )
        cr.execute(
            SQL(
                """SELECT tokens, counted_at, extract(epoch FROM paused_until)::float8
                     FROM dist_bucket WHERE backend_id = %s AND credential = %s
                      FOR NO KEY UPDATE""",
                self.backend.id,
                self.credential,
            )
        )
        tokens, counted_at, paused_until = cr.fetchone()
        return Bucket(
            self.per_second,
            self.burst,
            tokens or 0.0,
            counted_at or 0.0,
            paused_until or 0.0,
        )

    def _store_bucket(self, cr, bucket: Bucket) -> None:
        cr.execute(
            SQL(
                """UPDATE dist_bucket
                      SET tokens = %s, counted_at = %s,
                          paused_until = to_timestamp(nullif(%s, 0)) AT TIME ZONE 'UTC'
                    WHERE backend_id = %s AND credential = %s""",
                bucket.tokens,
                bucket.at,
                bucket.paused_until,
                self.backend.id,
                self.credential,
            )
        )

    # ------------------------------------------------------------------ tell

    def tell(self) -> None:
        """Open or close exceptions in the job's transaction, if anything changed."""
        if self.changed:
            circuits.tell(self.backend)
            self.changed = False


def hold_back(flow, gate: Gate, operation: str) -> str:
    """Say why a run must not begin; empty when it may.

    Without a lane, another job comes in a moment. While the line is stopped, all due
    messages of the flow wait, in one statement however many they are.
    """
    env, backend = flow.env, gate.backend
    if not take_lane(env, backend, flow.channel):
        wake.wake(flow, delay=PATIENCE)
        return "all lanes to the partner are taken"
    wait = circuits.held_for(env, backend, operation, gate.policy.trials)
    if not wait:
        return ""
    reason = gate._why(operation)
    env.execute_query(
        SQL(
            """UPDATE dist_message
                  SET note = %s,
                      next_try_at = (now() AT TIME ZONE 'UTC')
                                    + make_interval(secs => %s)
                WHERE id IN (SELECT id FROM dist_message
                              WHERE flow_id = %s AND state = 'ready'
                                AND next_try_at <= now() AT TIME ZONE 'UTC'
                                FOR NO KEY UPDATE SKIP LOCKED)
            RETURNING id""",
            reason,
            wait,
            flow.id,
        )
    )
    env["dist.message"].invalidate_model(["note", "next_try_at"])
    wake.wake(flow, delay=wait)
    circuits.tell(backend)
    return reason
