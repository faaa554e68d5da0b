"""The words in which a source says what is compared."""

from typing import NamedTuple

#: What a difference is, in the order in which screens list them.
KINDS = ("late", "missing", "extra", "ours_newer", "theirs_newer", "different")
#: What a person, or the drift policy, may do about one.
ACTIONS = ("adopt", "republish", "recount", "accept", "assign", "exception")


class Key(NamedTuple):
    """A part of the key: a column of both sides and of ``dist.reconciliation.line``.

    Both sides give it NOT NULL, for a join on equal keys: ``''`` where there is none.

    :ivar name: the column
    :ivar type: its PostgreSQL type
    """

    name: str
    type: str


class Compared(NamedTuple):
    """A compared number: a numeric column of both sides.

    :ivar name: the column
    :ivar label: what people call it
    """

    name: str
    label: str
