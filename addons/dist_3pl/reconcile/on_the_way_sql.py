"""What documents on their way explain of the differences of stock."""

from odoo.tools import SQL

from .returns_sql import unassigned
from .warehouse_sql import named_warehouse


def on_the_way(run, diff) -> SQL:
    """Give how much documents on their way explain, by product and stock status.

    Down: requests that left and are not confirmed, shipment confirmations that are
    not applied. Up: receipts announced and at the door, receipt confirmations that
    are not applied, returns that nobody assigned to their delivery. Both:
    adjustments that wait for a message or a reviewer.
    """
    parts = [
        _requests(run),
        _receipts(run),
        _waiting_adjustments(run),
        unassigned(run),
        *(_unapplied(run, *kind) for kind in _UNAPPLIED),
    ]
    return SQL(
        """SELECT warehouse_id, product_id, stock_status, sum(down) AS down,
                  sum(up) AS up
             FROM (%s) AS w (warehouse_id, product_id, stock_status, down, up)
            WHERE product_id IN (SELECT product_id FROM %s)
         GROUP BY 1, 2, 3""",
        SQL(" UNION ALL ").join(parts),
        diff,
    )


def _requests(run) -> SQL:
    """What the partner may have shipped without our knowing, as long as it is new."""
    return SQL(
        """SELECT kind.warehouse_id, r.product_id, 'sellable'::varchar,
                  r.quantity - coalesce(r.quantity_shipped, 0), 0
             FROM dist_request_line r
                  JOIN stock_move m ON m.id = r.move_id
                  JOIN stock_picking p ON p.id = m.picking_id
                  JOIN stock_picking_type kind ON kind.id = p.picking_type_id
            WHERE r.backend_id = %(backend)s AND r.company_id = %(company)s
              AND p.dist_request_key = r.request_key
              AND p.state NOT IN ('done', 'cancel')
              AND p.dist_state IN ('sent', 'accepted', 'partly_shipped',
                                   'cancel_pending', 'cancel_refused')
              AND r.create_date > %(now)s::timestamp - make_interval(secs => %(lag)s)
              AND NOT EXISTS (
                  SELECT 1 FROM dist_message c
                   WHERE %(unapplied)s AND c.message_type = 'shipment_confirmation'
                     AND c.canonical::jsonb ->> 'request_key' = r.request_key)""",
        backend=run.backend_id.id,
        company=run.company_id.id,
        now=run.started_at,
        lag=run.lag_hours * 3600,
        unapplied=_is_unapplied(run),
    )


def _receipts(run) -> SQL:
    """What the partner may have taken in without our knowing."""
    return SQL(
        """SELECT kind.warehouse_id, r.product_id, 'sellable'::varchar, 0,
                  greatest(r.quantity - coalesce(r.quantity_received, 0), 0)
             FROM dist_receipt_line r
                  JOIN stock_move m ON m.id = r.move_id
                  JOIN stock_picking p ON p.id = m.picking_id
                  JOIN stock_picking_type kind ON kind.id = p.picking_type_id
            WHERE r.backend_id = %(backend)s AND r.company_id = %(company)s
              AND p.state NOT IN ('done', 'cancel')
              AND (p.dist_receipt_state IN ('arrived', 'partly')
                   OR p.dist_receipt_state IN ('sent', 'accepted')
                      AND abs(extract(epoch FROM p.scheduled_date - %(now)s::timestamp))
                          <= %(lag)s)""",
        backend=run.backend_id.id,
        company=run.company_id.id,
        now=run.started_at,
        lag=run.lag_hours * 3600,
    )


def _waiting_adjustments(run) -> SQL:
    """What the partner changed, and a reviewer has not decided yet."""
    return SQL(
        """SELECT a.warehouse_id, l.product_id, side.status,
                  greatest(-side.quantity, 0), greatest(side.quantity, 0)
             FROM dist_adjustment a
                  JOIN dist_adjustment_line l ON l.adjustment_id = a.id
                  CROSS JOIN LATERAL (VALUES (l.status, l.quantity),
                                             (l.from_status, -l.quantity))
                      AS side (status, quantity)
            WHERE a.backend_id = %s AND a.company_id = %s AND a.state = 'to_approve'
              AND side.status IS NOT NULL""",
        run.backend_id.id,
        run.company_id.id,
    )


#: Message types that are received and not applied: (type, sign of a positive line,
#: the stock status of a line).
_UNAPPLIED = (
    ("shipment_confirmation", -1, SQL("'sellable'")),
    (
        "receipt_confirmation",
        1,
        SQL(
            "CASE coalesce(line ->> 'condition', 'good') WHEN 'good' THEN 'sellable'"
            " ELSE line ->> 'condition' END"
        ),
    ),
    ("inventory_adjustment", 1, SQL("coalesce(line ->> 'status', 'sellable')")),
)


def _is_unapplied(run) -> SQL:
    return SQL(
        """c.backend_id = %s AND c.company_id = %s AND c.direction = 'in'
           AND c.canonical IS NOT NULL
           AND c.state IN ('received', 'ready', 'waiting', 'exception')""",
        run.backend_id.id,
        run.company_id.id,
    )


def _unapplied(run, message_type, sign, status) -> SQL:
    """What a confirmation says that is here, and has no effect in Odoo yet.

    A line without a SKU speaks of the request's line, whose key is the move's id. What
    names neither a request of ours nor one of several warehouses explains nothing;
    neither does what a vendor drop-shipped, which never was our stock.
    """
    return SQL(
        """SELECT w.id, coalesce(r.product_id, p.id), (%(status)s)::varchar,
                  greatest(-v.quantity, 0), greatest(v.quantity, 0)
             FROM dist_message c
                  CROSS JOIN LATERAL jsonb_array_elements(c.canonical::jsonb -> 'lines')
                      AS line
                  CROSS JOIN LATERAL (
                      SELECT %(sign)s * (line ->> 'quantity')::numeric) AS v (quantity)
                  LEFT JOIN dist_request_line r
                      ON r.backend_id = c.backend_id
                     AND r.request_key = c.canonical::jsonb ->> 'request_key'
                     AND r.line_key = line ->> 'line_key'
                  LEFT JOIN LATERAL (
                      SELECT p.id
                        FROM product_product p
                             JOIN product_template t ON t.id = p.product_tmpl_id
                       WHERE r.id IS NULL AND p.active
                         AND p.default_code = line ->> 'sku'
                         AND coalesce(t.company_id, c.company_id) = c.company_id
                       LIMIT 1) AS p ON true
                  LEFT JOIN stock_move m ON m.id = r.move_id
                  LEFT JOIN stock_picking_type kind ON kind.id = m.picking_type_id
                  CROSS JOIN LATERAL (
                      SELECT coalesce(kind.warehouse_id, %(named)s) AS id) AS w
            WHERE %(unapplied)s AND c.message_type = %(type)s
              AND w.id IS NOT NULL
              AND NOT EXISTS (
                  SELECT 1 FROM dist_request_line d
                           JOIN stock_move dm ON dm.id = d.move_id
                           JOIN stock_picking_type dk ON dk.id = dm.picking_type_id
                   WHERE d.backend_id = c.backend_id AND dk.warehouse_id IS NULL
                     AND d.request_key = c.canonical::jsonb ->> 'request_key')""",
        status=status,
        sign=sign,
        named=named_warehouse(run, SQL("c.canonical::jsonb ->> 'warehouse'")),
        unapplied=_is_unapplied(run),
        type=message_type,
    )
