"""Read acknowledgements that partners send: 997, 999, TA1 and CONTRL.

Each says something of what we sent, by the references we gave it. Who sent what is not
known here: :mod:`.match` puts statements and sent messages together.
"""

from collections.abc import Iterator
from typing import NamedTuple

from ..syntax.findings import Finding, finding
from ..syntax.model import Document, InterchangeContent
from ..syntax.segment import Segment
from .verdict import Verdict

_X12_VERDICTS = {
    "A": Verdict.ACCEPTED,
    "E": Verdict.WITH_ERRORS,
    "P": Verdict.PARTLY,
    "R": Verdict.REJECTED,
    # Rejected by security: M, W and X (element 717).
    "M": Verdict.REJECTED,
    "W": Verdict.REJECTED,
    "X": Verdict.REJECTED,
}
_CONTRL_VERDICTS = {"4": Verdict.REJECTED, "7": Verdict.ACCEPTED, "8": None}


class Fault(NamedTuple):
    """One fault the partner names: where, and the standard's code for it."""

    segment: str = ""
    segment_number: str = ""
    element: str = ""
    code: str = ""
    copy: str = ""


class Statement(NamedTuple):
    """What an acknowledgement says of one interchange, group or transaction.

    :param kind: 997, 999, TA1 or CONTRL
    :param level: ``interchange``, ``group`` or ``transaction``
    :param verdict: None if it only says "received"
    :param interchange: reference of the interchange we sent, where it is named
    :param group_code: AK101
    :param group: reference of the group we sent
    :param type: of the transaction, such as 850
    :param transaction: its reference
    :param codes: why, in the standard's codes for that level
    """

    kind: str
    level: str
    verdict: Verdict | None
    interchange: str = ""
    group_code: str = ""
    group: str = ""
    type: str = ""
    transaction: str = ""
    codes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


def read_statements(content: InterchangeContent) -> list[Statement]:
    """Everything that an interchange says of what we sent.

    An acknowledgement that lacks what it must say gets a finding of its own; what
    it does say is still given.
    """
    statements = [
        _interchange_statement(segment)
        for segment in content.interchange.service_segments
        if segment.tag == "TA1"
    ]
    for document in content.documents:
        if document.message_type in ("997", "999"):
            statements += _Functional(document).statements()
        elif document.message_type == "CONTRL":
            statements += _read_contrl(document)
    return statements


def _interchange_statement(ta1: Segment) -> Statement:
    code = ta1.get(5).strip()
    return Statement(
        kind="TA1",
        level="interchange",
        verdict=_X12_VERDICTS.get(ta1.get(4).strip()),
        interchange=ta1.get(1).strip(),
        codes=(code,) if code.strip("0") else (),
    )


class _Functional:
    """Read one 997 or 999."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._kind = document.message_type
        self._group = ("", "")
        self._open: Statement | None = None
        self._faults: list[Fault] = []
        self._segment = ("", "")

    def statements(self) -> Iterator[Statement]:
        tags = set()
        for segment in self._document.body:
            # 997 says AK3, AK4, AK5 where 999 says IK3, IK4, IK5.
            tag = segment.tag.replace("IK", "AK")
            tags.add(tag)
            yield from self._read(tag, segment)
        for tag in ("AK1", "AK9"):
            if tag not in tags:
                self._tell("ack_incomplete", expected=tag)

    def _read(self, tag: str, segment: Segment) -> Iterator[Statement]:
        if tag == "AK1":
            self._group = (segment.get(1).strip(), segment.get(2).strip())
        elif tag == "AK2":
            self._faults = []
            self._open = self._statement(
                "transaction",
                type=segment.get(1).strip(),
                transaction=segment.get(2).strip(),
            )
        elif tag == "AK3":
            self._segment = (segment.get(1), segment.get(2))
            if code := segment.get(4):
                self._faults.append(Fault(*self._segment, code=code))
        elif tag == "AK4":
            position = "-".join(segment.repetitions(1)[0]) if segment.get(1) else ""
            fault = Fault(*self._segment, position, segment.get(3), segment.get(4))
            self._faults.append(fault)
        elif tag == "AK5" and self._open:
            yield self._open._replace(
                verdict=self._verdict(segment),
                codes=_codes(segment, 2),
                faults=tuple(self._faults),
            )
            self._open = None
        elif tag == "AK9":
            verdict, codes = self._verdict(segment), _codes(segment, 5)
            yield self._statement("group", verdict=verdict, codes=codes)

    def _statement(self, level: str, **values) -> Statement:
        code, reference = self._group
        values.setdefault("verdict", None)
        return Statement(self._kind, level, group_code=code, group=reference, **values)

    def _verdict(self, segment: Segment) -> Verdict | None:
        code = segment.get(1).strip()
        verdict = _X12_VERDICTS.get(code)
        if verdict is None:
            self._tell("ack_code_unknown", seen=code)
        return verdict

    def _tell(self, code: str, **details: str) -> None:
        place = self._document.transaction.place
        self._document.findings.append(finding(code, place, **details))


def _codes(segment: Segment, start: int) -> tuple[str, ...]:
    codes = (segment.get(number).strip() for number in range(start, start + 5))
    return tuple(code for code in codes if code)


def _read_contrl(document: Document) -> Iterator[Statement]:
    interchange = ""
    pending: Statement | None = None
    faults: list[Fault] = []
    number = ""
    place = document.transaction.place
    findings: list[Finding] = document.findings
    for segment in document.body:
        tag = segment.tag
        if tag in ("UCI", "UCM", "UCF") and pending:
            yield pending._replace(faults=tuple(faults))
            pending, faults = None, []
        if tag == "UCI":
            interchange = segment.get(1)
            action, code = segment.get(4), segment.get(5)
            pending = Statement("CONTRL", "interchange", None, interchange)
        elif tag == "UCM":
            action, code = segment.get(3), segment.get(4)
            names = {"type": segment.get(2, 1), "transaction": segment.get(1)}
            pending = Statement("CONTRL", "transaction", None, interchange, **names)
        elif tag == "UCF":
            action, code = segment.get(4), segment.get(5)
            group = segment.get(1)
            pending = Statement("CONTRL", "group", None, interchange, group=group)
        elif tag == "UCS":
            number = segment.get(1)
            if segment.get(2):
                faults.append(Fault("", number, code=segment.get(2)))
            continue
        elif tag == "UCD":
            position = "-".join(filter(None, (segment.get(2, 1), segment.get(2, 2))))
            faults.append(Fault("", number, position, segment.get(1)))
            continue
        else:
            continue
        if action not in _CONTRL_VERDICTS:
            findings.append(finding("ack_code_unknown", place, seen=action))
        verdict = _CONTRL_VERDICTS.get(action)
        pending = pending._replace(verdict=verdict, codes=(code,) if code else ())
    if pending:
        yield pending._replace(faults=tuple(faults))
    if not interchange:
        findings.append(finding("ack_incomplete", place, expected="UCI"))
