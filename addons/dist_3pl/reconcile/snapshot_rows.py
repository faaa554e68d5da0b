"""The rows of snapshots in the database: loaded once, matched and stored in SQL."""

import io
from collections import defaultdict

from odoo.tools import SQL

#: From so many rows on, COPY into a temporary table is faster than parameters.
MANY = 2_000
_COPY = "COPY dist_snapshot_row FROM STDIN (NULL '')"
_COLUMNS = (
    ("quantity", "numeric"),
    ("allocated", "numeric"),
    ("status", "varchar"),
    ("expiry", "date"),
    ("doc", "int"),
    ("sku", "varchar"),
    ("unit", "varchar"),
    ("lot", "varchar"),
    ("owner", "varchar"),
)
_TABS = len(_COLUMNS) - 1
# COPY's text form: the characters that mean something in it
_ESCAPE = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
#: Writes the rows of ``told``; a younger word stands.
_UPSERT = SQL(
    """INSERT INTO dist_partner_stock AS stock (
           backend_id, company_id, warehouse_id, product_id, lot_name, status,
           owner_ref, quantity, allocated, expiry, taken_at)
       SELECT backend, company, warehouse, product, lot, status, owner, quantity,
              allocated, expiry, taken_at
         FROM told
        WHERE product IS NOT NULL
     ORDER BY backend, warehouse, product, lot COLLATE "C", status COLLATE "C",
              owner COLLATE "C"
           ON CONFLICT (backend_id, (coalesce(warehouse_id, 0)), product_id, lot_name,
                        status, owner_ref)
           DO UPDATE SET
              quantity = excluded.quantity, allocated = excluded.allocated,
              expiry = excluded.expiry, taken_at = excluded.taken_at
        WHERE stock.taken_at <= excluded.taken_at"""
)


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
        #: whether any row names an owner, and the code that means us, by company
        self.owned = any(
            row.owner for inbound in batch for row in inbound.document.rows
        )
        self.ours = {
            company: company.partner_id.ref or None if self.owned else None
            for company in {inbound.backend.company_id for inbound in batch}
        }
        self.repeats = True  # a SKU, lot and status may stand in several rows

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

    def store(self, docs):
        """Write every level that these snapshots tell, unless a younger one told it.

        Rows of one SKU, lot and status in one snapshot are summed: a partner that
        keeps a SKU in two places lists it twice. In the order of the unique index:
        two jobs with the same products then wait for each other, and never in a
        circle.

        :param docs: places in the batch
        """
        self.env.cr.execute(
            SQL(
                """WITH told AS (
                       SELECT DISTINCT ON (backend, warehouse, product,
                                           lot COLLATE "C", status COLLATE "C",
                                           owner COLLATE "C") *
                         FROM (%s) AS level
                     ORDER BY backend, warehouse, product, lot COLLATE "C",
                              status COLLATE "C", owner COLLATE "C",
                              taken_at DESC, doc DESC)
                   %s""",
                self._levels(docs),
                _UPSERT,
            )
        )

    def replace(self, docs):
        """Make the stock of warehouses what these lists say, and write what differs.

        A list tells all of its warehouse in one message, and is the newest that is
        known of it: what it does not name is not there. Rows that say the same
        already are read and not written.

        :param docs: places in the batch; one for a warehouse
        """
        self.env.cr.execute(
            SQL(
                """WITH told AS MATERIALIZED (
                       SELECT known.id, level.*
                         FROM (%(levels)s) AS level
                              FULL JOIN (
                                  SELECT s.*
                                    FROM dist_partner_stock s
                                         JOIN (%(heads)s) AS d
                                             ON d.backend = s.backend_id
                                            AND d.warehouse = s.warehouse_id
                                   WHERE s.taken_at <= d.taken_at) AS known
                                  ON known.warehouse_id = level.warehouse
                                 AND known.product_id = level.product
                                 AND known.lot_name = level.lot
                                 AND known.status = level.status
                                 AND known.owner_ref = level.owner
                        WHERE (known.quantity, known.allocated, known.expiry)
                              IS DISTINCT FROM
                              (level.quantity, level.allocated, level.expiry)
                           OR level.product IS NULL),
                   gone AS (
                       DELETE FROM dist_partner_stock s USING told
                        WHERE s.id = told.id AND told.product IS NULL)
                   %(upsert)s""",
                levels=self._levels(docs),
                heads=self._heads(docs),
                upsert=_UPSERT,
            )
        )

    def faults(self):
        """Give the rows that name nothing of ours, by snapshot.

        :return: ``{place in the batch: {(what, SKU, unit)}}``, where what is
            ``unknown``, ``twice``, ``unit`` or ``owner`` (whose code is then said)
        """
        found = defaultdict(set)
        for doc, *fault in self.env.execute_query(
            SQL(
                """SELECT DISTINCT r.doc,
                          CASE WHEN p.n IS NULL THEN 'unknown'
                               WHEN p.n > 1 THEN 'twice'
                               WHEN p.unit IS DISTINCT FROM r.unit THEN 'unit'
                               ELSE 'owner' END,
                          CASE WHEN p.n = 1 AND p.unit = r.unit THEN r.owner
                               ELSE r.sku END, r.unit
                     FROM (%s) AS r JOIN (%s) AS d ON d.doc = r.doc
                          LEFT JOIN (%s) AS p
                              ON p.sku = r.sku AND p.company = d.company
                    WHERE p.n IS DISTINCT FROM 1 OR p.unit IS DISTINCT FROM r.unit
                       OR NOT %s""",
                self.rows,
                self._heads(),
                self.products,
                self._owner_known(),
            )
        ):
            found[doc].add(tuple(fault))
        return found

    # -------------------------------------------------------------- private

    def _levels(self, docs):
        return SQL(
            """SELECT d.*, p.product, coalesce(r.lot, '') AS lot, r.status,
                      coalesce(nullif(r.owner, d.ours), '') AS owner, r.quantity,
                      coalesce(r.allocated, 0) AS allocated, r.expiry
                 FROM (%(rows)s) AS r JOIN (%(heads)s) AS d ON d.doc = r.doc
                      JOIN (%(products)s) AS p
                          ON p.sku = r.sku AND p.company = d.company
                WHERE p.n = 1 AND p.unit = r.unit AND %(known)s""",
            known=self._owner_known(),
            rows=self._summed() if self.repeats else self.rows,
            heads=self._heads(docs),
            products=self.products,
        )

    def _summed(self):
        return SQL(
            """SELECT doc, sku, unit, lot, status, owner, sum(quantity) AS quantity,
                      sum(allocated) AS allocated, max(expiry) AS expiry
                 FROM (%s) AS r GROUP BY doc, sku, unit, lot, status, owner""",
            self.rows,
        )

    def _owner_known(self):
        """Give the condition that a row ``r`` of a head ``d`` names no stranger."""
        if not self.owned:
            return SQL("true")
        return SQL(
            """(r.owner IS NULL OR coalesce(r.owner = d.ours, false) OR EXISTS (
                   SELECT 1 FROM res_partner owner
                    WHERE owner.ref = r.owner AND owner.active
                      AND (owner.company_id IS NULL
                           OR owner.company_id = d.company)))"""
        )

    def _heads(self, docs=None):
        """Give what is said once of each snapshot, or of some of them."""
        docs = range(len(self.batch)) if docs is None else docs
        batch = [self.batch[doc] for doc in docs]
        return SQL(
            """SELECT * FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[],
                                    %s::timestamp[], %s::varchar[])
                        AS d (doc, backend, company, warehouse, taken_at, ours)""",
            list(docs),
            [inbound.backend.id for inbound in batch],
            [inbound.backend.company_id.id for inbound in batch],
            [self.warehouses[doc] or None for doc in docs],
            [inbound.document.taken_at.replace(tzinfo=None) for inbound in batch],
            [self.ours[inbound.backend.company_id] for inbound in batch],
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
        return zip(
            *(
                (
                    str(row.quantity),
                    None if row.allocated is None else str(row.allocated),
                    row.status,
                    row.expiry,
                    doc,
                    row.sku,
                    row.unit,
                    row.lot,
                    row.owner,
                )
                for doc, inbound in enumerate(self.batch)
                for row in inbound.document.rows
            ),
            strict=True,
        )

    def _copy(self):
        columns = SQL(", ").join(
            SQL("%s " + kind, SQL.identifier(name)) for name, kind in _COLUMNS
        )
        self.env.cr.execute(
            SQL("CREATE TEMPORARY TABLE dist_snapshot_row (%s) ON COMMIT DROP", columns)
        )
        lines, keys = [], set()
        for doc, inbound in enumerate(self.batch):
            for row in inbound.document.rows:
                keys.add((doc, row.sku, row.lot, row.status, row.owner))
                lines.append(_line(doc, row))
        self.repeats = len(keys) < len(lines)
        text = io.StringIO("".join(lines))
        # the cursor of Odoo has no COPY; this is its psycopg2 cursor
        self.env.cr._obj.copy_expert(_COPY, text)
        self.env.cr.execute("ANALYZE dist_snapshot_row")


def _line(doc, row) -> str:
    """Give a row in COPY's text form; nothing is empty that is not missing."""
    allocated = "" if row.allocated is None else str(row.allocated)
    head = f"{row.quantity!s}\t{allocated}\t{row.status}\t{row.expiry or ''}\t{doc}"
    line = f"{head}\t{row.sku}\t{row.unit}\t{row.lot or ''}\t{row.owner or ''}"
    # escaping costs more than all the rest, and hardly any row needs it
    if "\\" in line or "\n" in line or "\r" in line or line.count("\t") != _TABS:
        words = (row.sku, row.unit, row.lot or "", row.owner or "")
        line = "\t".join([head, *(word.translate(_ESCAPE) for word in words)])
    return line + "\n"
