"""A bare row, and a job that does for one message what a user's own code would do."""

import json
import time

from odoo import fields, models

STORE = """
    INSERT INTO dist_partner_stock AS s (backend_id, company_id, product_id, lot_name,
                                         status, owner_ref, quantity, taken_at)
    SELECT b.id, b.company_id, p.id, '', 'sellable', '', %(quantity)s, %(taken_at)s
      FROM product_product p, dist_backend b
     WHERE p.default_code = %(sku)s AND b.id = %(backend)s
        ON CONFLICT (backend_id, (coalesce(warehouse_id, 0)), product_id, lot_name,
                      status, owner_ref) DO UPDATE
       SET quantity = excluded.quantity, taken_at = excluded.taken_at
     WHERE s.taken_at <= excluded.taken_at
"""


class DistBenchRow(models.Model):
    _name = "dist.bench.row"
    _description = "Bare row"

    note = fields.Char()

    def init(self):
        self.env.cr.execute(
            "ALTER TABLE dist_bench_row ADD COLUMN IF NOT EXISTS body bytea"
        )

    def enqueue(self, backend_id, payloads):
        """Enqueue one job per message.

        :param payloads: list of JSON texts
        """
        for payload in payloads:
            self.with_delay(channel="root.dist.batch").store(backend_id, payload)
        return True

    def store(self, backend_id, payload):
        """Job: write one SKU's stock level."""
        level = json.loads(payload)
        self.env.cr.execute(STORE, level | {"backend": backend_id})

    def approve(self, profile_id):
        """Approve the benchmark's profile; no second person is at hand."""
        self.env["dist.profile"].browse(profile_id).sudo()._approve()
        return True

    def count_hours(self):
        """Count the finished messages as the cron does."""
        self.env["dist.flow.stat"].sudo()._cron_count()
        return True

    def arrive(self, flow_id, payloads):
        """Put messages on record as the webhook does, many in one transaction."""
        from odoo.addons.dist_connector_base.pipeline import ledger, wake

        flow = self.env["dist.flow"].sudo().browse(flow_id)
        ledger.insert_arrivals(
            self.env,
            flow,
            [
                ledger.Arrival(text.encode(), via="webhook", source="stock.changed")
                for text in payloads
            ],
        )
        wake.wake(flow, count=len(payloads))
        return True

    def pick_up(self, flow_id):
        """Fetch once and commit; give the seconds, the archiving included."""
        flow = self.env["dist.flow"].browse(flow_id)
        start = time.perf_counter()
        flow._job_fetch()
        # what runs after the commit, the archiving, is done when this returns
        self.env.cr.commit()
        return time.perf_counter() - start
