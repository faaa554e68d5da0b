"""How many tests passed and failed, from JUnit files or from our own counts."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import NamedTuple


class Counts(NamedTuple):
    """Tests by outcome."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def plus(self, passed: int = 0, failed: int = 0, skipped: int = 0) -> Counts:
        """These counts with some more."""
        return Counts(
            self.passed + passed, self.failed + failed, self.skipped + skipped
        )

    @property
    def total(self) -> int:
        """Tests that ran (skipped ones did not)."""
        return self.passed + self.failed


def write_counts(path: Path, counts: Counts) -> None:
    """Write counts for `read_counts`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(counts._asdict()))


def read_counts(path: Path) -> Counts:
    """Counts from a file of `write_counts` or from pytest's JUnit XML.

    A test counts once however many subtests it has (pytest's own totals count those
    too), and as failed when anything in it failed.
    A missing or broken file counts as nothing: the program that should have written
    it died, and its exit code tells so.
    """
    try:
        text = path.read_text()
        if path.suffix == ".json":
            return Counts(**json.loads(text))
        cases = list(ElementTree.fromstring(text).iter("testcase"))
    except (OSError, ValueError, ElementTree.ParseError):
        return Counts()
    outcomes: dict[tuple[str, str], str] = {}
    for case in cases:
        test = (case.get("classname", ""), case.get("name", ""))
        outcome = "passed"
        if case.find("skipped") is not None:
            outcome = "skipped"
        if case.find("failure") is not None or case.find("error") is not None:
            outcome = "failed"
        # In this order the worst word is the smallest: one failure decides.
        outcomes[test] = min(outcome, outcomes.get(test, outcome))
    words = list(outcomes.values())
    return Counts(words.count("passed"), words.count("failed"), words.count("skipped"))
