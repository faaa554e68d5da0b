"""What a partner's answer means: by its own rule on the body, never by status alone."""

import email.utils
from decimal import Decimal, InvalidOperation
from typing import Any

from ..canonical import Document
from ..codecs import looks_like_html
from ..errors import (
    ConfigurationError,
    DataError,
    DistError,
    LimitError,
    TransientError,
)
from ..wire import Found, HttpResponse, LookUp, Outcome, Verdict
from .context import Context, utc_now
from .functions import as_text
from .inbound import decode_format
from .operators import is_false
from .scope import Scope
from .specs import AnswerRule, Operation

#: Longest pause that a partner can ask of us, in seconds.
MAX_PAUSE = 6 * 3600.0
MAX_MESSAGE = 2_000


def judge(operation: Operation, response: HttpResponse) -> Verdict:
    """Judge the answer to a send.

    The operation's rules come first. What no rule is for: 2xx with a readable body is
    accepted; 401, 403, 404, 405 are configuration; 429 is a limit; 408 and 5xx leave
    the outcome unknown (transient for a safe operation); other 4xx are a rejection. An
    empty body where a rule reads the partner's number leaves it unknown, too.

    :raises TransientError: nothing was done, try again
    :raises LimitError: slow down; ``retry_after`` in seconds where the partner says
    :raises ConfigurationError: the address, the rights or the credential are wrong
    :raises DataError: a safe operation answered what cannot be read
    """
    data, unreadable = _read(operation, response)
    if unreadable is None:
        for rule in operation.answers:
            if _fits(rule, response.status, data):
                return _follow(rule, operation, response, data)
    return _judge_plainly(operation, response, data, unreadable)


def _read(operation: Operation, response: HttpResponse) -> tuple[Any, DataError | None]:
    """Decode a body; an error page with a failure status is no fault of its own."""
    if not response.body.strip():
        return None, None
    try:
        return decode_format(operation.format, response.body), None
    except DataError as exc:
        if response.status >= 400 and not looks_like_html(response.body):
            return response.body[:MAX_MESSAGE].decode("utf-8", "replace"), None
        return None, exc


def _fits(rule: AnswerRule, status: int, data: Any) -> bool:
    if rule.status is not None and status not in rule.status:
        return False
    if rule.when is None:
        return True
    return not is_false(rule.when.run(data, Scope(Context(), "in", data)))


def _follow(
    rule: AnswerRule, operation: Operation, response: HttpResponse, data: Any
) -> Verdict:
    words = _words(rule.message, data) or f"HTTP {response.status}"
    if rule.then in ("transient", "limit"):
        wait = _words(rule.retry_after, data)
        seconds = _seconds(wait) if wait else retry_after(operation, response)
        error = LimitError if rule.then == "limit" else TransientError
        raise error(f"the partner answers: {words}", retry_after=seconds)
    if rule.then == "configuration":
        raise ConfigurationError(f"the partner answers: {words}")
    if rule.then == "data":
        raise DataError(f"the partner answers: {words}")
    if rule.then == "accepted" and rule.remote_id and data is None:
        # something on the way swallowed the body: nobody knows what it said
        told = f"HTTP {response.status} without a body"
        return Verdict(Outcome.UNKNOWN, message=told)
    return Verdict(
        Outcome(rule.then),
        remote_id=_words(rule.remote_id, data),
        remote_status=_words(rule.remote_status, data),
        code=_words(rule.code, data),
        message=_words(rule.message, data),
    )


def _words(expression: Any, data: Any) -> str:
    """Give what an expression finds as one text; lists are joined."""
    if expression is None:
        return ""
    value = expression.run(data, Scope(Context(), "in", data))
    if isinstance(value, dict):
        value = [f"{name}: {_flat(held)}" for name, held in value.items()]
    return _flat(value)[:MAX_MESSAGE]


def _flat(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_flat(entry) for entry in value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_flat(held)}" for name, held in value.items())
    return as_text(value)


def _judge_plainly(
    operation: Operation, response: HttpResponse, data: Any, unreadable: Any
) -> Verdict:
    status = response.status
    words = _flat(data)[:500] if data is not None else ""
    told = f"HTTP {status}: {words}" if words else f"HTTP {status}"
    if status == 429:
        raise LimitError(
            "the partner asks to slow down",
            retry_after=retry_after(operation, response),
        )
    if status in (401, 403):
        raise ConfigurationError(
            f"the partner lets us not in ({told})",
            next_step="Check the credential and its rights.",
        )
    if status >= 500 or status == 408:
        if operation.safe:
            raise TransientError(told, retry_after=retry_after(operation, response))
        return Verdict(Outcome.UNKNOWN, message=told)
    if status in (404, 405, 410) and not operation.answers:
        raise ConfigurationError(f"the address is wrong ({told})")
    if status >= 400:
        return Verdict(Outcome.REJECTED, code=str(status), message=told)
    if 200 <= status < 300 and unreadable is None:
        return Verdict(Outcome.ACCEPTED)
    page = "a web page" if looks_like_html(response.body) else "an unreadable body"
    if not operation.safe:
        return Verdict(Outcome.UNKNOWN, message=f"HTTP {status} with {page}")
    if looks_like_html(response.body):
        raise ConfigurationError(
            f"HTTP {status} with a web page",
            next_step="Check the address: it leads to a page for people.",
        )
    raise unreadable or DataError(f"HTTP {status} was not expected")


