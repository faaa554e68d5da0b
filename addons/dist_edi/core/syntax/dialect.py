"""What the envelope engine must know of a standard: one :class:`Dialect` each."""

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from .model import Group, Interchange, Transaction
from .segment import Segment


class Role(enum.Enum):
    """What a service segment does."""

    INTERCHANGE_OPEN = "opens an interchange"
    GROUP_OPEN = "opens a group"
    TRANSACTION_OPEN = "opens a transaction"
    TRANSACTION_CLOSE = "closes a transaction"
    GROUP_CLOSE = "closes a group"
    INTERCHANGE_CLOSE = "closes an interchange"
    NOTE = "belongs to the interchange itself"


#: A problem of a header: finding code and the details that fill its text.
Problem = tuple[str, dict[str, object]]


@dataclass(frozen=True)
class Dialect:
    """The service segments of one standard and how their elements are read.

    ``roles`` are all service segments. ``groups_required`` is true where a transaction
    cannot stand outside a group. ``tag_rest`` is what a segment tag looks like after
    its first letter. ``same_reference`` compares the reference of a header
    with its trailer's. The ``check`` functions give what is wrong with a header.
    """

    standard: str
    roles: dict[str, Role]
    groups_required: bool
    segment_name: str
    tag_rest: str
    group: Callable[[Segment], Group]
    transaction: Callable[[Segment, Group], Transaction]
    check_interchange: Callable[[Interchange], Iterator[Problem]]
    check_group: Callable[[Group], Iterator[Problem]]
    check_transaction: Callable[[Transaction, Group], Iterator[Problem]]
    same_reference: Callable[[str, str], bool]

    @property
    def tag_pattern(self) -> str:
        """What a segment tag looks like."""
        return "[A-Z]" + self.tag_rest

    def tag(self, role: Role) -> str:
        """The first service segment with a role."""
        return next(tag for tag, each in self.roles.items() if each is role)


def is_date(value: str, *formats: str) -> bool:
    """Whether ``value`` is a date or time in one of the formats, all of it digits."""
    if not (value.isascii() and value.isdigit()):
        return False
    for each in formats:
        try:
            datetime.strptime(value, each)
        except ValueError:
            continue
        return True
    return False
