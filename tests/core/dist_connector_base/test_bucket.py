"""The token bucket over a clock that we turn by hand."""

import pytest

from addons.dist_connector_base.core.bucket import Bucket, pause, take


def test_no_limit_of_our_own_never_waits():
    bucket = Bucket()
    assert [take(bucket, 0) for _call in range(100)] == [0.0] * 100


def test_a_full_bucket_is_a_burst_then_one_by_one():
    bucket = Bucket(per_second=2, burst=3, tokens=3)
    assert [take(bucket, 0) for _call in range(4)] == [0, 0, 0, 0.5]
    assert take(bucket, 0.25) == 0.25
    assert take(bucket, 0.5) == 0


def test_it_never_holds_more_than_the_burst():
    bucket = Bucket(per_second=2, burst=3, tokens=0)
    assert [take(bucket, 1000) for _call in range(4)] == [0, 0, 0, 0.5]


@pytest.mark.parametrize("rate", [0.1, 1, 7, 50])
def test_no_minute_holds_more_calls_than_rate_and_burst(rate):
    bucket, now, calls = Bucket(per_second=rate, burst=5, tokens=5), 0.0, 0
    while now <= 60:
        wait = take(bucket, now)
        calls += not wait
        now += wait
    assert 60 * rate <= calls <= 60 * rate + 6


def test_silence_that_the_partner_asks_for_stops_also_without_a_limit():
    bucket = Bucket()
    pause(bucket, 10, 30)
    assert (take(bucket, 15), take(bucket, 40)) == (25, 0)


def test_a_shorter_silence_does_not_shorten_a_longer_one():
    bucket = Bucket()
    pause(bucket, 0, 60)
    pause(bucket, 1, 1)
    assert take(bucket, 10) == 50


def test_clock_that_is_set_back_takes_no_tokens():
    bucket = Bucket(per_second=1, burst=2, tokens=2, at=100)
    assert take(bucket, 50) == 0
    assert bucket.tokens == 1
