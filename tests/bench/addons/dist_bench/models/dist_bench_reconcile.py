"""A partner's stock against ours, and a large snapshot: our way, and bare SQL."""

import io
import time
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

from odoo import api, models
from odoo.addons.dist_connector_base.pipeline import ledger
from odoo.addons.dist_connector_base.reconcile.comparison import WORK_MEMORY

LOTS_OF_A_PRODUCT = 100
#: One row in so many differs.
DIFFERS = 100
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
BARE_JOIN = """
    SELECT count(*), sum(coalesce(t.quantity, 0) - coalesce(o.quantity, 0))
      FROM bench_told t
           FULL JOIN (SELECT q.product_id, l.name AS lot, q.quantity
                        FROM stock_quant q
                             JOIN stock_location place ON place.id = q.location_id
                             JOIN stock_warehouse w ON w.id = place.warehouse_id
                             JOIN product_product p ON p.id = q.product_id
                             JOIN product_template pt ON pt.id = p.product_tmpl_id
                             LEFT JOIN stock_lot l ON l.id = q.lot_id
                       WHERE w.code = 'BENCH' AND place.usage = 'internal'
                         AND q.company_id = w.company_id AND pt.is_storable) AS o
               ON o.product_id = t.product_id AND o.lot = t.lot
     WHERE coalesce(t.quantity, 0) != coalesce(o.quantity, 0)
"""


