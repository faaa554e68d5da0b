"""Packing: picked goods into parcels with labels."""

import math
from collections.abc import Sequence
from decimal import Decimal

from .stockroom import Pick

#: GS1 company prefix of the demo partner's SSCCs (made up).
COMPANY_PREFIX = "4099999"


def pack(picks: Sequence[Pick], parcels: int) -> list[list[Pick]]:
    """Spread the picks over so many parcels (fewer when there are fewer pieces)."""
    total = sum((item.quantity for item in picks), Decimal(0))
    number = max(1, min(parcels, math.floor(total) or 1))
    room = Decimal(math.ceil(total / number))
    result: list[list[Pick]] = [[]]
    left = room
    for item in picks:
        rest = item.quantity
        while rest > 0:
            if left == 0:
                result.append([])
                left = room
            part = min(rest, left)
            result[-1].append(item._replace(quantity=part))
            rest -= part
            left -= part
    return result


def tracking_number(shipment_id: int, position: int) -> str:
    """Return the label's number, the same after a restart."""
    return f"1Z{shipment_id:09d}{position:03d}"


def sscc(shipment_id: int, position: int) -> str:
    """Return an SSCC of 18 digits with its check digit (GS1 General Specifications)."""
    body = f"0{COMPANY_PREFIX}{shipment_id * 100 + position:09d}"
    weighted = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(body))
    return f"{body}{-weighted % 10}"
