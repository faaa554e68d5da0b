"""Partner stock holds what the newest whole list names, and nothing else."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Drop what whole lists left out, and columns and indexes that are no more.

    Backends take over what their profile says of stock: also one without a ``stock``
    block says by its map whether lots are told.

    Up to now every row carried the moment of the snapshot that named it last, and
    rows of older moments were skipped. Now a whole list drops what it leaves out.
    """
    cr.execute(
        """DELETE FROM dist_partner_stock old
            USING (SELECT DISTINCT ON (backend_id, warehouse_id)
                          backend_id, warehouse_id, taken_at, whole
                     FROM dist_partner_snapshot
                    WHERE state = 'complete'
                 ORDER BY backend_id, warehouse_id, taken_at DESC) AS newest
            WHERE newest.whole AND old.backend_id = newest.backend_id
              AND old.warehouse_id IS NOT DISTINCT FROM newest.warehouse_id
              AND old.taken_at < newest.taken_at"""
    )
    cr.execute("ALTER TABLE dist_partner_stock DROP COLUMN IF EXISTS lot_id")
    cr.execute("DROP INDEX IF EXISTS dist_partner_stock__company_id_index")
    cr.execute(
        """UPDATE stock_warehouse w
              SET dist_stock_told_at = (SELECT max(s.taken_at)
                                          FROM dist_partner_snapshot s
                                         WHERE s.warehouse_id = w.id)
            WHERE w.dist_backend_id IS NOT NULL"""
    )
    # differences keep their age: the owner is part of what they are told by now
    cr.execute(
        """UPDATE dist_reconciliation_line
              SET key = (key::jsonb || '[""]'::jsonb)::text, owner_ref = ''
            WHERE source = 'partner_stock' AND current
              AND jsonb_array_length(key::jsonb) = 4"""
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    for backend in env["dist.backend"].with_context(active_test=False).search([]):
        backend.with_context(dist_no_audit=True)._follow_stock(
            backend.profile_id._parsed()
        )
