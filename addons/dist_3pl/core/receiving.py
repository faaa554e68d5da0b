"""Put what a receipt confirmation says onto the lines that were announced.

Nothing is written here. The result says how much of which announced line came in, in
which lots and in which condition; a fault is raised with its place in the confirmation.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ...dist_connector_base.core.canonical import ReceiptConfirmation, ReceivedLine
from ...dist_connector_base.core.errors import BusinessError
from .asked_lines import (
    SELLABLE,
    ZERO,
    AskedLine,
    LotPart,
    in_own_unit,
    joined,
    lot_parts,
    named,
    take,
)

#: Stock status of what was received in a condition; refused goods never came in.
STATUS = {"good": SELLABLE, "damaged": "damaged", "quarantine": "quarantine"}
REFUSED = "rejected"


@dataclass
class CountedLine:
    """What came in of one announced line.

    :ivar parts: by lot and stock status; a part without a lot where none is kept
    :ivar refused: sent back at the door: it never was in stock
    :ivar path: the confirmation's line that said it first
    """

    ref: int
    path: str
    parts: list[LotPart] = field(default_factory=list)
    refused: Decimal = ZERO
    reason_code: str = ""
    reason: str = ""

    @property
    def quantity(self) -> Decimal:
        """What came into stock, in whatever status."""
        return sum((part.quantity for part in self.parts), ZERO)

    @property
    def lots(self) -> list[LotPart]:
        """The lots of the line, each once."""
        return list({part.name: part for part in self.parts if part.name}.values())


def count(
    document: ReceiptConfirmation,
    advised: Sequence[AskedLine],
    *,
    tolerance: Decimal | None = ZERO,
) -> list[CountedLine]:
    """Say what came in of each announced line; lines nobody spoke of are left out.

    A confirmation line that names no line key is spread over the announced lines of
    its SKU in their order; what is over goes to the last of them.

    :param tolerance: percent of the announced quantity that may come on top; None
        says that a person allowed whatever came
    :raises DataError: unknown line or SKU, lots that do not add up
    :raises MappingError: a unit that the product is not packed in
    :raises BusinessError: more than the tolerance allows, a product that was not
        announced, or a tracked product without its lots
    """
    counted: dict[int, CountedLine] = {}
    left = {line.ref: line.open for line in advised}
    said_over: dict[int, str] = {}
    for index, said in enumerate(document.lines):
        path = f"lines[{index}]"
        candidates = _candidates(said, advised, path)
        said = in_own_unit(said, candidates[0], path)
        for line, parts, refused in _spread(said, candidates, left, path):
            target = counted.setdefault(line.ref, CountedLine(line.ref, path))
            target.parts = joined([*target.parts, *parts], line.tracking, path)
            target.refused += refused
            target.reason_code = target.reason_code or said.reason_code or ""
            target.reason = target.reason or said.reason
            said_over.setdefault(line.ref, path)
    if tolerance is not None:
        _check_over(counted, advised, tolerance, said_over)
    return [counted[line.ref] for line in advised if line.ref in counted]


def _candidates(
    said: ReceivedLine, advised: Iterable[AskedLine], path: str
) -> list[AskedLine]:
    """Give the announced lines that a confirmation line can speak of."""
    found = named(said, advised, path)
    if found and found[0].sku == said.sku:
        return found
    raise BusinessError(
        f"{said.sku} came instead of {found[0].sku}"
        if found
        else f"{said.sku} was not announced",
        path=f"{path}.sku",
        next_step="Add the product to the purchase order and replay, or have the "
        "warehouse send it back.",
    )


def _spread(
    said: ReceivedLine,
    candidates: list[AskedLine],
    left: dict[int, Decimal],
    path: str,
) -> Iterable[tuple[AskedLine, list[LotPart], Decimal]]:
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
        taken, parts = take(parts, quantity)
        left[line.ref] = max(left[line.ref] - quantity, ZERO)
        rest -= quantity
        yield line, taken, ZERO


def _parts(said: ReceivedLine, tracking: str, path: str) -> list[LotPart]:
    """Give the lots of a line, checked; one part without a lot where none is kept."""
    status = STATUS[said.condition]
    if tracking == "none" and said.quantity:
        return [LotPart("", said.quantity, None, status)]
    return lot_parts(said, tracking, path, status)


def _check_over(
    counted: dict[int, CountedLine],
    advised: Iterable[AskedLine],
    tolerance: Decimal,
    said_over: dict[int, str],
) -> None:
    """Refuse what is over, beyond the tolerance."""
    for line in advised:
        now = counted.get(line.ref)
        if now is None or not now.quantity:
            continue
        total = line.done + now.quantity
        most = line.asked * (1 + tolerance / 100)
        if total > most:
            raise BusinessError(
                f"{total} of {line.sku} came in, {line.asked} were announced and "
                f"{tolerance.normalize():f} % more are allowed",
                path=f"{said_over[line.ref]}.quantity",
                next_step="Accept the surplus on the transfer, or have the warehouse "
                "send it back and confirm anew.",
            )
