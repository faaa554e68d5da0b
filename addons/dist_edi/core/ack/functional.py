"""Make 997 and 999 from findings: X12's functional acknowledgements.

Codes are those of X12 elements 716 (group), 718 (transaction), 720 (segment) and 723
(element), which each finding of the catalogue carries.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from ..syntax.findings import Finding
from ..syntax.model import Document, GroupContent
from ..syntax.segment import Segment
from ..syntax.writer import OutgoingMessage
from .verdict import AckPolicy, Verdict, is_told, judge_document, judge_group

#: AK502 to AK506, AK905 to AK909: room for five codes.
ROOM = 5
#: A copy of bad data goes into AK404 only if no delimiter can hide in it.
_COPY = re.compile(r"[A-Za-z0-9 .,\-/]{1,99}")
_SEGMENT_ERROR = "8"
_TAGS = {
    "997": ("AK3", "AK4", "AK5"),
    "999": ("IK3", "IK4", "IK5"),
}
#: ST03 and GS08 of a 999 (X12 standard implementation guide X231).
_VERSION_999 = "005010X231A1"
#: A group whose version nobody can read is answered in the one everybody reads.
_READABLE_VERSION = re.compile(r"00[1-9]0[0-9]{2}")
_FALLBACK_VERSION = "004010"


def functional_ack(content: GroupContent, policy: AckPolicy) -> OutgoingMessage:
    """The acknowledgement of one group received.

    :param content: the group with all its documents and all findings on them
    """
    group = content.group
    readable = _READABLE_VERSION.match(group.version)
    version = group.version if readable else _FALLBACK_VERSION
    if policy.form == "999":
        version = _VERSION_999
    return OutgoingMessage(
        type=policy.form,
        content=list(_segments(content, policy)),
        version=policy.version or version,
        association=_VERSION_999 if policy.form == "999" else "",
        sender=group.receiver,
        receiver=group.sender,
    )


def _segments(content: GroupContent, policy: AckPolicy) -> Iterator[Segment]:
    group = content.group
    versioned = policy.form == "999" or group.version >= "005"
    version = group.version if versioned else ""
    yield Segment.of("AK1", group.code, group.reference, version)
    verdict = judge_group(content, policy)
    accepted = 0
    for document in content.documents:
        own = judge_document(document, policy)
        taken = own is not Verdict.REJECTED and verdict is not Verdict.REJECTED
        accepted += taken
        if policy.accepted_transactions or own is not Verdict.ACCEPTED:
            yield from _transaction(document, own, policy)
    stated = group.closing.get(1) if group.closing else ""
    stated = stated if stated.isascii() and stated.isdigit() else ""
    received = str(len(content.documents))
    codes = _codes(group.findings, "ak9")
    yield Segment.of(
        "AK9", verdict.value, stated or received, received, str(accepted), *codes
    )


def _transaction(
    document: Document, verdict: Verdict, policy: AckPolicy
) -> Iterator[Segment]:
    """AK2 to AK5 of one transaction."""
    segment_tag, element_tag, end_tag = _TAGS[policy.form]
    transaction = document.transaction
    association = transaction.association if policy.form == "999" else ""
    yield Segment.of("AK2", transaction.type, transaction.reference, association)
    told = [found for found in transaction.findings if is_told(found)]
    if not policy.report_warnings:
        told = [found for found in told if found.is_error]
    told = sorted(
        (found for found in told if found.ack.ak3 or found.ack.ak4),
        key=lambda found: found.place.segment,
    )
    for _number, findings in groupby(told, lambda found: found.place.segment):
        yield from _faulty_segment(list(findings), segment_tag, element_tag)
    codes = _codes(transaction.findings, "ak5")
    if told and "5" not in codes:
        codes = [*codes[: ROOM - 1], "5"]
    if verdict is Verdict.ACCEPTED:
        codes = []
    elif verdict is Verdict.REJECTED and not codes:
        codes = ["5"]
    yield Segment.of(end_tag, verdict.value, *codes)


def _faulty_segment(
    findings: list[Finding], segment_tag: str, element_tag: str
) -> Iterator[Segment]:
    """AK3 for each fault of a segment, with AK4 for each of its elements."""
    place = findings[0].place
    number = str(place.segment or 1)
    parts = [found for found in findings if found.ack.ak4 and found.place.element]
    codes: dict[str, str] = {}
    for found in findings:
        if found not in parts:
            code = _SEGMENT_ERROR if found.ack.ak4 else found.ack.ak3
            codes.setdefault(code, found.place.tag)
    if parts:
        codes.pop(_SEGMENT_ERROR, None)
    for code, tag in codes.items():
        yield Segment.of(segment_tag, _name(tag), number, "", code)
    if parts:
        tag = parts[0].place.tag
        yield Segment.of(segment_tag, _name(tag), number, "", _SEGMENT_ERROR)
    for found in parts:
        at = found.place
        position = [str(at.element or 1)]
        if at.component > 1 or (at.component and at.repetition > 1):
            position.append(str(at.component))
        if at.repetition > 1:
            position = [position[0], str(at.component or 1), str(at.repetition)]
        copy = found.seen if _COPY.fullmatch(found.seen) else ""
        yield Segment.of(element_tag, position, found.reference, found.ack.ak4, copy)


def _name(tag: str) -> str:
    """AK301 holds two or three characters."""
    return tag if re.fullmatch(r"[A-Z0-9]{2,3}", tag) else "ZZZ"


def _codes(findings: list[Finding], level: str) -> list[str]:
    """The codes of a level that findings ask for, each once, as many as fit."""
    codes = [getattr(found.ack, level) for found in findings if is_told(found)]
    return list(dict.fromkeys(code for code in codes if code))[:ROOM]
