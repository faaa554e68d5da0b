"""What was asked of a warehouse, line by line, and what a confirmation says of it.

Shipments and receipts alike name the lines they speak of, and the lots of what is
tracked. What differs between them is in ``allocation`` and ``receiving``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, TypeVar

from ...dist_connector_base.core.canonical import (
    ReceivedLine,
    ShipmentConfirmationLine,
)
from ...dist_connector_base.core.errors import BusinessError, DataError
from .units import Pack, in_base

ZERO = Decimal(0)
SELLABLE = "sellable"

Said = TypeVar("Said", ShipmentConfirmationLine, ReceivedLine)


@dataclass(frozen=True)
class KitShare:
    """That a line is a component of a kit.

    :param key: of the kit in the request: the same for all its components
    :param sku: the kit's
    :param per_kit: so much of the component one kit takes, exact
    :param unit: of the kit
    """

    key: str
    sku: str
    per_kit: Fraction
    unit: str = "EA"


@dataclass(frozen=True)
class AskedLine:
    """One line of a fulfilment request or of a receipt advice, as it stands now.

    :param ref: the caller's own handle of the line (a record id)
    :param asked: quantity asked for or announced, in ``unit``
    :param done: what earlier confirmations shipped or brought of it
    :param tracking: ``none``, ``lot`` or ``serial``
    :param surplus: what a person allowed to be shipped beyond what was asked
    :param packs: gives the product's packs; asked for only where they are needed
    :param kit: the kit that it is a component of
    """

    ref: int
    line_key: str
    sku: str
    asked: Decimal
    done: Decimal = ZERO
    unit: str = "EA"
    tracking: str = "none"
    surplus: Decimal = ZERO
    packs: Callable[[], Sequence[Pack]] = tuple
    kit: KitShare | None = None

    @property
    def open(self) -> Decimal:
        """What may still be shipped or is still expected, never below zero."""
        return max(self.asked + self.surplus - self.done, ZERO)


class LotPart(NamedTuple):
    """How much moved of one lot or serial number, in one stock status.

    :param name: of the lot; empty where none is kept
    :param expiry: the day on which it expires, where it was told
    """

    name: str
    quantity: Decimal
    expiry: date | None = None
    status: str = SELLABLE


def exact(value: float) -> Decimal:
    """Give a stored quantity as the decimal it was entered as."""
    return Decimal(f"{value:.6f}".rstrip("0").rstrip("."))


def named(said: Said, asked: Iterable[AskedLine], path: str) -> list[AskedLine]:
    """Give the asked lines that a confirmation line speaks of: one by its key.

    :return: without a key, the lines of its SKU; [] when there is none
    :raises DataError: the key is none of ours
    """
    if said.line_key is None:
        return [line for line in asked if line.sku == said.sku]
    found = [line for line in asked if line.line_key == said.line_key]
    if not found:
        raise DataError(
            f"line {said.line_key} was not asked for", path=f"{path}.line_key"
        )
    return found


def in_own_unit(said: Said, line: AskedLine, path: str) -> Said:
    """Give a confirmation line in the unit that was asked in.

    :raises MappingError: the product has no such pack
    :raises DataError: it is no whole number of pieces
    """
    if said.unit == line.unit:
        return said
    return in_base(said, line.unit, line.sku, line.packs(), path)


def lot_parts(
    said: Said, tracking: str, path: str, status: str = SELLABLE
) -> list[LotPart]:
    """Give the lots of a line whose product is tracked, checked; else nothing.

    :raises DataError: a lot without a name, a serial number with another quantity
        than 1, lots that do not add up
    :raises BusinessError: the lots of a tracked product are missing
    """
    if tracking == "none" or not said.quantity:
        return []
    parts = []
    for index, lot in enumerate(said.lots):
        name = lot.serial or lot.lot
        if name is None:
            raise DataError(
                "names neither lot nor serial", path=f"{path}.lots[{index}]"
            )
        if tracking == "serial" and lot.quantity != 1:
            raise DataError(
                f"serial number {name} with quantity {lot.quantity}",
                path=f"{path}.lots[{index}].quantity",
            )
        parts.append(LotPart(name, lot.quantity, lot.expiry, status))
    if not parts:
        word = "serial numbers" if tracking == "serial" else "lots"
        raise BusinessError(
            f"the {word} of {said.sku or said.line_key} are missing",
            path=f"{path}.lots",
            next_step="Ask the warehouse which ones they were, and replay with them.",
        )
    total = sum((part.quantity for part in parts), ZERO)
    if total != said.quantity:
        raise DataError(
            f"the lots add up to {total}, the line says {said.quantity}",
            path=f"{path}.lots",
        )
    return parts


def take(
    parts: Sequence[LotPart], quantity: Decimal
) -> tuple[list[LotPart], list[LotPart]]:
    """Split lots into the first ``quantity`` of them and the others."""
    taken, others = [], []
    for part in parts:
        now = min(part.quantity, quantity)
        if now:
            taken.append(part._replace(quantity=now))
            quantity -= now
        if part.quantity - now:
            others.append(part._replace(quantity=part.quantity - now))
    return taken, others


def joined(parts: Iterable[LotPart], tracking: str, path: str) -> list[LotPart]:
    """Add up parts, so that each lot in each status stands there once.

    :raises DataError: a serial number stands there twice
    """
    sums: dict[tuple[str, str], LotPart] = {}
    names: dict[str, Decimal] = {}
    for part in parts:
        before = sums.get((part.name, part.status))
        total = part.quantity + (before.quantity if before else ZERO)
        sums[part.name, part.status] = part._replace(quantity=total)
        names[part.name] = names.get(part.name, ZERO) + part.quantity
    if tracking == "serial":
        for name, total in names.items():
            if total > 1:
                raise DataError(f"serial number {name} twice", path=f"{path}.lots")
    return list(sums.values())
