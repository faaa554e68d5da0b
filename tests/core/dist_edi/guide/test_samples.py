"""Files written by real systems hold what the guides say."""

import csv
import os
from pathlib import Path

import pytest

from addons.dist_edi.core.guide import available, load_guide
from addons.dist_edi.core.syntax.reader import read_all

FOLDER = Path(
    os.environ.get("DIST_EDI_SAMPLES")
    or Path(__file__).resolve().parents[4] / "../shared/edi_samples"
)


def _rows() -> list[dict[str, str]]:
    index = FOLDER / "INDEX.csv"
    if not index.exists():
        return []
    with index.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = _rows()
GOOD = [row["path"] for row in ROWS if row["validity"] in ("valid", "quirk")]
BAD = [row["path"] for row in ROWS if row["validity"] == "invalid"]
needs_samples = pytest.mark.skipif(
    not ROWS, reason="the sample files are not beside the repository"
)


def checked_documents(path: str):
    for document in read_all((FOLDER / path).read_bytes()).documents:
        if document.message_type in available(document.standard):
            release = f"{document.version}.{document.transaction.association}"
            guide = load_guide(document.standard, release, document.message_type)
            yield document, guide.check(document.segments)


@needs_samples
@pytest.mark.parametrize("path", GOOD or ["none"])
def test_a_good_file_has_no_error_and_keeps_every_segment(path):
    for document, checked in checked_documents(path):
        errors = [str(found) for found in checked.findings if found.is_error]
        assert errors == []
        assert len(list(checked.tree.flat())) == len(list(document.segments))


@needs_samples
@pytest.mark.parametrize("path", BAD or ["none"])
def test_a_bad_file_keeps_every_segment_and_never_raises(path):
    for document, checked in checked_documents(path):
        assert len(list(checked.tree.flat())) == len(list(document.segments))


@needs_samples
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("x12/997/xlate-staedi__invalid997.edi", "code_unknown"),
        ("x12/997/xlate-staedi__invalid997.edi", "number_invalid"),
        ("x12/997/xlate-staedi__empty997.edi", "segment_missing"),
        (
            "edifact/ORDERS/hupe1980-edifact-rs__d11a_malformed_component.edi",
            "element_missing",
        ),
    ],
)
def test_what_the_index_names_is_found(name, code):
    codes = [
        found.code for _, each in checked_documents(name) for found in each.findings
    ]
    assert code in codes
