"""Snapshots: what a warehouse told at one moment, in one message or in pages."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: Snapshots older than this are dropped when no comparison is about them.
KEEP = timedelta(days=14)


class DistPartnerSnapshot(models.Model):
    _name = "dist.partner.snapshot"
    _description = "Stock Snapshot of a Partner"
    _order = "taken_at desc, id desc"
    _rec_name = "taken_at"
    # written by SQL, many at once; who and when is in the messages that brought it
    _log_access = False

    backend_id = fields.Many2one(
        "dist.backend", "Warehouse (3PL)", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    warehouse_id = fields.Many2one("stock.warehouse", ondelete="cascade")
    taken_at = fields.Datetime("As of", required=True)
    pages = fields.Integer("Of pages", help="0 where the partner does not say.")
    pages_got = fields.Integer("Pages")
    row_count = fields.Integer("Rows")
    whole = fields.Boolean(
        "Lists everything", help="What it does not list is not in stock."
    )
    state = fields.Selection(
        [("arriving", "Arriving"), ("complete", "Complete")], required=True
    )
    arrived_at = fields.Datetime("Last page at", required=True)
    compared = fields.Boolean()
    replaced = fields.Boolean(
        help="Came as one list: what it does not name was dropped with it.",
    )

    _taken_unique = models.UniqueIndex(
        "(backend_id, (coalesce(warehouse_id, 0)), taken_at)",
        "A snapshot has one moment.",
    )

    @api.model
    def _arrive(self, pages):
        """Count pages that arrived, one statement for all.

        :param pages: list of ``(backend id, company id, warehouse id or None,
            moment, pages in all or 0, rows, whole list or not, pages in this batch,
            replaced the stock or not)``
        :return: ids of the backends with a snapshot that is now complete
        :rtype: set[int]
        """
        if not pages:
            return set()
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO dist_partner_snapshot AS s (
                       backend_id, company_id, warehouse_id, taken_at, pages, row_count,
                       whole, pages_got, replaced, state, compared, arrived_at)
                   SELECT v.*, CASE WHEN v.got >= v.pages AND v.pages > 0
                                    THEN 'complete' ELSE 'arriving' END,
                          false, now() AT TIME ZONE 'UTC'
                     FROM unnest(%s::int[], %s::int[], %s::int[], %s::timestamp[],
                                 %s::int[], %s::int[], %s::bool[], %s::int[],
                                 %s::bool[])
                          AS v (backend, company, warehouse, taken, pages, rows, whole,
                                got, replaced)
                 ORDER BY v.backend, v.warehouse, v.taken
                   ON CONFLICT (backend_id, (coalesce(warehouse_id, 0)), taken_at)
                   DO UPDATE SET
                       pages = greatest(s.pages, excluded.pages),
                       pages_got = s.pages_got + excluded.pages_got,
                       row_count = s.row_count + excluded.row_count,
                       whole = s.whole OR excluded.whole,
                       replaced = s.replaced OR excluded.replaced,
                       compared = false,
                       arrived_at = excluded.arrived_at,
                       state = CASE WHEN s.pages_got + excluded.pages_got
                                         >= greatest(s.pages, excluded.pages)
                                     AND greatest(s.pages, excluded.pages) > 0
                                    THEN 'complete' ELSE 'arriving' END
                RETURNING id, backend_id, state, whole AND NOT replaced""",
                *map(list, zip(*pages, strict=True)),
            )
        )
        self.invalidate_model(flush=False)
        done = [row for row in rows if row[2] == "complete"]
        self.browse(row_id for row_id, *_, rest in done if rest)._drop_the_rest()
        return {backend for _id, backend, *_ in done}

    def _drop_the_rest(self):
        """Drop what whole lists that came in pages do not name: it is not there.

        Where a younger list is complete, that one says what is there.
        """
        if not self:
            return
        # in turn with lists, which leave rows unwritten that say the same already
        self.env.cr.execute(
            """UPDATE stock_warehouse w SET dist_stock_told_at = dist_stock_told_at
                 FROM dist_partner_snapshot s
                WHERE s.id = ANY(%s) AND w.id = s.warehouse_id""",
            [self.ids],
        )
        self.env.cr.execute(
            """DELETE FROM dist_partner_stock old
                USING dist_partner_snapshot s
                WHERE s.id = ANY(%s) AND s.whole AND s.replaced IS NOT TRUE
                  AND old.backend_id = s.backend_id
                  AND coalesce(old.warehouse_id, 0) = coalesce(s.warehouse_id, 0)
                  AND old.taken_at < s.taken_at
                  AND NOT EXISTS (
                      SELECT 1 FROM dist_partner_snapshot younger
                       WHERE younger.backend_id = s.backend_id
                         AND coalesce(younger.warehouse_id, 0)
                             = coalesce(s.warehouse_id, 0)
                         AND younger.taken_at > s.taken_at
                         AND younger.whole AND younger.state = 'complete')""",
            [self.ids],
        )
        self.env["dist.partner.stock"].invalidate_model(flush=False)

    @api.model
    def _settle_quiet(self, backend, minutes):
        """Take snapshots as complete after whose last page nothing came for a while.

        Only those of partners that do not say how many pages there are: a page that
        is missing is missing.
        """
        quiet = self.search(
            [
                ("backend_id", "=", backend.id),
                ("state", "=", "arriving"),
                ("pages", "=", 0),
                (
                    "arrived_at",
                    "<=",
                    fields.Datetime.now() - timedelta(minutes=minutes),
                ),
            ]
        )
        quiet.write({"state": "complete"})
        quiet.flush_recordset()
        quiet._drop_the_rest()
        return quiet

    @api.autovacuum
    def _gc(self):
        self.search([("taken_at", "<", fields.Datetime.now() - KEEP)]).unlink()
