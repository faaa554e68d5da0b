"""Compare receipts, returns and changes of stock with the partners' docks.

Odoo's side is what was moved, by SQL; the partner's is its own book. What one side
has and the other has not is a gap: it needs an owner, and explains a difference of
stock.
"""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from ..support.seed import House
from .books import Books, partner_shipped

RECEIVED = """
    SELECT p.dist_receipt_key, pr.default_code, coalesce(place.code, 'sellable'),
           sum(ml.quantity_product_uom)
      FROM stock_picking p
      JOIN stock_move_line ml ON ml.picking_id = p.id AND ml.state = 'done'
      JOIN product_product pr ON pr.id = ml.product_id
 LEFT JOIN dist_place place
        ON place.location_id = ml.location_dest_id AND place.kind = 'status'
     WHERE p.dist_receipt_key IS NOT NULL
  GROUP BY 1, 2, 3
"""
#: By our number, and by the partner's of what came back without a word.
RETURNED = """
    SELECT r.backend_id, r.name, coalesce(r.remote_key, ''), r.state, pr.default_code,
           CASE WHEN place.id IS NOT NULL THEN place.code
                WHEN there.usage = 'internal' THEN 'sellable' ELSE 'scrap' END,
           coalesce(sum(ml.quantity_product_uom), 0)
      FROM dist_return r
 LEFT JOIN stock_move_line ml ON ml.picking_id = r.picking_id AND ml.state = 'done'
 LEFT JOIN product_product pr ON pr.id = ml.product_id
 LEFT JOIN stock_location there ON there.id = ml.location_dest_id
 LEFT JOIN dist_place place ON place.location_id = there.id AND place.kind = 'status'
  GROUP BY 1, 2, 3, 4, 5, 6
"""
ADJUSTED = """
    SELECT w.code, a.adjustment_key, a.state, coalesce(sum(ml.quantity_product_uom), 0)
      FROM dist_adjustment a
      JOIN stock_warehouse w ON w.id = a.warehouse_id
      JOIN dist_adjustment_line l ON l.adjustment_id = a.id
 LEFT JOIN stock_move m ON m.dist_adjustment_line_id = l.id
 LEFT JOIN stock_move_line ml ON ml.move_id = m.id AND ml.state = 'done'
  GROUP BY 1, 2, 3
"""
#: Where goods lie, by the partner's word of their condition or disposition.
STATUS = {
    "GOOD": "sellable",
    "DAMAGED": "damaged",
    "QUARANTINE": "quarantine",
    "RESTOCK": "sellable",
    "SCRAP": "scrap",
}

Place = tuple[str, str, str, str]


class Side(NamedTuple):
    """What one partner says.

    :ivar requests: its book of requests, by request key
    :ivar dock: its book of receipts, returns and changes
    :ivar levels: what is for sale, by SKU and lot
    :ivar aside: what is not, by SKU, lot and status
    """

    house: House
    requests: dict[str, dict[str, Any]]
    dock: dict[str, Any]
    levels: list[dict[str, Any]]
    aside: list[dict[str, str]]


class Findings(NamedTuple):
    """What both sides do not agree on.

    :ivar gaps: what the partner's stock has more than Odoo's because of it, by house,
        SKU, lot and stock status
    """

    lost: list[str]
    doubled: list[str]
    different: list[str]
    gaps: dict[Place, Decimal]

    def sentences(self) -> dict[str, list[str]]:
        """Give what is wrong, by kind."""
        return {"lost": self.lost, "doubled": self.doubled, "different": self.different}


def compare_docks(odoo: Books, sides: list[Side]) -> Findings:
    """Compare what came in, came back and was counted."""
    found = Findings([], [], [], {})
    for side in sides:
        _receipts(odoo, side, found)
        _returns(odoo, side, found)
        _changes(odoo, side, found)
        _shipments(odoo, side, found)
    return found


def _receipts(odoo: Books, side: Side, found: Findings) -> None:
    ours: dict[str, dict[tuple[str, str], Decimal]] = {}
    for key, sku, status, quantity in odoo.rows(RECEIVED):
        ours.setdefault(key, {})[sku, status] = Decimal(str(quantity))
    excused = odoo.excused()
    # who tells no condition says nothing of what is not for sale
    words = STATUS if side.house.tells_conditions else {"GOOD": "sellable"}
    for key, entry in side.dock["receipts"].items():
        if entry["creates"] > 1:
            found.doubled.append(f"{key} was announced {entry['creates']} times")
        there = _said(entry["received"], words)
        _judge(side, key, ours.get(key, {}), there, key in excused, found)


