"""Decide which warehouse ships an order, and say why.

Nothing is read or written here: the caller hands in what the order wants and what each
warehouse can do, and gets a plan with a verdict on every warehouse.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

ZERO = Decimal(0)
#: No order is split over more warehouses than this.
MOST_PARTS = 3


class Wish(NamedTuple):
    """One line of an order.

    :ivar ref: the caller's own handle of the line
    :ivar item: what is wanted; stock is told by it
    :ivar quantity: in the unit in which stock is told
    """

    ref: int
    item: int
    name: str
    quantity: Decimal


@dataclass(frozen=True)
class Option:
    """What one warehouse can do for the order.

    :ivar ref: the caller's own handle of the warehouse
    :ivar refused: why it may not ship this order at all; empty: it may
    :ivar barred: items that it may not ship, with the reason
    :ivar stock: quantity that is free, by item
    :ivar cost_order, cost_line: what one parcel, and each line in it, costs
    :ivar leaves_at: when it could ship at the earliest, UTC
    :ivar may_split: it may ship a part of an order
    """

    ref: int
    name: str
    sequence: int = 10
    refused: str = ""
    barred: Mapping[int, str] = field(default_factory=dict)
    stock: Mapping[int, Decimal] = field(default_factory=dict)
    cost_order: Decimal = ZERO
    cost_line: Decimal = ZERO
    leaves_at: datetime | None = None
    may_split: bool = False

    def has(self, wish: Wish) -> Decimal:
        """Give how much of a line it can ship, at most what is wanted."""
        if self.refused or wish.item in self.barred:
            return ZERO
        return min(max(self.stock.get(wish.item, ZERO), ZERO), wish.quantity)

    def cost(self, lines: int) -> Decimal:
        """Give what a parcel with so many lines costs."""
        return self.cost_order + self.cost_line * lines


class Part(NamedTuple):
    """What one warehouse ships: references of the order's lines."""

    option: Option
    lines: tuple[int, ...]


class Verdict(NamedTuple):
    """What became of one warehouse, and why.

    :ivar why: codes with their details, for the caller to put into words:
        ``refused``, ``barred``, ``short``, ``later``, ``dearer``, ``behind``,
        ``chosen``, ``chosen_part``, ``chosen_short``
    :ivar covered: lines that it could ship in full
    """

    option: Option
    chosen: bool
    covered: int
    cost: Decimal
    why: tuple[tuple[str, str], ...]


class Plan(NamedTuple):
    """Who ships what.

    :ivar parts: one for each parcel; empty: no warehouse may ship the order
    :ivar short: lines that are not in stock in full where they are sent
    """

    parts: tuple[Part, ...]
    short: tuple[int, ...]
    verdicts: tuple[Verdict, ...]


def decide(wishes: Sequence[Wish], options: Sequence[Option]) -> Plan:
    """Choose the warehouses of an order.

    One warehouse that has everything is best: the one that ships first, then the
    cheapest, then the first in the list. Else the order is split over as few
    warehouses as can ship all of it together, if their rules allow it; a line is never
    split. Else the warehouse that has most of it takes all, and the rest waits there.
    """
    able = [option for option in options if _may_ship_all(option, wishes)]
    full = [option for option in able if _covered(option, wishes) == len(wishes)]
    if full:
        best = min(full, key=lambda option: _rank(option, len(wishes)))
        parts = (Part(best, tuple(wish.ref for wish in wishes)),)
        return Plan(parts, (), _verdicts(wishes, options, parts, best))
    parts = _split(wishes, [option for option in options if option.may_split])
    if parts:
        return Plan(parts, (), _verdicts(wishes, options, parts, parts[0].option))
    if not able:
        return Plan((), (), _verdicts(wishes, options, (), None))
    best = min(
        able,
        key=lambda option: (-_share(option, wishes), _rank(option, len(wishes))),
    )
    parts = (Part(best, tuple(wish.ref for wish in wishes)),)
    short = tuple(wish.ref for wish in wishes if best.has(wish) < wish.quantity)
    return Plan(parts, short, _verdicts(wishes, options, parts, best))


def _may_ship_all(option: Option, wishes: Sequence[Wish]) -> bool:
    return not option.refused and not any(w.item in option.barred for w in wishes)


