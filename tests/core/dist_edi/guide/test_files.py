"""The guide files: schema, completeness, and errors that name file, line and path."""

from pathlib import Path

import pytest

from addons.dist_edi.core.guide import GuideError, available, library, load_guide
from addons.dist_edi.core.guide.definition import SegmentNode
from addons.dist_edi.core.guide.patterns import segment_pattern

from .documents import EDIFACT, X12

X12_MESSAGES = [
    "850",
    "855",
    "860",
    "865",
    "856",
    "810",
    "820",
    "832",
    "846",
    "852",
    "824",
    "940",
    "943",
    "944",
    "945",
    "947",
    "997",
    "999",
    "TA1",
]
EDIFACT_MESSAGES = [
    "ORDERS",
    "ORDRSP",
    "ORDCHG",
    "DESADV",
    "RECADV",
    "INVOIC",
    "REMADV",
    "INVRPT",
    "PRICAT",
    "SLSRPT",
    "INSDES",
    "APERAK",
    "CONTRL",
]
EVERY = [
    ("x12", release, message)
    for message in X12_MESSAGES
    for release in ("003040", "003060", "004010", "004030", "005010")
] + [
    ("edifact", release, message)
    for message in EDIFACT_MESSAGES
    for release in ("D.96A", "D.01B", "D.96A.UN.EAN008", "D.01B.UN.EAN010")
]


def test_every_message_of_the_trade_has_a_guide():
    assert set(available("x12")) == set(X12_MESSAGES)
    assert set(available("edifact")) == set(EDIFACT_MESSAGES)


@pytest.mark.parametrize(("standard", "release", "message"), EVERY)
def test_a_guide_loads_and_every_segment_compiles(standard, release, message):
    guide = load_guide(standard, release, message)
    assert guide.release == release[:6].rstrip(".U") or guide.release in release
    delimiters = X12 if standard == "x12" else EDIFACT
    segments = [
        n for _, n in guide.definition.root.walk() if isinstance(n, SegmentNode)
    ]
    assert segments
    for node in segments:
        assert segment_pattern(node.spec, delimiters).match(f"{node.tag}\0") is None


@pytest.mark.parametrize("path", sorted(library.GUIDES.rglob("*.yaml")))
def test_a_guide_file_states_its_source(path: Path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "\nsource: " in text


def overlay(body: str) -> str:
    return f'overlay: shop\nstandard: x12\nmessage: "850"\n{body}'


@pytest.mark.parametrize(
    ("body", "line", "names"),
    [
        ("changes:\n  BEG: {requird: true}\n", 5, "requird"),
        ("changes:\n  REF: {}\n  XXX: {required: true}\n", 6, "has no XXX"),
        (
            'changes:\n  BEG:\n    elements:\n      "77": {required: true}\n',
            7,
            "BEG has no element 77",
        ),
        ('changes:\n  BEG:\n    elements:\n      "01": {codes: nolist}\n', 7, "nolist"),
        ('changes:\n  BEG:\n    elements:\n      "03": {pattern: "("}\n', 7, "pattern"),
        ("rules:\n  - {rule: count, of: PO9/PO9, at: CTT-01}\n", 5, "no such place"),
        ("rules:\n  - {rule: guess, of: PO1, at: CTT-01}\n", 5, "guess"),
        ("changes: [\n", 5, "not YAML"),
    ],
)
def test_a_wrong_overlay_names_file_line_and_path(tmp_path, body, line, names):
    file = tmp_path / "shop.yaml"
    file.write_text(overlay(body), encoding="utf-8")
    with pytest.raises(GuideError) as wrong:
        load_guide("x12", "004010", "850", [file])
    assert wrong.value.path.startswith(f"shop.yaml:{line}")
    assert wrong.value.next_step
    if names != "pattern":
        assert names in str(wrong.value)


def test_an_overlay_is_for_one_message():
    with pytest.raises(GuideError, match="is not for"):
        load_guide("x12", "004010", "855", [overlay("")])
