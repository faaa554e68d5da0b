"""The hash chain of the audit trail."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

#: What the first entry takes for the seal before it.
GENESIS = "0" * 64


class Finding(NamedTuple):
    """An entry that is not as it was sealed.

    :ivar entry_id: id of the entry, or of the first one after a gap
    :ivar seq: its number; None for an entry without a seal
    :ivar text: a sentence for the auditor
    """

    entry_id: int
    seq: int | None
    text: str


def link(previous: str, seq: int, content: str) -> str:
    """Give the seal of an entry: SHA-256, as hex, over what stands before it and in it.

    :param previous: seal of the entry with the number before, or ``GENESIS``
    :param seq: number of the entry
    :param content: the entry as text, the same each time
    """
    text = f"{previous}\n{seq}\n{content}"
    return hashlib.sha256(text.encode()).hexdigest()


def check_links(
    rows: Iterable[tuple[int, int, str, str, str]], last: tuple[int, str]
) -> tuple[list[Finding], tuple[int, str]]:
    """Check a run of entries, each against the one before it.

    :param rows: ``(id, number, seal before, seal, content)`` in the order of numbers
    :param last: number and seal of the entry before the first
    :return: findings, and number and seal of the last entry
    """
    findings = []
    for entry_id, seq, previous, seal, content in rows:
        if seq != last[0] + 1:
            first, final = last[0] + 1, seq - 1
            gone = f"{first}" if first == final else f"{first} to {final}"
            findings.append(
                Finding(
                    entry_id,
                    seq,
                    f"number {gone} was removed (before entry {entry_id}, "
                    f"number {seq})",
                )
            )
        elif previous != last[1]:
            findings.append(
                Finding(
                    entry_id,
                    seq,
                    f"entry {entry_id}, number {seq}, does not follow the entry before "
                    "it: one of them was replaced or reordered",
                )
            )
        if link(previous or "", seq, content) != seal:
            findings.append(
                Finding(entry_id, seq, f"entry {entry_id}, number {seq}, was changed")
            )
        last = (seq, seal)
    return findings, last
