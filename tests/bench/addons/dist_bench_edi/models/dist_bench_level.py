"""One SKU's stock level per exchange record, received and processed by OCA's EDI."""

import base64
import json

from odoo import fields, models

STORE = """
    INSERT INTO dist_bench_level AS s (product_id, quantity, taken_at)
    SELECT p.id, %(quantity)s, %(taken_at)s FROM product_product p
     WHERE p.default_code = %(sku)s
        ON CONFLICT (product_id) DO UPDATE
       SET quantity = excluded.quantity, taken_at = excluded.taken_at
     WHERE s.taken_at <= excluded.taken_at
"""


class DistBenchLevel(models.Model):
    _name = "dist.bench.level"
    _description = "Stock level"

    product_id = fields.Many2one("product.product")
    quantity = fields.Float()
    taken_at = fields.Datetime()

    _product_unique = models.UniqueIndex("(product_id)")

    def prepare(self, products):
        """Make products, a backend and an exchange type; give the type's id."""
        self.env["product.product"].create(
            [{"name": sku, "default_code": sku} for sku in products]
        )
        kind = self.env["edi.backend.type"].create({"name": "Bench", "code": "bench"})
        backend = self.env["edi.backend"].create(
            {"name": "Bench", "backend_type_id": kind.id}
        )
        handler = self.env["ir.model"]._get_id("dist.bench.handler")
        return (
            self.env["edi.exchange.type"]
            .create(
                {
                    "name": "Level",
                    "code": "level",
                    "backend_type_id": kind.id,
                    "backend_id": backend.id,
                    "direction": "input",
                    "receive_model_id": handler,
                    "process_model_id": handler,
                }
            )
            .id
        )

    def arrive(self, type_id, payloads):
        """Make one exchange record per message and enqueue its receipt."""
        kind = self.env["edi.exchange.type"].browse(type_id)
        for payload in payloads:
            record = kind.backend_id.create_record(
                kind.code,
                {
                    "edi_exchange_state": "input_pending",
                    "external_identifier": payload,
                },
            )
            record.action_exchange_receive_process_chained()
        return True


class DistBenchHandler(models.AbstractModel):
    _name = "dist.bench.handler"
    _inherit = ["edi.oca.handler.receive", "edi.oca.handler.process"]
    _description = "Receives and processes a stock level"

    def receive(self, exchange_record):
        return exchange_record.external_identifier

    def process(self, exchange_record):
        level = json.loads(base64.b64decode(exchange_record.exchange_file))
        self.env.cr.execute(STORE, level)
        return "stored"