def judge_look_up(
    operation: Operation, response: HttpResponse, document: Document, ctx: Context
) -> LookUp:
    """Judge the answer to a look-up: found, absent, or cannot tell.

    :raises TransientError: the question itself failed; ask again
    :raises ConfigurationError: when we are not let in
    """
    spec = operation.look_up
    if spec is None:
        return LookUp(Found.CANNOT_TELL, message="the operation is no look-up")
    if response.status in spec.absent:
        return LookUp(Found.ABSENT)
    verdict = judge(operation, response)
    if verdict.outcome is not Outcome.ACCEPTED:
        return LookUp(Found.CANNOT_TELL, message=verdict.message)
    data = decode_format(operation.format, response.body) if response.body else None
    scope = Scope(ctx, "in", data)
    records = spec.records.run(data, scope)
    if isinstance(records, dict):
        records = [records]
    if not isinstance(records, list):
        return LookUp(Found.CANNOT_TELL, message="the answer has no list of records")
    ours = document.model_dump(mode="python")
    wanted = {
        name: as_text(expression.run(ours, Scope(ctx, "out", ours)))
        for name, expression in spec.match.items()
    }
    fitting = [record for record in records if _matches(record, wanted)]
    if len(fitting) > 1:
        words = f"the partner has {len(fitting)} documents with this key"
        return LookUp(Found.CANNOT_TELL, message=words)
    return _found(spec, fitting, scope)


def _matches(record: Any, wanted: dict[str, str]) -> bool:
    if not isinstance(record, dict):
        return False
    try:
        return all(
            as_text(record.get(name)) == text and text for name, text in wanted.items()
        )
    except DistError:
        return False


def _found(spec: Any, fitting: list[Any], scope: Scope) -> LookUp:
    if not fitting:
        return LookUp(Found.ABSENT)
    record = fitting[0]
    if spec.when is not None and is_false(spec.when.run(record, scope)):
        return LookUp(Found.ABSENT)
    rejected = spec.rejected is not None and not is_false(
        spec.rejected.run(record, scope)
    )
    verdict = Verdict(
        Outcome.REJECTED if rejected else Outcome.ACCEPTED,
        remote_id=_words(spec.remote_id, record),
        remote_status=_words(spec.remote_status, record),
        message=_words(spec.message, record),
    )
    return LookUp(Found.FOUND, verdict)


def judge_file_look_up(operation: Operation, folder: str) -> LookUp:
    """Judge a search for a written file: where it stands, it was taken as sent.

    :param folder: the folder in which it was found; empty when it is in none
    """
    if folder:
        return LookUp(Found.FOUND, Verdict(Outcome.ACCEPTED, remote_status=folder))
    return LookUp(Found.ABSENT)


def pace(operation: Operation, response: HttpResponse) -> float:
    """Give the seconds to wait before the next call of any kind.

    What an overloaded partner asks for (429, 5xx with Retry-After), whatever became of
    this call; else what its bucket headers say. 0 where the profile names none, or the
    bucket holds enough.
    """
    if response.status == 429 or response.status >= 500:
        asked = _retry_header(response)
        if asked is not None:
            return asked
    spec = operation._pace
    if spec is None:
        return 0.0
    left = _number(response.header(spec.remaining))
    rate = _number(response.header(spec.rate)) if spec.rate else None
    if left is None and rate and rate > 0:
        return min(1 / rate, MAX_PAUSE)
    if left is None or left > spec.keep:
        return 0.0
    if spec.reset and (reset := _number(response.header(spec.reset))) is not None:
        if spec.reset_as == "epoch":
            reset -= utc_now().timestamp()
        elif spec.reset_as == "milliseconds":
            reset /= 1000
        return min(max(reset, 0.0), MAX_PAUSE)
    if spec.restore_per_second:
        missing = Decimal(spec.keep + 1) - Decimal(str(left))
        return min(float(missing / spec.restore_per_second), MAX_PAUSE)
    return 1.0


def retry_after(operation: Operation, response: HttpResponse) -> float | None:
    """Give the seconds that the partner asks us to wait, or None.

    ``Retry-After`` as seconds or date (RFC 9110), else the bucket headers.
    """
    asked = _retry_header(response)
    return (pace(operation, response) or None) if asked is None else asked


def _retry_header(response: HttpResponse) -> float | None:
    text = response.header("Retry-After")
    if (seconds := _seconds(text)) is not None:
        return seconds
    if not text:
        return None
    try:
        when = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return min(max(when.timestamp() - utc_now().timestamp(), 0.0), MAX_PAUSE)


def _seconds(text: str) -> float | None:
    number = _number(text)
    return None if number is None else min(max(number, 0.0), MAX_PAUSE)


def _number(text: str) -> float | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return float(number) if number.is_finite() else None
