"""X12's service segments: what their elements mean and what can be wrong in them.

Element positions are those of X12.5 (ISA, IEA, TA1) and X12.6 (GS, GE, ST, SE).
"""

import re
from collections.abc import Iterator

from .dialect import Dialect, Problem, Role, is_date
from .findings import Severity
from .isa import is_known_version
from .model import Group, Interchange, Transaction
from .segment import X12, Segment

ROLES = {
    "ISA": Role.INTERCHANGE_OPEN,
    "GS": Role.GROUP_OPEN,
    "ST": Role.TRANSACTION_OPEN,
    "SE": Role.TRANSACTION_CLOSE,
    "GE": Role.GROUP_CLOSE,
    "IEA": Role.INTERCHANGE_CLOSE,
    "TA1": Role.NOTE,
    "TA3": Role.NOTE,
    "ISB": Role.NOTE,
    "ISE": Role.NOTE,
}

#: GS01 of the transaction sets of wholesale trade (X12 element 479).
GROUP_CODES = {
    "810": "IN",
    "820": "RA",
    "824": "AG",
    "830": "PS",
    "832": "SC",
    "846": "IB",
    "850": "PO",
    "852": "PD",
    "855": "PR",
    "856": "SH",
    "860": "PC",
    "865": "CA",
    "940": "OW",
    "943": "AR",
    "944": "RE",
    "945": "SW",
    "947": "AW",
    "997": "FA",
    "999": "FA",
}
_TYPE = re.compile(r"[0-9]{3}")
_VERSION = re.compile(r"00[1-9]0[0-9]{2}")
_ST02 = "it must be 4 to 9 characters long"
_REFERENCE = re.compile(r"[0-9]{1,9}")


def interchange(elements: list[str]) -> Interchange:
    """The interchange an ISA opens, from ISA01 to ISA16."""
    isa = [element.strip() for element in elements]
    return Interchange(
        standard=X12,
        reference=isa[12],
        sender_qualifier=isa[4],
        sender=isa[5],
        receiver_qualifier=isa[6],
        receiver=isa[7],
        date=isa[8],
        time=isa[9],
        version=isa[11],
        ack_requested=isa[13] == "1",
        test=isa[14] == "T",
    )


def _group(gs: Segment) -> Group:
    return Group(
        standard=X12,
        code=gs.get(1),
        sender=gs.get(2),
        receiver=gs.get(3),
        date=gs.get(4),
        time=gs.get(5),
        reference=gs.get(6).strip(),
        agency=gs.get(7),
        version=gs.get(8).strip(),
    )


def _transaction(st: Segment, group: Group) -> Transaction:
    elements = st.elements
    elements += ("", "", "")
    return Transaction(
        standard=X12,
        type=elements[1].strip(),
        reference=elements[2].strip(),
        association=elements[3].strip(),
        version=group.version,
        agency=group.agency,
    )


def _check_interchange(interchange: Interchange) -> Iterator[Problem]:
    reference = interchange.reference
    if not _REFERENCE.fullmatch(reference):
        expected = "it must be 1 to 9 digits"
        problem = {"seen": reference, "expected": expected}
        yield "interchange_reference_malformed", problem
    if not interchange.sender:
        yield "interchange_sender_missing", {}
    if not interchange.receiver:
        yield "interchange_receiver_missing", {}
    if not is_known_version(interchange.version):
        expected = "the version of each group decides"
        problem = {"seen": interchange.version, "expected": expected}
        yield "interchange_version_unknown", problem
    date_known = is_date(interchange.date, "%y%m%d", "%Y%m%d")
    if not (date_known and is_date(interchange.time[:4], "%H%M")):
        seen = f"{interchange.date} {interchange.time}"
        yield "interchange_date_invalid", {"seen": seen}


def _check_group(group: Group) -> Iterator[Problem]:
    gs = group.opening
    missing = [f"GS{number:02d}" for number in (1, 6, 8) if not gs.get(number)]
    if missing:
        yield "group_header_malformed", {"expected": ", ".join(missing)}
    if group.reference and not _REFERENCE.fullmatch(group.reference):
        problem = {"seen": group.reference, "expected": "it must be 1 to 9 digits"}
        yield "group_reference_malformed", problem
    if group.agency == "X" and group.version and not _VERSION.match(group.version):
        yield "group_version_unknown", {"seen": group.version}
    if not (
        is_date(group.date, "%y%m%d", "%Y%m%d") and is_date(group.time[:4], "%H%M")
    ):
        yield "group_date_invalid", {"seen": f"{group.date} {group.time}"}


def _check_transaction(transaction: Transaction, group: Group) -> Iterator[Problem]:
    if not transaction.type:
        yield "transaction_header_malformed", {"expected": "its type (ST01)"}
    elif not _TYPE.fullmatch(transaction.type):
        yield "transaction_type_malformed", {"seen": transaction.type}
    elif group.code and GROUP_CODES.get(transaction.type, group.code) != group.code:
        problem = {"seen": transaction.type, "expected": group.code}
        yield "transaction_type_wrong_group", problem
    reference = transaction.reference
    if not reference:
        yield "transaction_reference_malformed", {"seen": "", "expected": _ST02}
    elif len(reference) > 9:
        problem = {"seen": reference, "expected": _ST02, "severity": Severity.WARNING}
        yield "transaction_reference_malformed", problem


def _same_number(header: str, trailer: str) -> bool:
    """Control numbers are numeric in X12, so that leading zeros carry no meaning."""
    both = header + trailer
    if header and trailer and both.isascii() and both.isdigit():
        return int(header[-20:]) == int(trailer[-20:])
    return header == trailer


DIALECT = Dialect(
    standard=X12,
    roles=ROLES,
    groups_required=True,
    segment_name="functional group and transaction set (GS, ST)",
    tag_rest=r"[A-Z0-9]{1,2}",
    group=_group,
    transaction=_transaction,
    check_interchange=_check_interchange,
    check_group=_check_group,
    check_transaction=_check_transaction,
    same_reference=_same_number,
)
