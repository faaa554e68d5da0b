"""What an answer means is the partner's own rule on the body."""

import dataclasses
import email.utils
import json
import time

import pytest

from addons.dist_connector_base.core.errors import (
    ConfigurationError,
    LimitError,
    TransientError,
)
from addons.dist_connector_base.core.profile import (
    judge,
    judge_file_look_up,
    judge_look_up,
    pace,
)
from addons.dist_connector_base.core.wire import Found, HttpResponse, Outcome, Verdict


def answer(status, content=None, headers=None):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return HttpResponse(status, headers or {}, b"" if content is None else body)


@pytest.fixture
def judged(profile):
    def run(status, content=None, headers=None, operation="send"):
        return judge(profile.operations[operation], answer(status, content, headers))

    return run


def test_accepted_carries_the_partners_id(judged):
    assert judged(201, {"id": 5, "state": "new"}) == Verdict(
        Outcome.ACCEPTED, remote_id="5", remote_status="new"
    )


def test_an_error_inside_a_200_is_a_rejection(judged):
    errors = [{"code": "E7", "text": "no such street"}, {"text": "no such city"}]
    verdict = judged(200, {"id": 5, "errors": errors})
    assert verdict.outcome is Outcome.REJECTED
    assert verdict.code == "E7"
    assert verdict.message == "no such street; no such city"


def test_a_duplicate_is_one(judged):
    verdict = judged(200, {"state": "exists", "id": 4})
    assert (verdict.outcome, verdict.remote_id) == (Outcome.DUPLICATE, "4")


def test_a_limit_inside_a_200_is_honoured(judged):
    with pytest.raises(LimitError) as caught:
        judged(200, {"state": "wait", "seconds": 42})
    assert caught.value.retry_after == 42


def test_declared_failures_are_classified(judged):
    with pytest.raises(TransientError):
        judged(200, {"state": "later"})
    with pytest.raises(ConfigurationError):
        judged(200, {"state": "locked"})


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (500, {"error": "oops"}),
        (502, b"<html>bad gateway</html>"),
        (503, None),
        (504, b"timeout"),
        (408, None),
        (200, b"<!doctype html><html>sign in</html>"),
        (200, b'{"id": '),
        (200, b"\xff\xfe\x00"),
        (200, {"no": "id"}),
        (302, None),
    ],
)
def test_what_may_have_been_done_is_unknown(judged, status, content):
    assert judged(status, content).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("body", [b"", b" \n"])
def test_an_empty_answer_is_unknown_where_it_should_name_a_number(profile, body):
    operation = profile.operations["send"]
    (rule, *_others) = [r for r in operation.answers if r.then == "accepted"]
    response = HttpResponse(200, {}, body)

    def judged_by(**changes):
        changed = rule.model_copy(update={"when": None, **changes})
        return judge(operation.model_copy(update={"answers": [changed]}), response)

    assert judged_by().outcome is Outcome.UNKNOWN
    assert judged_by(remote_id=None).outcome is Outcome.ACCEPTED


def test_a_safe_question_that_fails_is_asked_again(judged):
    with pytest.raises(TransientError) as caught:
        judged(503, None, {"Retry-After": "7"}, operation="find")
    assert caught.value.retry_after == 7


def test_a_web_page_instead_of_an_answer_is_configuration(judged):
    with pytest.raises(ConfigurationError, match="web page"):
        judged(200, b"<html>sign in</html>", operation="find")


@pytest.mark.parametrize("status", [401, 403])
def test_not_being_let_in_is_configuration(judged, status):
    with pytest.raises(ConfigurationError):
        judged(status, {"error": "who are you"})


def test_other_refusals_are_rejections_with_the_partners_words(judged):
    verdict = judged(422, {"errors": {"zip": ["is wrong"]}})
    assert verdict.outcome is Outcome.REJECTED
    assert "zip: is wrong" in verdict.message


def test_retry_after_may_be_a_date(judged):
    when = email.utils.formatdate(time.time() + 90, usegmt=True)
    with pytest.raises(LimitError) as caught:
        judged(429, None, {"retry-after": when})
    assert 85 < caught.value.retry_after <= 90


