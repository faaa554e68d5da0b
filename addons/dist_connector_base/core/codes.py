"""Code maps with effective dates: which code means what on which day.

A row holds from its first day to its last, both included; an open end has no limit. Of
several rows of one partner code that hold on a day, the one that began last counts: a
code that means something else for a season is one more row, and afterwards the old
meaning is there again.
"""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from .errors import MappingError

#: Days whose tables are kept; documents of one run are of few days.
KEPT_DAYS = 64


class CodeRow(NamedTuple):
    """One row of a code map.

    :ivar theirs: the partner's code
    :ivar ours: the canonical code
    :ivar preferred: sent where several partner codes mean one of ours
    :ivar start: first day, or None
    :ivar end: last day, or None
    """

    vocabulary: str
    theirs: str
    ours: str
    preferred: bool = True
    start: dt.date | None = None
    end: dt.date | None = None


#: ``{("in", vocabulary): {theirs: ours}, ("out", vocabulary): {ours: theirs}}``
Table = dict[tuple[str, str], dict[str, str]]


class CodeTable:
    """The code maps of one backend, in the order of their rows.

    :ivar dated: whether the meaning of any code depends on the day
    """

    def __init__(self, rows: Iterable[CodeRow]) -> None:
        # rows that began later come later and win; so do later rows of one day
        self._rows = sorted(rows, key=lambda row: row.start or dt.date.min)
        self.dated = any(row.start or row.end for row in self._rows)
        self._days: dict[dt.date | None, Table] = {}

    def on(self, day: dt.date) -> Table:
        """Give both directions of all vocabularies as they hold on a day."""
        kept = day if self.dated else None
        table = self._days.get(kept)
        if table is None:
            if len(self._days) >= KEPT_DAYS:
                self._days.clear()
            table = self._days[kept] = self._made(day)
        return table

    def _made(self, day: dt.date) -> Table:
        holding: dict[tuple[str, str], CodeRow] = {
            (row.vocabulary, row.theirs): row
            for row in self._rows
            if (row.start is None or row.start <= day)
            and (row.end is None or day <= row.end)
        }
        table: Table = {}
        # preferred rows come last and win
        for row in sorted(holding.values(), key=lambda row: row.preferred):
            table.setdefault(("in", row.vocabulary), {})[row.theirs] = row.ours
            table.setdefault(("out", row.vocabulary), {})[row.ours] = row.theirs
        return table


class Translator:
    """The function ``(vocabulary, code, direction) -> code`` of a backend on a day."""

    __slots__ = ("_all", "_day", "_table")

    def __init__(self, table: CodeTable, day: dt.date) -> None:
        self._all = table
        self._day = day
        self._table = table.on(day)

    @property
    def dated(self) -> bool:
        """Say whether the day matters."""
        return self._all.dated

    def on(self, day: dt.date) -> "Translator":
        """Give the translator of another day."""
        if day == self._day or not self._all.dated:
            return self
        return Translator(self._all, day)

    def __call__(self, vocabulary: str, code: str, direction: str) -> str:
        """Translate a code.

        :param direction: ``in`` (theirs to ours) or ``out``
        :raises MappingError: for a code that is not mapped: it is never ignored
        """
        known = self._table.get((direction, vocabulary))
        if known is not None and code in known:
            return known[code]
        side = "partner's" if direction == "in" else "canonical"
        when = f" on {self._day}" if self._all.dated else ""
        raise MappingError(
            f"the {side} {vocabulary} code {code!r} is not mapped{when}",
            vocabulary=vocabulary,
            value=code,
            next_step=f"Add {code!r} to the code map {vocabulary!r} of this "
            "backend, then replay the message.",
        )
