"""The rows of snapshots in the database: loaded once, matched and stored in SQL."""

import io
from collections import defaultdict

from odoo.tools import SQL

#: From so many rows on, COPY into a temporary table is faster than parameters.
MANY = 2_000
_COPY = "COPY dist_snapshot_row FROM STDIN"
_COLUMNS = (
    ("doc", "int"),
    ("sku", "varchar"),
    ("quantity", "numeric"),
    ("allocated", "numeric"),
    ("unit", "varchar"),
    ("status", "varchar"),
    ("lot", "varchar"),
    ("expiry", "date"),
)
# COPY's text form: the characters that mean something in it
_NULL = "\\N"
_ESCAPE = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class SnapshotRows:
    """The rows of a batch of snapshots.

    :param batch: incoming documents
    :param warehouses: the warehouse id of each, or None
    """

    def __init__(self, env, batch, warehouses):
        self.env = env
        self.batch = batch
        self.warehouses = warehouses
        self.many = sum(len(inbound.document.rows) for inbound in batch) >= MANY

    def __enter__(self):
        if self.many:
            # for this transaction: sums and sorts in memory, and a short look at the
            # tables' statistics
            self.env.cr.execute(
                "SELECT set_config('work_mem', '64MB', true),"
                " set_config('jit', 'off', true),"
                " set_config('default_statistics_target', '10', true)"
            )
            self._copy()
            self.rows = SQL("SELECT * FROM dist_snapshot_row")
            # of its own, so that the planner knows how many there are
            self.env.cr.execute(
                SQL(
                    "CREATE TEMPORARY TABLE dist_snapshot_product ON COMMIT DROP AS %s",
                    self._products(),
                )
            )
            self.env.cr.execute("ANALYZE dist_snapshot_product")
            self.products = SQL("SELECT * FROM dist_snapshot_product")
        else:
            self.rows = SQL(
                "SELECT * FROM unnest(%s) AS r (%s)",
                SQL(", ").join(
                    SQL("%s::" + kind + "[]", list(values))
                    for (_name, kind), values in zip(
                        _COLUMNS, self._columns(), strict=True
                    )
                ),
                SQL(", ").join(SQL.identifier(name) for name, _kind in _COLUMNS),
            )
            self.products = self._products()
        return self

    def __exit__(self, kind, *_exc_info):
        # after an error the savepoint's rollback drops them
        if self.many and kind is None:
            self.env.cr.execute("DROP TABLE dist_snapshot_row, dist_snapshot_product")

    def store(self):
        """Insert the levels, or replace what an older or equally old snapshot told.

        Rows of one SKU, lot and status in one snapshot are summed: a partner that
        keeps a SKU in two places lists it twice. In the order of the unique index:
        two jobs with the same products then wait for each other, and never in a
        circle.
        """
        self.env.cr.execute(
            SQL(
                """INSERT INTO dist_partner_stock AS stock (
                       backend_id, company_id, warehouse_id, product_id, lot_name,
                       lot_id, status, quantity, allocated, expiry, taken_at)
                   SELECT v.backend, v.company, v.warehouse, v.product, v.lot, v.lot_id,
                          v.status, v.quantity, v.allocated, v.expiry, v.taken_at
                     FROM (SELECT DISTINCT ON (backend, warehouse, product,
                                               lot COLLATE "C", status COLLATE "C")
                                  level.*, own.id AS lot_id
                             FROM (%s) AS level
                                  LEFT JOIN stock_lot own
                                      ON own.product_id = level.product
                                     AND own.name = level.lot
                                     AND (own.company_id IS NULL
                                          OR own.company_id = level.company)
                         ORDER BY backend, warehouse, product, lot COLLATE "C",
                                  status COLLATE "C", taken_at DESC, doc DESC,
                                  own.company_id NULLS LAST) AS v
                 ORDER BY v.backend, v.warehouse, v.product, v.lot COLLATE "C",
                          v.status COLLATE "C"
                       ON CONFLICT (backend_id, (coalesce(warehouse_id, 0)), product_id,
                                    lot_name, status)
                       DO UPDATE SET
                          quantity = excluded.quantity, allocated = excluded.allocated,
                          expiry = excluded.expiry, lot_id = excluded.lot_id,
                          taken_at = excluded.taken_at
                    WHERE stock.taken_at <= excluded.taken_at""",
                self._levels(),
            )
        )

    def faults(self):
        """Give the rows that name nothing of ours, by snapshot.

        :return: ``{place in the batch: {(what, SKU, unit)}}``, where what is
            ``unknown``, ``twice`` or ``unit``
        """
        found = defaultdict(set)
        for doc, *fault in self.env.execute_query(
            SQL(
                """SELECT DISTINCT r.doc,
                          CASE WHEN p.n IS NULL THEN 'unknown'
                               WHEN p.n > 1 THEN 'twice' ELSE 'unit' END,
                          r.sku, r.unit
                     FROM (%s) AS r JOIN (%s) AS d ON d.doc = r.doc
                          LEFT JOIN (%s) AS p
                              ON p.sku = r.sku AND p.company = d.company
                    WHERE p.n IS DISTINCT FROM 1 OR p.unit IS DISTINCT FROM r.unit""",
                self.rows,
                self._heads(),
                self.products,
            )
        ):
            found[doc].add(tuple(fault))
        return found

    # -------------------------------------------------------------- private

    def _levels(self):
        return SQL(
            """SELECT r.doc, d.backend, d.company, d.warehouse, d.taken_at, p.product,
                      coalesce(r.lot, '') AS lot, r.status,
                      sum(r.quantity) AS quantity,
                      sum(coalesce(r.allocated, 0)) AS allocated,
                      max(r.expiry) AS expiry
                 FROM (%s) AS r JOIN (%s) AS d ON d.doc = r.doc
                      JOIN (%s) AS p ON p.sku = r.sku AND p.company = d.company
                WHERE p.n = 1 AND p.unit = r.unit
             GROUP BY r.doc, d.backend, d.company, d.warehouse, d.taken_at, p.product,
                      coalesce(r.lot, ''), r.status""",
            self.rows,
            self._heads(),
            self.products,
        )

    def _heads(self):
        """Give what is said once of each snapshot."""
        return SQL(
            """SELECT * FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[],
                                    %s::timestamp[])
                        AS d (doc, backend, company, warehouse, taken_at)""",
            list(range(len(self.batch))),
            [inbound.backend.id for inbound in self.batch],
            [inbound.backend.company_id.id for inbound in self.batch],
            [warehouse or None for warehouse in self.warehouses],
            [inbound.document.taken_at.replace(tzinfo=None) for inbound in self.batch],
        )

    def _products(self):
        """Give the products by SKU, as each company knows them, and how many they are.

        ``unit`` is the code of the product's own unit.
        """
        return SQL(
            """SELECT s.sku, c.id AS company, min(p.id) AS product,
                      min(uom.dist_unit_code) AS unit, count(*) AS n
                 FROM (SELECT DISTINCT r.sku FROM (%s) AS r) AS s
                      JOIN product_product p ON p.default_code = s.sku AND p.active
                      JOIN product_template t ON t.id = p.product_tmpl_id
                      JOIN uom_uom uom ON uom.id = t.uom_id
                      JOIN unnest(%s::int[]) AS c (id)
                          ON t.company_id IS NULL OR t.company_id = c.id
             GROUP BY s.sku, c.id""",
            self.rows,
            list({inbound.backend.company_id.id for inbound in self.batch}),
        )

    def _columns(self):
        return zip(*self._tuples(), strict=True)

    def _tuples(self):
        for doc, inbound in enumerate(self.batch):
            for row in inbound.document.rows:
                yield (
                    doc,
                    row.sku,
                    str(row.quantity),
                    None if row.allocated is None else str(row.allocated),
                    row.unit,
                    row.status,
                    row.lot,
                    row.expiry,
                )

    def _copy(self):
        columns = SQL(", ").join(
            SQL("%s " + kind, SQL.identifier(name)) for name, kind in _COLUMNS
        )
        self.env.cr.execute(
            SQL("CREATE TEMPORARY TABLE dist_snapshot_row (%s) ON COMMIT DROP", columns)
        )
        text = io.StringIO()
        write = text.write
        for doc, sku, quantity, allocated, unit, status, lot, expiry in self._tuples():
            write(
                f"{doc}\t{sku.translate(_ESCAPE)}\t{quantity}\t"
                f"{_NULL if allocated is None else allocated}\t"
                f"{unit.translate(_ESCAPE)}\t{status}\t"
                f"{_NULL if lot is None else lot.translate(_ESCAPE)}\t"
                f"{_NULL if expiry is None else expiry}\n"
            )
        text.seek(0)
        # the cursor of Odoo has no COPY; this is its psycopg2 cursor
        self.env.cr._obj.copy_expert(_COPY, text)
        self.env.cr.execute("ANALYZE dist_snapshot_row")
