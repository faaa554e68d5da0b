"""What changed between two texts, line by line, as people read it."""

import difflib
from typing import Literal, NamedTuple

Kind = Literal["same", "added", "removed", "gap"]


class DiffLine(NamedTuple):
    """One line of a difference.

    :ivar kind: ``gap`` stands for equal lines that are left out
    :ivar old: number of the line in the old text, from 1; 0 where it is not there
    :ivar new: number of the line in the new text
    """

    kind: Kind
    old: int
    new: int
    text: str


def difference(old: str, new: str, context: int = 3) -> list[DiffLine]:
    """Give the lines that changed, with some equal lines around them.

    :param context: equal lines before and after a change
    :return: nothing when the texts have the same lines
    """
    before, after = old.splitlines(), new.splitlines()
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    told: list[DiffLine] = []
    for group in matcher.get_grouped_opcodes(context):
        first = group[0]
        if first[1] or first[3]:
            told.append(DiffLine("gap", 0, 0, ""))
        for tag, start, end, new_start, new_end in group:
            if tag == "equal":
                told += [
                    DiffLine("same", start + i + 1, new_start + i + 1, line)
                    for i, line in enumerate(before[start:end])
                ]
                continue
            told += [
                DiffLine("removed", start + i + 1, 0, line)
                for i, line in enumerate(before[start:end])
            ]
            told += [
                DiffLine("added", 0, new_start + i + 1, line)
                for i, line in enumerate(after[new_start:new_end])
            ]
    return told
