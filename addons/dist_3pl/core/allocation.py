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
from ...dist_connector_base.core.errors import BusinessError, DataError
from .asked_lines import (
    ZERO,
    AskedLine,
    LotPart,
    in_own_unit,
    joined,
    lot_parts,
    named,
    take,
)
from .kits import check_complete, in_components


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
    lots: list[LotPart]


def allocate(
    document: ShipmentConfirmation,
    asked: Sequence[AskedLine],
    *,
    as_said: bool = False,
) -> list[ShippedLine]:
    """Say what was shipped of each asked line; lines without any are left out.

    A confirmation line that names no line key is spread over the asked lines of its
    SKU in their order, one that names a kit over its components.

    :param as_said: a person accepted kits that are not complete
    :raises DataError: unknown line or SKU, lots that do not add up, a serial number
        with another quantity than 1
    :raises MappingError: a unit that the product is not packed in
    :raises BusinessError: more than was asked, another SKU than was asked, or a
        tracked product without its lots, or kits that are not complete
    """
    shares: dict[int, list[_Share]] = defaultdict(list)
    left = {line.ref: line.open for line in asked}
    for path, said in in_components(document.lines, asked):
        candidates = _candidates(said, asked, path)
        said = in_own_unit(said, candidates[0], path)
        for ref, share in _spread(said, candidates, left, path):
            shares[ref].append(share)
    shipped = [
        _shipped(line, shares[line.ref])
        for line in asked
        if any(share.quantity for share in shares[line.ref])
    ]
    if document.completes_request and not as_said:
        check_complete(asked, {part.ref: part.quantity for part in shipped})
    return shipped


def surplus(
    document: ShipmentConfirmation, asked: Sequence[AskedLine]
) -> dict[int, Decimal]:
    """Say how much more was shipped than may be, by asked line; {} for nothing.

    :raises DataError: unknown line or SKU
    :raises MappingError: a unit that the product is not packed in
    :raises BusinessError: another SKU than was asked
    """
    left = {line.ref: line.open for line in asked}
    over: dict[int, Decimal] = defaultdict(Decimal)
    for path, said in in_components(document.lines, asked):
        candidates = _candidates(said, asked, path)
        said = in_own_unit(said, candidates[0], path)
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
    found = named(said, asked, path)
    if not found:
        raise DataError(f"SKU {said.sku} is not in the request", path=f"{path}.sku")
    if said.sku not in (None, found[0].sku):
        raise BusinessError(
            f"{said.sku} was shipped instead of {found[0].sku}",
            path=f"{path}.sku",
            next_step="Agree the substitution with the customer and the warehouse.",
        )
    return found


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
    lots = lot_parts(said, candidates[0].tracking, path)
    rest = said.quantity
    for line in candidates:
        quantity = min(rest, left[line.ref])
        if not quantity:
            continue
        taken, lots = take(lots, quantity)
        left[line.ref] -= quantity
        rest -= quantity
        yield line.ref, _Share(path, quantity, taken)


def _shipped(line: AskedLine, shares: list[_Share]) -> ShippedLine:
    """Sum the shares of one asked line, lot by lot."""
    path = shares[0].path
    parts = [part for share in shares for part in share.lots]
    return ShippedLine(
        ref=line.ref,
        quantity=sum((share.quantity for share in shares), ZERO),
        lots=tuple(joined(parts, line.tracking, path)),
        path=path,
    )
