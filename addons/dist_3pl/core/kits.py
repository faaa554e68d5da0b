"""Kits: sold as one product, kept and shipped as their components.

A partner may be told which components belong together, or be asked for the kit itself
where it builds it. What it confirms is booked on the components in both cases, and has
to make complete kits: nobody can use half of one.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from ...dist_connector_base.core.canonical import ShipmentConfirmationLine
from ...dist_connector_base.core.errors import BusinessError
from .asked_lines import ZERO, AskedLine
from .units import MEASURED, decimal, in_base, plain

#: A confirmation line with its place in the confirmation.
Placed = tuple[str, ShipmentConfirmationLine]


def complete_kits(parts: Iterable[tuple[Decimal, Fraction]]) -> int:
    """Say how many complete kits there are.

    :param parts: of each component, how much there is and how much one kit takes
    """
    return min((floor(Fraction(have) / per_kit) for have, per_kit in parts), default=0)


def in_components(
    lines: Sequence[ShipmentConfirmationLine], asked: Sequence[AskedLine]
) -> list[Placed]:
    """Give the lines of a confirmation with kits spread over their components.

    A line speaks of a kit when it names the kit's line key, or the kit's SKU where
    nothing else was asked for under it. A kit that was asked for twice fills the first
    one first.

    :raises MappingError: kits in another unit than they were asked in
    :raises BusinessError: parts of kits
    """
    kits = _kits(asked)
    if not kits:
        return [(f"lines[{index}]", said) for index, said in enumerate(lines)]
    left = {
        key: complete_kits((line.open, line.kit.per_kit) for line in parts)
        for key, parts in kits.items()
    }
    skus = {line.sku for line in asked}
    result: list[Placed] = []
    for index, said in enumerate(lines):
        path = f"lines[{index}]"
        if said.line_key is not None:
            meant = [said.line_key] if said.line_key in kits else []
        elif said.sku in skus:
            meant = []
        else:
            meant = [key for key, parts in kits.items() if _sku(parts) == said.sku]
        if not meant:
            result.append((path, said))
            continue
        for key, quantity in _spread(said, meant, kits, left, path):
            result += _components(said, kits[key], quantity, path)
    return result


def check_complete(
    asked: Sequence[AskedLine], moved: Mapping[int, Decimal], path: str = "lines"
) -> None:
    """Refuse components that make no complete kits.

    What was shipped before counts in. A component that was not asked for in full is
    missing only as far as it was asked for.

    :param moved: what the confirmation ships, by ``ref`` of the asked lines
    :raises BusinessError: with what is missing of which kit
    """
    faults = []
    for parts in _kits(asked).values():
        if not any(moved.get(line.ref) for line in parts):
            continue
        total = {line.ref: line.done + moved.get(line.ref, ZERO) for line in parts}
        kits_begun = max(
            ceil(Fraction(total[line.ref]) / line.kit.per_kit) for line in parts
        )
        missing = [
            f"{plain(lacks)} {line.sku}"
            for line in parts
            if (
                lacks := min(
                    Fraction(line.asked) + Fraction(line.surplus),
                    kits_begun * line.kit.per_kit,
                )
                - Fraction(total[line.ref])
            )
            > 0
        ]
        if missing:
            faults.append(f"{kits_begun} {_sku(parts)} lack {' and '.join(missing)}")
    if faults:
        raise BusinessError(
            f"kits are not complete: {'; '.join(faults)}",
            path=f"{path}.kit",
            next_step="Ask the warehouse what really left, and correct the document; "
            "or book it as said, and what is missing is backordered.",
        )


def _kits(asked: Sequence[AskedLine]) -> dict[str, list[AskedLine]]:
    """Give the components that were asked for of each kit."""
    kits: dict[str, list[AskedLine]] = {}
    for line in asked:
        if line.kit:
            kits.setdefault(line.kit.key, []).append(line)
    return kits


def _sku(parts: Sequence[AskedLine]) -> str:
    return parts[0].kit.sku


def _spread(
    said: ShipmentConfirmationLine,
    meant: Sequence[str],
    kits: Mapping[str, Sequence[AskedLine]],
    left: dict[str, int],
    path: str,
) -> Iterable[tuple[str, Decimal]]:
    """Give each kit its share of a line; what is over goes to the last one."""
    first = kits[meant[0]]
    rest = in_base(said, first[0].kit.unit, _sku(first), (), path).quantity
    if rest % 1:
        raise BusinessError(
            f"{plain(rest)} {_sku(first)} are no complete kits",
            path=f"{path}.kit",
            next_step="Ask the warehouse which components left, and replay with them.",
        )
    for key in meant:
        share = rest if key == meant[-1] else min(rest, Decimal(left[key]))
        left[key] -= int(min(share, Decimal(left[key])))
        rest -= share
        if share or key == meant[-1]:
            yield key, share


def _components(
    said: ShipmentConfirmationLine,
    parts: Sequence[AskedLine],
    kits: Decimal,
    path: str,
) -> Iterable[Placed]:
    """Give what so many kits take of each component."""
    tracked = [line for line in parts if line.tracking != "none"]
    for line in parts:
        quantity = Fraction(kits) * line.kit.per_kit
        if quantity.denominator != 1 and line.unit not in MEASURED:
            raise BusinessError(
                f"{plain(kits)} {line.kit.sku} take {plain(quantity)} {line.sku}: no "
                "whole number",
                path=f"{path}.kit",
                next_step="Ask the warehouse which components left, and replay with "
                "them.",
            )
        # lots of a kit can only be those of its one tracked component
        lots = said.lots if tracked == [line] else []
        yield (
            path,
            said.model_copy(
                update={
                    "line_key": line.line_key,
                    "sku": line.sku,
                    "gtin": None,
                    "quantity": decimal(quantity),
                    "ordered_quantity": None,
                    "unit": line.unit,
                    "lots": lots,
                }
            ),
        )