def _returns(odoo: Books, side: Side, found: Findings) -> None:
    ours: dict[str, dict[tuple[str, str], Decimal]] = {}
    waiting = set()
    for backend, name, remote, state, sku, status, quantity in odoo.rows(RETURNED):
        if backend != side.house.backend_id:
            continue  # partners count from the same number
        for number in filter(None, (name, remote)):
            ours.setdefault(number, {})
            if sku:
                ours[number][sku, status] = Decimal(str(quantity))
            if state == "unassigned":
                waiting.add(number)
    for number, entry in side.dock["returns"].items():
        key = entry["return_key"] or next(
            (name for name in (number, f"T{number}") if name in ours), number
        )
        there = _said(entry["taken_back"], STATUS)
        _judge(side, key, ours.get(key, {}), there, key in waiting, found)


def _changes(odoo: Books, side: Side, found: Findings) -> None:
    ours = {
        key: (state, Decimal(str(quantity)))
        for code, key, state, quantity in odoo.rows(ADJUSTED)
        if code == side.house.code
    }
    for change in side.dock["changes"]:
        numbers = (f"A{change['id']}", str(change["id"]))
        key = next((name for name in numbers if name in ours), numbers[0])
        state, moved = ours.get(key, ("", Decimal(0)))
        quantity = Decimal(change["quantity"])
        if state == "to_approve" and not moved:
            for status, sign in ((change["status"], 1), (change["from_status"], -1)):
                if status:
                    place = _place(side, change["sku"], change["lot"], status.lower())
                    _add(found.gaps, place, sign * quantity)
        elif not state:
            found.lost.append(f"adjustment {key} is not known here")
        elif abs(quantity) != moved:
            found.different.append(f"adjustment {key}: {quantity} there, {moved} here")


def _shipments(odoo: Books, side: Side, found: Findings) -> None:
    """Note what left without being booked; what is wrong with it is told elsewhere."""
    ours = odoo.shipped()
    for key, entry in side.requests.items():
        here, there = ours.get(key, {}), partner_shipped(entry)
        for sku, lot in set(here) | set(there):
            rest = there.get((sku, lot), Decimal(0)) - here.get((sku, lot), Decimal(0))
            _add(found.gaps, _place(side, sku, lot, "sellable"), -rest)


def _said(
    counted: Mapping[str, Mapping[str, str]], words: Mapping[str, str]
) -> dict[tuple[str, str], Decimal]:
    """Give what a partner tells of goods, by SKU and stock status."""
    found: Counter = Counter()
    for sku, parts in counted.items():
        for word in set(parts) & set(words):
            found[sku, words[word]] += Decimal(parts[word])
    return dict(found)


def _judge(
    side: Side,
    key: str,
    here: dict[tuple[str, str], Decimal],
    there: dict[tuple[str, str], Decimal],
    excused: bool,
    found: Findings,
) -> None:
    """Say what is wrong with one document, and note the gap it leaves in the stock."""
    if here == there:
        return
    if any(quantity > there.get(place, 0) for place, quantity in here.items()):
        found.doubled.append(f"{key}: booked {_text(here)}, they have {_text(there)}")
    elif not excused:
        found.lost.append(f"{key}: they have {_text(there)}, booked {_text(here)}")
    for sku, status in set(here) | set(there):
        if status == "scrap":
            continue
        rest = there.get((sku, status), Decimal(0)) - here.get(
            (sku, status), Decimal(0)
        )
        _add(found.gaps, _place(side, sku, "", status), rest)


def _place(side: Side, sku: str, lot: str, status: str) -> Place:
    return (side.house.code, sku, lot if side.house.tells_lots else "", status)


def _add(gaps: dict[Place, Decimal], place: Place, quantity: Decimal) -> None:
    total = gaps.get(place, Decimal(0)) + quantity
    gaps.pop(place, None)
    if total:
        gaps[place] = total


def _text(goods: dict[tuple[str, str], Decimal]) -> str:
    return ", ".join(f"{q:f} {sku} {status}" for (sku, status), q in goods.items())
