"""The queries of the stock reconciliation: few statements whatever the rows.

Record rules do not apply to SQL: each query names the company of the backend.
"""

from odoo.tools import SQL

#: The side of the partner, as the comparison keeps it while it runs.
THEIRS = SQL.identifier("dist_recon_theirs")


def locations(backend) -> SQL:
    """Give ``id, warehouse_id, status`` of the locations that the partner runs.

    The place that is named for a stock status holds all locations below it; the rest
    of a warehouse is sellable. They are few, and handed to the queries as values: the
    planner then knows it.
    """
    rows = backend.env.execute_query(
        SQL(
            """SELECT l.id, coalesce(place.warehouse_id, l.warehouse_id),
                      coalesce(place.code, 'sellable')
                 FROM stock_location l
                      LEFT JOIN LATERAL (
                          SELECT p.warehouse_id, p.code
                            FROM dist_place p
                                 JOIN stock_warehouse w ON w.id = p.warehouse_id
                                 JOIN stock_location top ON top.id = p.location_id
                           WHERE p.kind = 'status' AND w.dist_backend_id = %(backend)s
                             AND starts_with(l.parent_path, top.parent_path)
                        ORDER BY length(top.parent_path) DESC LIMIT 1) AS place ON true
                WHERE l.usage = 'internal' AND l.company_id = %(company)s
                  AND (%(statuses)s OR place.code IS NULL)
                  AND coalesce(place.warehouse_id, l.warehouse_id) IN (
                      SELECT id FROM stock_warehouse
                       WHERE dist_backend_id = %(backend)s
                         AND company_id = %(company)s)""",
            backend=backend.id,
            company=backend.company_id.id,
            statuses=backend.stock_statuses,
        )
    )
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
    return SQL(
        "SELECT * FROM unnest(%s::int[], %s::int[], %s::varchar[])"
        " AS place (id, warehouse_id, status)",
        *columns,
    )


def _lot(backend) -> SQL:
    """Give the lot by which a quant ``q`` is compared: none for untracked ones."""
    if not backend.stock_lots:
        return SQL("NULL::int")
    return SQL("CASE WHEN t.tracking != 'none' THEN q.lot_id END")


def newest(backend) -> SQL:
    """Give ``warehouse_id, taken_at, whole`` of each warehouse's newest snapshot."""
    return SQL(
        """SELECT DISTINCT ON (warehouse_id) warehouse_id, taken_at, whole
             FROM dist_partner_snapshot
            WHERE backend_id = %s AND company_id = %s AND state = 'complete'
              AND warehouse_id IS NOT NULL
         ORDER BY warehouse_id, taken_at DESC""",
        backend.id,
        backend.company_id.id,
    )


def theirs(backend) -> SQL:
    """Give the partner's stock as its newest snapshot tells it."""
    quantity = (
        SQL("s.quantity + coalesce(s.allocated, 0)")
        if backend.stock_basis == "net_told"
        else SQL("s.quantity")
    )
    if backend.stock_absent == "stands":
        snapshot, as_of = SQL(""), SQL("s.taken_at")
    else:
        # a whole list dropped what it does not name, and wrote what it changed only
        snapshot = SQL(
            "JOIN (%s) AS n ON n.warehouse_id = s.warehouse_id"
            " AND (n.whole OR n.taken_at = s.taken_at)",
            newest(backend),
        )
        as_of = SQL("n.taken_at")
    rows = SQL(
        """FROM dist_partner_stock s
                %(snapshot)s
                JOIN product_product p ON p.id = s.product_id
                JOIN product_template t ON t.id = p.product_tmpl_id
          WHERE s.backend_id = %(backend)s AND s.company_id = %(company)s
            AND s.warehouse_id IS NOT NULL""",
        snapshot=snapshot,
        backend=backend.id,
        company=backend.company_id.id,
    )
    # each lot of a tracked product has one row, where owners are not one sum: only
    # the others are summed
    lots = SQL("t.tracking != 'none'") if backend.stock_lots else SQL("false")
    single = lots if backend.stock_owners or not _owned(backend) else SQL("false")
    return SQL(
        """SELECT s.warehouse_id, s.product_id, s.lot_name, s.status AS stock_status,
                  %(owner)s AS owner_ref, %(quantity)s AS quantity,
                  %(as_of)s AS changed_at
             %(rows)s AND %(single)s
        UNION ALL
           SELECT s.warehouse_id, s.product_id,
                  CASE WHEN %(lots)s THEN s.lot_name ELSE '' END, s.status, %(owner)s,
                  sum(%(quantity)s), max(%(as_of)s)
             %(rows)s AND NOT (%(single)s)
         GROUP BY 1, 2, 3, 4, 5""",
        owner=SQL("s.owner_ref") if backend.stock_owners else SQL("''::varchar"),
        single=single,
        quantity=quantity,
        as_of=as_of,
        rows=rows,
        lots=lots,
    )


def _owned(backend) -> bool:
    """Say whether the partner told of goods that are not ours."""
    return bool(
        backend.env.execute_query(
            SQL(
                "SELECT 1 FROM dist_partner_stock"
                " WHERE backend_id = %s AND company_id = %s AND owner_ref != ''"
                " LIMIT 1",
                backend.id,
                backend.company_id.id,
            )
        )
    )


