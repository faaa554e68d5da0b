"""How long to wait before the next try. Pure functions; times in seconds."""

import datetime as dt
import random
from collections.abc import Callable
from email.utils import parsedate_to_datetime

BASE = 2.0
CAP = 3600.0
#: The longest Retry-After that is honoured: a partner's "next year" is a fault.
LONGEST_WAIT = 24 * 3600.0

Random = Callable[[], float]


def delay(
    tries: int,
    *,
    retry_after: float | None = None,
    base: float = BASE,
    cap: float = CAP,
    rand: Random = random.random,
) -> float:
    """Give the seconds to wait after so many failed tries.

    Exponential with full jitter: by chance between 0 and ``min(cap, base * 2^(n-1))``.
    Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    A partner's ``retry_after`` is the least that is waited; the jitter comes on top,
    at most one ``base``, so that not all senders come back in the same moment.

    :param tries: failed tries so far, from 1
    :param rand: gives a number from 0 to 1
    """
    jitter = rand()
    if retry_after is not None and retry_after > 0:
        return min(retry_after, LONGEST_WAIT) + jitter * base
    exponent = min(max(tries, 1) - 1, 60)  # beyond that, every cap is reached
    return jitter * min(cap, base * 2**exponent)


def parse_retry_after(text: str, now: dt.datetime) -> float | None:
    """Read a Retry-After header: seconds or an HTTP date (RFC 9110, 10.2.3).

    :param now: the present moment, in UTC
    :return: seconds from now, not below 0; None when there is nothing readable
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.timezone.utc)
    return max(0.0, (moment - now).total_seconds())
