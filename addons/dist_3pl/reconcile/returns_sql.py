"""What came back to a warehouse and is not booked in Odoo yet."""

from odoo.tools import SQL


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
                  CROSS JOIN LATERAL (
                      SELECT w.id FROM stock_warehouse w
                       WHERE w.dist_backend_id = r.backend_id
                         AND w.company_id = r.company_id
                    ORDER BY w.code = r.notice::jsonb ->> 'warehouse'
                             DESC NULLS LAST, w.id
                       LIMIT 1) AS w
            WHERE r.backend_id = %s AND r.company_id = %s AND r.state = 'unassigned'
              AND l.disposition != 'scrap'""",
        run.backend_id.id,
        run.company_id.id,
    )
