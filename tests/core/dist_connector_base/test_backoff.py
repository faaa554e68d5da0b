"""Waiting between tries: longer each time, never all at once, as the partner asks."""

import datetime as dt
import random
import statistics

import pytest

from addons.dist_connector_base.core.backoff import (
    BASE,
    CAP,
    LONGEST_WAIT,
    delay,
    parse_retry_after,
)


def latest() -> float:
    return 1.0


def test_wait_doubles_with_each_try_until_the_cap():
    waits = [delay(tries, rand=latest) for tries in range(1, 15)]
    assert waits[:4] == [BASE, 2 * BASE, 4 * BASE, 8 * BASE]
    assert waits[-1] == CAP
    assert waits == sorted(waits)


@pytest.mark.parametrize("tries", [0, -3, 1000, 10**9])
def test_any_number_of_tries_gives_a_wait(tries):
    assert 0 < delay(tries, rand=latest) <= CAP


def test_waits_are_spread_from_nothing_to_the_whole():
    chance = random.Random(7)
    waits = [delay(6, base=10, rand=chance.random) for _try in range(2000)]
    assert min(waits) < 10 and 310 < max(waits) <= 320
    assert 150 < statistics.mean(waits) < 170


def test_partner_is_never_asked_again_before_its_time():
    assert delay(1, retry_after=120, rand=lambda: 0.0) == 120
    chance = random.Random(7)
    waits = {delay(1, retry_after=120, rand=chance.random) for _try in range(50)}
    assert all(120 <= wait <= 120 + BASE for wait in waits)
    assert len(waits) == 50


def test_retry_after_of_a_year_is_bounded():
    assert delay(1, retry_after=365 * 86400, rand=lambda: 0.0) == LONGEST_WAIT


@pytest.mark.parametrize("nothing", [None, 0, -5])
def test_retry_after_of_nothing_changes_nothing(nothing):
    assert delay(3, retry_after=nothing, rand=latest) == 4 * BASE


NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.timezone.utc)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sun, 01 Mar 2026 12:02:00 GMT", 120.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("Sun, 01 Mar 2026 13:01:00 +0100", 60.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5e3", None),
        ("²", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(header, seconds):
    assert parse_retry_after(header, NOON) == seconds
