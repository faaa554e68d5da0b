"""Is it a case that was read as an each? What the figures of a confirmation suggest.

A partner that confirms "2 EA" of 24 pieces in cases of 12 has probably shipped two
cases; one that confirms 288 has probably read 24 pieces as 24 cases, or multiplied
twice. Booked as said, the stock is wrong and nothing shows it. But two pieces of 24
may also be all that was there, and a partner is not to be asked without grounds. So:

* **Over:** exactly a pack's factor more than is open is always asked about. Nobody
  ships twelve times an order by chance, and it is over in any case.
* **Short:** exactly a pack's factor less than is open is asked about when *every*
  product of the confirmation that has packs is short in this way, the partner gave no
  reason and closes the order, and one thing more speaks for it: two such products
  or more; the order was made in that pack; the pack's barcode stands on the line; the
  lots or the parcels add up to what was asked; or the partner names the small figure
  as what was ordered, too.

An ordinary short shipment has no such grounds, and is booked. What comes in another
unit than pieces is no question at all: it is converted, see ``units``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ...dist_connector_base.core.canonical.common import ParcelContent
from ...dist_connector_base.core.errors import BusinessError
from .asked_lines import ZERO, AskedLine
from .units import Pack, multiplied, plain

#: What a person may answer: the figures count packs, or they are right as they stand.
AS_PACKS = "packs"
AS_SAID = "said"


@dataclass
class _Product:
    """All that a confirmation says of one product."""

    asked: list[AskedLine]
    said: list[tuple[int, Any]] = field(default_factory=list)

    @property
    def sku(self) -> str:
        return self.asked[0].sku

    @property
    def unit(self) -> str:
        return self.asked[0].unit

    @property
    def open(self) -> Decimal:
        return sum((line.open for line in self.asked), ZERO)

    @property
    def quantity(self) -> Decimal:
        return sum((line.quantity for _index, line in self.said), ZERO)

    @property
    def in_pieces(self) -> bool:
        """All was told in the product's own unit."""
        return all(line.unit == self.unit for _index, line in self.said)

    @property
    def differs(self) -> bool:
        """Something else was told, in pieces, than what is open."""
        quantity, still_open = self.quantity, self.open
        return bool(
            quantity and still_open and quantity != still_open and self.in_pieces
        )

    @property
    def packs(self) -> Sequence[Pack]:
        return [
            pack for pack in self.asked[0].packs() if pack.kept and pack.contains > 1
        ]


@dataclass(frozen=True)
class Doubt:
    """A product whose quantity looks as if packs and pieces were confused.

    :param factor: what the quantity is to be multiplied with to fit
    """

    product: _Product
    pack: Pack
    factor: Fraction

    @property
    def over(self) -> bool:
        """More was confirmed than is open."""
        return self.factor < 1

    def __str__(self) -> str:
        said = self.product
        # over: 288 said of 24 asked, which would be 24 packs; short: 2 packs are 24
        packs = self.product.open if self.over else said.quantity
        pieces = said.quantity if self.over else self.product.open
        return (
            f"{plain(said.quantity)} {said.unit} of {said.sku} confirmed, "
            f"{plain(said.open)} are open; {plain(packs)} {self.pack} are "
            f"{plain(pieces)}"
        )


def checked(
    lines: Sequence[Any],
    asked: Sequence[AskedLine],
    *,
    contents: Iterable[ParcelContent] = (),
    closes: bool = True,
    answer: str = "",
) -> list[Any]:
    """Give the lines of a confirmation as they are to be booked.

    :param lines: canonical lines of a shipment or a receipt
    :param contents: of the parcels, where they were told
    :param closes: nothing more comes under the same order
    :param answer: what a person decided: ``AS_PACKS``, ``AS_SAID``, or nothing yet
    :raises BusinessError: pieces and packs may be confused, and nobody decided yet;
        or the figures are no longer those that were decided on
    """
    if answer == AS_SAID or (not answer and _as_asked(lines, asked)):
        return list(lines)
    found = doubts(lines, asked, contents=contents, closes=closes)
    if answer == AS_PACKS:
        return _corrected(lines, found)
    if found:
        first = found[0]
        as_packs = ", ".join(
            f"{plain(doubt.product.open)} {doubt.product.sku}" for doubt in found
        )
        raise BusinessError(
            "pieces or packs? " + "; ".join(str(doubt) for doubt in found),
            path=f"lines[{first.product.said[0][0]}].unit",
            next_step="Ask the warehouse what really moved. Then book it as ordered "
            f"({as_packs}), or as said.",
        )
    return list(lines)


