"""Severity follows the business: what sells and what is promised comes first."""

from datetime import datetime, timedelta

import pytest

from addons.dist_connector_base.core.errors import ERROR_CLASSES
from addons.dist_connector_base.core.impact import (
    CLASS_POINTS,
    NO_IMPACT,
    Impact,
    highest,
    raised,
    rank,
    severity,
)

NOW = datetime(2026, 1, 31, 10)


def judge(error_class, criticality="medium", impact=NO_IMPACT, value=0.0, high=1000.0):
    return severity(
        error_class, criticality, impact, value=value, high_value=high, now=NOW
    )


def test_every_error_class_has_its_points():
    assert set(CLASS_POINTS) == set(ERROR_CLASSES)


def test_a_stock_update_of_a_top_seller_outranks_a_late_catalogue_row():
    stock = judge("transient", "high", Impact(top_seller=True))
    catalogue = judge("data", "low")
    assert (stock, catalogue) == ("high", "low")
    assert rank(stock) > rank(catalogue)


@pytest.mark.parametrize(
    ("value", "high", "expected"),
    [
        (999, 1000, "medium"),
        (1000, 1000, "high"),
        (10_000, 1000, "high"),
        (5, 0, "medium"),
    ],
)
def test_a_valuable_order_matters_more(value, high, expected):
    assert judge("business", "high", value=value, high=high) == expected


@pytest.mark.parametrize(
    ("hours", "expected"), [(-5, "critical"), (23, "critical"), (25, "high")]
)
def test_a_promise_that_is_near_or_broken_matters_more(hours, expected):
    promised = Impact(promised_at=NOW + timedelta(hours=hours), top_seller=True)
    assert judge("business", "high", promised) == expected


def test_severity_is_raised_up_to_critical():
    assert [raised(name) for name in ("low", "medium", "high", "critical", None)] == [
        "medium",
        "high",
        "critical",
        "critical",
        "medium",
    ]
    assert highest(["low", "high", None]) == "high"
