"""Compare both stocks at the end of the day, and what Odoo itself found of it.

Every difference must be one that the day planted, or the gap of a document that has
an owner. The reconciliation must tell the same ones, and tell late from real.
"""

from collections.abc import Mapping
from decimal import Decimal

from ..support.seed import Distributor
from . import plan
from .books import Books
from .dock_books import Place, Side

STOCK = """
    SELECT w.code, pr.default_code, coalesce(l.name, ''),
           coalesce(place.code, 'sellable'), sum(q.quantity)
      FROM stock_quant q
      JOIN stock_location loc ON loc.id = q.location_id AND loc.usage = 'internal'
 LEFT JOIN dist_place place
        ON place.location_id = loc.id AND place.kind = 'status'
      JOIN stock_warehouse w ON w.id = coalesce(place.warehouse_id, loc.warehouse_id)
      JOIN product_product pr ON pr.id = q.product_id
 LEFT JOIN stock_lot l ON l.id = q.lot_id
     WHERE w.dist_backend_id IS NOT NULL
  GROUP BY 1, 2, 3, 4
"""
LINES = """
    SELECT w.code, pr.default_code, coalesce(line.lot_name, ''), line.stock_status,
           line.difference, line.kind, line.user_id IS NOT NULL
      FROM dist_reconciliation_line line
      JOIN stock_warehouse w ON w.id = line.warehouse_id
      JOIN product_product pr ON pr.id = line.product_id
     WHERE line.current AND line.source = 'partner_stock'
       AND line.state NOT IN ('settled', 'done')
"""


def planted(shop: Distributor) -> dict[Place, Decimal]:
    """Give the differences that no message explains."""
    return {
        (code, shop.products[product].sku, "", status): Decimal(quantity)
        for (code, product, status), quantity in plan.PLANTED.items()
        if status == "sellable" or shop.houses[code].tells_statuses
    }


def differences(odoo: Books, sides: list[Side]) -> dict[Place, Decimal]:
    """Give what the partners have more than Odoo, read from both stores."""
    found: dict[Place, Decimal] = {}
    by_code = {side.house.code: side for side in sides}
    for code, sku, lot, status, quantity in odoo.rows(STOCK):
        _add(found, by_code[code], sku, lot, status, -Decimal(str(quantity)))
    for side in sides:
        for row in side.levels:
            quantity = Decimal(row["on_hand"])
            _add(found, side, row["sku"], row["lot"], "sellable", quantity)
        for row in side.aside:
            status = row["status"].lower()
            quantity = Decimal(row["quantity"])
            _add(found, side, row["sku"], row["lot"], status, quantity)
    return {place: quantity for place, quantity in found.items() if quantity}


def unexplained(
    odoo: Books,
    sides: list[Side],
    gaps: Mapping[Place, Decimal],
    real: Mapping[Place, Decimal],
) -> list[str]:
    """Say what is wrong with the stock, or with what the reconciliation told of it.

    :param gaps: what documents with an owner explain
    :param real: what the day planted
    """
    quiet = {side.house.code for side in sides if not side.house.tells_statuses}
    late = {
        place: quantity
        for place, quantity in gaps.items()
        if place[0] not in quiet or place[3] == "sellable"
    }
    there = differences(odoo, sides)
    wrong = [
        f"stock of {place}: differs by {there.get(place, 0)}, explained is"
        f" {late.get(place, 0) + real.get(place, 0)}"
        for place in sorted(set(there) | set(late) | set(real))
        if there.get(place, 0) != late.get(place, 0) + real.get(place, 0)
    ]
    told = {}
    for *place, quantity, kind, owned in odoo.rows(LINES):
        place = tuple(place)
        told[place] = Decimal(str(quantity))
        if (kind == "late") != (place not in real):
            wrong.append(f"stock of {place}: told as {kind}")
        if not owned:
            wrong.append(f"stock of {place}: nobody owns the difference")
    wrong += [
        f"stock of {place}: the reconciliation tells {told.get(place)}, it is"
        f" {there.get(place)}"
        for place in sorted(set(told) | set(there))
        if told.get(place) != there.get(place)
    ]
    return wrong


def _add(
    found: dict[Place, Decimal],
    side: Side,
    sku: str,
    lot: str,
    status: str,
    quantity: Decimal,
) -> None:
    if status != "sellable" and not side.house.tells_statuses:
        return
    place = (side.house.code, sku, lot if side.house.tells_lots else "", status)
    found[place] = found.get(place, Decimal(0)) + quantity
