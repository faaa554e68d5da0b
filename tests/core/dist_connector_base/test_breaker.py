"""The circuit breaker as a table of calls over a clock that we turn by hand."""

import pytest

from addons.dist_connector_base.core.breaker import (
    Call,
    Circuit,
    Override,
    Policy,
    State,
    admit,
    judge,
    override,
    record,
)

POLICY = Policy(
    window=60,
    minimum=4,
    failures=0.5,
    slow_after=10,
    slow=0.75,
    pause=30,
    longest_pause=100,
    trials=1,
    trial_time=120,
)
WORDS = {"+": Call.FINE, "-": Call.FAILED, "s": Call.SLOW}


def after(calls: str, *, every: float = 1.0, policy: Policy = POLICY) -> Circuit:
    """Give the circuit after calls that ended at 1, 2, 3, ... seconds."""
    circuit = Circuit()
    for number, word in enumerate(calls, 1):
        record(circuit, policy, number * every, WORDS[word])
    return circuit


@pytest.mark.parametrize(
    ("calls", "state"),
    [
        ("++++", State.CLOSED),
        ("---", State.CLOSED),  # too few to say anything
        ("----", State.OPEN),
        ("++--", State.OPEN),  # half of them
        ("+++-", State.CLOSED),
        ("+++-+", State.CLOSED),
        ("ssss", State.OPEN),
        ("sss+", State.OPEN),  # three quarters slow
        ("ss++", State.CLOSED),
        ("ss-+", State.OPEN),  # a failure is no better than a slow answer
        ("s+s+-", State.CLOSED),
    ],
)
def test_share_of_failed_and_slow_calls_decides(calls, state):
    assert after(calls).state is state


def test_calls_of_long_ago_do_not_count():
    assert after("---", every=1).calls == 3
    circuit = after("---")
    record(circuit, POLICY, 3 + POLICY.window, Call.FAILED)
    assert (circuit.state, circuit.calls) == (State.CLOSED, 1)


def test_the_window_slides_by_halves():
    circuit = after("---")  # at 1, 2, 3 seconds
    record(circuit, POLICY, 35, Call.FAILED)  # the second half: the first still counts
    assert circuit.state is State.OPEN


def test_open_lets_nothing_through_and_tells_how_long():
    circuit = after("----")
    answer = admit(circuit, POLICY, 10)
    assert (answer.allowed, answer.wait) == (False, 24)


def test_half_open_lets_exactly_the_trials_through():
    policy = Policy(minimum=4, pause=30, trials=3)
    circuit = after("----", policy=policy)
    answers = [admit(circuit, policy, 40 + n) for n in range(10)]
    assert [answer.allowed for answer in answers] == [True] * 3 + [False] * 7
    assert all(answer.trial for answer in answers[:3])
    assert all(answer.wait > 0 for answer in answers[3:])


def test_trial_that_succeeds_closes():
    circuit = after("----")
    assert admit(circuit, POLICY, 40).trial
    record(circuit, POLICY, 41, Call.FINE, trial=True)
    assert (circuit.state, circuit.since, circuit.openings) == (State.CLOSED, 41, 0)
    record(circuit, POLICY, 42, Call.FAILED)
    assert circuit.state is State.CLOSED, "what was before is forgotten"


def test_all_trials_must_succeed():
    policy = Policy(minimum=4, pause=30, trials=2)
    circuit = after("----", policy=policy)
    admit(circuit, policy, 40)
    admit(circuit, policy, 40)
    record(circuit, policy, 41, Call.FINE, trial=True)
    assert circuit.state is State.HALF_OPEN
    record(circuit, policy, 42, Call.FINE, trial=True)
    assert circuit.state is State.CLOSED


@pytest.mark.parametrize("word", [Call.FAILED, Call.SLOW])
def test_trial_that_fails_opens_for_twice_as_long_up_to_the_longest(word):
    circuit, now, pauses = after("----"), 4.0, []
    for _time in range(4):
        pauses.append(circuit.until - now)
        now = circuit.until
        assert admit(circuit, POLICY, now).trial
        record(circuit, POLICY, now, word, trial=True)
    assert pauses == [30, 60, 100, 100]


def test_trial_whose_worker_died_is_given_up():
    circuit = after("----")
    assert admit(circuit, POLICY, 40).trial
    assert not admit(circuit, POLICY, 40 + POLICY.trial_time - 1).allowed
    assert not admit(circuit, POLICY, 40 + POLICY.trial_time).allowed
    assert circuit.state is State.OPEN
    assert admit(circuit, POLICY, circuit.until).trial


def test_late_result_of_an_earlier_call_decides_nothing():
    circuit = after("----")
    record(circuit, POLICY, 5, Call.FINE)
    assert circuit.state is State.OPEN
    admit(circuit, POLICY, 40)
    record(circuit, POLICY, 41, Call.FINE)
    record(circuit, POLICY, 41, Call.FAILED)
    assert circuit.state is State.HALF_OPEN


def test_person_decides_over_the_calls():
    circuit = Circuit()
    override(circuit, Override.OPEN, 1)
    assert not admit(circuit, POLICY, 2).allowed
    assert circuit.stops
    override(circuit, Override.CLOSED, 3)
    for now in range(4, 20):
        record(circuit, POLICY, now, Call.FAILED)
    assert admit(circuit, POLICY, 21).allowed
    assert not circuit.stops
    override(circuit, Override.NONE, 22)
    assert (circuit.state, circuit.calls) == (State.CLOSED, 0)


@pytest.mark.parametrize(
    ("seconds", "failed", "call"),
    [(1, False, Call.FINE), (11, False, Call.SLOW), (1, True, Call.FAILED)],
)
def test_a_long_answer_is_slow(seconds, failed, call):
    assert judge(seconds, POLICY, failed=failed) is call
