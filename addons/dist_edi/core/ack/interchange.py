"""Make a TA1: X12's answer to the interchange itself."""

from ..syntax.model import Interchange
from ..syntax.segment import Segment
from .verdict import Verdict, judge

#: TA105 when nothing is wrong.
_NO_ERROR = "000"


def interchange_ack(interchange: Interchange) -> Segment:
    """The TA1 on an interchange received, by its own findings alone."""
    verdict, code = interchange_verdict(interchange)
    return Segment.of(
        "TA1",
        interchange.reference[:9].zfill(9),
        interchange.date,
        interchange.time,
        verdict.value,
        code,
    )


def interchange_verdict(interchange: Interchange) -> tuple[Verdict, str]:
    """The verdict on the interchange and the first code (element I18) that says why."""
    findings = interchange.findings
    verdict = judge(findings)
    if verdict is Verdict.REJECTED:
        codes = [found.ack.ta1 for found in findings if found.is_error]
        return verdict, next(filter(None, codes), "024")
    codes = [found.ack.ta1 for found in findings if found.ack.ta1]
    if verdict is Verdict.WITH_ERRORS and codes:
        return verdict, codes[0]
    return Verdict.ACCEPTED, _NO_ERROR
