"""Requests to a partner, without any delivery behind them."""

from odoo import api, models


class DistBenchSend(models.AbstractModel):
    _name = "dist.bench.send"
    _description = "Requests to send"

    @api.model
    def request(self, backend_id, keys):
        """Store the intent to send a request for each key, in one transaction."""
        from odoo.addons.dist_connector_base.core.canonical import DOCUMENTS
        from odoo.addons.dist_connector_base.pipeline.outbox import Outbound

        parse = DOCUMENTS["fulfilment_request"].parse
        self.env["dist.backend"].browse(backend_id)._dist_send(
            "fulfilment_request",
            [
                Outbound(
                    parse(
                        {
                            "request_key": key,
                            "order_reference": key,
                            "warehouse": "BENCH",
                            "ship_to": {"name": "Customer"},
                            "lines": [{"line_key": "1", "sku": "A", "quantity": 1}],
                        }
                    )
                )
                for key in keys
            ],
        )
        return True