def _quants(backend, only: SQL) -> SQL:
    quantity = (
        SQL("q.quantity - q.reserved_quantity")
        if backend.stock_basis == "net"
        else SQL("q.quantity")
    )
    # Nearly every quant is a sum of its own: rows in the order of numbers are summed
    # faster than a hash table of them is built, and names are read for the sums only.
    # Names need no sum of their own: Odoo has one lot of a name, product and company.
    return SQL(
        """SELECT s.warehouse_id, s.product_id, coalesce(l.name, '') AS lot_name,
                  s.status::varchar AS stock_status, %(owner_ref)s AS owner_ref,
                  s.quantity
             FROM (SELECT lot_id, product_id, warehouse_id, status, owner_id,
                          sum(quantity) AS quantity
                     FROM (SELECT %(lot)s AS lot_id, q.product_id, loc.warehouse_id,
                                  loc.status, %(owner)s AS owner_id,
                                  %(quantity)s AS quantity
                             FROM stock_quant q
                                  JOIN (%(locations)s) AS loc ON loc.id = q.location_id
                                  JOIN product_product p ON p.id = q.product_id
                                  JOIN product_template t ON t.id = p.product_tmpl_id
                            WHERE q.company_id = %(company)s AND t.is_storable
                              AND %(only)s
                         ORDER BY 1, 2, 3, 4, 5) AS q
                 GROUP BY lot_id, product_id, warehouse_id, status, owner_id) AS s
                  LEFT JOIN stock_lot l ON l.id = s.lot_id""",
        lot=_lot(backend),
        owner=SQL("q.owner_id") if backend.stock_owners else SQL("NULL::int"),
        # an owner without a reference is nobody whom the partner could name
        owner_ref=SQL(
            "coalesce((SELECT coalesce(owner.ref, 'contact ' || owner.id)"
            " FROM res_partner owner WHERE owner.id = s.owner_id), '')::varchar"
        )
        if backend.stock_owners
        else SQL("''::varchar"),
        quantity=quantity,
        locations=locations(backend),
        company=backend.company_id.id,
        only=only,
    )


def ours(backend) -> SQL:
    """Give Odoo's stock of what the partner told."""
    return SQL(
        "SELECT *, NULL::timestamp AS changed_at FROM (%s) AS o WHERE %s",
        _quants(backend, SQL("true")),
        told(backend, SQL.identifier("o")),
    )


def ours_now(backend, product_ids) -> SQL:
    """Give Odoo's stock of some products: the key columns and the quantity."""
    return _quants(backend, SQL("q.product_id = ANY(%s)", list(product_ids)))


def told(backend, row: SQL) -> SQL:
    """Give the condition that the partner spoke of a row's product.

    A whole list speaks of every product, also of those that it does not name.

    :param row: alias of something with ``warehouse_id`` and ``product_id``
    """
    return SQL(
        "(%(row)s.warehouse_id IN (SELECT n.warehouse_id FROM (%(newest)s) AS n"
        " WHERE n.whole) OR (%(row)s.warehouse_id, %(row)s.product_id) IN"
        " (SELECT DISTINCT warehouse_id, product_id FROM %(theirs)s))",
        row=row,
        newest=newest(backend),
        theirs=THEIRS,
    )


def left_out(backend) -> SQL:
    """Count the products that we hold there and the partner did not tell."""
    return SQL(
        """SELECT count(DISTINCT q.product_id)
             FROM stock_quant q
                  JOIN (%(locations)s) AS o ON o.id = q.location_id
            WHERE q.company_id = %(company)s AND q.quantity != 0
              AND o.warehouse_id IN (SELECT n.warehouse_id FROM (%(newest)s) AS n
                                      WHERE NOT n.whole)
              AND (o.warehouse_id, q.product_id) NOT IN (
                  SELECT DISTINCT warehouse_id, product_id FROM %(theirs)s)""",
        locations=locations(backend),
        company=backend.company_id.id,
        newest=newest(backend),
        theirs=THEIRS,
    )


def moved(backend, diff) -> SQL:
    """Give when Odoo's stock of each difference moved last."""
    return SQL(
        """SELECT d.warehouse_id, d.product_id, d.lot_name, d.stock_status,
                  d.owner_ref, max(ml.date) AS changed_at
             FROM %(diff)s d
                  JOIN stock_move_line ml
                      ON ml.product_id = d.product_id AND ml.state = 'done'
                     AND ml.company_id = %(company)s
                  JOIN (%(locations)s) AS loc
                      ON loc.id IN (ml.location_id, ml.location_dest_id)
                     AND loc.warehouse_id = d.warehouse_id
                     AND loc.status = d.stock_status
                  LEFT JOIN stock_lot l ON l.id = ml.lot_id
            WHERE d.lot_name IN ('', coalesce(l.name, ''))
         GROUP BY 1, 2, 3, 4, 5""",
        diff=diff,
        company=backend.company_id.id,
        locations=locations(backend),
    )
