"""Compare Odoo's books with the partners': nothing lost, nothing done twice.

Both sides are read as they stand: Odoo's by SQL from its database, the partners' from
their own stores. No counter of the code under test is believed.
"""

from collections import Counter
from decimal import Decimal
from typing import Any

import psycopg2

SHIPPED = """
    SELECT p.dist_request_key, pr.default_code, coalesce(l.name, ''),
           sum(ml.quantity_product_uom)
      FROM stock_picking p
      JOIN stock_picking_type t ON t.id = p.picking_type_id AND t.code = 'outgoing'
      JOIN stock_move_line ml ON ml.picking_id = p.id AND ml.state = 'done'
      JOIN product_product pr ON pr.id = ml.product_id
 LEFT JOIN stock_lot l ON l.id = ml.lot_id
     WHERE p.state = 'done' AND p.dist_request_key IS NOT NULL
  GROUP BY 1, 2, 3
"""
PARCELS = """
    SELECT p.dist_request_key, d.tracking_number
      FROM dist_parcel d JOIN stock_picking p ON p.id = d.picking_id
"""
PICKINGS = """
    SELECT p.dist_request_key, p.state, p.dist_state, p.backorder_id IS NOT NULL
      FROM stock_picking p
      JOIN stock_picking_type t ON t.id = p.picking_type_id AND t.code = 'outgoing'
     WHERE p.dist_request_key IS NOT NULL
"""


class Books:
    """What Odoo's database says, read in one snapshot."""

    def __init__(self, build, database: str) -> None:
        cluster = build.cluster
        self._connection = psycopg2.connect(
            host=cluster.host,
            port=cluster.port,
            user=cluster.role,
            password=cluster.password,
            dbname=database,
        )
        self._connection.set_session(isolation_level="REPEATABLE READ", readonly=True)

    def __enter__(self) -> "Books":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._connection.close()

    def rows(self, query: str, *values: Any) -> list[tuple]:
        """Give the rows of a query."""
        with self._connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def refresh(self) -> None:
        """Look again, with what was committed since."""
        self._connection.rollback()

    def number(self, query: str, *values: Any) -> int:
        """Give the one number of a query."""
        return self.rows(query, *values)[0][0]

    def shipped(self) -> dict[str, dict[tuple[str, str], Decimal]]:
        """Give what left, by request key: ``{(sku, lot): quantity}``."""
        found: dict[str, dict[tuple[str, str], Decimal]] = {}
        for key, sku, lot, quantity in self.rows(SHIPPED):
            found.setdefault(key, {})[sku, lot] = Decimal(str(quantity)).normalize()
        return found

    def excused(self) -> set[str]:
        """Give the keys whose difference is an open exception: they have an owner."""
        return {
            key
            for (key,) in self.rows(
                """SELECT DISTINCT coalesce(m.partition, m.key) FROM dist_exception e
                     JOIN dist_message m ON m.id = e.message_id
                    WHERE e.state != 'resolved'"""
            )
        }

    def parcels(self) -> dict[str, Counter]:
        """Give the tracking numbers by request key."""
        found: dict[str, Counter] = {}
        for key, tracking in self.rows(PARCELS):
            found.setdefault(key, Counter())[tracking] += 1
        return found


def partner_shipped(entry: dict[str, Any]) -> dict[tuple[str, str], Decimal]:
    """Give what a partner shipped for one request: ``{(sku, lot): quantity}``."""
    total: Counter = Counter()
    for shipment in entry["shipments"]:
        for line in shipment["lines"].values():
            lots = line.get("lots") or {"": line["quantity"]}
            for lot, quantity in lots.items():
                total[line["sku"], lot] += Decimal(quantity)
    return {place: quantity.normalize() for place, quantity in total.items()}


def partner_parcels(entry: dict[str, Any]) -> Counter:
    """Give the tracking numbers a partner used for one request."""
    return Counter(
        tracking for shipment in entry["shipments"] for tracking in shipment["parcels"]
    )


def compare(odoo: Books, theirs: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """Find every request on which the two sides do not agree.

    :param theirs: the books of all partners, by request key
    :return: ``lost`` (they shipped, we do not know), ``doubled`` (created, shipped or
        booked more than once), ``different``; each a list of sentences. Requests whose
        difference is an open exception are not told here: they have an owner
    """
    excused = odoo.excused()
    ours, our_parcels = odoo.shipped(), odoo.parcels()
    lost, doubled, different = [], [], []
    for key in sorted(set(ours) | set(theirs)):
        entry = theirs.get(key)
        here = ours.get(key, {})
        there = partner_shipped(entry) if entry else {}
        if entry and entry["creates"] > 1:
            doubled.append(f"{key} was created {entry['creates']} times")
        if here == there:
            if entry and our_parcels.get(key, Counter()) != partner_parcels(entry):
                different.append(f"{key}: other parcels here than there")
            continue
        more = {p: q for p, q in here.items() if q > there.get(p, 0)}
        if more:
            doubled.append(f"{key}: booked {more}, they shipped {there}")
        elif key not in excused:
            lost.append(f"{key}: they shipped {there}, booked {here}")
    return {"lost": lost, "doubled": doubled, "different": different}
