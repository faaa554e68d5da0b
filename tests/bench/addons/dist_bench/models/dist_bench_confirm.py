"""Deliveries to validate: by confirmations in the ledger, and by bare ORM calls."""

import json
import time

from odoo import api, models


class DistBenchConfirm(models.AbstractModel):
    _name = "dist.bench.confirm"
    _description = "Deliveries to validate"

    @api.model
    def deliveries(self, warehouse_id, number, lines=1):
        """Make reserved deliveries; give their ids.

        :param lines: lines of each; every second one is of a product with lots
        """
        pickings = self._draft_deliveries(warehouse_id, number, lines)
        pickings.action_confirm()
        pickings.action_assign()
        self.env.flush_all()
        pickings.filtered("dist_request_key")._dist_write({"dist_state": "accepted"})
        return pickings.ids

    @api.model
    def draft_deliveries(self, warehouse_id, number):
        """Make deliveries of one line that are not confirmed; give their ids."""
        return self._draft_deliveries(warehouse_id, number, 1).ids

    def _draft_deliveries(self, warehouse_id, number, lines):
        warehouse = self.env["stock.warehouse"].browse(warehouse_id)
        plain, with_lots = self._products()
        places = {
            "location_id": warehouse.lot_stock_id.id,
            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
        }

        def product(index, line):
            products = with_lots if line % 2 else plain
            return products[(index * lines + line) % len(products)]

        return self.env["stock.picking"].create(
            [
                {
                    **places,
                    "picking_type_id": warehouse.out_type_id.id,
                    "partner_id": self.env.company.partner_id.id,
                    "move_ids": [
                        (
                            0,
                            0,
                            {
                                **places,
                                "product_id": product(index, line).id,
                                "product_uom_qty": 3,
                            },
                        )
                        for line in range(lines)
                    ],
                }
                for index in range(number)
            ]
        )

    def _products(self):
        """Give forty products without lots, and forty with."""
        products = self.env["product.product"].search(
            [("default_code", "=like", "SKU-%")], order="default_code", limit=80
        )
        return products[:40], products[40:]

    @api.model
    def stock_up(self, warehouse_ids, quantity):
        """Put stock of all products into warehouses, one lot of each that has lots."""
        plain, with_lots = self._products()
        (plain + with_lots).is_storable = True
        with_lots.tracking = "lot"
        lots = self.env["stock.lot"].create(
            [
                {"name": f"LOT-{product.default_code}", "product_id": product.id}
                for product in with_lots
            ]
        )
        for warehouse in self.env["stock.warehouse"].browse(warehouse_ids):
            for product, lot in [
                *((product, None) for product in plain),
                *zip(with_lots, lots, strict=True),
            ]:
                self.env["stock.quant"]._update_available_quantity(
                    product, warehouse.lot_stock_id, quantity, lot_id=lot
                )
        return True

    @api.model
    def confirm_deliveries(self, picking_ids):
        """Confirm and reserve deliveries in one transaction; give the seconds."""
        pickings = self.env["stock.picking"].browse(picking_ids)
        start = time.perf_counter()
        pickings.action_confirm()
        pickings.action_assign()
        self.env.cr.flush()
        self.env.cr.commit()
        return time.perf_counter() - start

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
        """Give what a warehouse says: its lots, and a parcel for every three lines."""
        moves = picking.move_ids
        return {
            "shipment_no": f"S-{picking.id}",
            "request_key": picking.dist_request_key,
            "shipped_at": "2026-01-02T10:00:00+00:00",
            "carrier": "UPS",
            "lines": [
                {
                    "line_key": str(move.id),
                    "sku": move.product_id.default_code,
                    "quantity": "3",
                    "lots": [
                        {"lot": f"LOT-{move.product_id.default_code}", "quantity": "3"}
                    ]
                    if move.product_id.tracking == "lot"
                    else [],
                }
                for move in moves
            ],
            "parcels": [
                {
                    "tracking": f"1Z{picking.id:09d}{first}",
                    "contents": [
                        {"line_key": str(move.id), "quantity": "3"}
                        for move in moves[first : first + 3]
                    ],
                }
                for first in range(0, len(moves), 3)
            ],
        }
