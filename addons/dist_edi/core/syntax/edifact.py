"""EDIFACT's service segments: what their elements mean and what can be wrong in them.

Positions are those of ISO 9735 (UNB, UNG, UNH and their trailers), versions 1 to 4.
"""

import re
from collections.abc import Iterator

from .charset import CODECS
from .dialect import Dialect, Problem, Role, is_date
from .model import Group, Interchange, Transaction
from .segment import EDIFACT, Segment, unpack

ROLES = {
    "UNB": Role.INTERCHANGE_OPEN,
    "UNG": Role.GROUP_OPEN,
    "UNH": Role.TRANSACTION_OPEN,
    "UNT": Role.TRANSACTION_CLOSE,
    "UNE": Role.GROUP_CLOSE,
    "UNZ": Role.INTERCHANGE_CLOSE,
    "UNA": Role.INTERCHANGE_OPEN,
}
VERSIONS = ("1", "2", "3", "4")
_TYPE = re.compile(r"[A-Z][A-Z0-9]{5}")
#: D.96A and the like; D.3, 4.1 and 2.2 are the directories of service messages.
_DIRECTORY = re.compile(
    r"D\.3|4\.1|2\.2|D\.?(?:\d\d[A-C]?|[0-9]{2}[A-Z])|[12S]\.?\w*|\d+\.?\w*|D"
)


def interchange(unb: Segment | None) -> Interchange:
    """The interchange a UNB opens; an anonymous one if there is none."""
    if unb is None:
        return Interchange(standard=EDIFACT)
    return Interchange(
        standard=EDIFACT,
        opening=unb,
        reference=unb.get(5),
        syntax_id=unb.get(1, 1),
        version=unb.get(1, 2),
        charset=CODECS.get(unb.get(1, 1), "ascii"),
        sender=unb.get(2, 1),
        sender_qualifier=unb.get(2, 2),
        receiver=unb.get(3, 1),
        receiver_qualifier=unb.get(3, 2),
        date=unb.get(4, 1),
        time=unb.get(4, 2),
        ack_requested=unb.get(9) in ("1", "2"),
        test=unb.get(11) in ("1", "2", "3", "4"),
    )


def _group(ung: Segment) -> Group:
    return Group(
        standard=EDIFACT,
        code=ung.get(1),
        sender=ung.get(2, 1),
        receiver=ung.get(3, 1),
        date=ung.get(4, 1),
        time=ung.get(4, 2),
        reference=ung.get(5),
        agency=ung.get(6),
        version=".".join(filter(None, (ung.get(7, 1), ung.get(7, 2)))),
    )


def _transaction(unh: Segment, group: Group) -> Transaction:
    elements = unh.elements
    elements += ("", "")
    parts = elements[2].split(unh.delimiters.component)
    parts += ("", "", "", "")
    version, release = unpack(parts[1]), unpack(parts[2])
    return Transaction(
        standard=EDIFACT,
        reference=unpack(elements[1]),
        type=unpack(parts[0]),
        version=f"{version}.{release}" if version and release else version or release,
        agency=unpack(parts[3]),
        association=unpack(parts[4]),
    )


def _check_interchange(interchange: Interchange) -> Iterator[Problem]:
    unb = interchange.opening
    if unb is None:
        return
    if not interchange.syntax_id or not interchange.version:
        yield "unb_malformed", {"seen": unb.raw}
    elif interchange.syntax_id not in CODECS:
        problem = {"seen": interchange.syntax_id, "expected": "ASCII"}
        yield "charset_unknown", problem
    elif interchange.version not in VERSIONS:
        problem = {"seen": interchange.version}
        yield "interchange_version_unsupported", problem
    if not interchange.sender:
        yield "interchange_sender_missing", {}
    if not interchange.receiver:
        yield "interchange_receiver_missing", {}
    if not interchange.reference or len(interchange.reference) > 14:
        expected = "it must be 1 to 14 characters long"
        problem = {"seen": interchange.reference, "expected": expected}
        yield "interchange_reference_malformed", problem
    known = is_date(interchange.date, "%y%m%d", "%Y%m%d")
    if not (known and is_date(interchange.time[:4], "%H%M")):
        seen = f"{interchange.date}:{interchange.time}"
        yield "interchange_date_invalid", {"seen": seen}


def _check_group(group: Group) -> Iterator[Problem]:
    if not group.reference:
        yield "group_header_malformed", {"expected": "its reference (UNG 0048)"}


def _check_transaction(transaction: Transaction, group: Group) -> Iterator[Problem]:
    if not _TYPE.fullmatch(transaction.type):
        yield "transaction_type_malformed", {"seen": transaction.type}
    elif group.opening and group.code and group.code != transaction.type:
        problem = {"seen": transaction.type, "expected": group.code}
        yield "group_type_mixed", problem
    if not transaction.version:
        expected = "version and release of the directory (UNH S009)"
        yield "transaction_header_malformed", {"expected": expected}
    elif transaction.agency == "UN" and not _DIRECTORY.fullmatch(transaction.version):
        yield "transaction_version_unknown", {"seen": transaction.version}
    reference = transaction.reference
    if not reference or len(reference) > 14:
        problem = {"seen": reference, "expected": "it must be 1 to 14 characters long"}
        yield "transaction_reference_malformed", problem


def _same_text(header: str, trailer: str) -> bool:
    return header.strip() == trailer.strip()


DIALECT = Dialect(
    standard=EDIFACT,
    roles=ROLES,
    groups_required=False,
    segment_name="message (UNH)",
    tag_rest=r"[A-Z0-9]{2}",
    group=_group,
    transaction=_transaction,
    check_interchange=_check_interchange,
    check_group=_check_group,
    check_transaction=_check_transaction,
    same_reference=_same_text,
)
