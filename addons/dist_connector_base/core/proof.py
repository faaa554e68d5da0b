"""Which of several meanings of a number fits what we know, and how sure that is.

Every row of a comparison is held against every candidate. A row counts for the choice
only when it tells candidates apart: where nothing is promised to orders, net and gross
stock are the same number, and prove nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

#: Telling rows below which nothing is decided.
LEAST_TELLING = 5
#: Share of the telling rows that the winner has to fit.
LEAST_SHARE = 0.8
#: By how much of the telling rows it has to beat the next one.
LEAST_LEAD = 0.2

Decision = Literal["decided", "same", "few", "unclear", "empty"]


class Fit(NamedTuple):
    """How one candidate fits.

    :ivar rows: rows that agree, of all
    :ivar telling: rows that agree, of those that tell candidates apart
    """

    key: str
    rows: int
    telling: int


class Proof(NamedTuple):
    """The outcome of a comparison.

    :ivar decision: ``decided``; ``same`` (nearly all rows fit every candidate);
        ``few`` (too few rows tell them apart); ``unclear`` (none fits well enough, or
        two fit alike); ``empty``
    :ivar winner: the best candidate; empty where nothing is decided
    :ivar fits: all candidates, the best first
    """

    decision: Decision
    winner: str
    rows: int
    telling: int
    fits: list[Fit]


def weigh(keys: Sequence[str], patterns: Mapping[tuple[bool, ...], int]) -> Proof:
    """Decide between candidates.

    :param keys: the candidates; of those that no row tells apart, the first is taken
    :param patterns: how many rows agree with which candidates: one flag for each
        candidate, in the order of ``keys``
    """
    rows = sum(patterns.values())
    telling = sum(count for flags, count in patterns.items() if len(set(flags)) > 1)
    fits = [
        Fit(
            key,
            sum(count for flags, count in patterns.items() if flags[place]),
            sum(
                count
                for flags, count in patterns.items()
                if flags[place] and len(set(flags)) > 1
            ),
        )
        for place, key in enumerate(keys)
    ]
    # of candidates that fit alike, the one that is named first comes first
    fits.sort(key=lambda fit: (-fit.telling, -fit.rows))
    decision = _decide(rows, telling, fits, _apart(keys, patterns, fits[0].key))
    winner = fits[0].key if decision == "decided" else ""
    return Proof(decision, winner, rows, telling, fits)


def _apart(
    keys: Sequence[str], patterns: Mapping[tuple[bool, ...], int], best: str
) -> dict[str, int]:
    """Give for each candidate how many rows tell it from the best one."""
    place = keys.index(best)
    return {
        key: sum(
            count for flags, count in patterns.items() if flags[other] != flags[place]
        )
        for other, key in enumerate(keys)
    }


def _decide(
    rows: int, telling: int, fits: list[Fit], apart: Mapping[str, int]
) -> Decision:
    if not rows:
        return "empty"
    if telling < LEAST_TELLING:
        agreed = min(fit.rows for fit in fits)
        return "same" if agreed >= LEAST_SHARE * rows and not telling else "few"
    best = fits[0].telling
    if best < LEAST_SHARE * telling:
        return "unclear"
    # a candidate that the rows hardly tell from the best one is no rival of it
    rivals = [fit.telling for fit in fits[1:] if apart[fit.key] >= LEAST_TELLING]
    if rivals and best - max(rivals) < LEAST_LEAD * telling:
        return "unclear"
    return "decided"
