"""Inventory adjustments: booked, or laid before a reviewer."""

from typing import ClassVar

from odoo import models
from odoo.addons.dist_connector_base.core.errors import DataError


class InventoryAdjustmentHandler(models.AbstractModel):
    _name = "dist.handler.inventory_adjustment"
    _inherit = "dist.handler"
    _description = "Inventory adjustment"

    _dist_milestones: ClassVar[dict[str, str]] = {
        "applied": "adjusted",
    }
    _dist_milestone_time = "adjusted_at"
    # changes of stock add up the same in whatever order they come
    _dist_needs_order = False

    def _apply(self, batch):
        """Store the adjustments, and book those that need no approval, all at once.

        :raises DistError: with the path of the fault in the adjustment
        """
        adjustments = self.env["dist.adjustment"]
        made = (
            adjustments.sudo()
            .create([self._values(inbound) for inbound in batch])
            .with_context(tracking_disable=True)
        )
        adjustments.sudo()._take(made)
        for inbound, adjustment in zip(batch, made, strict=True):
            inbound.link(adjustment)

    def _values(self, inbound):
        backend, document = inbound.backend, inbound.document
        company = backend.company_id
        lookup = self.env["dist.sku.lookup"]
        warehouse = lookup._warehouse(backend, document.warehouse)
        said = lookup._in_own_units(company, document.lines)
        products = lookup._products(company, said)
        lines = [
            self._line_values(company, warehouse, product, line, f"lines[{index}]")
            for index, (product, line) in enumerate(zip(products, said, strict=True))
        ]
        return {
            "backend_id": backend.id,
            "company_id": company.id,
            "warehouse_id": warehouse.id,
            "adjustment_key": document.adjustment_key,
            "reference": document.reference,
            "adjusted_at": document.adjusted_at.replace(tzinfo=None),
            "state": "applied",
            "value": sum(line["value"] for line in lines),
            "line_ids": [(0, 0, line) for line in lines],
        }

    def _line_values(self, company, warehouse, product, line, path):
        """Give the values of one line, and see to it that its places exist."""
        if not line.quantity:
            raise DataError("changes nothing", path=f"{path}.quantity")
        if line.from_status and line.quantity < 0:
            raise DataError(
                "a change of status has a positive quantity", path=f"{path}.quantity"
            )
        places = self.env["dist.place"]
        places._of_status(warehouse, line.status, f"{path}.status")
        if line.from_status:
            places._of_status(warehouse, line.from_status, f"{path}.from_status")
        lot = self.env["dist.sku.lookup"]._lot(
            product,
            line.lot,
            company,
            f"{path}.lot",
            expiry=line.expiry,
            create=line.quantity > 0 and not line.from_status,
        )
        cost = product.with_company(company).standard_price
        return {
            "product_id": product.id,
            "quantity": float(line.quantity),
            "reason_code": line.reason_code,
            "reason": line.reason,
            "status": line.status,
            "from_status": line.from_status or False,
            "lot_id": lot.id,
            "owner_id": self.env["dist.owner.lookup"]
            ._owner(company, line.owner, f"{path}.owner")
            .id,
            "value": company.currency_id.round(abs(float(line.quantity)) * cost),
        }
