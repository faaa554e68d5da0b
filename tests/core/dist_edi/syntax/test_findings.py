"""Every finding code can be told to people and to partners."""

import re
from pathlib import Path

import pytest

from addons.dist_edi.core.syntax.findings import (
    Level,
    Severity,
    catalogue,
    finding,
)
from addons.dist_edi.core.syntax.segment import Place

CORE = Path(__file__).resolve().parents[4] / "addons" / "dist_edi" / "core"
#: Codes of the standards that the catalogue may use.
KNOWN = {
    "ta1": {f"{number:03d}" for number in range(32)},
    "ak9": {*map(str, range(1, 7)), *map(str, range(10, 27))},
    "ak5": {*map(str, range(1, 28))},
    "ak3": {*map(str, range(1, 9))},
    "ak4": {*map(str, range(1, 14))},
    "contrl": {*map(str, range(2, 48))},
}


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_a_code_has_words_and_codes_of_the_standards(code):
    entry = catalogue()[code]
    for level, sent in entry.ack._asdict().items():
        assert not sent or sent in KNOWN[level], level
    told = finding(code, Place(tag="N1"), expected="one", seen="other")
    assert told.message.endswith((".", "?"))
    assert "{" not in told.message


def test_an_error_of_the_envelope_tells_the_partner_why():
    for code, entry in catalogue().items():
        told = any(entry.ack) or code.startswith("write_")
        unanswerable = ("file_empty", "not_edi")
        if entry.severity is Severity.ERROR and code not in unanswerable:
            assert told, code


def test_elements_in_error_put_their_segment_in_error():
    for code, entry in catalogue().items():
        if entry.level is Level.ELEMENT and entry.ack.ak4:
            assert entry.ack.ak3 == "8", code


def test_every_code_that_the_syntax_layer_uses_is_in_the_catalogue():
    used = set()
    for path in [*CORE.glob("syntax/*.py"), *CORE.glob("ack/*.py")]:
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r'(?:finding|report|_tell|refuse)\(\s*"(\w+)"', text))
    assert len(used) > 20
    assert used <= set(catalogue())


def test_long_values_are_cut_in_messages():
    told = finding("not_edi", Place(), seen="x" * 500)
    assert len(told.seen) == 80 and told.seen.endswith("...")


def test_an_agreement_may_change_the_severity():
    told = finding("code_unknown", Place(), seen="X", severity=Severity.ERROR)
    assert told.is_error
