"""The pattern of a segment and its diagnosis agree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addons.dist_edi.core.guide.diagnosis import Diagnosis
from addons.dist_edi.core.guide.library import dictionary_of
from addons.dist_edi.core.guide.patterns import segment_pattern

from .documents import EDIFACT, X12, segments

VALUES = st.sampled_from(
    [
        "",
        "",
        "",
        "",
        "1",
        "12",
        "-3",
        "4.5",
        "4,5",
        ".5",
        "5.",
        "007",
        "EA",
        "UP",
        "ST",
        "00",
        "SA",
        "A",
        "20260114",
        "20260230",
        "260114",
        "20261301",
        "0915",
        "2561",
        "102",
        "203",
        "137",
        "BY",
        "N",
        "Q9",
        "WIDGET BLUE",
        "X1",
        "ZZ",
        "92",
        "F",
        "002",
        "A>B",
        "C:D",
        "137:20260114:102",
        "137:20261314:102",
        "137:20260114",
        "21:12:PCE",
        ":1",
        "1:",
        "A^B",
        "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
    ]
)
X12_TAGS = [
    "BEG",
    "N1",
    "N4",
    "PO1",
    "PID",
    "DTM",
    "REF",
    "SAC",
    "ITD",
    "TD5",
    "CTT",
    "HL",
    "SN1",
    "W12",
    "MEA",
    "AK4",
    "QTY",
]
EDIFACT_TAGS = [
    "BGM",
    "DTM",
    "NAD",
    "LIN",
    "QTY",
    "PRI",
    "MOA",
    "FTX",
    "PIA",
    "CPS",
    "TAX",
    "ALC",
    "CNT",
    "COM",
]


def faults(release, tag, values):
    """What the diagnosis reports, and whether the pattern takes the segment."""
    standard = "x12" if release[0] == "0" else "edifact"
    delimiters = X12 if standard == "x12" else EDIFACT
    spec = dictionary_of(standard, release).segment(tag)
    raw = delimiters.element.join([tag, *values])
    (segment,) = segments(raw, delimiters)
    reported = []
    diagnosis = Diagnosis(delimiters, lambda code, *_, **__: reported.append(code))
    diagnosis.segment(segment, spec)
    return reported, bool(segment_pattern(spec, delimiters).match(segment[0]))


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(X12_TAGS), st.lists(VALUES, min_size=1, max_size=14))
def test_no_wrong_x12_segment_passes_by_its_pattern(tag, values):
    reported, passes = faults("004010", tag, values)
    assert not (passes and reported), reported


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(EDIFACT_TAGS), st.lists(VALUES, min_size=1, max_size=8))
def test_no_wrong_edifact_segment_passes_by_its_pattern(tag, values):
    reported, passes = faults("D.96A", tag, values)
    assert not (passes and reported), reported


@pytest.mark.parametrize(
    ("release", "raw"),
    [
        ("004010", "PO1*1*6*EA*12.5**UP*012345600001*VN*AB-0001"),
        ("004010", "PID*F****WIDGET BLUE"),
        ("004010", "SAC*C*D240***1250"),
        ("004010", "TD5*B*2*UPSN*M*UPS GROUND"),
        ("004010", "ITD*01*3*2**10**30"),
        ("D.96A", "NAD+BY+5412345000013::9"),
        ("D.96A", "DTM+137:20260114:102"),
        ("D.96A", "LIN+1++5410000000017:EN"),
    ],
)
def test_a_correct_segment_costs_one_match(release, raw):
    mark = "*" if release[0] == "0" else "+"
    tag, *values = raw.split(mark)
    assert faults(release, tag, values) == ([], True)