def doubts(
    lines: Sequence[Any],
    asked: Sequence[AskedLine],
    *,
    contents: Iterable[ParcelContent] = (),
    closes: bool = True,
) -> list[Doubt]:
    """Give the products whose figures suggest that packs were read as pieces.

    See the module for the rule. Packs are asked for only where a quantity differs.
    """
    products = _by_product(lines, asked)
    differing = [p for p in products if p.differs]
    over = [doubt for p in differing if (doubt := _over(p))]
    if over or not closes:
        return over
    short = [doubt for p in differing if (doubt := _short(p))]
    if not short:
        return []
    doubted = {id(doubt.product) for doubt in short}
    if any(p.quantity and p.packs for p in products if id(p) not in doubted):
        return []
    told = list(contents)
    if len(short) > 1 or any(_speaks_for(doubt, told) for doubt in short):
        return short
    return []


def _as_asked(lines: Sequence[Any], asked: Sequence[AskedLine]) -> bool:
    """Whether each line tells just what is open of the line that it names.

    So it is nearly always; there is nothing to look at then.
    """
    by_key = {line.line_key: line for line in asked}
    for said in lines:
        line = by_key.pop(said.line_key, None)
        if not line or said.quantity != line.open or said.unit != line.unit:
            return False
    return True


def _by_product(lines: Sequence[Any], asked: Sequence[AskedLine]) -> list[_Product]:
    """Gather the lines of each product; what was not asked for is not doubted here."""
    products: dict[str, _Product] = {}
    by_key = {}
    for line in asked:
        products.setdefault(line.sku, _Product([])).asked.append(line)
        by_key[line.line_key] = line
    for index, said in enumerate(lines):
        line = by_key.get(said.line_key)
        product = products.get(line.sku if line else said.sku)
        if product:
            product.said.append((index, said))
    return [product for product in products.values() if product.said]


def _over(product: _Product) -> Doubt | None:
    if product.quantity <= product.open:
        return None
    for pack in product.packs:
        if Fraction(product.quantity) == Fraction(product.open) * pack.contains:
            return Doubt(product, pack, 1 / pack.contains)
    return None


def _short(product: _Product) -> Doubt | None:
    if product.quantity >= product.open:
        return None
    if any(line.reason_code for _index, line in product.said):
        return None
    for pack in product.packs:
        if Fraction(product.quantity) * pack.contains == Fraction(product.open):
            return Doubt(product, pack, pack.contains)
    return None


def _speaks_for(doubt: Doubt, contents: Sequence[ParcelContent]) -> bool:
    """Whether something besides the figure itself says that packs were counted."""
    product, pack = doubt.product, doubt.pack
    said = [line for _index, line in product.said]
    keys = {line.line_key for line in product.asked}
    lots = sum((lot.quantity for line in said for lot in line.lots), ZERO)
    packed = sum(
        (
            Fraction(content.quantity)
            * (pack.contains if content.unit == pack.unit else 1)
            for content in contents
            if content.line_key in keys
            or (content.line_key is None and content.sku == product.sku)
        ),
        Fraction(0),
    )
    told = [
        getattr(line, "ordered_quantity", None)
        or getattr(line, "expected_quantity", None)
        for line in said
    ]
    return (
        pack.ordered
        or any(pack.gtin and line.gtin == pack.gtin for line in said)
        or product.open in (lots, packed)
        or (all(told) and sum(told) == product.quantity)
    )


def _corrected(lines: Sequence[Any], found: Sequence[Doubt]) -> list[Any]:
    """Multiply what was doubted, as a person decided."""
    if not found:
        raise BusinessError(
            "the figures are not those any more that somebody decided on",
            path="lines[0].unit",
            next_step="Look at what is open now, and decide once more.",
        )
    result = list(lines)
    for doubt in found:
        for index, said in doubt.product.said:
            result[index] = multiplied(
                said, doubt.factor, doubt.product.unit, f"lines[{index}]"
            )
    return result