def test_a_429_without_words_waits_as_the_bucket_says(judged):
    with pytest.raises(LimitError) as caught:
        judged(429, None, {"X-Left": "0", "X-Reset": "13"})
    assert caught.value.retry_after == 13


@pytest.mark.parametrize("status", [429, 500, 503])
def test_pause_that_an_overloaded_partner_asks_for_is_kept(profile, status):
    operation = profile.operations["send"]
    assert pace(operation, answer(status, None, {"Retry-After": "90"})) == 90
    date = email.utils.formatdate(time.time() + 600, usegmt=True)
    assert 500 < pace(operation, answer(status, None, {"Retry-After": date})) <= 600
    assert pace(operation, answer(status, None, {"Retry-After": "soon"})) == 0
    assert pace(operation, answer(200, {}, {"Retry-After": "90"})) == 0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X-Left": "9"}, 0),
        ({"X-Left": "1", "X-Reset": "30"}, 30),
        ({"x-left": "0"}, 1),
        ({"X-Left": "-4"}, 3),
        ({}, 0),
        ({"X-Left": "many"}, 0),
    ],
)
def test_the_token_bucket_sets_the_pace(profile, headers, seconds):
    assert pace(profile.operations["send"], answer(200, {}, headers)) == seconds


def test_a_bucket_may_tell_the_moment_it_is_full(profile):
    operation = profile.operations["send"].model_copy()
    operation._pace = profile.pace.model_copy(update={"reset_as": "epoch"})
    headers = {"X-Left": "0", "X-Reset": str(time.time() + 20)}
    assert 15 < pace(operation, answer(200, {}, headers)) <= 20


@pytest.fixture
def found(profile, ctx, request_document):
    def run(status, content):
        operation = profile.operations["find"]
        response = answer(status, content)
        return judge_look_up(operation, response, request_document(), ctx)

    return run


def orders(*records):
    return {"data": {"orders": list(records)}}


def test_found_brings_the_partners_id(found):
    look_up = found(200, orders({"ref": "other"}, {"ref": "WH-OUT-1", "id": 8}))
    assert look_up.answer is Found.FOUND
    assert look_up.verdict == Verdict(Outcome.ACCEPTED, remote_id="8")


def test_found_may_be_a_rejection(found):
    record = {"ref": "WH-OUT-1", "state": "refused", "reason": "no stock"}
    verdict = found(200, orders(record)).verdict
    assert (verdict.outcome, verdict.message) == (Outcome.REJECTED, "no stock")


@pytest.mark.parametrize(
    ("status", "content"), [(200, orders()), (200, orders({"ref": "x"})), (404, None)]
)
def test_absent(found, status, content):
    assert found(status, content).answer is Found.ABSENT


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (200, {"data": {}}),
        (200, {"data": {"orders": "none"}}),
        (400, {"error": "bad ref"}),
        (200, orders({"ref": "WH-OUT-1", "id": 1}, {"ref": "WH-OUT-1", "id": 2})),
    ],
)
def test_cannot_tell(found, status, content):
    assert found(status, content).answer is Found.CANNOT_TELL


def test_a_question_that_failed_is_no_answer(found):
    with pytest.raises(TransientError):
        found(500, None)


def test_a_condition_makes_a_record_as_good_as_absent(profile, ctx, request_document):
    from addons.dist_connector_base.core.profile.expressions import compile_expression

    operation = profile.operations["find"]
    spec = operation.look_up.model_copy(
        update={"when": compile_expression("state == 'cancelled'")}
    )
    operation = operation.model_copy(update={"look_up": spec})
    for state, expected in (("open", Found.ABSENT), ("cancelled", Found.FOUND)):
        response = answer(200, orders({"ref": "WH-OUT-1", "state": state}))
        look_up = judge_look_up(operation, response, request_document(), ctx)
        assert look_up.answer is expected


def test_a_file_that_still_stands_was_taken(profile):
    operation = profile.operations["find"]
    assert judge_file_look_up(operation, "in/done").answer is Found.FOUND
    assert judge_file_look_up(operation, "").answer is Found.ABSENT
    assert dataclasses.is_dataclass(judge_file_look_up(operation, ""))
