"""A meaning is proved by the rows that tell candidates apart, and by those alone."""

import pytest

from addons.dist_connector_base.core.proof import weigh

KEYS = ("gross", "net")
BOTH, GROSS, NET, NONE = (True, True), (True, False), (False, True), (False, False)


@pytest.mark.parametrize(
    ("patterns", "decision", "winner"),
    [
        ({BOTH: 500, GROSS: 20, NONE: 3}, "decided", "gross"),
        ({BOTH: 500, GROSS: 1, NET: 19}, "decided", "net"),
        ({BOTH: 500}, "same", ""),
        ({BOTH: 500, GROSS: 4}, "few", ""),
        ({BOTH: 10, NONE: 90}, "few", ""),
        ({BOTH: 500, GROSS: 12, NET: 10}, "unclear", ""),
        ({}, "empty", ""),
    ],
)
def test_what_is_decided(patterns, decision, winner):
    proof = weigh(KEYS, patterns)
    assert (proof.decision, proof.winner) == (decision, winner)


def test_rows_that_agree_with_everything_prove_nothing():
    assert weigh(KEYS, {BOTH: 10_000, NET: 6}).winner == "net"


def test_the_figures_are_told():
    proof = weigh(KEYS, {BOTH: 7, GROSS: 5, NET: 1, NONE: 2})
    assert (proof.rows, proof.telling) == (15, 6)
    assert [tuple(fit) for fit in proof.fits] == [("gross", 12, 5), ("net", 8, 1)]


def test_of_meanings_that_no_row_tells_apart_the_first_is_taken():
    keys = ("gross", "told", "net")
    proof = weigh(keys, {(False, True, True): 9, (True, True, True): 5})
    assert (proof.decision, proof.winner) == ("decided", "told")


def test_two_meanings_that_fit_nearly_as_well_decide_nothing():
    keys = ("gross", "told", "net")
    patterns = {
        (True, True, False): 80,
        (True, False, False): 10,
        (False, True, False): 8,
    }
    assert weigh(keys, patterns).decision == "unclear"
