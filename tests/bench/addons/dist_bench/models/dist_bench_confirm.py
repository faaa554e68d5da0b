"""Deliveries to validate: by confirmations in the ledger, and by bare ORM calls."""

import json
import time

from odoo import api, models


class DistBenchConfirm(models.AbstractModel):
    _name = "dist.bench.confirm"
    _description = "Deliveries to validate"

    @api.model
    def deliveries(self, warehouse_id, number):
        """Make reserved deliveries of one line each; give their ids."""
        warehouse = self.env["stock.warehouse"].browse(warehouse_id)
        products = self.env["product.product"].search(
            [("default_code", "=like", "SKU-%")], limit=40
        )
        kind = warehouse.out_type_id
        pickings = self.env["stock.picking"].create(
            [
                {
                    "picking_type_id": kind.id,
                    "partner_id": self.env.company.partner_id.id,
                    "location_id": warehouse.lot_stock_id.id,
                    "location_dest_id": self.env.ref(
                        "stock.stock_location_customers"
                    ).id,
                    "move_ids": [
                        (
                            0,
                            0,
                            {
                                "product_id": products[index % len(products)].id,
                                "product_uom_qty": 3,
                                "location_id": warehouse.lot_stock_id.id,
                                "location_dest_id": self.env.ref(
                                    "stock.stock_location_customers"
                                ).id,
                            },
                        )
                    ],
                }
                for index in range(number)
            ]
        )
        pickings.action_confirm()
        pickings.action_assign()
        self.env.flush_all()
        pickings.filtered("dist_request_key")._dist_write({"dist_state": "accepted"})
        return pickings.ids

    @api.model
    def stock_up(self, warehouse_ids, quantity):
        """Put stock of all products into warehouses."""
        products = self.env["product.product"].search(
            [("default_code", "=like", "SKU-%")], limit=40
        )
        products.is_storable = True
        for warehouse in self.env["stock.warehouse"].browse(warehouse_ids):
            for product in products:
                self.env["stock.quant"]._update_available_quantity(
                    product, warehouse.lot_stock_id, quantity
                )
        return True

    @api.model
    def bare(self, picking_ids, chunk):
        """Validate deliveries by plain ORM calls; give the seconds."""
        # as superuser, like the pipeline: access rules would count against this side
        every = self.env["stock.picking"].sudo().browse(picking_ids)
        start = time.perf_counter()
        for first in range(0, len(every), chunk):
            pickings = every[first : first + chunk]
            pickings.move_ids.picked = True
            pickings.with_context(skip_backorder=True, skip_sms=True).button_validate()
            self.env.cr.commit()
            self.env.invalidate_all()
        return time.perf_counter() - start

    @api.model
    def confirm(self, flow_id, picking_ids, chunk):
        """Validate deliveries by confirmations through the ledger; give the seconds."""
        from odoo.addons.dist_connector_base.pipeline import ledger

        flow = self.env["dist.flow"].sudo().browse(flow_id)
        flow.batch_size = chunk
        bodies = [
            json.dumps(self._confirmation(picking)).encode()
            for picking in self.env["stock.picking"].browse(picking_ids)
        ]
        self.env.cr.commit()
        self.env.invalidate_all()
        start = time.perf_counter()
        for first in range(0, len(bodies), chunk):
            ledger.insert_arrivals(
                self.env,
                flow,
                [
                    ledger.Arrival(body, via="webhook", source="order.shipped")
                    for body in bodies[first : first + chunk]
                ],
            )
            self.env.cr.commit()
            flow.with_context(dist_no_wake=True)._job_run()
            self.env.cr.commit()
            self.env.invalidate_all()
        return time.perf_counter() - start

    def _confirmation(self, picking):
        return {
            "shipment_no": f"S-{picking.id}",
            "request_key": picking.dist_request_key,
            "shipped_at": "2026-01-02T10:00:00+00:00",
            "carrier": "UPS",
            "tracking": f"1Z{picking.id:09d}",
            "lines": [
                {
                    "line_key": str(move.id),
                    "sku": move.product_id.default_code,
                    "quantity": "3",
                }
                for move in picking.move_ids
            ],
        }
