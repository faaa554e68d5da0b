"""Inventory snapshots: what the partners say they hold, loaded set-wise."""

from collections import defaultdict
from operator import itemgetter
from typing import NamedTuple

from odoo import models
from odoo.addons.dist_connector_base.core.errors import DataError, MappingError
from odoo.tools import SQL

#: Names that are told one by one in an exception; more are only counted.
TOLD = 20


class Product(NamedTuple):
    """What a SKU means in one company. ``unit`` is the product's own unit code."""

    id: int
    unit: str | None
    ambiguous: bool


class Level(NamedTuple):
    """The stock of one product, lot and status, as one snapshot tells it."""

    company_id: int
    taken_at: object
    quantity: object
    allocated: object
    expiry: object


class InventorySnapshotHandler(models.AbstractModel):
    _name = "dist.handler.inventory_snapshot"
    _inherit = "dist.handler"
    _description = "Inventory snapshot"
    _dist_needs_order = False

    def _apply(self, batch):
        """Store the stock levels of all snapshots of the batch in one statement.

        An older snapshot changes nothing that a younger one told. Rows whose SKU or
        unit is not ours are told in an exception; the others count all the same.
        """
        self.env.flush_all()
        products = self._products(batch)
        youngest = {}
        for inbound in batch:
            for key, level in self._levels(inbound, products).items():
                known = youngest.get(key)
                if known is None or known.taken_at <= level.taken_at:
                    youngest[key] = level
        if youngest:
            self._store(youngest)
        for inbound in batch:
            if inbound.document.complete:
                self._zero(inbound)
        self.env["dist.partner.stock"].invalidate_model(flush=False)

    # ---------------------------------------------------------------- match

    def _products(self, batch):
        """Find the products of all SKUs, as each company knows them.

        :rtype: dict[tuple[str, int], Product]
        """
        companies = {inbound.backend.company_id.id for inbound in batch}
        skus = {row.sku for inbound in batch for row in inbound.document.rows}
        found = defaultdict(list)
        for sku, company_id, product_id, unit in self.env.execute_query(
            SQL(
                """SELECT p.default_code, t.company_id, p.id, uom.dist_unit_code
                     FROM product_product p
                     JOIN product_template t ON t.id = p.product_tmpl_id
                     JOIN uom_uom uom ON uom.id = t.uom_id
                    WHERE p.active AND p.default_code = ANY(%s)
                      AND (t.company_id IS NULL OR t.company_id = ANY(%s))""",
                list(skus),
                list(companies),
            )
        ):
            for company in [company_id] if company_id else companies:
                found[sku, company].append((product_id, unit))
        return {
            key: Product(*rows[0], ambiguous=len(rows) > 1)
            for key, rows in found.items()
        }

    def _levels(self, inbound, products):
        """Sum the rows of one snapshot, and tell the rows that name nothing of ours.

        A partner that keeps a SKU in two places lists it twice.

        :rtype: dict[tuple[int, int, str, str], Level] by backend, product, lot, status
        """
        backend = inbound.backend
        company_id = backend.company_id.id
        taken_at = inbound.document.taken_at.replace(tzinfo=None)
        levels, unknown, twice, units = {}, set(), set(), set()
        for row in inbound.document.rows:
            product = products.get((row.sku, company_id))
            if product is None:
                unknown.add(row.sku)
            elif product.ambiguous:
                twice.add(row.sku)
            elif product.unit != row.unit:
                units.add((row.sku, row.unit))
            else:
                key = (backend.id, product.id, row.lot or "", row.status)
                known = levels.get(key)
                levels[key] = Level(
                    company_id,
                    taken_at,
                    row.quantity + (known.quantity if known else 0),
                    (row.allocated or 0) + (known.allocated if known else 0),
                    row.expiry or (known.expiry if known else None),
                )
        self._warn(inbound, unknown, twice, units)
        return levels

    def _lots(self, levels):
        """Find which of the told lots are ours: by product, name and company."""
        named = [key for key in levels if key[2]]
        if not named:
            return {}
        return {
            (product_id, name, company_id): lot_id
            for lot_id, product_id, name, company_id in self.env.execute_query(
                SQL(
                    """SELECT id, product_id, name, company_id FROM stock_lot
                        WHERE product_id = ANY(%s) AND name = ANY(%s)""",
                    list({key[1] for key in named}),
                    list({key[2] for key in named}),
                )
            )
        }

    # ---------------------------------------------------------------- write

    def _store(self, levels):
        """Insert the levels, or replace what an older or equally old snapshot told.

        In the order of the unique index: two jobs with the same products then wait for
        each other, and never in a circle.
        """
        lots = self._lots(levels)
        rows = [
            (
                backend_id,
                level.company_id,
                product_id,
                lot_name,
                lots.get((product_id, lot_name, level.company_id))
                or lots.get((product_id, lot_name, None)),
                status,
                str(level.quantity),
                str(level.allocated),
                level.expiry,
                level.taken_at,
            )
            for (backend_id, product_id, lot_name, status), level in sorted(
                levels.items(), key=itemgetter(0)
            )
        ]
        self.env.cr.execute(
            """INSERT INTO dist_partner_stock AS stock (
                   backend_id, company_id, product_id, lot_name, lot_id, status,
                   quantity, allocated, expiry, taken_at)
               SELECT * FROM unnest(
                   %s::int[], %s::int[], %s::int[], %s::varchar[], %s::int[],
                   %s::varchar[], %s::numeric[], %s::numeric[], %s::date[],
                   %s::timestamp[])
               ON CONFLICT (backend_id, product_id, lot_name, status) DO UPDATE SET
                   quantity = excluded.quantity, allocated = excluded.allocated,
                   expiry = excluded.expiry, lot_id = excluded.lot_id,
                   taken_at = excluded.taken_at
                WHERE stock.taken_at <= excluded.taken_at""",
            [list(column) for column in zip(*rows, strict=True)],
        )

    def _zero(self, inbound):
        """What a complete snapshot does not list is not there.

        The rows are locked in the order in which ``_store`` writes them.
        """
        self.env.cr.execute(
            """UPDATE dist_partner_stock AS stock
                  SET quantity = 0, allocated = 0, taken_at = %(taken)s
                 FROM (SELECT id FROM dist_partner_stock
                        WHERE backend_id = %(backend)s AND taken_at < %(taken)s
                     ORDER BY product_id, lot_name COLLATE "C", status COLLATE "C"
                          FOR NO KEY UPDATE) AS gone
                WHERE stock.id = gone.id""",
            {
                "backend": inbound.backend.id,
                "taken": inbound.document.taken_at.replace(tzinfo=None),
            },
        )

    # ----------------------------------------------------------------- tell

    def _warn(self, inbound, unknown, twice, units):
        """Open one exception for all rows that could not be stored."""
        if not (unknown or twice or units):
            return
        units_told = [f"{sku} ({unit})" for sku, unit in units]
        texts = [
            text
            for names, text in (
                (unknown, self.env._("Unknown SKU: %s", _listed(unknown))),
                (twice, self.env._("Several products carry: %s", _listed(twice))),
                (units, self.env._("Not the product's unit: %s", _listed(units_told))),
            )
            if names
        ]
        if not unknown and not twice:
            _sku, unit = min(units)
            error = MappingError(
                texts[0], path="rows[].unit", vocabulary="unit", value=unit
            )
        else:
            error = DataError(
                "; ".join(texts),
                path="rows[].sku",
                next_step=self.env._(
                    "Create the products or correct their internal reference: each "
                    "SKU names one product. The next snapshot brings their stock."
                ),
            )
        inbound.warn(error)


def _listed(names):
    names = sorted(names)
    more = f" … (+{len(names) - TOLD})" if len(names) > TOLD else ""
    return ", ".join(names[:TOLD]) + more
