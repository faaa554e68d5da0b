"""Put what a shipment confirmation says onto the lines that were asked for.

Nothing is written here. The result says how much of which request line left the
warehouse, out of which lots; a fault is raised with its place in the confirmation.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from ...dist_connector_base.core.canonical import (
    ShipmentConfirmation,
    ShipmentConfirmationLine,
)
from ...dist_connector_base.core.errors import BusinessError, DataError, MappingError

ZERO = Decimal(0)


@dataclass(frozen=True)
class AskedLine:
    """One line of a fulfilment request, as it stands now.

    :param ref: the caller's own handle of the line (a record id)
    :param asked: quantity asked for, in ``unit``
    :param shipped: what earlier confirmations of the same request shipped of it
    :param tracking: ``none``, ``lot`` or ``serial``
    :param surplus: what a person allowed to be shipped beyond what was asked
    """

    ref: int
    line_key: str
    sku: str
    asked: Decimal
    shipped: Decimal = ZERO
    unit: str = "EA"
    tracking: str = "none"
    surplus: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        """What may still be shipped."""
        return self.asked + self.surplus - self.shipped


class LotPart(NamedTuple):
    """How much came from one lot or serial number; ``expiry`` is a date or None."""

    name: str
    quantity: Decimal
    expiry: object


@dataclass(frozen=True)
class ShippedLine:
    """What the confirmation shipped of one asked line.

    :param path: the confirmation's line that said it first
    """

    ref: int
    quantity: Decimal
    lots: tuple[LotPart, ...]
    path: str


class _Share(NamedTuple):
    """A part of one confirmation line that falls to one asked line."""

    path: str
    quantity: Decimal
    lots: tuple[LotPart, ...]


def allocate(
    document: ShipmentConfirmation, asked: Sequence[AskedLine]
) -> list[ShippedLine]:
    """Say what was shipped of each asked line; lines without any are left out.

    A confirmation line that names no line key is spread over the asked lines of its
    SKU in their order.

    :raises DataError: unknown line or SKU, lots that do not add up, a serial number
        with another quantity than 1
    :raises MappingError: another unit than was asked in
    :raises BusinessError: more than was asked, another SKU than was asked, or a
        tracked product without its lots
    """
    shares: dict[int, list[_Share]] = defaultdict(list)
    left = {line.ref: line.open for line in asked}
    for index, said in enumerate(document.lines):
        path = f"lines[{index}]"
        candidates = _candidates(said, asked, path)
        _check_unit(said, candidates[0], path)
        for ref, share in _spread(said, candidates, left, path):
            shares[ref].append(share)
    return [
        _shipped(line, shares[line.ref])
        for line in asked
        if any(share.quantity for share in shares[line.ref])
    ]


def surplus(
    document: ShipmentConfirmation, asked: Sequence[AskedLine]
) -> dict[int, Decimal]:
    """Say how much more was shipped than may be, by asked line; {} for nothing.

    :raises DataError: unknown line or SKU
    :raises MappingError: another unit than was asked in
    :raises BusinessError: another SKU than was asked
    """
    left = {line.ref: line.open for line in asked}
    over: dict[int, Decimal] = defaultdict(Decimal)
    for index, said in enumerate(document.lines):
        path = f"lines[{index}]"
        candidates = _candidates(said, asked, path)
        _check_unit(said, candidates[0], path)
        rest = said.quantity
        for line in candidates:
            taken = min(rest, left[line.ref])
            left[line.ref] -= taken
            rest -= taken
        if rest:
            over[candidates[-1].ref] += rest
    return dict(over)


def _candidates(
    said: ShipmentConfirmationLine, asked: Iterable[AskedLine], path: str
) -> list[AskedLine]:
    """Give the asked lines that a confirmation line can speak of."""
    if said.line_key is not None:
        found = [line for line in asked if line.line_key == said.line_key]
        if not found:
            raise DataError(
                f"line {said.line_key} is not in the request", path=f"{path}.line_key"
            )
        if said.sku is not None and said.sku != found[0].sku:
            raise BusinessError(
                f"{said.sku} was shipped instead of {found[0].sku}",
                path=f"{path}.sku",
                next_step="Agree the substitution with the customer and the warehouse.",
            )
        return found
    found = [line for line in asked if line.sku == said.sku]
    if not found:
        raise DataError(f"SKU {said.sku} is not in the request", path=f"{path}.sku")
    return found


def _check_unit(said: ShipmentConfirmationLine, line: AskedLine, path: str) -> None:
    """Refuse to read a case as an each."""
    if said.unit != line.unit:
        raise MappingError(
            f"confirmed in {said.unit}, asked for in {line.unit}",
            path=f"{path}.unit",
            vocabulary="unit",
            value=said.unit,
            next_step="Map the partner's unit to the unit asked in, if they are the "
            "same; otherwise ask for a confirmation in that unit.",
        )


def _spread(
    said: ShipmentConfirmationLine,
    candidates: list[AskedLine],
    left: dict[int, Decimal],
    path: str,
) -> Iterable[tuple[int, _Share]]:
    """Give each candidate its share, and take it off what is ``left`` of it."""
    total_left = sum((left[line.ref] for line in candidates), ZERO)
    if said.quantity > total_left:
        raise BusinessError(
            f"{said.quantity} shipped of {candidates[0].sku}, only {total_left} may "
            "still be shipped for this request",
            path=f"{path}.quantity",
            next_step="Ask the warehouse what really left. Then correct the "
            "confirmation, or accept the surplus.",
        )
    lots = _lots(said, candidates[0].tracking, path)
    rest = said.quantity
    for line in candidates:
        quantity = min(rest, left[line.ref])
        if not quantity:
            continue
        taken, lots = _take(lots, quantity)
        left[line.ref] -= quantity
        rest -= quantity
        yield line.ref, _Share(path, quantity, taken)


def _lots(
    said: ShipmentConfirmationLine, tracking: str, path: str
) -> tuple[LotPart, ...]:
    """Give the lots of a line whose product is tracked, checked; else nothing."""
    if tracking == "none" or not said.quantity:
        return ()
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
        parts.append(LotPart(name, lot.quantity, lot.expiry))
    if not parts:
        word = "serial numbers" if tracking == "serial" else "lots"
        raise BusinessError(
            f"the {word} of {said.sku or said.line_key} are missing",
            path=f"{path}.lots",
            next_step="Ask the warehouse which ones left, and replay with them.",
        )
    total = sum((part.quantity for part in parts), ZERO)
    if total != said.quantity:
        raise DataError(
            f"the lots add up to {total}, the line says {said.quantity}",
            path=f"{path}.lots",
        )
    return tuple(parts)


def _take(
    lots: tuple[LotPart, ...], quantity: Decimal
) -> tuple[tuple[LotPart, ...], tuple[LotPart, ...]]:
    """Split lots into the first ``quantity`` of them and the others."""
    taken, others = [], []
    for lot in lots:
        now = min(lot.quantity, quantity)
        if now:
            taken.append(lot._replace(quantity=now))
            quantity -= now
        if lot.quantity - now:
            others.append(lot._replace(quantity=lot.quantity - now))
    return tuple(taken), tuple(others)


def _shipped(line: AskedLine, shares: list[_Share]) -> ShippedLine:
    """Sum the shares of one asked line, lot by lot."""
    lots: dict[str, LotPart] = {}
    for share in shares:
        for lot in share.lots:
            known = lots.get(lot.name)
            before = known.quantity if known else ZERO
            lots[lot.name] = lot._replace(quantity=before + lot.quantity)
    repeated = [lot for lot in lots.values() if lot.quantity > 1]
    if line.tracking == "serial" and repeated:
        raise DataError(
            f"serial number {repeated[0].name} twice", path=f"{shares[0].path}.lots"
        )
    return ShippedLine(
        ref=line.ref,
        quantity=sum((share.quantity for share in shares), ZERO),
        lots=tuple(lots.values()),
        path=shares[0].path,
    )
