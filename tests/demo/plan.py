"""What comes in on the demo day: purchases, returns and changes of stock."""

from dataclasses import dataclass, field

from ..support.seed import SHORT_AT_PARTNER, SHORT_HERE
from . import scenario

#: Surplus that is received without a question, in percent.
SURPLUS = 5
#: Adjustments above it wait for a reviewer.
ADJUSTMENT_LIMIT = 200
#: When the dock counts: while orders come in, or in the afternoon.
NOON, AFTERNOON = 1, 2


@dataclass(frozen=True)
class Count:
    """What the dock counts of one product, by its position in the catalogue."""

    product: int
    quantity: int
    condition: str = "GOOD"
    reason: str = ""
    lot: str = ""
    expiry: str = ""


@dataclass(frozen=True)
class Arrival:
    """What is counted at one time; ``final`` False says that the rest follows."""

    when: int
    counts: tuple[Count, ...]
    final: bool = True
    freight: str = ""


@dataclass(frozen=True)
class Purchase:
    """One purchase order of each house: quantities by product, and what comes of it."""

    name: str
    lines: dict[int, int]
    arrivals: tuple[Arrival, ...] = field(default=())


def _in_full(name: str, lines: dict[int, int], when: int, freight="") -> Purchase:
    counts = tuple(Count(product, quantity) for product, quantity in lines.items())
    return Purchase(name, lines, (Arrival(when, counts, freight=freight),))


#: The product that is bought with lots, and the one that our own warehouse sends.
WITH_LOTS, TRANSFERRED, TRANSFER = 4, 10, 15

PURCHASES = (
    _in_full("in full, with freight", {0: 24, 1: 12}, NOON, freight="38.50"),
    Purchase(
        "in two parts",
        {2: 30},
        (
            Arrival(NOON, (Count(2, 18),), final=False),
            Arrival(AFTERNOON, (Count(2, 12),)),
        ),
    ),
    Purchase(
        "less than announced",
        {3: 20, 5: 10},
        (Arrival(NOON, (Count(3, 17, reason="SHORT"), Count(5, 10))),),
    ),
    Purchase(
        "a surplus within the tolerance",
        {7: 40},
        (Arrival(NOON, (Count(7, 41, reason="OVER"),)),),
    ),
    Purchase(
        "a surplus that waits for a person",
        {6: 10},
        (Arrival(NOON, (Count(6, 12, reason="OVER"),)),),
    ),
    Purchase(
        "partly damaged",
        {8: 12},
        (
            Arrival(
                NOON, (Count(8, 10), Count(8, 2, condition="DAMAGED", reason="DAMAGED"))
            ),
        ),
    ),
    _in_full("what orders wait for", {SHORT_AT_PARTNER: 20, SHORT_HERE: 50}, AFTERNOON),
)
#: Only a partner that tells lots of receipts can be sent these.
LOT_PURCHASE = Purchase(
    "with lots and expiry",
    {WITH_LOTS: 24},
    (
        Arrival(
            AFTERNOON,
            (
                Count(WITH_LOTS, 14, lot="NEW-A", expiry="2031-03-31"),
                Count(WITH_LOTS, 10, lot="NEW-B", expiry="2031-09-30"),
            ),
        ),
    ),
)


@dataclass(frozen=True)
class ComingBack:
    """Goods of one order that come back: pieces, and what the house does with them.

    :param told: we authorised it; the parcel names its order; or it names nothing
    """

    name: str
    dispositions: tuple[str, ...]
    told: str = "authorised"
    reason: str = "not_wanted"
    invoiced: bool = False
    exchange: bool = False


RETURNS = (
    ComingBack("credit", ("RESTOCK", "RESTOCK"), invoiced=True),
    ComingBack(
        "mixed", ("RESTOCK", "QUARANTINE", "QUARANTINE", "SCRAP"), reason="damaged"
    ),
    ComingBack("exchange", ("SCRAP",), reason="wrong_item", exchange=True),
    ComingBack("unannounced", ("RESTOCK",), told="order"),
    ComingBack("unknown", ("RESTOCK",), told="nothing"),
)
#: The house's own word for why goods came back.
REASONS = {
    "not_wanted": "NOT_WANTED",
    "damaged": "DAMAGED",
    "wrong_item": "WRONG_ITEM",
}


@dataclass(frozen=True)
class Change:
    """A change of stock that the house found, and tells."""

    product: int
    quantity: int
    reason: str
    from_status: str = ""
    status: str = "SELLABLE"


#: The last one is above the limit.
CHANGES = (
    Change(12, -2, "LOST"),
    Change(13, 1, "FOUND"),
    Change(16, 1, "STATUS", "SELLABLE", "DAMAGED"),
    Change(17, -40, "LOST"),
)

#: What no message explains: pieces that the partner did not find on its shelf, and a
#: damaged one that it found and never told. By house, product and stock status.
SHRINKAGE = scenario.STOCK_THERE - scenario.ASKED_THERE
PLANTED = {
    ("BOB", SHORT_AT_PARTNER, "sellable"): SHRINKAGE,
    ("CSV", SHORT_AT_PARTNER, "sellable"): SHRINKAGE,
    ("CSV", 11, "damaged"): 1,
}

#: What was agreed with the house that bills, by the suite's and the house's words.
RATES = {"pick": ("PICK", "1.50"), "storage": ("STORAGE", "4.00")}
