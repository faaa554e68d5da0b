"""Put what a receipt confirmation says onto the lines that were announced.

Nothing is written here. The result says how much of which announced line came in, in
which lots and in which condition; a fault is raised with its place in the confirmation.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ...dist_connector_base.core.canonical import ReceiptConfirmation, ReceivedLine
from ...dist_connector_base.core.errors import BusinessError, DataError, MappingError

ZERO = Decimal(0)

#: Stock status of what was received in a condition; refused goods never came in.
STATUS = {"good": "sellable", "damaged": "damaged", "quarantine": "quarantine"}
REFUSED = "rejected"


@dataclass(frozen=True)
class AdvisedLine:
    """One line of a receipt advice, as it stands now.

    :param ref: the caller's own handle of the line (a record id)
    :param advised: quantity announced, in ``unit``
    :param received: what earlier confirmations of the same advice brought of it
    :param tracking: ``none``, ``lot`` or ``serial``
    """

    ref: int
    line_key: str
    sku: str
    advised: Decimal
    received: Decimal = ZERO
    unit: str = "EA"
    tracking: str = "none"

    @property
    def open(self) -> Decimal:
        """What is still expected, never below zero."""
        return max(self.advised - self.received, ZERO)


class CountedPart(NamedTuple):
    """How much came in in one lot and stock status; ``lot`` is empty where none is."""

    lot: str
    status: str
    quantity: Decimal
    expiry: date | None


@dataclass
class CountedLine:
    """What came in of one announced line.

    :ivar refused: sent back at the door: it never was in stock
    :ivar path: the confirmation's line that said it first
    """

    ref: int
    path: str
    parts: list[CountedPart] = field(default_factory=list)
    refused: Decimal = ZERO
    reason_code: str = ""
    reason: str = ""

    @property
    def quantity(self) -> Decimal:
        """What came into stock, in whatever status."""
        return sum((part.quantity for part in self.parts), ZERO)

    @property
    def lots(self) -> list["LotName"]:
        """The lots of the line, each once."""
        found = {part.lot: LotName(part.lot, part.expiry) for part in self.parts}
        return [lot for name, lot in found.items() if name]


class LotName(NamedTuple):
    """A lot or serial number and the day on which it expires, where it was told."""

    name: str
    expiry: date | None


def count(
    document: ReceiptConfirmation,
    advised: Sequence[AdvisedLine],
    *,
    tolerance: Decimal | None = ZERO,
) -> list[CountedLine]:
    """Say what came in of each announced line; lines nobody spoke of are left out.

    A confirmation line that names no line key is spread over the announced lines of
    its SKU in their order; what is over goes to the last of them.

    :param tolerance: percent of the announced quantity that may come on top; None
        says that a person allowed whatever came
    :raises DataError: unknown line or SKU, lots that do not add up
    :raises MappingError: another unit than was announced
    :raises BusinessError: more than the tolerance allows, a product that was not
        announced, or a tracked product without its lots
    """
    counted: dict[int, CountedLine] = {}
    left = {line.ref: line.open for line in advised}
    said_over: dict[int, str] = {}
    for index, said in enumerate(document.lines):
        path = f"lines[{index}]"
        candidates = _candidates(said, advised, path)
        _check_unit(said, candidates[0], path)
        for line, parts, refused in _spread(said, candidates, left, path):
            target = counted.setdefault(line.ref, CountedLine(line.ref, path))
            target.parts = _joined(target.parts, parts, line.tracking, path)
            target.refused += refused
            target.reason_code = target.reason_code or said.reason_code or ""
            target.reason = target.reason or said.reason
            said_over.setdefault(line.ref, path)
    if tolerance is not None:
        _check_over(counted, advised, tolerance, said_over)
    return [counted[line.ref] for line in advised if line.ref in counted]


def _candidates(
    said: ReceivedLine, advised: Iterable[AdvisedLine], path: str
) -> list[AdvisedLine]:
    """Give the announced lines that a confirmation line can speak of."""
    if said.line_key is not None:
        found = [line for line in advised if line.line_key == said.line_key]
        if not found:
            raise DataError(
                f"line {said.line_key} was not announced", path=f"{path}.line_key"
            )
        if said.sku == found[0].sku:
            return found
        other = f"{said.sku} came instead of {found[0].sku}"
    else:
        found = [line for line in advised if line.sku == said.sku]
        if found:
            return found
        other = f"{said.sku} was not announced"
    raise BusinessError(
        other,
        path=f"{path}.sku",
        next_step="Add the product to the purchase order and replay, or have the "
        "warehouse send it back.",
    )


def _check_unit(said: ReceivedLine, line: AdvisedLine, path: str) -> None:
    """Refuse to read a case as an each."""
    if said.unit != line.unit:
        raise MappingError(
            f"received in {said.unit}, announced in {line.unit}",
            path=f"{path}.unit",
            vocabulary="unit",
            value=said.unit,
            next_step="Map the partner's unit to the unit announced, if they are the "
            "same; otherwise ask for a confirmation in that unit.",
        )


def _spread(
    said: ReceivedLine,
    candidates: list[AdvisedLine],
    left: dict[int, Decimal],
    path: str,
) -> Iterable[tuple[AdvisedLine, list[CountedPart], Decimal]]:
    """Give each candidate its share, and take it off what is ``left`` of it."""
    if said.condition == REFUSED:
        yield candidates[0], [], said.quantity
        return
    parts = _parts(said, candidates[0].tracking, path)
    rest = said.quantity
    for line in candidates:
        last = line is candidates[-1]
        quantity = rest if last else min(rest, left[line.ref])
        if not quantity and not last:
            continue
        taken, parts = _take(parts, quantity)
        left[line.ref] = max(left[line.ref] - quantity, ZERO)
        rest -= quantity
        yield line, taken, ZERO


def _parts(said: ReceivedLine, tracking: str, path: str) -> list[CountedPart]:
    """Give the lots of a line, checked; one part without a lot where none is kept."""
    status = STATUS[said.condition]
    if not said.quantity:
        return []
    if tracking == "none":
        return [CountedPart("", status, said.quantity, None)]
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
        parts.append(CountedPart(name, status, lot.quantity, lot.expiry))
    if not parts:
        word = "serial numbers" if tracking == "serial" else "lots"
        raise BusinessError(
            f"the {word} of {said.sku} are missing",
            path=f"{path}.lots",
            next_step="Ask the warehouse which ones came, and replay with them.",
        )
    total = sum((part.quantity for part in parts), ZERO)
    if total != said.quantity:
        raise DataError(
            f"the lots add up to {total}, the line says {said.quantity}",
            path=f"{path}.lots",
        )
    return parts


def _take(
    parts: list[CountedPart], quantity: Decimal
) -> tuple[list[CountedPart], list[CountedPart]]:
    """Split parts into the first ``quantity`` of them and the others."""
    taken, others = [], []
    for part in parts:
        now = min(part.quantity, quantity)
        if now:
            taken.append(part._replace(quantity=now))
            quantity -= now
        if part.quantity - now:
            others.append(part._replace(quantity=part.quantity - now))
    return taken, others


def _joined(
    known: list[CountedPart], more: list[CountedPart], tracking: str, path: str
) -> list[CountedPart]:
    """Add parts, so that each lot and status stands there once."""
    sums: dict[tuple[str, str], CountedPart] = {}
    for part in [*known, *more]:
        before = sums.get((part.lot, part.status))
        total = part.quantity + (before.quantity if before else ZERO)
        sums[part.lot, part.status] = part._replace(quantity=total)
    if tracking == "serial":
        times: dict[str, Decimal] = defaultdict(Decimal)
        for part in sums.values():
            times[part.lot] += part.quantity
        twice = [name for name, total in times.items() if total > 1]
        if twice:
            raise DataError(f"serial number {twice[0]} twice", path=f"{path}.lots")
    return list(sums.values())


def _check_over(
    counted: dict[int, CountedLine],
    advised: Iterable[AdvisedLine],
    tolerance: Decimal,
    said_over: dict[int, str],
) -> None:
    """Refuse what is over, beyond the tolerance."""
    for line in advised:
        now = counted.get(line.ref)
        if now is None or not now.quantity:
            continue
        total = line.received + now.quantity
        most = line.advised * (1 + tolerance / 100)
        if total > most:
            raise BusinessError(
                f"{total} of {line.sku} came in, {line.advised} were announced and "
                f"{tolerance.normalize():f} % more are allowed",
                path=f"{said_over[line.ref]}.quantity",
                next_step="Accept the surplus on the transfer, or have the warehouse "
                "send it back and confirm anew.",
            )