class DistBenchReconcile(models.AbstractModel):
    _name = "dist.bench.reconcile"
    _description = "Stock to reconcile"

    @api.model
    def prepare(self, backend_id, number):
        """Make a warehouse of the backend with so many quants, each of a lot."""
        backend = self.env["dist.backend"].browse(backend_id)
        warehouse = self.env["stock.warehouse"].create(
            {"name": "Bench", "code": "BENCH", "dist_backend_id": backend_id}
        )
        products = self.env["product.product"].create(
            [
                {
                    "name": f"LOT-{index:05d}",
                    "default_code": f"LOT-{index:05d}",
                    "is_storable": True,
                    "tracking": "lot",
                    "standard_price": 2,
                }
                for index in range(-(-number // LOTS_OF_A_PRODUCT))
            ]
        )
        self.env.flush_all()
        place = {
            "company": backend.company_id.id,
            "location": warehouse.lot_stock_id.id,
            "number": number,
            "lots": LOTS_OF_A_PRODUCT,
            "products": products.ids,
        }
        self.env.cr.execute(
            """INSERT INTO stock_lot (name, product_id, company_id)
               SELECT 'L' || n, (%(products)s::int[])[1 + n / %(lots)s], %(company)s
                 FROM generate_series(0, %(number)s - 1) AS n""",
            place,
        )
        self.env.cr.execute(
            """INSERT INTO stock_quant (product_id, lot_id, company_id, location_id,
                                        quantity, reserved_quantity, in_date)
               SELECT l.product_id, l.id, %(company)s, %(location)s,
                      1 + l.id %% 50, 0, now()
                 FROM stock_lot l WHERE l.product_id = ANY(%(products)s)""",
            place,
        )
        self.env.cr.execute("ANALYZE stock_lot, stock_quant, product_product")

    def _rows(self):
        """Give what the partner tells: ``(SKU, product, lot name, lot, quantity)``."""
        self.env.cr.execute(
            """SELECT p.default_code, p.id, l.name, l.id,
                      1 + l.id %% 50 + CASE WHEN l.id %% %s = 0 THEN 1 ELSE 0 END
                 FROM stock_lot l JOIN product_product p ON p.id = l.product_id
                WHERE p.default_code LIKE 'LOT-%%' ORDER BY l.id""",
            [DIFFERS],
        )
        return self.env.cr.fetchall()

    # ---------------------------------------------------------------- reconcile

    @api.model
    def told(self, backend_id):
        """Let the partner have told all of its stock."""
        self.env.cr.execute("DELETE FROM dist_partner_stock")
        self.env.cr.execute(
            """INSERT INTO dist_partner_stock (
                   backend_id, company_id, warehouse_id, product_id, lot_name,
                   status, owner_ref, quantity, allocated, taken_at)
               SELECT b.id, b.company_id, w.id, l.product_id, l.name, 'sellable', '',
                      1 + l.id %% 50 + CASE WHEN l.id %% %s = 0 THEN 1 ELSE 0 END, 0,
                      '2026-01-01'
                 FROM dist_backend b, stock_warehouse w, stock_lot l
                 JOIN product_product p ON p.id = l.product_id
                WHERE b.id = %s AND w.code = 'BENCH'
                  AND p.default_code LIKE 'LOT-%%'""",
            [DIFFERS, backend_id],
        )
        self.env.cr.execute(
            """INSERT INTO dist_partner_snapshot (
                   backend_id, company_id, warehouse_id, taken_at, pages, pages_got,
                   row_count, whole, state, arrived_at)
               SELECT b.id, b.company_id, w.id, '2026-01-01', 1, 1, 1, true, 'complete',
                      now() FROM dist_backend b, stock_warehouse w
                WHERE b.id = %s AND w.code = 'BENCH'""",
            [backend_id],
        )
        self.env.cr.execute("ANALYZE dist_partner_stock")

    @api.model
    def reconcile(self, backend_id):
        """Seconds of a comparison, from the partner's rows as COPY text to the lines.

        The rows are loaded by COPY as they are for the bare join; then the comparison
        reads what the partner told from its table.
        """
        text = self._copy_text()
        began = time.perf_counter()
        self._copy(text)
        run = self.env["dist.reconciliation"]._start(
            "partner_stock", self.env["dist.backend"].browse(backend_id)
        )
        self.env.flush_all()
        seconds = time.perf_counter() - began
        return seconds, len(run.line_ids)

    @api.model
    def bare_join(self):
        """Seconds of COPY plus one bare join with Odoo's stock.

        It compares what ours compares: by the lot's name, as the partner tells it, and
        what lies in the warehouse, is of the company and storable. It sums nothing:
        each lot lies in one place here. It may use the memory that ours may, with the
        settings that make it fastest.
        """
        text = self._copy_text()
        began = time.perf_counter()
        self._copy(text)
        self.env.cr.execute("ANALYZE bench_told")
        self.env.cr.execute(
            "SELECT set_config('work_mem', %s, true), set_config('jit', 'off', true),"
            " set_config('enable_mergejoin', 'off', true)",
            [WORK_MEMORY],
        )
        self.env.cr.execute(BARE_JOIN)
        self.env.cr.fetchall()
        return time.perf_counter() - began

    def _copy_text(self):
        return "".join(
            f"{product}\t{name}\t{quantity}\n"
            for _sku, product, name, _lot, quantity in self._rows()
        )

    def _copy(self, text):
        self.env.cr.execute("DROP TABLE IF EXISTS bench_told")
        self.env.cr.execute(
            "CREATE TEMPORARY TABLE bench_told (product_id int, lot varchar,"
            " quantity numeric)"
        )
        self.env.cr._obj.copy_expert("COPY bench_told FROM STDIN", io.StringIO(text))

    # ----------------------------------------------------------------- snapshot

    @api.model
    def forget(self):
        """Let the partner have told nothing yet."""
        self.env.cr.execute("DELETE FROM dist_partner_stock")
        self.env.cr.execute("DELETE FROM dist_partner_snapshot")

    def _rows_of(self, run):
        """Give what the partner tells this time: 1 row in 100 is not as the last."""
        for sku, _product, name, lot, quantity in self._rows():
            yield sku, name, quantity + ((lot + run) % DIFFERS == 0)

    @api.model
    def snapshot(self, flow_id, run):
        """Seconds from a snapshot in the ledger, as bytes, to the stored levels."""
        flow = self.env["dist.flow"].browse(flow_id).with_context(dist_no_wake=True)
        taken_at = (START + timedelta(hours=run)).isoformat()
        rows = ",".join(
            f'{{"sku":"{sku}","lot":"{name}","quantity":{quantity}}}'
            for sku, name, quantity in self._rows_of(run)
        )
        payload = f'{{"id":"S{run}","taken_at":"{taken_at}","rows":[{rows}]}}'.encode()
        ledger.insert_arrivals(self.env, flow, [ledger.Arrival(payload, via="poll")])
        self.env.flush_all()
        began = time.perf_counter()
        flow._job_run()
        self.env.flush_all()
        return time.perf_counter() - began

    @api.model
    def apply_only(self, flow_id, run):
        """Seconds of storing the levels of a snapshot that was read already."""
        flow = self.env["dist.flow"].browse(flow_id)
        rows = [
            SimpleNamespace(
                sku=sku,
                quantity=quantity,
                allocated=None,
                unit="EA",
                status="sellable",
                lot=name,
                expiry=None,
                owner=None,
            )
            for sku, name, quantity in self._rows_of(run)
        ]
        document = SimpleNamespace(
            rows=rows,
            taken_at=START + timedelta(hours=run),
            warehouse="BENCH",
            complete=True,
            pages=1,
        )
        inbound = SimpleNamespace(backend=flow.backend_id, document=document)
        self.env.flush_all()
        began = time.perf_counter()
        flow._handler()._apply([inbound])
        self.env.flush_all()
        return time.perf_counter() - began
