"""Canonical, EDI text, canonical: what a map writes it reads back as the same document.

For every map of the suite, in both standards: documents are made from the map, written
with envelope and counts, read again, put into loops by the guide, and mapped.
"""

import datetime as dt

import pytest
from hypothesis import HealthCheck, assume, given, settings

from addons.dist_edi.core.guide.library import load_guide
from addons.dist_edi.core.map import load, names
from addons.dist_edi.core.syntax.agreement import (
    CountingNumbers,
    Party,
    WriteAgreement,
)
from addons.dist_edi.core.syntax.reader import read_all
from addons.dist_edi.core.syntax.segment import X12
from addons.dist_edi.core.syntax.writer import OutgoingMessage, write
from tests.core.dist_edi.map.documents import MapStrategy

NOW = dt.datetime(2026, 1, 31, 10, 0, tzinfo=dt.timezone.utc)
RELEASES = {"x12": ["004010", "005010"], "edifact": ["D.96A", "D.01B"]}

#: Values are invented, so the guide may complain of them; the structure must be right.
MISPLACED = {
    "segment_unknown",
    "segment_unexpected",
    "segment_out_of_order",
    "segment_over_max",
    "hierarchy_invalid",
}


def through_text(mapping, document, release):
    """Write the document, and give what the map makes of the text."""
    written = mapping.write(document)
    assert not written.problems
    # A unit without its quantity says nothing, and is said to be lost
    assert all(path.endswith("unit") for path in written.unmapped)
    assume(not written.unmapped)
    agreement = WriteAgreement(
        standard=mapping.standard,
        sender=Party("SENDER", "ZZ"),
        receiver=Party("RECEIVER", "ZZ"),
        version=release,
        agency="X" if mapping.standard == X12 else "UN",
    )
    message = OutgoingMessage(mapping.message, written.segments)
    sent = write([message], agreement, CountingNumbers(), NOW)
    assert not sent.findings
    content = read_all(sent.data)
    assert not list(content.all_findings())
    (received,) = content.documents
    guide = load_guide(mapping.standard, release, mapping.message)
    checked = guide.check(received.segments)
    misplaced = [found for found in checked.findings if found.code in MISPLACED]
    assert misplaced == [], sent.data
    return mapping.read(checked.tree), sent.data


@pytest.mark.parametrize("name", list(names()))
def test_what_a_map_writes_it_reads_back(name):
    mapping = load(name)

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(MapStrategy(mapping).documents())
    def round_trip(document):
        for release in RELEASES[mapping.standard]:
            mapped, text = through_text(mapping, document, release)
            assert mapped.problems == [], text
            assert mapped.document == document, text
            assert mapped.unread == [], text

    round_trip()
