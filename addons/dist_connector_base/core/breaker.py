"""Circuit breaker: stop calling a partner that does not answer, and try it again.

Pure functions over one :class:`Circuit`; the caller keeps it where all workers see it
and gives the time. Times are seconds of any clock that all callers share.

``closed`` lets calls through and counts them. Too many failures or slow answers within
the window open it. ``open`` lets nothing through until ``until``. Then ``half_open``
lets exactly ``trials`` calls through; when all of them succeed it closes, when one
fails it opens again, for twice as long.

Source of the states: M. Nygard, "Release It!", stability pattern "Circuit Breaker".
"""

import enum
from dataclasses import dataclass


class State(enum.Enum):
    """Whether calls go through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Override(enum.Enum):
    """What a person decided, whatever the calls say."""

    NONE = "auto"
    OPEN = "open"
    CLOSED = "closed"


class Call(enum.Enum):
    """How a call ended, as far as the partner's health goes."""

    FINE = "fine"
    SLOW = "slow"
    FAILED = "failed"


@dataclass(frozen=True)
class Policy:
    """When to open, and when to try again. Times in seconds, shares from 0 to 1.

    :ivar window: calls of so long ago still count
    :ivar minimum: fewer calls than this in the window say nothing
    :ivar failures: open at this share of failed calls
    :ivar slow_after: an answer that took longer is slow
    :ivar slow: open at this share of slow calls
    :ivar pause: first time in ``open``; doubled each time a trial fails
    :ivar longest_pause: but never longer than this
    :ivar trials: calls that ``half_open`` lets through, across all workers
    :ivar trial_time: a trial without a result after so long counts as failed: its
        worker died
    """

    window: float = 120.0
    minimum: int = 4
    failures: float = 0.5
    slow_after: float = 20.0
    slow: float = 0.8
    pause: float = 30.0
    longest_pause: float = 900.0
    trials: int = 1
    trial_time: float = 300.0


@dataclass
class Circuit:
    """What is known of one operation of one partner.

    :ivar since: when the state began
    :ivar until: when ``open`` ends, or a trial is given up
    :ivar bucket: when the current half of the window began
    :ivar calls: calls, failed and slow ones of this half; ``last_*`` of the half before
    :ivar openings: times it opened in a row without closing
    :ivar admitted: trials let through; ``passed`` of them ended well
    """

    state: State = State.CLOSED
    override: Override = Override.NONE
    since: float = 0.0
    until: float = 0.0
    bucket: float = 0.0
    calls: int = 0
    failed: int = 0
    slow: int = 0
    last_calls: int = 0
    last_failed: int = 0
    last_slow: int = 0
    openings: int = 0
    admitted: int = 0
    passed: int = 0

    @property
    def stops(self) -> bool:
        """Whether it keeps calls back for longer than a moment."""
        if self.override is not Override.NONE:
            return self.override is Override.OPEN
        return self.state is not State.CLOSED


@dataclass(frozen=True)
class Admission:
    """Whether a call may go out.

    :ivar wait: seconds after which to ask again, when it may not
    :ivar trial: the call is one of the trials of ``half_open``
    """

    allowed: bool
    wait: float = 0.0
    trial: bool = False


#: Seconds between two looks at a circuit that a person holds open.
MANUAL_WAIT = 60.0
#: Seconds between two looks while somebody else's trial is out.
TRIAL_WAIT = 5.0


def admit(circuit: Circuit, policy: Policy, now: float) -> Admission:
    """Say whether a call may go out, and count a trial that may."""
    if circuit.override is Override.CLOSED:
        return Admission(True)
    if circuit.override is Override.OPEN:
        return Admission(False, MANUAL_WAIT)
    if circuit.state is State.CLOSED:
        return Admission(True)
    if now < circuit.until and circuit.state is State.OPEN:
        return Admission(False, circuit.until - now)
    if circuit.state is State.OPEN:
        _enter(circuit, State.HALF_OPEN, now, policy.trial_time)
    elif now >= circuit.until:
        # whoever had the trial never came back
        _open(circuit, policy, now)
        return Admission(False, circuit.until - now)
    if circuit.admitted < policy.trials:
        circuit.admitted += 1
        return Admission(True, trial=True)
    return Admission(False, TRIAL_WAIT)


def record(
    circuit: Circuit, policy: Policy, now: float, call: Call, *, trial: bool = False
) -> None:
    """Put on record how a call ended, and change the state if that decides it.

    :param trial: what :func:`admit` said of this call. Calls that were let through
        before the circuit opened end while it is open: they change nothing.
    """
    if circuit.state is State.CLOSED:
        _count(circuit, policy, now, call)
        if _too_bad(circuit, policy, now):
            _open(circuit, policy, now)
    elif circuit.state is State.HALF_OPEN and trial:
        if call is not Call.FINE:
            _open(circuit, policy, now)
            return
        circuit.passed += 1
        if circuit.passed >= policy.trials:
            circuit.openings = 0
            _forget(circuit, now)
            _enter(circuit, State.CLOSED, now, 0)


def override(circuit: Circuit, decision: Override, now: float) -> None:
    """Do what a person decided; back to automatic begins closed with no memory."""
    circuit.override = decision
    circuit.openings = 0
    _forget(circuit, now)
    _enter(circuit, State.CLOSED, now, 0)


def judge(seconds: float, policy: Policy, *, failed: bool) -> Call:
    """Give what a call that took so many seconds says of the partner."""
    if failed:
        return Call.FAILED
    return Call.SLOW if seconds > policy.slow_after else Call.FINE


def _enter(circuit: Circuit, state: State, now: float, lasts: float) -> None:
    circuit.state = state
    circuit.since = now
    circuit.until = now + lasts if lasts else 0.0
    circuit.admitted = circuit.passed = 0


def _open(circuit: Circuit, policy: Policy, now: float) -> None:
    # an exponent beyond 60 has reached every cap
    pause = policy.pause * 2 ** min(circuit.openings, 60)
    circuit.openings += 1
    _enter(circuit, State.OPEN, now, min(pause, policy.longest_pause))


def _forget(circuit: Circuit, now: float) -> None:
    circuit.bucket = now
    circuit.calls = circuit.failed = circuit.slow = 0
    circuit.last_calls = circuit.last_failed = circuit.last_slow = 0


def _count(circuit: Circuit, policy: Policy, now: float, call: Call) -> None:
    half = policy.window / 2
    age = now - circuit.bucket
    if age >= policy.window:
        _forget(circuit, now)
    elif age >= half:
        circuit.last_calls = circuit.calls
        circuit.last_failed = circuit.failed
        circuit.last_slow = circuit.slow
        circuit.calls = circuit.failed = circuit.slow = 0
        circuit.bucket += half
    circuit.calls += 1
    circuit.failed += call is Call.FAILED
    circuit.slow += call is Call.SLOW


def _too_bad(circuit: Circuit, policy: Policy, now: float) -> bool:
    calls = circuit.calls + circuit.last_calls
    if calls < policy.minimum:
        return False
    failed = circuit.failed + circuit.last_failed
    slow = circuit.slow + circuit.last_slow
    # a failure is never better than a slow answer
    return failed >= policy.failures * calls or (
        slow > 0 and slow + failed >= policy.slow * calls
    )
