"""Quantities that a partner tells in packs, in the unit that a product is kept in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from ...dist_connector_base.core.canonical import Part
from ...dist_connector_base.core.errors import DataError, MappingError

#: Units of UN/ECE Recommendation 20 that measure instead of counting: of goods kept in
#: them, a pack may hold a fraction.
MEASURED = frozenset(
    {"KGM", "GRM", "TNE", "LBR", "ONZ", "LTR", "MLT", "GLL", "MTR", "CMT", "FOT"}
    | {"INH", "MTK", "MTQ"}
)
#: Units that mean the same for every product; all others are what the product says.
FIXED = MEASURED | {"DZN", "PR"}

Line = TypeVar("Line", bound=Part)


@dataclass(frozen=True)
class Pack:
    """A unit of a product beside the one it is kept in.

    :param unit: its canonical code; a product may have cases of two sizes
    :param contains: so many of the product's own unit, exact
    :param gtin: its barcode
    :param ordered: the order that a confirmation answers was made in it
    :param kept: the product is really packed so; a dozen fits any product
    """

    unit: str
    contains: Fraction
    gtin: str = ""
    ordered: bool = False
    kept: bool = True

    def __str__(self) -> str:
        return f"{self.unit} of {plain(self.contains)}"


def plain(value: Fraction | Decimal) -> str:
    """Write a quantity without needless zeros: ``12``, ``0.5``, ``100/12``."""
    number = Fraction(value)
    if number.denominator == 1:
        return str(number.numerator)
    text = f"{float(number):.6f}".rstrip("0")
    return text if Fraction(text) == number else str(number)


def in_base(said: Line, base: str, sku: str, packs: Iterable[Pack], path: str) -> Line:
    """Give a confirmation line in the unit that its product is kept in.

    Lots are in the line's unit or, as serial numbers always are, in the product's:
    whichever adds up.

    :param said: any canonical line with ``quantity`` and ``unit``
    :param base: code of the product's own unit; ``sku`` names the product in errors
    :raises MappingError: the product has no such pack, or two of that name
    :raises DataError: a fraction of what is counted in pieces
    """
    if said.unit == base:
        return said
    pack = _pack(said, base, sku, packs, path)
    return multiplied(said, pack.contains, base, path)


def multiplied(said: Line, factor: Fraction, base: str, path: str) -> Line:
    """Give a line with so many times the quantity, in unit ``base``.

    :raises DataError: the result is a fraction of what is counted in pieces
    """

    def times(quantity: Decimal) -> Decimal:
        result = Fraction(quantity) * factor
        if result.denominator != 1 and base not in MEASURED:
            raise DataError(
                f"{plain(quantity)} {said.unit} are {plain(result)} {base}: no whole "
                "number",
                path=f"{path}.quantity",
                next_step="Ask the warehouse for the quantity in pieces, or correct "
                "what the pack holds.",
            )
        return decimal(result)

    quantity = times(said.quantity)
    changes: dict[str, Any] = {"quantity": quantity, "unit": base}
    for name in ("ordered_quantity", "expected_quantity"):
        if (told := getattr(said, name, None)) is not None:
            changes[name] = times(told)
    lots = getattr(said, "lots", ())
    if lots and sum(lot.quantity for lot in lots) != quantity:
        changes["lots"] = [
            lot.model_copy(update={"quantity": times(lot.quantity)}) for lot in lots
        ]
    return said.model_copy(update=changes)


def whole_packs(quantity: Decimal, packs: Sequence[Pack]) -> tuple[int, Pack] | None:
    """Say a quantity in packs: in those it was ordered in, else in the largest.

    :return: how many of which pack, or None where none fits without a rest
    """
    for pack in sorted(packs, key=lambda p: (not p.ordered, -p.contains)):
        number = Fraction(quantity) / pack.contains
        exact = Fraction(decimal(pack.contains)) == pack.contains
        if pack.kept and exact and pack.contains > 1 and number.denominator == 1:
            return number.numerator, pack
    return None


def decimal(value: Fraction) -> Decimal:
    """Give a fraction as a decimal; one that has none is rounded to 28 digits."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def _pack(said: Any, base: str, sku: str, packs: Iterable[Pack], path: str) -> Pack:
    """Find the pack that a line speaks of."""
    known = list(packs)
    found = [pack for pack in known if pack.unit == said.unit]
    if len({pack.contains for pack in found}) > 1:
        # the order's own pack, or the one whose barcode was scanned
        gtin = getattr(said, "gtin", None)
        found = (
            [pack for pack in found if gtin and pack.gtin == gtin]
            or [pack for pack in found if pack.ordered]
            or found
        )
    if len({pack.contains for pack in found}) == 1:
        return found[0]
    if found:
        sizes = " or ".join(plain(pack.contains) for pack in found)
        text = f"a {said.unit} of {sku} may hold {sizes} {base}"
        step = (
            "Give packs of different size different unit codes, or ask for a "
            f"confirmation in {base}; then replay."
        )
    else:
        names = ", ".join(str(pack) for pack in known) or "none"
        text = f"{sku} is kept in {base} and has no pack {said.unit}; packs: {names}"
        step = (
            f"Add a packaging with the unit code {said.unit} to the product, or map "
            "the partner's unit to the one it means; then replay."
        )
    raise MappingError(
        text, path=f"{path}.unit", vocabulary="unit", value=said.unit, next_step=step
    )
