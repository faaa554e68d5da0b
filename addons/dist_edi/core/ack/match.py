"""Match acknowledgements with what was sent, and say where each sent message stands."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from ..syntax.findings import Finding, finding
from ..syntax.segment import Place
from .received import Statement
from .verdict import ACKNOWLEDGEMENTS, Verdict


class AckState(enum.Enum):
    """Where a sent message stands with its acknowledgement."""

    NONE = "none"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    WITH_ERRORS = "accepted with errors"
    REJECTED = "rejected"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class SentMessage:
    """One message we sent, by the references it left with.

    :param key: how the caller knows it
    :param expected: whether the agreement expects an acknowledgement
    :param due: when it is overdue, None for never
    """

    key: str
    type: str
    interchange: str
    group_code: str = ""
    group: str = ""
    reference: str = ""
    expected: bool = True
    due: datetime | None = None


@dataclass
class Matched:
    """What statements came to.

    :ivar by_key: the statements on each sent message, in the order they came
    :ivar findings: statements on what we never sent, or on acknowledgements
    """

    by_key: dict[str, list[Statement]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def match(
    statements: Iterable[Statement],
    sent: Iterable[SentMessage],
    earlier: dict[str, list[Statement]] | None = None,
) -> Matched:
    """Put statements to the messages they speak of.

    :param sent: messages sent to the partner who acknowledges
    :param earlier: statements that came before, by key; a second judgement on the same
        message is told, and the latest one counts
    """
    messages = list(sent)
    matched = Matched()
    for statement in statements:
        if statement.type in ACKNOWLEDGEMENTS or statement.group_code == "FA":
            _tell(matched, "ack_of_ack", statement)
            continue
        found = [each for each in messages if _speaks_of(statement, each)]
        if not found:
            _tell(matched, "ack_unknown_reference", statement)
        for message in found:
            if _is_repeated(statement, (earlier or {}).get(message.key, ())):
                _tell(matched, "ack_repeated", statement, expected="latest")
            matched.by_key.setdefault(message.key, []).append(statement)
    return matched


def state(
    message: SentMessage, statements: Iterable[Statement], now: datetime
) -> AckState:
    """Where a message stands.

    The latest statement on the message itself decides; without one, what was said of
    its group or interchange. A group accepted in part with no word on the message has
    accepted it. A positive TA1 says only that the envelope was readable.
    """
    if not message.expected:
        return AckState.NONE
    verdict = _decisive(list(statements))
    if verdict is Verdict.REJECTED:
        return AckState.REJECTED
    if verdict is Verdict.WITH_ERRORS:
        return AckState.WITH_ERRORS
    if verdict is not None:
        return AckState.ACCEPTED
    if message.due is not None and now > message.due:
        return AckState.OVERDUE
    return AckState.WAITING


def _decisive(statements: list[Statement]) -> Verdict | None:
    own = [each for each in statements if each.level == "transaction" and each.verdict]
    wider = [each for each in statements if each.level != "transaction"]
    refused = [each for each in wider if each.verdict is Verdict.REJECTED]
    if refused and (not own or statements.index(refused[-1]) > _last(statements, own)):
        return Verdict.REJECTED
    if own:
        return own[-1].verdict
    taken = [each.verdict for each in wider if each.verdict and each.kind != "TA1"]
    return taken[-1] if taken else None


def _last(statements: list[Statement], some: list[Statement]) -> int:
    return max(index for index, each in enumerate(statements) if each in some)


def _speaks_of(statement: Statement, message: SentMessage) -> bool:
    if statement.kind in ("TA1", "CONTRL"):
        if not _same(statement.interchange, message.interchange):
            return False
        if statement.level == "interchange":
            return True
        if statement.level == "group":
            return _same(statement.group, message.group)
        return _same(statement.transaction, message.reference)
    if statement.group_code and statement.group_code != message.group_code:
        return False
    if not _same(statement.group, message.group):
        return False
    if statement.level == "group":
        return True
    same_type = not statement.type or statement.type == message.type
    return same_type and _same(statement.transaction, message.reference)


def _same(one: str, other: str) -> bool:
    """Compare references; partners drop or add leading zeros of numbers."""
    if one.isascii() and one.isdigit() and other.isascii() and other.isdigit():
        return one.lstrip("0") == other.lstrip("0")
    return one == other and bool(one)


def _is_repeated(statement: Statement, earlier: Iterable[Statement]) -> bool:
    return any(
        each.level == statement.level and each.kind == statement.kind
        for each in earlier
    )


def _tell(
    matched: Matched, code: str, statement: Statement, expected: str = ""
) -> None:
    named = {
        "interchange": f"interchange {statement.interchange}",
        "group": f"group {statement.group_code} {statement.group}",
        "transaction": f"{statement.type} {statement.transaction}",
    }[statement.level]
    found = finding(code, Place(), seen=" ".join(named.split()), expected=expected)
    matched.findings.append(found)
