"""One measured figure, and how to take a fair median."""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Callable
from dataclasses import dataclass

LEAST_RUNS = 3
#: Part of every size that is measured; below 1 for a trial, whose figures say so.
SHARE = float(os.environ.get("DIST_BENCH_SHARE") or 1)


def sized(number: int) -> int:
    """A figure's size, or the part of it that a trial run asks for; at least 20."""
    return max(round(number * SHARE), min(number, 20))


@dataclass(frozen=True)
class Figure:
    """Ours against a reference, both in time per unit, measured in the same run.

    ours, reference: seconds (or another unit of time) per `unit`; medians of at least
    three runs each. aim: the ratio we want to stay at or below. how: one sentence that
    lets a stranger repeat it. Below 1, `ratio` means that we are faster.
    """

    name: str
    ours: float
    reference: float
    unit: str
    aim: float
    how: str

    @property
    def ratio(self) -> float:
        """Time per unit of ours over time per unit of the reference."""
        return self.ours / self.reference

    def line(self) -> str:
        """The figure as one line of JSON."""
        return json.dumps(
            {
                "name": self.name,
                "ours": significant(self.ours),
                "reference": significant(self.reference),
                "ratio": significant(self.ratio),
                "unit": self.unit,
                "aim": self.aim,
                "how": self.how,
            }
        )


def significant(value: float) -> float:
    """A number with four significant digits; more would claim too much."""
    return float(f"{value:.4g}")


def medians(
    ours: Callable[[], float], reference: Callable[[], float], runs: int = LEAST_RUNS
) -> tuple[float, float]:
    """Medians of `runs` measurements of each side, taken in turns.

    In turns, so that a machine that slows down meanwhile slows both. Each callable
    does one measurement and gives its time per unit. ValueError below three runs.
    """
    if runs < LEAST_RUNS:
        raise ValueError(f"{runs} runs are no median; take at least {LEAST_RUNS}")
    pairs = [(ours(), reference()) for _run in range(runs)]
    return (
        statistics.median(pair[0] for pair in pairs),
        statistics.median(pair[1] for pair in pairs),
    )
