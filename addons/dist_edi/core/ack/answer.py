"""Answer an interchange: choose the acknowledgements it earns and write them.

An acknowledgement is never acknowledged. A rejected interchange is answered at its own
level only. Where so little could be read that nobody knows whom to answer, there is no
answer.
"""

from datetime import datetime

from ..syntax.agreement import ControlNumbers, Party, WriteAgreement
from ..syntax.model import InterchangeContent
from ..syntax.segment import X12, Segment
from ..syntax.writer import OutgoingMessage, WrittenInterchange, write
from .contrl import contrl
from .functional import functional_ack
from .interchange import interchange_ack, interchange_verdict
from .verdict import AckPolicy, Verdict, answers_only, is_acknowledgement


def answer_agreement(
    content: InterchangeContent, policy: AckPolicy | None = None
) -> WriteAgreement:
    """How to write an answer: the parties change places, all else is as received."""
    policy = policy or AckPolicy()
    interchange = content.interchange
    version = next((each.group.version for each in content.groups), "")
    is_x12 = interchange.standard == X12
    syntax_id = interchange.syntax_id or "UNOC"
    if syntax_id not in ("UNOA", "UNOB"):
        charset = "utf-8" if interchange.charset == "utf-8" else ""
    else:
        charset = "ascii"
    return WriteAgreement(
        standard=interchange.standard,
        sender=Party(interchange.receiver, interchange.receiver_qualifier),
        receiver=Party(interchange.sender, interchange.sender_qualifier),
        version=policy.version or version or ("004010" if is_x12 else "D.3"),
        interchange_version=interchange.version,
        syntax_id=syntax_id,
        charset="" if is_x12 else charset,
        delimiters=policy.delimiters or _answer_delimiters(content),
        test=interchange.test,
        service_string=not is_x12,
    )


def _answer_delimiters(content: InterchangeContent):
    """Those received, if each is there and one printable or control character."""
    delimiters = content.interchange.delimiters
    needed = (delimiters.element, delimiters.component, delimiters.segment)
    if all(len(each) == 1 and each.isascii() for each in needed):
        return delimiters
    return None


def answer(
    content: InterchangeContent, policy: AckPolicy
) -> tuple[list[OutgoingMessage], list[Segment]]:
    """What an interchange is answered with.

    :return: messages to send, and segments of the answering interchange (TA1)
    """
    interchange = content.interchange
    if not interchange.reference or not interchange.sender or answers_only(content):
        return [], []
    if interchange.standard != X12:
        return [contrl(content, policy)], []
    verdict, _code = interchange_verdict(interchange)
    rejected = verdict is Verdict.REJECTED
    wanted = {
        "always": True,
        "never": False,
        "requested": rejected or interchange.ack_requested,
    }[policy.interchange]
    notes = [interchange_ack(interchange)] if wanted else []
    if rejected:
        return [], notes
    groups = [each for each in content.groups if each.group.opening]
    messages = [
        functional_ack(each, policy) for each in groups if not is_acknowledgement(each)
    ]
    return messages, notes


def acknowledge(
    content: InterchangeContent,
    numbers: ControlNumbers,
    now: datetime,
    policy: AckPolicy | None = None,
) -> WrittenInterchange | None:
    """Write the answer to an interchange; None if it earns none.

    :param content: with all findings, those of guides included
    """
    policy = policy or AckPolicy()
    messages, notes = answer(content, policy)
    if not messages and not notes:
        return None
    return write(messages, answer_agreement(content, policy), numbers, now, notes)
