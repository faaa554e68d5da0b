"""What came back to a warehouse and is not booked in Odoo yet."""

from odoo.tools import SQL

from .warehouse_sql import named_warehouse


def unassigned(run) -> SQL:
    """Give returns that wait for a person to say which delivery they belong to.

    The warehouse has put the goods where its disposition says; what it threw away is
    in nobody's stock.

    :return: warehouse, product, stock status, down, up
    """
    return SQL(
        """SELECT w.id, l.product_id,
                  CASE l.disposition WHEN 'restock' THEN 'sellable'::varchar
                                     ELSE 'quarantine' END,
                  0, l.quantity
             FROM dist_return r
                  JOIN dist_return_line l ON l.return_id = r.id
                  CROSS JOIN LATERAL (SELECT %(named)s AS id) AS w
            WHERE r.backend_id = %(backend)s AND r.company_id = %(company)s
              AND r.state = 'unassigned' AND l.disposition != 'scrap'
              AND w.id IS NOT NULL""",
        named=named_warehouse(run, SQL("r.notice::jsonb ->> 'warehouse'")),
        backend=run.backend_id.id,
        company=run.company_id.id,
    )
