"""Audit the fees of a warehouse against what it did for us and what was agreed.

Fees of one kind for one delivery are judged together: a parcel billed twice shows in
the sum, and a freight that is billed parcel by parcel is not wrong before the last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

ZERO = Decimal(0)
#: The fee that a confirmed shipping cost is billed as.
FREIGHT = "freight"
Basis = Literal["order", "line", "unit", "parcel", "kg", "stated", "confirmed"]
Finding = Literal[
    "ok", "too_high", "too_low", "duplicate", "no_rate", "no_basis", "unknown_reference"
]


@dataclass(frozen=True)
class Rate:
    """What was agreed for one fee.

    :ivar price: for each of the basis beyond ``included``
    :ivar base: on top, once
    :ivar weight_from, weight_to: the rate holds from (included) to (excluded) this
        weight in kilograms; None: no limit
    :ivar tolerance_percent, tolerance_amount: both must hold; zero allows nothing
    """

    ref: int
    fee: str
    basis: Basis
    price: Decimal
    base: Decimal = ZERO
    included: Decimal = ZERO
    carrier: str = ""
    weight_from: Decimal | None = None
    weight_to: Decimal | None = None
    tolerance_percent: Decimal = ZERO
    tolerance_amount: Decimal = ZERO

    def allows(self, difference: Decimal, expected: Decimal) -> bool:
        """Say whether a difference is within both tolerances, in either direction."""
        size = abs(difference)
        return size <= self.tolerance_amount and (
            size <= abs(expected) * self.tolerance_percent / 100
        )


@dataclass(frozen=True)
class Facts:
    """What we know of the work that a fee is for.

    :ivar stated: what the partner says it counted; None: it says nothing
    :ivar confirmed: the shipping cost that the partner confirmed with the shipment, in
        the currency of the bill; None: it named none
    """

    lines: Decimal = ZERO
    units: Decimal = ZERO
    parcels: Decimal = ZERO
    weight_kg: Decimal | None = None
    carrier: str = ""
    stated: Decimal | None = None
    confirmed: Decimal | None = None

    def count(self, basis: Basis) -> Decimal | None:
        """Give how often a price applies; None where nobody knows."""
        return {
            "order": Decimal(1),
            "line": self.lines,
            "unit": self.units,
            "parcel": self.parcels,
            "kg": self.weight_kg,
            "stated": self.stated,
            "confirmed": self.confirmed,
        }[basis]


class Judgement(NamedTuple):
    """What the audit found.

    :ivar expected: what should have been billed; None where it cannot be told
    :ivar difference: what was billed more than that
    """

    finding: Finding
    expected: Decimal | None
    difference: Decimal
    rate: Rate | None


def choose(rates: Sequence[Rate], fee: str, facts: Facts) -> Rate | None:
    """Give the rate of a fee: the first that fits carrier and weight."""
    for rate in rates:
        if rate.fee != fee or (rate.carrier and rate.carrier != facts.carrier):
            continue
        weight = facts.weight_kg
        limited = rate.weight_from is not None or rate.weight_to is not None
        if limited and weight is None:
            continue
        if rate.weight_from is not None and weight < rate.weight_from:
            continue
        if rate.weight_to is not None and weight >= rate.weight_to:
            continue
        return rate
    return None


def expected(rate: Rate, facts: Facts) -> Decimal | None:
    """Give what a rate asks for the work, to the cent; None where nobody knows."""
    count = facts.count(rate.basis)
    if count is None:
        return None
    amount = rate.base + rate.price * max(count - rate.included, ZERO)
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def judge(
    fee: str, amounts: Sequence[Decimal], rates: Sequence[Rate], facts: Facts | None
) -> Judgement:
    """Judge all fees of one kind for one piece of work.

    :param amounts: what was billed; credits are negative
    :param facts: None when we do not know the work that the partner names
    """
    billed = sum(amounts, ZERO)
    if facts is None:
        return Judgement("unknown_reference", None, billed, None)
    rate = choose(rates, fee, facts)
    if rate is None and fee == FREIGHT and facts.confirmed is not None:
        # nothing else was agreed: what was confirmed is what may be billed
        rate = Rate(0, fee, "confirmed", Decimal(1))
    if rate is None:
        return Judgement("no_rate", None, billed, None)
    should = expected(rate, facts)
    if should is None:
        return Judgement("no_basis", None, billed, rate)
    difference = billed - should
    if not difference or rate.allows(difference, should):
        return Judgement("ok", should, difference, rate)
    if difference < 0:
        return Judgement("too_low", should, difference, rate)
    charges = [amount for amount in amounts if amount > 0]
    twice = len(charges) > len(set(charges)) and difference in charges
    return Judgement("duplicate" if twice else "too_high", should, difference, rate)
