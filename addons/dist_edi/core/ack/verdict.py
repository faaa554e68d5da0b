"""What became of something received: the judgement an acknowledgement puts in words."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from ..syntax.findings import Finding, Severity
from ..syntax.model import Document, GroupContent, InterchangeContent
from ..syntax.segment import Delimiters

#: Transactions that are acknowledgements. They are never acknowledged.
ACKNOWLEDGEMENTS = frozenset({"997", "999", "CONTRL"})


class Verdict(enum.Enum):
    """A judgement, with its X12 code (elements 715 and 717, I17 in a TA1)."""

    ACCEPTED = "A"
    WITH_ERRORS = "E"
    PARTLY = "P"
    REJECTED = "R"


@dataclass(frozen=True, slots=True)
class AckPolicy:
    """What a partner gets told, and how.

    :param form: ``997`` or ``999`` for X12
    :param accepted_transactions: name accepted transactions too (AK2, UCM)
    :param report_warnings: say warnings that have a code as "accepted with errors"
    :param interchange: when a TA1 is sent: ``requested`` (ISA14, or on rejection),
        ``always`` or ``never``
    :param version: GS08 of the answer (default: the version received)
    :param association: UNH association code of a CONTRL, such as ``EAN002``
    :param delimiters: to answer with (default: those received)
    """

    form: str = "997"
    accepted_transactions: bool = True
    report_warnings: bool = True
    interchange: str = "requested"
    version: str = ""
    association: str = ""
    delimiters: Delimiters | None = None


def judge(findings: Iterable[Finding], warn: bool = True) -> Verdict:
    """The verdict that findings of one level come to.

    :param warn: count warnings that an acknowledgement can name
    """
    verdict = Verdict.ACCEPTED
    for found in findings:
        if found.severity is Severity.ERROR:
            return Verdict.REJECTED
        if warn and is_told(found):
            verdict = Verdict.WITH_ERRORS
    return verdict


def is_told(found: Finding) -> bool:
    """Whether an acknowledgement has words for a finding worth telling."""
    if found.severity is Severity.INFO:
        return False
    return found.is_error or any(found.ack)


def judge_document(document: Document, policy: AckPolicy) -> Verdict:
    """The verdict on one transaction, by its own findings alone."""
    return judge(document.findings, policy.report_warnings)


def judge_group(content: GroupContent, policy: AckPolicy) -> Verdict:
    """The verdict on a group: partly, when some of its transactions were rejected."""
    own = judge(content.group.findings, policy.report_warnings)
    if own is Verdict.REJECTED:
        return own
    verdicts = {judge_document(each, policy) for each in content.documents}
    if verdicts == {Verdict.REJECTED}:
        return Verdict.REJECTED
    if Verdict.REJECTED in verdicts:
        return Verdict.PARTLY
    if Verdict.WITH_ERRORS in verdicts:
        return Verdict.WITH_ERRORS
    return own


def is_acknowledgement(content: GroupContent) -> bool:
    """Whether a group is an answer itself, which nobody answers."""
    if content.group.code == "FA":
        return True
    types = {document.message_type for document in content.documents}
    return bool(types) and types <= ACKNOWLEDGEMENTS


def answers_only(content: InterchangeContent) -> bool:
    """Whether an interchange holds acknowledgements and nothing else."""
    notes = {segment.tag for segment in content.interchange.service_segments}
    if not content.groups:
        return "TA1" in notes
    return all(is_acknowledgement(group) for group in content.groups)
