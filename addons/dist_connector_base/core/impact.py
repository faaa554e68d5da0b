"""How much an exception matters to the business, and how soon it must be seen to."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

#: From the least to the most; the place is the rank that lists are sorted by.
SEVERITIES = ("low", "medium", "high", "critical")

#: Working hours until an exception is to be solved, where no rule says it.
SLA_HOURS = {"low": 40.0, "medium": 16.0, "high": 8.0, "critical": 4.0}

#: What the class of an error is worth: 2 where nothing can go on, or where a second
#: effect is possible; 0 where it often mends itself.
CLASS_POINTS = {
    "transient": 0,
    "limit": 0,
    "sequence": 1,
    "data": 1,
    "mapping": 1,
    "business": 1,
    "conflict": 1,
    "configuration": 2,
    "security": 2,
    "unknown_outcome": 2,
    "fatal": 2,
}

#: What the flow is worth.
CRITICALITY_POINTS = {"low": -1, "medium": 0, "high": 1, "critical": 2}

TOP_SELLER_POINTS = 2
#: An order is urgent when less time than this is left until the promised date.
SOON = timedelta(hours=24)


class Impact(NamedTuple):
    """What a failed message touches in the business.

    :ivar value: value of the order, in its own currency
    :ivar currency_id: id of that ``res.currency``
    :ivar customer_id: id of the ``res.partner`` who waits
    :ivar promised_at: what the customer was promised, UTC without time zone
    :ivar top_seller: whether one of its products sells among the best
    :ivar res_model: model of the record it is about, where the message does not know
    :ivar res_id: its id
    """

    value: float = 0.0
    currency_id: int | None = None
    customer_id: int | None = None
    promised_at: datetime | None = None
    top_seller: bool = False
    res_model: str | None = None
    res_id: int | None = None


NO_IMPACT = Impact()


def severity(
    error_class: str,
    criticality: str,
    impact: Impact,
    *,
    value: float,
    high_value: float,
    now: datetime,
) -> str:
    """Give how much an exception matters.

    Points are added: the class of the error, the criticality of its flow, two for a
    top seller, one for a high value (two from ten times that), one when the promised
    date is near or over. No more than 0 points is low, up to 2 medium, up to 4 high,
    the rest critical.

    :param value: value of the order, in the currency of ``high_value``
    :param high_value: from here on an order counts as valuable; 0 or less: never
    :param now: UTC without time zone
    """
    points = CLASS_POINTS.get(error_class, 2) + CRITICALITY_POINTS.get(criticality, 0)
    if impact.top_seller:
        points += TOP_SELLER_POINTS
    if high_value > 0 and value >= high_value:
        points += 2 if value >= 10 * high_value else 1
    if impact.promised_at and impact.promised_at - now < SOON:
        points += 1
    if points <= 0:
        return "low"
    return SEVERITIES[min(1 + (points - 1) // 2, 3)]


def rank(name: str | None) -> int:
    """Give the place of a severity, 0 for low (or none) to 3 for critical."""
    return SEVERITIES.index(name) if name in SEVERITIES else 0


def raised(name: str | None) -> str:
    """Give the severity above one; critical stays critical."""
    return SEVERITIES[min(rank(name) + 1, 3)]


def highest(names: Iterable[str | None]) -> str:
    """Give the highest of several severities."""
    return SEVERITIES[max(map(rank, names), default=0)]
