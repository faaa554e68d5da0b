"""Which of a partner's warehouses a document is about."""

from odoo.tools import SQL


def named_warehouse(run, code: SQL) -> SQL:
    """Give the warehouse with a code, or the only one; none of several is guessed.

    :param code: expression of the code that the document says
    """
    return SQL(
        """coalesce(
               (SELECT w.id FROM stock_warehouse w
                 WHERE w.dist_backend_id = %(backend)s AND w.company_id = %(company)s
                   AND w.code = %(code)s),
               (SELECT min(w.id) FROM stock_warehouse w
                 WHERE w.dist_backend_id = %(backend)s AND w.company_id = %(company)s
                HAVING count(*) = 1))""",
        backend=run.backend_id.id,
        company=run.company_id.id,
        code=code,
    )
