"""What an agreement says of envelopes: who sends what to whom, and in earnest or not.

The reader knows no agreements. Whoever has one checks what was read against it here,
before anything is acknowledged or applied.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .findings import finding
from .model import Document, Group, Interchange
from .segment import X12


def _never(_interchange: Interchange) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Relationship:
    """One trading relationship, as far as envelopes tell it. Empty sets allow all.

    :param us: our identifiers, as ``(qualifier, identifier)``
    :param partners: the partner's identifiers
    :param live: whether documents touch live records; then tests are refused
    :param types: transactions agreed on, such as 850
    :param versions: versions agreed on, such as ``004010``; a longer version that
        starts with one of them is taken too
    :param came_before: whether an interchange with this reference was received before
    """

    us: frozenset[tuple[str, str]] = frozenset()
    partners: frozenset[tuple[str, str]] = frozenset()
    live: bool = True
    types: frozenset[str] = frozenset()
    versions: frozenset[str] = frozenset()
    came_before: Callable[[Interchange], bool] = _never


def check_interchange(interchange: Interchange, relationship: Relationship) -> None:
    """Add what the relationship refuses to the findings of an interchange."""

    def refuse(code: str, **details: str) -> None:
        interchange.findings.append(finding(code, interchange.place, **details))

    sender = (interchange.sender_qualifier, interchange.sender)
    receiver = (interchange.receiver_qualifier, interchange.receiver)
    if relationship.partners and sender not in relationship.partners:
        refuse("interchange_sender_unknown", seen=":".join(sender))
    if relationship.us and receiver not in relationship.us:
        ours = ", ".join(sorted(":".join(each) for each in relationship.us))
        refuse("interchange_receiver_wrong", seen=":".join(receiver), expected=ours)
    if relationship.live and interchange.test:
        refuse("interchange_test_refused")
    if relationship.came_before(interchange):
        refuse("interchange_repeated", seen=interchange.reference)


def check_group(group: Group, relationship: Relationship) -> None:
    """Add what the relationship refuses to the findings of a group."""
    versions = tuple(relationship.versions)
    if group.standard == X12 and versions and not group.version.startswith(versions):
        found = finding("group_version_unsupported", group.place, seen=group.version)
        group.findings.append(found)


def check_document(document: Document, relationship: Relationship) -> None:
    """Add what the relationship refuses to the findings of a transaction."""
    transaction = document.transaction
    if relationship.types and transaction.type not in relationship.types:
        found = finding(
            "transaction_unsupported", transaction.place, seen=transaction.type
        )
        transaction.findings.append(found)
