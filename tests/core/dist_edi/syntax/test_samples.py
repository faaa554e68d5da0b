"""Files written by real systems, where a checkout of them is at hand.

They are not ours and are not part of this repository. ``DIST_EDI_SAMPLES`` names
another folder; it needs an ``INDEX.csv`` that says what each file is.
"""

import csv
import os
import re
from pathlib import Path

import pytest

from addons.dist_edi.core.syntax.reader import read_all

ROOT = Path(__file__).resolve().parents[5]
FOLDER = Path(os.environ.get("DIST_EDI_SAMPLES") or ROOT / "shared" / "edi_samples")
INDEX = FOLDER / "INDEX.csv"

pytestmark = pytest.mark.skipif(
    not INDEX.is_file(), reason="no folder of sample files (DIST_EDI_SAMPLES)"
)

#: What the index says of structure, and the finding that tells it.
FINDINGS = {
    "UNT-count": "transaction_count_wrong",
    "SE-count": "transaction_count_wrong",
    "GE-count": "group_count_wrong",
    "IEA-count": "interchange_count_wrong",
    "UNZ-count": "interchange_count_wrong",
    "UNZ-ref": "interchange_reference_mismatch",
    "IEA02": "interchange_reference_mismatch",
    "GE02": "group_reference_mismatch",
    "SE02": "transaction_reference_mismatch",
    "UNT-ref": "transaction_reference_mismatch",
    "dup-UNH-ref": "transaction_duplicate",
    "dup-ST02": "transaction_duplicate",
    "dup-GS06": "group_duplicate",
    "no-UNZ": "interchange_trailer_missing",
    "no-IEA": "interchange_trailer_missing",
    "no-UNT": "transaction_trailer_missing",
    "no-SE": "transaction_trailer_missing",
    "no-GE": "group_trailer_missing",
    "no-ISA": "no_interchange_header",
    "UNH-outside-UNB": "no_interchange_header",
    "ISA-length": "isa_width",
    "unrecognised-start": "junk_before_header",
    "terminator-is-alnum": "terminator_missing",
}

#: Where we disagree with the index, and why.
DISAGREEMENTS = {
    "mailbag01.x12": "its fifth interchange repeats GS06 and ST02, which the index "
    "calls invalid in 850-004010-02.x12, a file with the same content",
}

#: Consequences of another fault the index names: read differently, they do not occur.
CONSEQUENCES = [
    # Line feeds end the segments, so that trailers are found after all.
    ("terminator_line_feed", {"interchange_trailer_missing"}),
    # Nothing of an ISA without usable separators can be measured.
    ("isa_separator", {"isa_width"}),
    # The blanks and line breaks that end segments are read as the terminator.
    ("segment_indented", {"transaction_count_wrong"}),
]


def rows() -> list[dict[str, str]]:
    if not INDEX.is_file():
        return []
    with INDEX.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = {row["path"]: row for row in rows()}


def disagreement(path: str) -> str:
    return next((why for name, why in DISAGREEMENTS.items() if path.endswith(name)), "")


@pytest.mark.parametrize(
    "path", [path for path, row in ROWS.items() if row["validity"] != "invalid"]
)
def test_a_good_file_gives_every_segment_and_no_error(path):
    content = read_all((FOLDER / path).read_bytes())
    faults = [str(each) for each in content.all_findings() if each.is_error]
    if disagreement(path):
        assert faults, "the disagreement is gone; take it off the list"
        return
    assert not faults
    segments = sum(each.transaction.segment_count for each in content.documents)
    for held in content.interchanges:
        interchange = held.interchange
        segments += len(interchange.service_segments)
        segments += bool(interchange.opening) + bool(interchange.closing)
        segments += bool(interchange.service_string)
        for group in held.groups:
            segments += bool(group.group.opening) + bool(group.group.closing)
    stated = int(ROWS[path]["n_segments"])
    assert segments == stated


@pytest.mark.parametrize(
    "path",
    [
        path
        for path, row in ROWS.items()
        if row["validity"] == "invalid" and row["structural_findings"]
    ],
)
def test_a_broken_file_gives_the_finding_that_the_index_names(path):
    row = ROWS[path]
    content = read_all((FOLDER / path).read_bytes())
    codes = {each.code for each in content.all_findings()}
    wanted = {
        FINDINGS[name]
        for name in re.findall(r"(?:^|; )([A-Za-z0-9-]+)", row["structural_findings"])
        if name in FINDINGS
    }
    for cause, consequences in CONSEQUENCES:
        if cause in codes:
            wanted -= consequences
    assert codes
    assert wanted <= codes


def test_the_expected_segment_counts_are_those_of_the_files():
    assert len(ROWS) >= 100