def _covered(option: Option, wishes: Sequence[Wish]) -> int:
    """Count the lines that are in stock in full, line after line from one stock."""
    left = dict(option.stock)
    covered = 0
    for wish in wishes:
        if option.refused or wish.item in option.barred:
            continue
        if left.get(wish.item, ZERO) >= wish.quantity:
            left[wish.item] -= wish.quantity
            covered += 1
    return covered


def _share(option: Option, wishes: Sequence[Wish]) -> Decimal:
    """Give the part of the order that is in stock, from 0 to 1; lines weigh alike."""
    shares = [
        option.has(wish) / wish.quantity if wish.quantity else Decimal(1)
        for wish in wishes
    ]
    return sum(shares, ZERO) / len(shares) if shares else ZERO


def _rank(option: Option, lines: int) -> tuple:
    """Order warehouses: the earliest day, then the cheapest, then as listed."""
    day = option.leaves_at.date() if option.leaves_at else datetime.max.date()
    return (day, option.cost(lines), option.sequence, option.ref)


def _split(wishes: Sequence[Wish], options: Sequence[Option]) -> tuple[Part, ...]:
    """Give the parcels that ship everything from as few warehouses as can."""
    for number in range(2, min(MOST_PARTS, len(options)) + 1):
        plans = []
        for group in combinations(sorted(options, key=lambda o: _rank(o, 1)), number):
            parts = _share_out(wishes, group)
            if len(parts) == number:
                plans.append(parts)
        if plans:
            return min(plans, key=_plan_rank)
    return ()


def _share_out(wishes: Sequence[Wish], group: Sequence[Option]) -> tuple[Part, ...]:
    """Give each line to the first of the group that has all of it; () if none has."""
    lines: dict[int, list[int]] = {}
    left = {option.ref: dict(option.stock) for option in group}
    for wish in wishes:
        for option in group:
            stock = left[option.ref]
            free = not option.refused and wish.item not in option.barred
            if free and stock.get(wish.item, ZERO) >= wish.quantity:
                stock[wish.item] -= wish.quantity
                lines.setdefault(option.ref, []).append(wish.ref)
                break
        else:
            return ()
    return tuple(
        Part(option, tuple(lines[option.ref]))
        for option in group
        if option.ref in lines
    )


def _plan_rank(parts: Sequence[Part]) -> tuple:
    days = [
        part.option.leaves_at.date() if part.option.leaves_at else datetime.max.date()
        for part in parts
    ]
    cost = sum((part.option.cost(len(part.lines)) for part in parts), ZERO)
    return (max(days), cost, [part.option.sequence for part in parts])


def _verdicts(
    wishes: Sequence[Wish],
    options: Sequence[Option],
    parts: Sequence[Part],
    best: Option | None,
) -> tuple[Verdict, ...]:
    chosen = {part.option.ref: part for part in parts}
    return tuple(
        Verdict(
            option,
            option.ref in chosen,
            _covered(option, wishes),
            option.cost(len(wishes)),
            tuple(_why(option, wishes, chosen, best)),
        )
        for option in options
    )


def _why(option: Option, wishes: Sequence[Wish], chosen, best: Option | None):
    """Give the reasons for and against one warehouse."""
    if option.refused:
        return [("refused", option.refused)]
    names = {wish.item: wish.name for wish in wishes}
    why = [
        ("barred", f"{names[item]}: {reason}")
        for item, reason in option.barred.items()
        if item in names
    ]
    why += [
        ("short", f"{wish.name}: {_plain(option.has(wish))}/{_plain(wish.quantity)}")
        for wish in wishes
        if wish.item not in option.barred and option.has(wish) < wish.quantity
    ]
    if option.ref in chosen:
        whole = len(chosen[option.ref].lines) == len(wishes)
        code = "chosen_part" if not whole else "chosen_short" if why else "chosen"
        return [(code, ""), *why]
    if not why and best is not None:
        why.append(_beaten_by(option, best, len(wishes)))
    return why


def _beaten_by(option: Option, best: Option, lines: int) -> tuple[str, str]:
    ours, theirs = _rank(option, lines), _rank(best, lines)
    if ours[0] > theirs[0]:
        return ("later", best.name)
    if ours[1] > theirs[1]:
        return ("dearer", best.name)
    return ("behind", best.name)


def _plain(quantity: Decimal) -> str:
    """Write a quantity without an exponent or trailing zeros."""
    return f"{quantity.normalize():f}"
