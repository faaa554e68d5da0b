"""Make CONTRL: EDIFACT's syntax and service report (ISO 9735 part 4).

Action codes (0083): 4 rejects a level and all below it, 7 acknowledges a level and all
below it that is not named, 8 says that the interchange was received. Error codes are
data element 0085, which each finding of the catalogue carries.
"""

from collections.abc import Iterator
from itertools import groupby

from ..syntax.findings import Finding, Level
from ..syntax.model import Document, GroupContent, InterchangeContent
from ..syntax.segment import Segment
from ..syntax.writer import OutgoingMessage
from .verdict import (
    AckPolicy,
    Verdict,
    is_acknowledgement,
    is_told,
    judge,
    judge_document,
)

REJECTED, ACKNOWLEDGED = "4", "7"
_UNSPECIFIED = "18"
_INSIDE = (Level.SEGMENT, Level.ELEMENT)


def contrl(content: InterchangeContent, policy: AckPolicy) -> OutgoingMessage:
    """The CONTRL on one interchange received."""
    version = "4.1" if content.interchange.version == "4" else "D.3"
    return OutgoingMessage(
        type="CONTRL",
        content=list(_segments(content, policy)),
        version=policy.version or version,
        association=policy.association,
    )


def _segments(content: InterchangeContent, policy: AckPolicy) -> Iterator[Segment]:
    interchange = content.interchange
    rejected = judge(interchange.findings) is Verdict.REJECTED
    action = REJECTED if rejected else ACKNOWLEDGED
    yield Segment.of(
        "UCI",
        interchange.reference,
        [interchange.sender, interchange.sender_qualifier],
        [interchange.receiver, interchange.receiver_qualifier],
        action,
        *(_error(interchange.findings) if rejected else ()),
    )
    if rejected:
        return
    for group in content.groups:
        if not is_acknowledgement(group):
            yield from _group(group, policy)


def _group(content: GroupContent, policy: AckPolicy) -> Iterator[Segment]:
    group = content.group
    rejected = judge(group.findings) is Verdict.REJECTED
    if group.opening is None:
        for document in content.documents:
            yield from _message(document, policy, rejected)
        return
    for document in content.documents if not rejected else ():
        yield from _message(document, policy, False)
    yield Segment.of(
        "UCF",
        group.reference,
        group.sender,
        group.receiver,
        REJECTED if rejected else ACKNOWLEDGED,
        *(_error(group.findings) if rejected else ()),
    )


def _message(
    document: Document, policy: AckPolicy, group_rejected: bool
) -> Iterator[Segment]:
    """UCM of a message, with UCS and UCD for what is wrong in it."""
    verdict = judge_document(document, policy)
    rejected = group_rejected or verdict is Verdict.REJECTED
    silent = verdict is Verdict.ACCEPTED and not policy.accepted_transactions
    if silent and not group_rejected:
        return
    transaction = document.transaction
    version, _, release = transaction.version.partition(".")
    identifier = [transaction.type, version, release]
    identifier += [transaction.agency, transaction.association]
    inside = [
        found
        for found in transaction.findings
        if is_told(found) and found.ack.contrl and found.level in _INSIDE
    ]
    whole = [
        found
        for found in transaction.findings
        if found.is_error and found.level not in _INSIDE
    ]
    yield Segment.of(
        "UCM",
        transaction.reference,
        identifier,
        REJECTED if rejected else ACKNOWLEDGED,
        *(_error(whole) if whole else ()),
    )
    inside.sort(key=lambda found: found.place.segment)
    for number, findings in groupby(inside, lambda found: found.place.segment):
        yield from _faulty_segment(number, list(findings))


def _faulty_segment(number: int, findings: list[Finding]) -> Iterator[Segment]:
    whole = [found for found in findings if not found.place.element]
    code = whole[0].ack.contrl if whole else ""
    yield Segment.of("UCS", str(number or 1), code)
    for found in findings:
        if found.place.element:
            # UCD counts the segment tag as the first data element.
            position = [str(found.place.element + 1)]
            if found.place.component:
                position.append(str(found.place.component))
            yield Segment.of("UCD", found.ack.contrl, position)


def _error(findings: list[Finding]) -> tuple[str, str]:
    """Error code and service segment of the first fault (0085 and 0013)."""
    faults = [found for found in findings if is_told(found)]
    errors = [found for found in faults if found.is_error] or faults
    first = next((found for found in errors if found.ack.contrl), None)
    if first is None:
        return _UNSPECIFIED, ""
    tag = first.place.tag if first.place.tag.startswith("UN") else ""
    return first.ack.contrl, tag
