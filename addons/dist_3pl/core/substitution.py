"""Find what left instead of what was asked for.

Nothing is written here. A confirmation line names the line that was asked for and
another SKU, or its own SKU and the one that it takes the place of.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from ...dist_connector_base.core.canonical import (
    ParcelContent,
    ShipmentConfirmation,
    ShipmentConfirmationLine,
)
from ...dist_connector_base.core.errors import BusinessError
from .asked_lines import AskedLine

#: So exact are quantities kept.
_STEP = Decimal("0.000001")


@dataclass(frozen=True)
class Swap:
    """One line of a confirmation that ships another SKU than was asked for.

    :ivar index: place of the line in the confirmation
    :ivar asked: the line that was asked for
    :ivar quantity: how much of ``sku`` left, in ``unit``
    """

    index: int
    asked: AskedLine
    sku: str
    quantity: Decimal
    unit: str

    @property
    def path(self) -> str:
        """Where the confirmation says it."""
        return f"lines[{self.index}]"

    def refusal(self) -> BusinessError:
        """Give the error of what nobody has agreed to."""
        return BusinessError(
            f"{self.sku} was shipped instead of {self.asked.sku}",
            path=f"{self.path}.sku",
            next_step="Agree it with the customer, then approve or reject the "
            "substitution.",
        )


def swaps(document: ShipmentConfirmation, asked: Sequence[AskedLine]) -> list[Swap]:
    """Give the substitutions of a confirmation; most have none."""
    found = []
    for index, said in enumerate(document.lines):
        line = _meant(said, asked)
        if line and said.sku and said.quantity and said.sku != line.sku:
            found.append(Swap(index, line, said.sku, said.quantity, said.unit))
    return found


def replaced(swap: Swap, quantity: Decimal, ratio: Decimal) -> Decimal:
    """Give how much of what was asked for the substitute takes the place of.

    :param quantity: of the substitute, in its own unit
    :param ratio: units of the substitute for one of what was asked for
    :raises BusinessError: more than may still be shipped
    """
    taken = (quantity / ratio).quantize(_STEP, ROUND_HALF_UP).normalize()
    if taken > swap.asked.open:
        raise BusinessError(
            f"{quantity:f} of {swap.sku} take the place of {taken:f} of "
            f"{swap.asked.sku}, only {swap.asked.open:f} may still be shipped",
            path=f"{swap.path}.quantity",
            next_step="Ask the warehouse what really left, or correct the ratio of the "
            "substitution.",
        )
    return taken


def rewritten(
    document: ShipmentConfirmation, keys: dict[int, tuple[str, str]], dropped: set[int]
) -> ShipmentConfirmation:
    """Give the confirmation as it is to be booked.

    :param keys: by place of the line: line key and SKU of the substitute's own line
    :param dropped: places of lines that are not booked at all
    """
    lines = []
    for index, said in enumerate(document.lines):
        if index in keys:
            line_key, sku = keys[index]
            change = {"line_key": line_key, "sku": sku, "substitutes": None}
            said = said.model_copy(update=change)
        elif index in dropped:
            said = said.model_copy(
                update={
                    "quantity": Decimal(0),
                    "lots": [],
                    "sku": said.substitutes if said.line_key is None else None,
                    "substitutes": None,
                }
            )
        lines.append(said)
    moved = {
        (document.lines[index].line_key, sku): line_key
        for index, (line_key, sku) in keys.items()
    }
    parcels = [
        parcel.model_copy(
            update={"contents": [_content(held, moved) for held in parcel.contents]}
        )
        for parcel in document.parcels
    ]
    return document.model_copy(update={"lines": lines, "parcels": parcels})


def _content(
    held: ParcelContent, moved: dict[tuple[str | None, str], str]
) -> ParcelContent:
    key = moved.get((held.line_key, held.sku or ""))
    return held.model_copy(update={"line_key": key}) if key else held


def _meant(
    said: ShipmentConfirmationLine, asked: Iterable[AskedLine]
) -> AskedLine | None:
    """Give the asked line that a line speaks of; None where nothing is exchanged."""
    if said.line_key is not None:
        return next((line for line in asked if line.line_key == said.line_key), None)
    if said.substitutes is None:
        return None
    same = [line for line in asked if line.sku == said.substitutes]
    return next((line for line in same if line.open > 0), same[0] if same else None)
