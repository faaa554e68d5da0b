"""Token bucket: how often a partner may be called. Pure functions; times in seconds."""

from dataclasses import dataclass


@dataclass
class Bucket:
    """What may still be asked.

    :ivar per_second: tokens that flow back each second; 0 means no limit of our own
    :ivar burst: tokens of a full bucket
    :ivar tokens: tokens at the moment ``at``
    :ivar paused_until: the partner asked for silence until then
    """

    per_second: float = 0.0
    burst: float = 1.0
    tokens: float = 1.0
    at: float = 0.0
    paused_until: float = 0.0


def take(bucket: Bucket, now: float) -> float:
    """Take one token.

    :return: 0 when it was taken; else the seconds until there may be one
    """
    if now < bucket.paused_until:
        return bucket.paused_until - now
    if not bucket.per_second:
        return 0.0
    _refill(bucket, now)
    # what is missing by rounding alone is there
    if bucket.tokens >= 1 - 1e-9:
        bucket.tokens = max(bucket.tokens - 1, 0.0)
        return 0.0
    return (1 - bucket.tokens) / bucket.per_second


def pause(bucket: Bucket, now: float, seconds: float) -> None:
    """Keep silence for so long, because the partner asked for it.

    A longer pause that is on already stays.
    """
    bucket.paused_until = max(bucket.paused_until, now + seconds)


def _refill(bucket: Bucket, now: float) -> None:
    burst = max(bucket.burst, 1.0)
    # a clock that was set back gives nothing, and takes nothing
    passed = max(now - bucket.at, 0.0)
    bucket.tokens = min(burst, bucket.tokens + passed * bucket.per_second)
    bucket.at = now
