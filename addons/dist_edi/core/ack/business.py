"""Make 824 and APERAK: a document was readable, and the business cannot take it.

Codes of TED01 (X12 element 647) and ERC (EDIFACT 9321) are agreed with the partner;
what is handed in is written as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ..syntax.segment import Segment
from ..syntax.writer import OutgoingMessage

_TEXT_824 = 60
_TEXT_APERAK = 70
#: APERAK BGM 1225 and FTX 4451.
_REJECTED, _ACCEPTED = "27", "29"


@dataclass(frozen=True, slots=True)
class ApplicationFault:
    """One reason why a document, or a line of it, cannot be taken.

    :param code: as agreed: an application error condition code
    :param text: for a person at the partner's
    :param line: the line of the document, if it is one line
    :param tag: segment the reason stands in, with ``position`` in the transaction
    :param value: the bad value
    """

    code: str
    text: str
    line: str = ""
    tag: str = ""
    position: int = 0
    element: int = 0
    value: str = ""


@dataclass(frozen=True, slots=True)
class ApplicationReport:
    """What to tell of one document received.

    :param number: our number of this report
    :param document: the document's own number, such as the purchase order's
    :param qualifier: what that number is (``PO`` in X12, ``ON`` in EDIFACT)
    :param accepted: False if the whole document is refused
    """

    number: str
    type: str
    document: str
    qualifier: str
    group: str
    reference: str
    version: str
    sender: str
    receiver: str
    accepted: bool
    faults: tuple[ApplicationFault, ...]


def application_advice(report: ApplicationReport, now: datetime) -> OutgoingMessage:
    """An X12 824."""
    segments = list(_advice(report, now))
    return OutgoingMessage("824", segments, version=report.version)


def _advice(report: ApplicationReport, now: datetime) -> Iterator[Segment]:
    yield Segment.of("BGN", "00", report.number, f"{now:%Y%m%d}", f"{now:%H%M}")
    verdict = "TR"
    if report.accepted:
        verdict = "TE" if report.faults else "TA"
    yield Segment.of(
        "OTI",
        verdict,
        report.qualifier,
        report.document,
        report.sender,
        report.receiver,
        "",
        "",
        report.group,
        report.reference,
        report.type,
        report.version,
    )
    for fault in report.faults:
        text = f"Line {fault.line}: {fault.text}" if fault.line else fault.text
        yield Segment.of(
            "TED",
            fault.code,
            text[:_TEXT_824],
            fault.tag,
            str(fault.position or ""),
            str(fault.element or ""),
            "",
            fault.value,
        )


def application_error(report: ApplicationReport, now: datetime) -> OutgoingMessage:
    """An EDIFACT APERAK."""
    segments = list(_aperak(report, now))
    return OutgoingMessage("APERAK", segments, version=report.version)


def _aperak(report: ApplicationReport, now: datetime) -> Iterator[Segment]:
    function = _ACCEPTED if report.accepted else _REJECTED
    yield Segment.of("BGM", "", report.number, function)
    yield Segment.of("DTM", ["137", f"{now:%Y%m%d%H%M}", "203"])
    yield Segment.of("RFF", [report.qualifier, report.document])
    yield Segment.of("RFF", ["ACW", report.reference])
    for fault in report.faults:
        yield Segment.of("ERC", fault.code)
        pieces = [
            fault.text[start : start + _TEXT_APERAK]
            for start in range(0, len(fault.text), _TEXT_APERAK)
        ]
        yield Segment.of("FTX", "AAO", "", "", pieces[:5])
        if fault.line:
            yield Segment.of("RFF", ["LI", fault.line])
